"""Writes tests/golden/deepdanbooru/published.h5.gz and published.json: a tiny DeepDanbooru with random weights as its project publishes
it, and the tags that Keras gives a picture. Needs the converters' environment.

    PYTHONPATH=models PYTHON tests/nets/make_published_deepdanbooru.py
"""

import gzip
import json
import pathlib
import tempfile

import numpy as np
from PIL import Image

from convert.random import deepdanbooru
from convert.random.keras_weights import tf

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / 'golden'
TEXTS = ('project.json', 'categories.json', 'tags.txt')


def tags(path, picture):
    """As ACG2vec's services prepare pictures: bilinear without antialiasing, whatever the shape, divided by 255."""
    model = tf.keras.models.load_model(path, compile=False)
    pixels = tf.image.resize(np.array(Image.open(picture).convert('RGB')), model.input_shape[1:3])[None] / 255
    return [float(f'{score:.7g}') for score in model(pixels)[0].numpy()]


def main():
    folder = deepdanbooru.make(pathlib.Path(tempfile.mkdtemp()), 'tiny', 1)
    path = next(folder.glob('model-*.h5'))
    to = GOLDEN / 'deepdanbooru'
    (to / 'published.h5.gz').write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    expected = {
        'about': f'written by tests/nets/{pathlib.Path(__file__).name}',
        'files': {name: (folder / name).read_text() for name in TEXTS},
        'pictures': {'anime256.png': {'tags': tags(path, GOLDEN / 'anime256.png')}},
    }
    (to / 'published.json').write_text(json.dumps(expected, indent=1) + '\n')


main()
