"""CLIP in any size, as Hugging Face's model.safetensors and config.json."""

import re

import safetensors.torch
import torch
from transformers import CLIPConfig, CLIPModel

from . import statistics

SIZES = {  # vision: hidden, mlp, layers, heads, patch, image; text: hidden, mlp, layers, heads; both: projection, vocabulary
    'tiny': ((32, 64, 2, 2, 8, 32), (32, 48, 2, 2), (24, 49408)),
    'b32': ((768, 3072, 12, 12, 32, 224), (512, 2048, 12, 8), (512, 49408)),
    'b16': ((768, 3072, 12, 12, 16, 224), (512, 2048, 12, 8), (512, 49408)),
    'l14': ((1024, 4096, 24, 16, 14, 224), (768, 3072, 12, 12), (768, 49408)),
    'l14-336': ((1024, 4096, 24, 16, 14, 336), (768, 3072, 12, 12), (768, 49408)),
}

ADDED = re.compile(r'out_proj|fc2')  # what a layer adds


def config(size):
    vision, text, (projection, vocabulary) = SIZES[size]
    names = ('hidden_size', 'intermediate_size', 'num_hidden_layers', 'num_attention_heads', 'patch_size', 'image_size')
    common = {'hidden_act': 'quick_gelu', 'projection_dim': projection}
    return CLIPConfig(
        vision_config={**dict(zip(names, vision)), **common},
        text_config={**dict(zip(names, text)), **common, 'vocab_size': vocabulary, 'eos_token_id': 2},  # as the published ones
        projection_dim=projection,
    )


def make(folder, size, seed):
    """-> the path of model.safetensors"""
    with torch.device('meta'):
        model = CLIPModel(config(size))
    generator = torch.Generator().manual_seed(seed)
    tensors = {
        name: _tensor(name, list(tensor.shape), generator)
        for name, tensor in model.state_dict().items()
        if not name.endswith('position_ids')
    }
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    path = folder / 'model.safetensors'
    safetensors.torch.save_file(tensors, path, {'format': 'pt'})
    return path


def _tensor(name, shape, generator):
    if name == 'logit_scale':
        return torch.tensor(4.6052)
    if re.search(r'lay(er_?|r)norm\d?\.weight$|layer_norm\.weight$', name):
        return statistics.gains(shape[0], generator)
    if name.endswith('.bias'):
        shifts = statistics.added_shifts if ADDED.search(name) else statistics.shifts
        return shifts(shape[0], 0.1, generator)
    if 'embedding' in name and 'patch' not in name:
        return statistics.normal(shape, 0.02, generator)
    # queries and keys large enough for attention to choose; what is added to the residual small enough for it not to drown
    gain = 1.4 if re.search(r'[qk]_proj', name) else 0.5 if ADDED.search(name) else 0.8
    return statistics.weights(shape, gain, generator)
