"""What make_resnet_v2_golden.py and make_deepdanbooru_golden.py have in common: random layers, an input, and a header in C."""

import json
import os
import pathlib
import random
import sys

import numpy as np
import torch
from PIL import Image

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / 'golden'
sys.path.insert(0, str(HERE.parents[1] / 'models'))
import golden_layers  # noqa: E402
from convert.source import Source  # noqa: E402
from convert.write import write  # noqa: E402

HEADER = """// What Keras (float64) gives for the layers and outputs of the tiny network in tests/golden/{folder}.
// Written by {script}; do not edit. Layers stand in the order they run, activation applied{notes}.
//
// Input: in[y][x][c] = ((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256) / 255.
"""


def fill(model, seed):
    """Seeded weights, rounded to float32 as the files have them; normalisations that do something."""
    rng = np.random.default_rng(seed)
    ranges = {'gamma': (0.5, 1.5), 'moving_variance': (0.5, 2), 'beta': (-0.5, 0.5), 'moving_mean': (-0.5, 0.5), 'bias': (-0.5, 0.5)}
    for variable in model.weights:
        kind = variable.path.split('/')[-1]
        if kind == 'kernel':
            values = rng.normal(0, 1.3 / np.sqrt(np.prod(variable.shape[:-1])), variable.shape)
        else:
            values = rng.uniform(*ranges[kind], variable.shape)
        variable.assign(values.astype(np.float32))


def source_of(model, folder):
    """What the converter would read of the model's file in the folder."""
    tensors = {'/'.join(v.path.split('/')[-2:]): torch.from_numpy(np.array(v)) for v in model.weights}
    return Source(folder / 'model.h5', tensors, model.get_config())


def save(folder, files):
    """files: (name, dtype, what the converter gave)"""
    folder.mkdir(exist_ok=True)
    for name, dtype, file in files:
        file.name = name
        file.inputs = {}  # these normalisations do not know what comes to them
        path = write(folder, file, dtype)
        path.with_name(f'{path.name}.sha256').unlink()


def test_input(side):
    y, x, c = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing='ij')
    return ((y * 31 + x * 17 + c * 7 + (y * x) % 13) % 256 / 255)[None]


def picture_input(path, side):
    """As ACG2vec's services prepare pictures: bilinear without antialiasing, whatever the shape, divided by 255."""
    pixels = np.array(Image.open(path).convert('RGB'))
    return np.array(tf.image.resize(pixels, [side, side]), np.float64)[None] / 255


def write_header(path, layers, array, **words):
    """layers: (name, [h][w][c])"""
    header = HEADER.format(script=pathlib.Path(sys.argv[0]).name, **words)
    golden_layers.write(path, header, [], {array: layers}, random.Random(7))


def write_expected(path, expected):
    expected = {'about': f'written by tests/nets/{pathlib.Path(sys.argv[0]).name}', **expected}
    rounded = json.loads(json.dumps(expected), parse_float=lambda text: float(f'{float(text):.9g}'))
    path.write_text(json.dumps(rounded, separators=(',', ':')).replace('],"', '],\n"') + '\n', encoding='utf-8')


def double_precision():
    keras.config.set_floatx('float64')
