"""Writes clip_sizes_golden.h: what PyTorch says of small CLIPs whose patches, pictures and positions are those of ViT-B/32, B/16, L/14
and L/14@336.

Their weights follow from a formula, which clip_sizes_test.c has too: so no weights are stored. The network is Hugging Face's
(transformers), in float64. Development only: the tests need none of these.

    python3 tests/nets/make_clip_sizes_golden.py
"""

import pathlib
import random

import golden_layers
import numpy as np
import torch
from transformers import CLIPConfig, CLIPModel

HERE = pathlib.Path(__file__).resolve().parent
VOCABULARY, PROJECTION = 90, 24
# patch, image, hidden of the picture network and of the text network (heads of 64), activation, eos_token_id: 2 is what OpenAI's config.json say, and
# means the largest id; newer ones have the id itself
SIZES = {
    'B32': (32, 224, 128, 64, 'quick_gelu', 2),
    'B16': (16, 224, 128, 64, 'gelu', VOCABULARY - 1),
    'L14': (14, 224, 192, 128, 'quick_gelu', VOCABULARY - 1),
    'L14_336': (14, 336, 192, 128, 'quick_gelu', 2),
}
LENGTHS = (2, 9, 77)


def fnv(data):
    value = 2166136261
    for b in data:
        value = ((value ^ b) * 16777619) & 0xFFFFFFFF
    return value


def noise(name, n):
    """Numbers from -1 to 1, exact in float32."""
    with np.errstate(over='ignore'):
        h = np.arange(n, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(fnv(name.encode()))
        h ^= h >> np.uint32(15)
        h *= np.uint32(2246822519)
        h ^= h >> np.uint32(13)
    return (h >> np.uint32(8)).astype(np.float32) / np.float32(8388608) - np.float32(1)


def weights(name, shape):
    values = noise(name, int(np.prod(shape))).reshape(shape)
    if name == 'logit_scale':
        return np.array(4, np.float32)
    if 'norm' in name and name.endswith('weight'):
        return np.float32(1) + np.float32(0.2) * values
    if name.endswith('bias'):
        return np.float32(0.2) * values
    if 'embedding' in name and 'patch' not in name:
        return np.float32(0.5) * values
    return np.float32(2 / np.sqrt(np.prod(shape[1:]))) * values


def make_model(patch, image, vision, text, activation, eos):
    common = {'hidden_act': activation, 'projection_dim': PROJECTION}
    config = CLIPConfig(
        vision_config=dict(
            hidden_size=vision,
            num_hidden_layers=1,
            num_attention_heads=vision // 64,
            intermediate_size=48,
            patch_size=patch,
            image_size=image,
            **common,
        ),
        text_config=dict(
            hidden_size=text,
            num_hidden_layers=1,
            num_attention_heads=text // 64,
            intermediate_size=48,
            vocab_size=VOCABULARY,
            bos_token_id=VOCABULARY - 2,
            eos_token_id=eos,
            **common,
        ),
        projection_dim=PROJECTION,
        attn_implementation='eager',
    )
    model = CLIPModel(config).eval()
    state = {
        name: torch.tensor(weights(name, tuple(t.shape))) for name, t in model.state_dict().items() if not name.endswith('position_ids')
    }
    model.load_state_dict(state, strict=False)
    return model.double()


def image_layers(model, side):
    y, x, c = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing='ij')
    pixels = ((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256 / 255 - 0.5) * 4
    out = model.vision_model(torch.tensor(pixels).permute(2, 0, 1)[None], output_hidden_states=True)
    states = [t[0] for t in out.hidden_states]
    return [('pre_layrnorm', states[0]), ('layers.0', states[1]), ('out', model.visual_projection(out.pooler_output))]


def text_vectors(model, texts):
    vectors = []
    for ids in texts:
        # behind the end stands what a tokenizer pads with: it must change nothing
        padded = torch.tensor([[*ids, *[0] * (77 - len(ids))]])
        vectors.append(model.text_projection(model.text_model(padded).pooler_output)[0])
    return torch.stack(vectors)


HEADER = """// What PyTorch (transformers, float64) gives for small CLIPs of all patches and pictures that OpenAI's have.
// Written by make_clip_sizes_golden.py; do not edit. Used by clip_sizes_test.c only.
"""


@torch.no_grad()
def main():
    rng = random.Random(11)
    texts = [[VOCABULARY - 2, *[rng.randrange(VOCABULARY - 2) for _ in range(n - 2)], VOCABULARY - 1] for n in LENGTHS]
    layers = {}
    for name, size in SIZES.items():
        model = make_model(*size)
        layers[f'CLIP_SIZES_{name}_IMAGE'] = image_layers(model, size[1])
        layers[f'CLIP_SIZES_{name}_TEXT'] = [('out', text_vectors(model, texts))]
    golden_layers.write(HERE / 'clip_sizes_golden.h', HEADER, golden_layers.texts('CLIP_SIZES', texts), layers, rng)


if __name__ == '__main__':
    main()
