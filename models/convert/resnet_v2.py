"""pix2score: Keras's ResNetV2 (keras.applications, ResNet101V2 as published) with three heads."""

import re

import torch

from . import batch_norm
from .keras_source import input_side
from .write import Model

PARTS = ()
HEADS = ('bookmark_predict', 'view_predict', 'sanity_predict')
EPSILON = 1.001e-5
SIDE = 224
SMALL = torch.float32  # folded biases differ much in size, and there are few
# of the last two stacks, which are nearly all of it, all but the shortcut beside the first block of each: what is lost before them and
# beside blocks is carried through the whole network
QUANTISED = re.compile(r'^conv[45]_block\d+_[123]_conv\.weight$')


def recognises(source):
    return 'conv2_block1_preact_bn/gamma' in source.tensors and f'{HEADS[0]}/kernel' in source.tensors


def convert(source, parts=PARTS):
    """One file; a normalisation that no convolution stands directly before stays a factor and a shift."""
    tensors, inputs = {}, {}

    def add(name, weight, bias):
        tensors[f'{name}.weight'], tensors[f'{name}.bias'] = weight, bias

    add('conv1_conv', *batch_norm.conv(source.tensors, 'conv1_conv'))
    for block in _blocks(source.tensors):
        add(f'{block}_preact_bn', *batch_norm.scale_shift(source.tensors, f'{block}_preact_bn', EPSILON))
        before = {0: 'preact', 1: 'preact', 2: '1', 3: '2'}  # the normalisation that each convolution's input comes from
        after = {1: f'{block}_1_bn', 2: f'{block}_2_bn'}
        for i in range(4):
            if i or f'{block}_0_conv/kernel' in source.tensors:
                add(f'{block}_{i}_conv', *batch_norm.conv(source.tensors, f'{block}_{i}_conv', after.get(i), EPSILON))
                inputs[f'{block}_{i}_conv'], _ = batch_norm.relu_moments(*batch_norm.moments(source.tensors, f'{block}_{before[i]}_bn'))
    add('post_bn', *batch_norm.scale_shift(source.tensors, 'post_bn', EPSILON))
    for head in HEADS:
        add(head, batch_norm.take(source.tensors, f'{head}/kernel').T, batch_norm.take(source.tensors, f'{head}/bias'))
    side = input_side(source.config) or SIDE
    metadata = {'format': 'pt', 'network': 'resnet_v2', 'input_side': str(side)}
    yield Model('model.safetensors', tensors, metadata, QUANTISED, SMALL, inputs)


def _blocks(tensors):
    found = {match.groups() for match in (re.match(r'conv(\d+)_block(\d+)_preact_bn/', name) for name in tensors) if match}
    return [f'conv{stack}_block{i}' for stack, i in sorted(found, key=lambda pair: tuple(map(int, pair)))]
