"""Writes tests/golden/deepdanbooru, tests/golden/illust2vec and deepdanbooru_golden.h: a tiny DeepDanbooru with seeded random
weights, and what its own code in Keras says it gives.

The blocks are those of the package deepdanbooru (deepdanbooru.model.resnet, without its other requirements), in float64. The side
makes maps of odd and even sides, so that SAME is padded on both sides and on one. Development only: the tests need no Keras.

    python3 tests/nets/make_deepdanbooru_golden.py
"""

import keras
import numpy as np
from convnet_golden import GOLDEN, HERE, double_precision, fill, picture_input, save, source_of, test_input, write_expected, write_header
from convert import deepdanbooru
from convert.random.deepdanbooru_code import load

SIDE = 72  # 36, 18, 18, 9, 5, 3, 2, 1
FILTERS = [16, 32, 48, 48, 64, 96]
REPEATS = [2, 1, 1, 2, 1, 1]
FEATURE_BLOCK = 8  # of 14: the middle one of stage 3, as in the real one
TAGS = [
    '1girl',
    'solo',
    'long_hair',
    'blush',
    'smile',
    'open_mouth',
    'blue_eyes',
    'short_hair',
    'skirt',
    'hat',
    'sky',
    'night',
    'star',
    'cat',
    'tree',
    '1boy',
    'hatsune_miku',
    'hakurei_reimu',
    'kirisame_marisa',
    'cirno',
    'konpaku_youmu',
    'izayoi_sakuya',
    'rating:safe',
    'rating:questionable',
    'rating:explicit',
]
CATEGORIES = 'general:0,character:16,rating:22'


def make_model(code):
    picture = keras.Input((SIDE, SIDE, 3))
    x = code.resnet.resnet_original_bottleneck_model(picture, FILTERS, REPEATS, final_pool=False)
    x = code.layers.conv_gap(x, len(TAGS))
    return keras.Model(picture, keras.layers.Activation('sigmoid')(x))


def number(name):
    return int(name.split('_')[-1]) if '_' in name else 0


def block_names():
    return [f'stages.{stage}.{i}' for stage, repeat in enumerate(REPEATS) for i in range(repeat + 1)]


def layers(model, x):
    """In the order they run: the stem, its pooling, then of every block the sum and what the ReLU makes of it."""
    adds = sorted((layer for layer in model.layers if layer.name.startswith('add')), key=lambda layer: number(layer.name))
    relus = sorted((layer for layer in model.layers if layer.name.startswith('activation')), key=lambda layer: number(layer.name))
    pool = next(layer for layer in model.layers if layer.name.startswith('max_pool'))
    found = [('stem', relus[0]), ('pool', pool)]
    for i, (name, add) in enumerate(zip(block_names(), adds, strict=True)):
        found += [(f'{name}.sum', add), (name, relus[3 * i + 3])]
    outputs = keras.Model(model.input, [layer.output for _, layer in found])(x)
    return {name: t[0].numpy() for (name, _), t in zip(found, outputs)}


def outputs(model, x):
    """tags, illust2vec and style, as ACG2vec takes the last two from the sums."""
    maps = layers(model, x)
    sums = [maps[f'{name}.sum'] for name in block_names()]
    grams = [np.einsum('hwc,hwd->cd', t, t) / (t.shape[0] * t.shape[1]) for t in sums[:3]]
    return {
        'tags': model(x)[0].numpy(),
        'illust2vec': sums[FEATURE_BLOCK].mean((0, 1)),
        'style': np.max([gram.max(0) for gram in grams], 0),
    }


def files(model, folder):
    for name, dtype, part in (
        ('deepdanbooru/model.safetensors', 'f32', 'deepdanbooru'),
        ('illust2vec/model.safetensors', 'f32', 'illust2vec'),
        ('deepdanbooru/model_i8.safetensors', 'int8', 'deepdanbooru'),
    ):
        file = next(deepdanbooru.convert(source_of(model, folder), [part]))
        yield name, dtype, file


def main():
    double_precision()
    model = make_model(load())
    fill(model, 20211112)
    folder = GOLDEN / 'deepdanbooru'
    (GOLDEN / 'illust2vec').mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True)
    (folder / 'tags.txt').write_text(''.join(f'{tag}\n' for tag in TAGS))
    deepdanbooru.FEATURE_BLOCK = FEATURE_BLOCK
    deepdanbooru.CATEGORIES[len(TAGS)] = CATEGORIES
    save(GOLDEN, files(model, folder))
    golden = layers(model, test_input(SIDE)) | {name: t[None, None] for name, t in outputs(model, test_input(SIDE)).items()}
    notes = '. NAME.sum is a\n// block before its ReLU; the outputs are last'
    write_header(HERE / 'deepdanbooru_golden.h', golden.items(), folder='deepdanbooru', array='DEEPDANBOORU_GOLDEN', notes=notes)
    expected = outputs(model, picture_input(GOLDEN / 'anime256.png', SIDE))
    write_expected(
        folder / 'expected.json', {'categories': CATEGORIES, 'pictures': {'anime256.png': {n: t.tolist() for n, t in expected.items()}}}
    )


if __name__ == '__main__':
    main()
