"""pix2score in any size, as ACG2vec publishes it: a SavedModel that takes files in base64."""

import numpy as np
import torch

from . import keras_weights
from .keras_weights import tf

SIZES = {'tiny': (64, ((8, 2), (8, 3), (16, 2), (16, 2))), 'resnet101v2': (224, ((64, 3), (128, 4), (256, 23), (512, 3)))}
BINS = {'bookmark_predict': 15, 'view_predict': 15, 'sanity_predict': 5}


def make(folder, size, seed):
    """-> the folder of the SavedModel"""
    generator = torch.Generator().manual_seed(seed)
    side, stacks = SIZES[size]
    network = _network(side, stacks)
    keras_weights.fill(network, (), generator)
    for layer in network.layers:  # here a convolution is what is added
        if layer.name.endswith('_3_conv'):
            layer.kernel.assign(layer.kernel * 0.2)
    pictures = keras_weights.calibration_pictures(side)
    keras_weights.calibrate(network, pictures)
    features = network(pictures).numpy()
    heads = [_head(name, n, network.output, features, generator) for name, n in BINS.items()]
    model = tf.keras.Model(network.input, heads, name='pix2score')
    text = tf.keras.Input((), dtype=tf.string, name='b64_input_bytes')
    served = tf.keras.Model(text, model(_pictures(text, side)))
    served.save(folder, save_format='tf', include_optimizer=False)
    return folder


def _network(side, stacks):
    from tf_keras.src.applications import resnet

    def body(x):
        for i, (width, blocks) in enumerate(stacks):
            last = i == len(stacks) - 1
            x = resnet.stack2(x, width, blocks, stride1=1 if last else 2, name=f'conv{i + 2}')
        return x

    return resnet.ResNet(body, True, True, include_top=False, weights=None, input_tensor=tf.keras.Input((side, side, 3)), pooling='avg')


def _head(name, n, x, features, generator):
    weights, bias = keras_weights.head(features, n, 0, 1, generator)
    layer = tf.keras.layers.Dense(n, activation='softmax', name=name)
    probabilities = layer(x)
    layer.set_weights([weights.T.numpy().astype(np.float32), bias.numpy().astype(np.float32)])
    return probabilities


def _pictures(text, side):
    """As the original's service: whatever the shape, bilinear without antialiasing."""

    def one(each):
        pixels = tf.io.decode_image(tf.io.decode_base64(each), channels=3, expand_animations=False)
        pixels.set_shape([None, None, 3])
        return tf.image.resize(pixels, [side, side]) / 255

    return tf.keras.layers.Lambda(lambda texts: tf.map_fn(one, texts, fn_output_signature=tf.float32))(text)
