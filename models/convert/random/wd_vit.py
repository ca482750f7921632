"""A WD tagger v3 (ViT) as it is published: model.safetensors with timm's names, config.json and selected_tags.csv."""

import json
import re

import safetensors.torch
import torch

from . import statistics

SIZES = {  # hidden, mlp, layers, patch, image, tags: heads of 64
    'tiny': (128, 256, 2, 16, 64, 30),
    'vit-b16': (768, 3072, 12, 16, 448, 10861),
}
ADDED = re.compile(r'attn\.proj|fc2')  # what a layer adds
RATINGS = ('general', 'sensitive', 'questionable', 'explicit')


def make(folder, size, seed):
    """-> the path of model.safetensors"""
    generator = torch.Generator().manual_seed(seed)
    tensors = {name: _tensor(name, shape, generator) for name, shape in _shapes(*SIZES[size]).items()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'config.json').write_text(json.dumps(_config(*SIZES[size]), indent=2) + '\n')
    (folder / 'selected_tags.csv').write_text(_tags(SIZES[size][-1]))
    path = folder / 'model.safetensors'
    safetensors.torch.save_file(tensors, path)  # without metadata, as timm's save_for_hf
    return path


def _shapes(hidden, mlp, layers, patch, image, tags):
    block = {
        'norm1.weight': [hidden],
        'norm1.bias': [hidden],
        'attn.qkv.weight': [3 * hidden, hidden],
        'attn.qkv.bias': [3 * hidden],
        'attn.proj.weight': [hidden, hidden],
        'attn.proj.bias': [hidden],
        'norm2.weight': [hidden],
        'norm2.bias': [hidden],
        'mlp.fc1.weight': [mlp, hidden],
        'mlp.fc1.bias': [mlp],
        'mlp.fc2.weight': [hidden, mlp],
        'mlp.fc2.bias': [hidden],
    }
    return {
        'pos_embed': [1, (image // patch) ** 2, hidden],
        'patch_embed.proj.weight': [hidden, 3, patch, patch],
        'patch_embed.proj.bias': [hidden],
        **{f'blocks.{i}.{name}': shape for i in range(layers) for name, shape in block.items()},
        'norm.weight': [hidden],
        'norm.bias': [hidden],
        'head.weight': [tags, hidden],
        'head.bias': [tags],
    }


def _tensor(name, shape, generator):
    if name == 'head.bias':  # most tags are rare
        return torch.randn(shape, generator=generator) - 3
    if name.endswith('norm.weight') or 'norm1.weight' in name or 'norm2.weight' in name:
        return statistics.gains(shape[0], generator)
    if name.endswith('.bias'):
        shifts = statistics.added_shifts if ADDED.search(name) else statistics.shifts
        return shifts(shape[0], 0.1, generator)
    if name == 'pos_embed':
        return statistics.normal(shape, 0.02, generator)
    if 'qkv' in name:  # queries and keys large enough for attention to choose
        return torch.cat([statistics.weights([shape[1], shape[1]], gain, generator) for gain in (1.4, 1.4, 0.8)])
    gain = 0.5 if ADDED.search(name) else 2 if name == 'head.weight' else 0.8
    return statistics.weights(shape, gain, generator)


def _config(hidden, mlp, layers, patch, image, tags):
    """As the published one, and the sizes that differ from ViT-B/16."""
    sizes = {'patch_size': patch, 'embed_dim': hidden, 'depth': layers, 'num_heads': hidden // 64, 'mlp_ratio': mlp // hidden}
    return {
        'architecture': 'vit_base_patch16_224',
        'num_classes': tags,
        'num_features': hidden,
        'global_pool': 'avg',
        'model_args': {'img_size': image, 'class_token': False, 'global_pool': 'avg', 'fc_norm': False, 'act_layer': 'gelu_tanh', **sizes},
    }


def _tags(n):
    lines = ['tag_id,name,category,count']
    for i in range(n):
        name = RATINGS[i] if i < len(RATINGS) else f'tag_{i}'
        lines.append(f'{i},{name},{9 if i < len(RATINGS) else 0 if i < n * 3 // 4 else 4},{n - i}')
    return '\n'.join(lines) + '\n'
