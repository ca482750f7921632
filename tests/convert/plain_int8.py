"""What a matrix of int8 means, as docs/internals/quantisation.md says it, in float64 and with the rotation as a plain matrix."""

import torch

K_BLOCK = 256


def rotation(n):
    """[n][n], of 1 and -1 where it mixes places, its own transposition"""
    mixed = next((4 << k for k in range(6, -1, -1) if 4 << k <= n), 0)
    matrix = torch.eye(n, dtype=torch.float64)
    for to in range(mixed):
        for place in range(to % 4, mixed, 4):
            matrix[to, place] = -1 if (to // 4 & place // 4).bit_count() % 2 else 1
    return matrix


def rotated(weight):
    """[out][in] -> what is rounded: each K-block times the inverse of its rotation"""
    return torch.cat([part @ torch.linalg.inv(rotation(part.shape[1])) for part in weight.double().split(K_BLOCK, 1)], 1)


def along(scale, whole):
    """Scales [out] or [out][K-blocks] -> [out][in]"""
    return (scale if scale.dim() == 2 else scale[:, None]).repeat_interleave(K_BLOCK, 1)[:, : whole.shape[1]].expand(whole.shape)


def matrix(whole, scale):
    """int8 [out][in] -> the weights that it stands for"""
    steps = whole.double() * along(scale, whole)
    return torch.cat([part @ rotation(part.shape[1]) for part in steps.split(K_BLOCK, 1)], 1)
