"""Runs a network of ncnn's files layer by layer, as its .param lists them, with PyTorch in float64.

Knows only the kinds of layers that the upscaling networks have, and shares nothing with the C engine.
"""

import pathlib

import numpy as np
import torch
from torch.nn import functional as F

FLAG_HALF = 0x01306B47


class Layer:
    def __init__(self, line):
        words = line.split()
        self.kind, self.name = words[:2]
        n_in, n_out = int(words[2]), int(words[3])
        self.inputs, self.outputs = words[4 : 4 + n_in], words[4 + n_in : 4 + n_in + n_out]
        self.keys = dict(word.split('=', 1) for word in words[4 + n_in + n_out :])

    def number(self, key, otherwise=0):
        return float(self.keys.get(str(key), otherwise))

    def count(self, key, otherwise=0):
        return int(self.number(key, otherwise))

    def array(self, key):
        """The values of an array, without their number."""
        text = self.keys.get(str(-23300 - key))
        return [float(value) for value in text.split(',')[1:]] if text else []


class Graph:
    def __init__(self, stem):
        stem = pathlib.Path(stem)
        lines = stem.with_name(stem.name + '.param').read_text().splitlines()
        assert lines[0].strip() == '7767517'
        self.layers = [Layer(line) for line in lines[2:] if line.strip()]
        self.data, self.at = stem.with_name(stem.name + '.bin').read_bytes(), 0
        self.weights = {layer.name: self.read(layer) for layer in self.layers}
        assert self.at == len(self.data), 'the .bin has more than the .param describes'

    def floats(self, n, dtype='<f4'):
        values = np.frombuffer(self.data, dtype, n, self.at)
        self.at += values.nbytes
        return torch.from_numpy(values.astype(np.float64))

    def flagged(self, n):
        flag = int.from_bytes(self.data[self.at : self.at + 4], 'little')
        self.at += 4
        values = self.floats(n, '<f2' if flag == FLAG_HALF else '<f4')
        self.at += -self.at % 4
        return values

    def read(self, layer):
        if layer.kind in ('Convolution', 'Deconvolution'):
            out_c, kernel = layer.count(0), layer.count(1)
            return self.flagged(layer.count(6)).reshape(out_c, -1, kernel, kernel), self.floats(out_c)
        if layer.kind == 'InnerProduct':
            return self.flagged(layer.count(2)).reshape(layer.count(0), -1), self.floats(layer.count(0))
        return self.floats(layer.count(0)) if layer.kind == 'PReLU' else None

    def run(self, picture):
        """picture [h][w][3] float64 -> [h'][w'][3]."""
        blobs = {}
        for layer in self.layers:
            if layer.kind == 'Input':
                blobs[layer.outputs[0]] = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
                continue
            values = [blobs[name] for name in layer.inputs]
            result = KINDS[layer.kind](layer, self.weights[layer.name], *values)
            blobs.update((name, result) for name in layer.outputs)
        return blobs[self.layers[-1].outputs[0]][0].permute(1, 2, 0).numpy()


def activated(layer, x):
    kind, slopes = layer.count(9), layer.array(10)
    if kind == 1:
        return F.relu(x)
    if kind == 2:
        return F.leaky_relu(x, slopes[0])
    return torch.sigmoid(x) if kind == 4 else x


def convolution(layer, weights, x):
    return activated(layer, F.conv2d(x, *weights, stride=layer.count(3, 1), padding=layer.count(4)))


def deconvolution(layer, weights, x):
    kernel, bias = weights
    return activated(layer, F.conv_transpose2d(x, kernel.transpose(0, 1), bias, stride=layer.count(3, 1), padding=layer.count(4)))


def inner_product(layer, weights, x):
    return activated(layer, F.linear(x.flatten(1), *weights))


def pooling(layer, _, x):
    assert layer.count(0) == 1 and layer.count(4) == 1, 'only the mean of all of it'
    return x.mean((2, 3))


def crop(layer, _, x, like):
    """Crop by offset to the size of another blob."""
    left, top = layer.count(0), layer.count(1)
    return x[:, :, top : top + like.shape[2], left : left + like.shape[3]]


def eltwise(layer, _, *values):
    assert layer.count(0) == 1, 'only sums'
    factors = layer.array(1) or [1] * len(values)
    return sum(value * factor for value, factor in zip(values, factors))


def binary_op(layer, _, a, b):
    assert layer.count(0) == 0 and layer.count(1) == 0, 'only sums of two blobs'
    return a + b


def interp(layer, _, x):
    factors = (layer.number(1), layer.number(2))
    if layer.count(0) == 1:
        return F.interpolate(x, scale_factor=factors, mode='nearest')
    assert layer.count(0) == 3, 'only the nearest neighbour and bicubic'
    size = [int(side * factor) for side, factor in zip(x.shape[2:], factors)]
    return F.interpolate(x, size=size, mode='bicubic', align_corners=False)


KINDS = {
    'Split': lambda layer, _, x: x,
    'Convolution': convolution,
    'Deconvolution': deconvolution,
    'InnerProduct': inner_product,
    'Pooling': pooling,
    'Scale': lambda layer, _, x, gates: x * gates[:, :, None, None],
    'PReLU': lambda layer, slopes, x: F.prelu(x, slopes),
    'Crop': crop,
    'Eltwise': eltwise,
    'BinaryOp': binary_op,
    'Concat': lambda layer, _, *values: torch.cat(values, 1),
    'PixelShuffle': lambda layer, _, x: F.pixel_shuffle(x, layer.count(0)),
    'Interp': interp,
}
