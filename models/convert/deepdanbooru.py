"""DeepDanbooru: its bottleneck residual networks (resnet_custom_v1 to v4) with a tag list, and illust2vec, which is the first part
of one. Keras numbers their layers as they were made, which is all that tells them apart."""

import re
from typing import NamedTuple

import torch

from . import batch_norm
from .errors import ConvertError
from .keras_source import input_side
from .write import Model, Text

PARTS = ('deepdanbooru', 'illust2vec')
EPSILON = 1e-3
SIDE = 512
FEATURE_BLOCK = 43  # `add_43`
STYLE_BLOCKS = (0, 1, 2)
RATING = 'rating:'
SMALL = torch.float32  # folded biases differ much in size, and there are few
# all but the first convolution, the first stage, conv1 and conv2 of the second one and those beside blocks: few, and what they lose goes through
# the whole network
QUANTISED = re.compile(r'^(stages\.1\..*\.conv3|stages\.[2-9]\..*\.conv\d|head)\.weight$')
UNLIKE = 'Expected one of DeepDanbooru’s networks resnet_custom_v1 to v4 but the layers are others.'
# where categories.json is not published with a tag list, by the number of tags
CATEGORIES = {9176: 'general:0,character:6891,rating:9173'}


class Layer(NamedTuple):
    weight: torch.Tensor
    bias: torch.Tensor | None
    norm: str | None  # Keras's name of the normalisation that is folded into it


def recognises(source):
    convs = _numbered(source.tensors, 'conv2d', 'kernel')
    return bool(convs) and tuple(source.tensors[f'{convs[0]}/kernel'].shape[:3]) == (7, 7, 3)


def convert(source, parts=PARTS):
    layers = _layers(source.tensors)
    side = input_side(source.config) or (source.read_json('project.json') or {}).get('image_width', SIDE)
    metadata = {'format': 'pt', 'network': 'deepdanbooru', 'input_side': str(side), 'style_blocks': ','.join(map(str, STYLE_BLOCKS))}
    blocks = [name.removesuffix('.conv1') for name in layers if name.endswith('.conv1')]
    metadata['feature_block'] = str(min(FEATURE_BLOCK, len(blocks) - 1))
    if 'deepdanbooru' in parts and 'head' in layers:
        tags = _read_tags(source, len(layers['head'].weight))
        yield _model(source, layers, {**metadata, 'categories': _categories(source, tags)})
        yield Text('tags.txt', ''.join(f'{tag}\n' for tag in tags))
    elif 'illust2vec' in parts:
        kept = ('stem', *(f'{block}.' for block in blocks[: int(metadata['feature_block']) + 1]))
        yield _model(source, {name: layer for name, layer in layers.items() if name.startswith(kept)}, metadata)
    else:
        raise ConvertError(f'Expected a layer for tags in {source.path} but there is none: it is illust2vec.')


def _numbered(tensors, layer, variable):
    """-> the layers of a kind that Keras named `layer`, `layer_1`, …, in the order they were made"""
    found = (re.fullmatch(rf'({layer}(?:_(\d+))?)/{variable}', name) for name in tensors)
    return [match[1] for match in sorted(filter(None, found), key=lambda match: int(match[2] or 0))]


def _layers(tensors):
    """-> Layers by our names, normalisations folded"""
    names = _numbered(tensors, 'conv2d', 'kernel')
    norms = _numbered(tensors, 'batch_normalization', 'gamma')
    if len(names) - len(norms) not in (0, 1) or any(name.startswith('dense') for name in tensors):
        raise ConvertError(UNLIKE)
    convs = [Layer(*batch_norm.conv(tensors, conv, norm, EPSILON), norm) for conv, norm in zip(names, norms)]
    layers = {'stem': convs[0]}
    stage, block = -1, 0
    for found in _blocks(convs[1:]):
        stage, block = (stage + 1, 0) if 'shortcut' in found else (stage, block + 1)
        layers.update({f'stages.{stage}.{block}.{name}': conv for name, conv in found.items()})
    if len(names) > len(norms):
        layers['head'] = Layer(batch_norm.conv(tensors, names[-1])[0][:, :, 0, 0], None, None)
    return layers


def _blocks(convs):
    """A shortcut has as many channels as the convolution before it; a next block, which no more than doubles them, begins with fewer."""
    while convs:
        n = 4 if len(convs) > 3 and len(convs[3].weight) == len(convs[2].weight) else 3
        if [conv.weight.shape[-1] for conv in convs[:n]] != [1, 3, 1, 1][:n]:
            raise ConvertError(UNLIKE)
        yield dict(zip(('conv1', 'conv2', 'conv3', 'shortcut'), convs[:n]))
        convs = convs[n:]


def _model(source, layers, metadata):
    named = {f'{name}.{kind}': tensor for name, layer in layers.items() for kind, tensor in zip(('weight', 'bias'), layer)}
    tensors = {name: tensor for name, tensor in named.items() if tensor is not None}
    return Model('model.safetensors', tensors, metadata, QUANTISED, SMALL, _inputs(source.tensors, layers))


def _inputs(tensors, layers):
    """-> {layer: the average of its inputs}; what blocks add up is taken for independent. What the pooling gives is not known."""

    def after(layer):
        return batch_norm.moments(tensors, layers[layer].norm)

    inputs, x = {}, None
    for block in [name.removesuffix('.conv1') for name in layers if name.endswith('.conv1')]:
        has_shortcut = f'{block}.shortcut' in layers
        if x:
            inputs.update({f'{block}.{name}': x[0] for name in ('conv1', 'shortcut')[: 1 + has_shortcut]})
        for i in (1, 2):
            inputs[f'{block}.conv{i + 1}'], _ = batch_norm.relu_moments(*after(f'{block}.conv{i}'))
        added = zip(after(f'{block}.conv3'), after(f'{block}.shortcut') if has_shortcut else x)
        x = batch_norm.relu_moments(*(a + b for a, b in added))
    return inputs


def _read_tags(source, n):
    path = source.folder / 'tags.txt'
    if not path.exists():
        raise ConvertError(f'Expected the names of the {n} tags at {path} but there is no such file.')
    tags = path.read_text(encoding='utf-8').split()
    if len(tags) != n:
        raise ConvertError(f'Expected {n} tags in {path} but found {len(tags)}.')
    return tags


def _categories(source, tags):
    """name:first index, from the published file or from the tags themselves"""
    published = source.read_json('categories.json')
    if published:
        names = {'System': 'rating'}
        return ','.join(f'{names.get(each["name"], each["name"].lower())}:{each["start_index"]}' for each in published)
    if len(tags) in CATEGORIES:
        return CATEGORIES[len(tags)]
    ratings = [i for i, tag in enumerate(tags) if tag.startswith(RATING)]
    return f'general:0,rating:{ratings[0]}' if ratings else 'general:0'
