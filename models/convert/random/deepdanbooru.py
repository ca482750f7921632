"""DeepDanbooru in any size, as its project publishes it: a folder with project.json, tags.txt, categories.json and Keras's file."""

import json

import numpy as np
import torch

from . import deepdanbooru_code, keras_weights
from .keras_weights import tf

SIZES = {
    'tiny': (64, (16, 32, 48, 48, 64, 96), (2, 1, 1, 2, 1, 1), (16, 6)),  # side, channels, blocks, general and character tags
    'v3': (512, (256, 512, 1024, 1024, 2048, 4096), (2, 7, 19, 19, 2, 2), (6891, 2282)),
    'v4': (512, (256, 512, 1024, 1024, 1024, 2048), (2, 7, 10, 10, 10, 2), (6891, 2282)),
}
RATINGS = ('rating:safe', 'rating:questionable', 'rating:explicit')


def make(folder, size, seed):
    """-> the folder of the project"""
    generator = torch.Generator().manual_seed(seed)
    side, channels, repeats, n_tags = SIZES[size]
    code = deepdanbooru_code.load()
    tf.keras.backend.clear_session()  # layers are numbered from 0 again
    picture = tf.keras.Input((side, side, 3))
    maps = code.resnet.resnet_original_bottleneck_model(picture, channels, repeats, final_pool=False)
    network = tf.keras.Model(picture, maps)
    keras_weights.fill(network, _last_norms(network), generator)
    pictures = keras_weights.calibration_pictures(side)
    keras_weights.calibrate(network, pictures)
    model = _with_head(code, network, pictures, sum(n_tags) + len(RATINGS), generator)
    folder.mkdir(parents=True, exist_ok=True)
    _write_texts(folder, size, side, n_tags)
    model.save(folder / f'model-resnet_custom_{size}.h5', include_optimizer=False)
    return folder


def _last_norms(network):
    """What stands before an addition in a block; shortcuts, the second inputs, are not small."""
    return {layer.input[0].node.layer.name for layer in network.layers if isinstance(layer, tf.keras.layers.Add)}


def _with_head(code, network, pictures, n, generator):
    features = network(pictures).numpy().mean((1, 2))
    weights, bias = keras_weights.head(features, n, -5, 1, generator)
    mean = torch.from_numpy(features.mean(0).astype(np.float64))
    weights += bias[:, None] * mean / (mean @ mean)  # the convolution has no bias: it lies along what all pictures have in common
    x = code.layers.conv_gap(network.output, n)
    model = tf.keras.Model(network.input, tf.keras.layers.Activation('sigmoid', dtype='float32')(x))
    next(layer for layer in reversed(model.layers) if isinstance(layer, tf.keras.layers.Conv2D)).set_weights(
        [weights.T.numpy().astype(np.float32)[None, None]]
    )
    return model


def _write_texts(folder, size, side, n_tags):
    general, character = n_tags
    tags = [f'general_{i}' for i in range(general)] + [f'character_{i}' for i in range(character)] + list(RATINGS)
    categories = [
        {'name': 'General', 'start_index': 0},
        {'name': 'Character', 'start_index': general},
        {'name': 'System', 'start_index': general + character},
    ]
    (folder / 'tags.txt').write_text(''.join(f'{tag}\n' for tag in tags))
    (folder / 'categories.json').write_text(json.dumps(categories))
    (folder / 'project.json').write_text(json.dumps({'image_width': side, 'image_height': side, 'model': f'resnet_custom_{size}'}))
