"""What PyTorch gives for some pictures and texts: transformers' CLIPModel in float32 on a folder's model.safetensors.

    python clip_reference.py FOLDER MERGES

Writes FOLDER/pictures and FOLDER/reference.json. compare_clip.mjs runs it.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from PIL import Image
from torchvision import transforms
from transformers import CLIPModel

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'nets'))
from make_clip_golden import MEAN, STD, make_tokenizer, read_merges  # noqa: E402

TEXTS = [
    '',
    'a',
    '1girl, silver hair',
    'a photo of a cat',
    'a diagram',
    'hatsune miku from vocaloid with long hair,twintails,aqua eyes',
    '東京の夜景',
    '初音ミク、青い髪',
    '一个银色头发的女孩',
    '天空中的星星和月亮',
    '안녕하세요',
    '😀',
    '👩‍👩‍👧‍👦 family 🌸🌸',
    'Ünïcödé naïve café',
    "don't we'll they've I'm",
    'x' * 100,
    'the quick brown fox jumps over the lazy dog ' * 10,
    'a, b. c! d? (e) [f] {g}',
    '   much   white\tspace\n ',
    '0123456789 3.14159',
]


def make_pictures(folder):
    """Eight of different sizes, shapes and kinds."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(8)
    shapes = {
        'landscape': (360, 640, 3),
        'portrait': (900, 300, 3),
        'exact': (224, 224, 3),
        'small': (31, 57, 3),
        'large': (1500, 2000, 3),
        'alpha': (300, 280, 4),
        'narrow': (500, 40, 3),
    }
    for name, (h, w, c) in shapes.items():
        y, x = np.mgrid[:h, :w] / max(h, w)
        waves = [np.sin(2 * np.pi * (rng.uniform(1, 12) * x + rng.uniform(1, 12) * y + rng.uniform())) for _ in range(c)]
        picture = 127 + 90 * np.stack(waves, 2) + rng.normal(0, 12, (h, w, c))
        Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(folder / f'{name}.png')
    Image.open(HERE.parent / 'golden/anime256.png').save(folder / 'anime.png')
    return sorted(folder.glob('*.png'))


@torch.no_grad()
def main(folder, merges):
    folder = pathlib.Path(folder)
    model = CLIPModel.from_pretrained(folder, dtype=torch.float32).eval()
    side = model.config.vision_config.image_size
    prepare = transforms.Compose(
        [
            transforms.Resize(side, interpolation=transforms.InterpolationMode.BICUBIC),
            transforms.CenterCrop(side),
            transforms.Lambda(lambda picture: picture.convert('RGB')),
            transforms.ToTensor(),
            transforms.Normalize(MEAN, STD),
        ]
    )
    reference = {'pictures': {}, 'texts': []}
    for path in make_pictures(folder / 'pictures'):
        vector = model.visual_projection(model.vision_model(prepare(Image.open(path).convert('RGB'))[None]).pooler_output)
        reference['pictures'][path.name] = vector[0].tolist()
    tokenizer = make_tokenizer(read_merges(merges))
    for text in TEXTS:
        ids = torch.tensor([tokenizer(text, truncation=True, max_length=77)['input_ids']])
        vector = model.text_projection(model.text_model(ids).pooler_output)
        reference['texts'].append({'text': text, 'n_tokens': ids.shape[1], 'vector': vector[0].tolist()})
    (folder / 'reference.json').write_text(json.dumps(reference))


if __name__ == '__main__':
    main(*sys.argv[1:])
