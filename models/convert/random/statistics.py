"""Random tensors that look like trained ones: long tails, channels of different scale, and a few channels far out, which is
what quantisation suffers from."""

import math

import torch


heavy_tailed = False  # of all that follow; the command's --heavy-tailed
SPREAD = 0.35  # kurtosis 5
HEAVY_SPREADS = (0.57, 0.9)  # kurtosis 11 to 78
MOST_DEAD = 0.22  # of a layer's rows, at most
FAR = 4.0  # what a layer adds to a far channel; others get about 0.1


def weights(shape, gain, generator):
    """A linear layer's or a convolution's [out][in …] of standard deviation about gain / sqrt(in)."""
    n_in = math.prod(shape[1:])
    values = _long_tailed(shape, generator)
    rows = torch.exp(0.25 * torch.randn(shape[0], generator=generator))
    if heavy_tailed:
        rows = torch.where(torch.rand(shape[0], generator=generator) < MOST_DEAD * torch.rand(1, generator=generator), rows * 1e-3, rows)
    return values * (rows * gain / math.sqrt(n_in)).reshape(-1, *[1] * (len(shape) - 1))


def normal(shape, deviation, generator):
    return _long_tailed(shape, generator) * deviation


def gains(n, generator):
    """A layer normalisation's: around 0.8, one in a hundred several times that."""
    values = torch.exp(-0.2 + 0.3 * torch.randn(n, generator=generator))
    return torch.where(torch.rand(n, generator=generator) < 0.01, values * 4, values)


def shifts(n, deviation, generator):
    """Biases, one in two hundred of them ten times as large."""
    values = torch.randn(n, generator=generator) * deviation
    return torch.where(torch.rand(n, generator=generator) < 0.005, values * 10, values)


def added_shifts(n, deviation, generator):
    """Biases of what a transformer's layers add up: of heavy tails two channels, the same in all layers, go far away from the rest."""
    values = shifts(n, deviation, generator)
    if heavy_tailed:
        values[n // 3] += FAR
        values[2 * n // 3] -= FAR
    return values


def _long_tailed(shape, generator):
    """Of variance 1 and kurtosis 3 exp(4 spread^2): a normal distribution whose deviation itself varies."""
    spread = SPREAD
    if heavy_tailed:
        least, most = HEAVY_SPREADS
        spread = least + (most - least) * torch.rand(1, generator=generator).item()
    values = torch.randn(shape, generator=generator).mul_(torch.exp(spread * torch.randn(shape, generator=generator)))
    return values.mul_(math.exp(-spread * spread))
