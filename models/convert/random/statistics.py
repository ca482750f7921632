"""Random tensors that look like trained ones: long tails, channels of different scale, and a few channels far out, which is
what quantisation suffers from."""

import math

import torch


def weights(shape, gain, generator):
    """A linear layer's or a convolution's [out][in …] of standard deviation about gain / sqrt(in)."""
    n_in = math.prod(shape[1:])
    values = _long_tailed(shape, generator)
    rows = torch.exp(0.25 * torch.randn(shape[0], generator=generator))
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


def _long_tailed(shape, generator):
    """Of variance 1 and kurtosis about 5: a normal distribution whose deviation itself varies."""
    spread = 0.35
    values = torch.randn(shape, generator=generator).mul_(torch.exp(spread * torch.randn(shape, generator=generator)))
    return values.mul_(math.exp(-spread * spread))
