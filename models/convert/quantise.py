"""Whole numbers of 8 bits with a scale for each output channel, or for each K-block of one."""

import itertools

import torch

SMOOTHNESS = 0.6  # what neighbouring pixels of a map correlate by; those further apart, by a power of it


LANES = 4  # of a rotation, as the engine's LINEAR_I8_LANES
K_BLOCK = 256  # inputs, as the engine's LINEAR_I8_BLOCK: a few weights are so large that a whole row is too much for one scale


def quantise(weight, has_blocks=False):
    """[out][in …] -> int8 [out][in …] from -127 to 127, float32 scale: weight is about scale * int8. The scale is [out], or with
    `has_blocks`, of a matrix that has more than one, [out][K-blocks]."""
    if has_blocks and weight.shape[1] > K_BLOCK:
        whole, scales = zip(*(quantise(part) for part in weight.split(K_BLOCK, 1)))
        return torch.cat(whole, 1), torch.stack(scales, 1)
    weight = weight.to(torch.float32).contiguous()
    scale = weight.flatten(1).abs().amax(dim=1) / 127
    scale[scale == 0] = 1  # a channel of zeros
    steps = weight / _along(scale, weight)
    return (_round_kernels(steps) if weight.shape[2:].numel() > 1 else _round(steps)).to(torch.int8), scale


def rotate(weight):
    """[out][in] -> float32 [out][in]: each K-block multiplied by the inverse of the matrix that the engine multiplies the inputs by
    (src/ops/linear_i8.h). It consists of 1 and -1 and is its own inverse, but for the number of places that are mixed. What is large
    in one place is spread over the block, so that inputs and weights lose less by rounding: Ashkboos et al. 2024 (QuaRot)."""
    return _rotate(weight.to(torch.float32).double(), lambda n_mixed: LANES / n_mixed).to(torch.float32)


def rotate_inputs(values):
    """[in] -> float64 [in], as the engine rotates inputs: what belongs to rotated weights"""
    return _rotate(values.double()[None], lambda n_mixed: 1)[0]


def _rotate(rows, factor):
    return torch.cat([_rotate_block(part, factor) for part in rows.split(K_BLOCK, 1)], 1)


def _rotate_block(block, factor):
    n = LANES if block.shape[1] >= LANES else 0  # how many places are mixed: a power of two
    while n and 2 * n <= block.shape[1]:
        n *= 2
    mixed, rest = block[:, :n], block[:, n:]
    stride = LANES
    while stride < n:
        pairs = mixed.reshape(len(block), -1, 2, stride)
        mixed = torch.stack((pairs[:, :, 0] + pairs[:, :, 1], pairs[:, :, 0] - pairs[:, :, 1]), 2).reshape(len(block), n)
        stride *= 2
    return torch.cat((mixed * factor(max(n, LANES)), rest), 1)


def dequantise(whole, scale):
    return whole.to(torch.float32) * _along(scale, whole)


def _along(scale, weight):
    if scale.dim() == 2:
        scale = scale.repeat_interleave(K_BLOCK, 1)[:, : weight.shape[1]]
        return scale.reshape(*weight.shape[:2], *[1] * (weight.dim() - 2))
    return scale.reshape(-1, *[1] * (weight.dim() - 1))


def _round(steps):
    return torch.round(steps).clamp(-127, 127)


def _round_kernels(steps):
    """Rounds one weight of a kernel [h][w] after the other, and lets those still to come take back what each error moves the output
    by: Frantar et al. 2022 (GPTQ), with the second moments of smooth maps and not of data, so that a file needs no pictures."""
    kernels = steps.double().flatten(2)
    moments = _smooth_moments(*steps.shape[2:])
    whole = torch.empty_like(kernels)
    for i in range(kernels.shape[2]):
        whole[:, :, i] = _round(kernels[:, :, i])
        error = whole[:, :, i] - kernels[:, :, i]
        compensation = torch.linalg.solve(moments[i + 1 :, i + 1 :], moments[i + 1 :, i])
        kernels[:, :, i + 1 :] -= error[:, :, None] * compensation
    return whole.reshape(steps.shape)


def _smooth_moments(h, w):
    """[h * w][h * w]: how the pixels under a kernel correlate"""
    places = torch.tensor(list(itertools.product(range(h), range(w))), dtype=torch.float64)
    return SMOOTHNESS ** torch.cdist(places, places, p=1)
