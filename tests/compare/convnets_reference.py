"""What TensorFlow gives for some pictures: pix2score's SavedModel as a service calls it, DeepDanbooru's file in Keras.

    python convnets_reference.py pix2score|deepdanbooru FOLDER [N]

Writes N pictures (40) to FOLDER/pictures, and FOLDER/reference.json: by picture and output, values. compare_convnets.mjs runs it.
"""

import base64
import json
import pathlib
import sys

import numpy as np
from PIL import Image

from convert.random.keras_weights import tf
from convert.random.pictures import picture

HEADS = {'bookmark': 'pix2score', 'view': 'pix2score_1', 'sanity': 'pix2score_2'}
FEATURES, STYLES = 'add_43', ('add', 'add_1', 'add_2')
SHAPES = ((300, 400), (640, 360), (512, 512), (224, 224), (90, 700), (1200, 900), (37, 53))


def make_pictures(folder, n):
    folder.mkdir(parents=True, exist_ok=True)
    Image.open(pathlib.Path(__file__).parents[1] / 'golden/anime256.png').convert('RGB').save(folder / '00.png')
    for i in range(1, n):
        Image.fromarray(picture(i, *SHAPES[i % len(SHAPES)])).save(folder / f'{i:02}.png')
    return sorted(folder.glob('*.png'))[:n]


def pix2score(folder):
    serve = tf.saved_model.load(folder).signatures['serving_default']

    def look(path):
        outputs = serve(b64_input_bytes=tf.constant([base64.urlsafe_b64encode(path.read_bytes()).rstrip(b'=')]))
        return {ours: outputs[theirs].numpy()[0] for ours, theirs in HEADS.items()}

    return look


def deepdanbooru(folder):
    model = tf.keras.models.load_model(next(folder.glob('model-*.h5')), compile=False)
    side = model.input_shape[1]
    cut = tf.keras.Model(model.input, [model.output, *(model.get_layer(name).output for name in (FEATURES, *STYLES))])

    def look(path):
        pixels = tf.image.resize(np.array(Image.open(path)), [side, side])[None] / 255
        tags, features, *styles = (t.numpy()[0].astype(np.float64) for t in cut(pixels))
        grams = [np.einsum('hwc,hwd->cd', t, t, optimize=True) / (t.shape[0] * t.shape[1]) for t in styles]
        return {'tags': tags, 'illust2vec': features.mean((0, 1)), 'style': np.max([gram.max(0) for gram in grams], 0)}

    return look


def main(network, folder, n='40'):
    folder = pathlib.Path(folder)
    look = {'pix2score': pix2score, 'deepdanbooru': deepdanbooru}[network](folder)
    found = {path.name: look(path) for path in make_pictures(folder / 'pictures', int(n))}
    plain = {name: {output: [float(f'{v:.8g}') for v in values] for output, values in outputs.items()} for name, outputs in found.items()}
    (folder / 'reference.json').write_text(json.dumps(plain))


if __name__ == '__main__':
    main(*sys.argv[1:])
