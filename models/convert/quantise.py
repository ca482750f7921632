"""Whole numbers of 8 bits with a scale for each output channel."""
import torch


def quantise(weight):
    """[out][in …] -> int8 [out][in …] from -127 to 127, float32 scale [out]: weight is about scale * int8."""
    weight = weight.to(torch.float32).contiguous()
    scale = weight.flatten(1).abs().amax(dim=1) / 127
    scale[scale == 0] = 1  # a channel of zeros
    return torch.round(weight / _along(scale, weight)).clamp(-127, 127).to(torch.int8), scale


def dequantise(whole, scale):
    return whole.to(torch.float32) * _along(scale, whole)


def _along(scale, weight):
    return scale.reshape(-1, *[1] * (weight.dim() - 1))
