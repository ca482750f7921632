"""CLIP: OpenAI's names to Hugging Face's, the sizes as metadata, and the two halves."""

import re

from .errors import ConvertError
from .write import Model

PARTS = ('image', 'text')
PREFIXES = {'image': ('vision_model.', 'visual_projection.', 'logit_scale'), 'text': ('text_model.', 'text_projection.', 'logit_scale')}
CONFIGS = {'image': 'vision_config', 'text': 'text_config'}
NETWORKS = {'image': 'clip_vision', 'text': 'clip_text'}
# of config.json, what a network's form follows from
FIELDS = (
    'hidden_size',
    'intermediate_size',
    'num_hidden_layers',
    'num_attention_heads',
    'hidden_act',
    'layer_norm_eps',
    'projection_dim',
    'image_size',
    'patch_size',
    'vocab_size',
    'max_position_embeddings',
    'eos_token_id',
)

# What is multiplied with whole rows of activations: nearly all of a transformer's weights. The rest is small, or sensitive.
QUANTISED = re.compile(r'\.(self_attn\.[qkv]_proj|self_attn\.out_proj|mlp\.fc[12])\.weight$')

# OpenAI's name -> Hugging Face's, behind the halves' own prefixes
BLOCK_NAMES = {
    'ln_1': 'layer_norm1',
    'ln_2': 'layer_norm2',
    'mlp.c_fc': 'mlp.fc1',
    'mlp.c_proj': 'mlp.fc2',
    'attn.out_proj': 'self_attn.out_proj',
}
TOP_NAMES = {
    'visual.class_embedding': 'vision_model.embeddings.class_embedding',
    'visual.positional_embedding': 'vision_model.embeddings.position_embedding.weight',
    'visual.conv1.weight': 'vision_model.embeddings.patch_embedding.weight',
    'visual.ln_pre.weight': 'vision_model.pre_layrnorm.weight',
    'visual.ln_pre.bias': 'vision_model.pre_layrnorm.bias',
    'visual.ln_post.weight': 'vision_model.post_layernorm.weight',
    'visual.ln_post.bias': 'vision_model.post_layernorm.bias',
    'token_embedding.weight': 'text_model.embeddings.token_embedding.weight',
    'positional_embedding': 'text_model.embeddings.position_embedding.weight',
    'ln_final.weight': 'text_model.final_layer_norm.weight',
    'ln_final.bias': 'text_model.final_layer_norm.bias',
    'logit_scale': 'logit_scale',
}
PROJECTIONS = {'visual.proj': 'visual_projection.weight', 'text_projection': 'text_projection.weight'}
NO_WEIGHTS = re.compile(r'(^|\.)(input_resolution|context_length|vocab_size|position_ids|attn_mask)$')


def recognises(source):
    return any(name.startswith(('vision_model.', 'visual.')) for name in source.tensors)


def convert(source, parts=PARTS):
    """A file for each half."""
    tensors, config = normalise(source.tensors, source.config)
    for half in parts:
        kept = {name: tensor for name, tensor in tensors.items() if name.startswith(PREFIXES[half])}
        yield Model(f'{half}.safetensors', kept, metadata(config, half), QUANTISED)


def normalise(tensors, config):
    """-> (tensors under Hugging Face's names, a config with a vision_config and a text_config)"""
    tensors = {name: tensor for name, tensor in tensors.items() if not NO_WEIGHTS.search(name)}
    if 'visual.conv1.weight' in tensors:
        tensors = _from_openai(tensors)
    for name in (
        'vision_model.embeddings.patch_embedding.weight',
        'text_model.embeddings.token_embedding.weight',
        'visual_projection.weight',
        'text_projection.weight',
        'logit_scale',
    ):
        if name not in tensors:
            raise ConvertError(f'Expected a CLIP, but there is no tensor {name}.')
    return tensors, config if config and 'vision_config' in config else _sizes(tensors)


def metadata(config, half):
    """The half's part of config.json as strings, under its own names."""
    section = CONFIGS[half]
    fields = {f'{section}.{key}': config[section][key] for key in FIELDS if key in config[section]}
    return {'format': 'pt', 'network': NETWORKS[half], **{key: str(value) for key, value in fields.items()}}


def _from_openai(tensors):
    renamed = {}
    for name, tensor in tensors.items():
        if name in PROJECTIONS:
            renamed[PROJECTIONS[name]] = tensor.T
        elif name in TOP_NAMES:
            renamed[TOP_NAMES[name]] = tensor
        else:
            renamed.update(_from_openai_block(name, tensor))
    return renamed


def _from_openai_block(name, tensor):
    found = re.fullmatch(r'(visual\.)?transformer\.resblocks\.(\d+)\.(.+)\.?(weight|bias)', name)
    if not found:
        raise ConvertError(f'Tensor {name} is none that a CLIP of OpenAI has.')
    visual, layer, part, kind = found.groups()
    to = f'{"vision" if visual else "text"}_model.encoder.layers.{layer}'
    part = part.rstrip('._')
    if part == 'attn.in_proj':
        return {f'{to}.self_attn.{which}_proj.{kind}': each for which, each in zip('qkv', tensor.chunk(3))}
    if part not in BLOCK_NAMES:
        raise ConvertError(f'Tensor {name} is none that a CLIP of OpenAI has.')
    return {f'{to}.{BLOCK_NAMES[part]}.{kind}': tensor}


def _sizes(tensors):
    """What config.json would say; OpenAI's networks all have heads of 64 and quick_gelu."""

    def half(model, extra):
        (hidden,) = tensors[f'{model}.encoder.layers.0.layer_norm1.weight'].shape
        layers = 1 + max(int(name.split('.')[3]) for name in tensors if name.startswith(f'{model}.encoder.layers.'))
        return {
            'hidden_size': hidden,
            'num_hidden_layers': layers,
            'num_attention_heads': max(hidden // 64, 1),
            'intermediate_size': len(tensors[f'{model}.encoder.layers.0.mlp.fc1.bias']),
            'hidden_act': 'quick_gelu',
            'layer_norm_eps': 1e-05,
            **extra,
        }

    patch = tensors['vision_model.embeddings.patch_embedding.weight'].shape[-1]
    positions = len(tensors['vision_model.embeddings.position_embedding.weight']) - 1
    projection = len(tensors['visual_projection.weight'])
    vocabulary = len(tensors['text_model.embeddings.token_embedding.weight'])
    return {
        'vision_config': half(
            'vision_model', {'patch_size': patch, 'image_size': patch * round(positions**0.5), 'projection_dim': projection}
        ),
        'text_config': half(
            'text_model',
            {
                'vocab_size': vocabulary,
                'projection_dim': projection,
                'eos_token_id': vocabulary - 1,
                'max_position_embeddings': len(tensors['text_model.embeddings.position_embedding.weight']),
            },
        ),
    }
