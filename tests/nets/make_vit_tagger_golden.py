"""Writes tests/golden/wd-vit and vit_tagger_golden.h: a tiny WD tagger with seeded random weights, and what timm says it gives.

The network is timm's, in float64, from weights rounded to float16 as the file has them. Development only: the tests need
none of this.

    python3 tests/nets/make_vit_tagger_golden.py         (with timm 1.0.31)
"""

import json
import pathlib
import random

import golden_layers
import numpy as np
import safetensors.torch
import torch
from PIL import Image

import wd_vit

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / 'golden/wd-vit'
SIDE, PATCH, DIM, HEADS, DEPTH = 32, 8, 48, 3, 2
TAGS = {
    9: ['general', 'sensitive', 'questionable', 'explicit'],
    0: ['1girl', 'solo', 'long_hair', 'smile', 'hat', ':d', '>_<', 'sky', '"o"', 'blue_eyes', 'cat', 'night'],
    4: ['hatsune_miku', 'kagamine_rin', 'ib_(ib)', 'saber_(fate)', 'k-on!'],
}
N_TAGS = sum(map(len, TAGS.values()))


def make_network():
    model = wd_vit.make(SIDE, N_TAGS, patch_size=PATCH, embed_dim=DIM, depth=DEPTH, num_heads=HEADS, mlp_ratio=2)
    generator = torch.Generator().manual_seed(20240304)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if 'norm' in name:
                p.copy_(0.2 * noise + (1 if name.endswith('weight') else 0))
            elif p.ndim == 1:
                p.copy_(0.2 * noise)
            elif name == 'pos_embed':
                p.copy_(0.5 * noise)
            else:
                p.copy_((4 if name == 'head.weight' else 1.2) * noise / p[0].numel() ** 0.5)
            p.copy_(p.half().float())
    return model.double()


def test_pixels():
    y, x, c = np.meshgrid(np.arange(SIDE), np.arange(SIDE), np.arange(3), indexing='ij')
    return ((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256 / 255 - 0.5) * 4


def layers(model):
    """Layer by layer, as VisionTransformer.forward has them; a test of this function is that the whole gives the same."""
    pixels = torch.tensor(test_pixels()).permute(2, 0, 1)[None]
    x = model.pos_drop(model.patch_embed(pixels) + model.pos_embed)
    found = [('pos_embed', x[0])]
    for i, block in enumerate(model.blocks):
        x = block(x)
        found.append((f'layers.{i}', x[0]))
    mean = model.norm(x).mean(1)
    out = model.head(mean).sigmoid()
    assert torch.allclose(out, model(pixels).sigmoid(), rtol=0, atol=1e-12)
    return found + [('mean', mean), ('out', out)]


HEADER = """// What PyTorch (timm, float64) gives for every layer of the tiny tagger in tests/golden/wd-vit.
// Written by make_vit_tagger_golden.py; do not edit. Used by the network test only.
//
// Input: in[y][x][c] = (((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256) / 255 - 0.5) * 4.
"""


def make_wide():
    """A picture that needs white margins, with an alpha of every kind."""
    y, x = np.mgrid[:37, :61]
    rgba = np.stack([x * 4, y * 6, (x * y) % 256, np.where(x < 20, 255, np.where(y < 12, 0, x * 4))], -1)
    Image.fromarray(rgba.astype(np.uint8)).save(GOLDEN / 'wide.png')
    return GOLDEN / 'wide.png'


def write_tags():
    lines = ['tag_id,name,category,count']
    for category, names in TAGS.items():
        for name in names:
            quoted = '"' + name.replace('"', '""') + '"' if '"' in name else name
            lines.append(f'{len(lines) * 1001},{quoted},{category},{1000 * len(lines)}')
    (GOLDEN / 'selected_tags.csv').write_text('\n'.join(lines) + '\n')


@torch.no_grad()
def main():
    GOLDEN.mkdir(exist_ok=True)
    model = make_network()
    tensors = {name: tensor.half() for name, tensor in model.state_dict().items()}
    safetensors.torch.save_file(tensors, GOLDEN / 'model.safetensors', {'num_attention_heads': str(HEADS)})
    write_tags()
    golden_layers.write(HERE / 'vit_tagger_golden.h', HEADER, [], {'VIT_TAGGER_GOLDEN': layers(model)}, random.Random(7))
    pictures = {}
    for path in (GOLDEN.parent / 'anime256.png', make_wide()):
        pixels = wd_vit.prepare(Image.open(path), SIDE)
        pictures[path.name] = {'tags': golden_layers.rounded(model(torch.tensor(wd_vit.to_input(pixels))).sigmoid())}
    expected = {'about': 'written by tests/nets/make_vit_tagger_golden.py', 'pictures': pictures}
    (GOLDEN / 'expected.json').write_text(json.dumps(expected, separators=(',', ':')).replace('},"', '},\n"') + '\n')


if __name__ == '__main__':
    main()
