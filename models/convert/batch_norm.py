"""Keras's layers to PyTorch's layouts, batch normalisations folded into the convolutions before them, in float64;
and what comes to the next layer on average, which normalisations tell.
Of ReLUs: Nagel et al. 2019, Data-Free Quantization Through Weight Equalization and Bias Correction, appendix C."""

import math

import torch

from .errors import ConvertError


def take(tensors, name):
    if name not in tensors:
        raise ConvertError(f'Expected the variable {name} but there is none.')
    return tensors[name].to(torch.float64)


def scale_shift(tensors, layer, epsilon):
    """-> what a batch normalisation comes to: factor [c] and shift [c]"""
    factor = take(tensors, f'{layer}/gamma') / torch.sqrt(take(tensors, f'{layer}/moving_variance') + epsilon)
    return factor, take(tensors, f'{layer}/beta') - take(tensors, f'{layer}/moving_mean') * factor


def conv(tensors, layer, norm=None, epsilon=0):
    """-> weight [out][in][h][w] and bias [out] (zeros without one) of a convolution and the normalisation after it"""
    weight = take(tensors, f'{layer}/kernel').permute(3, 2, 0, 1)
    bias = take(tensors, f'{layer}/bias') if f'{layer}/bias' in tensors else torch.zeros(len(weight), dtype=torch.float64)
    if norm:
        factor, shift = scale_shift(tensors, norm, epsilon)
        weight, bias = weight * factor[:, None, None, None], bias * factor + shift
    return weight, bias


def moments(tensors, layer):
    """-> mean [c] and variance [c] of what a normalisation gives"""
    return take(tensors, f'{layer}/beta'), take(tensors, f'{layer}/gamma') ** 2


def relu_moments(mean, variance):
    """-> those of what a ReLU makes of normally distributed values"""
    deviation = variance.clamp(min=1e-12).sqrt()
    share = torch.special.ndtr(mean / deviation)  # above zero
    density = deviation * torch.exp(-((mean / deviation) ** 2) / 2) / math.sqrt(2 * math.pi)
    first = mean * share + density
    return first, ((mean**2 + variance) * share + mean * density - first**2).clamp(min=0)
