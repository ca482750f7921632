"""Random weights for networks of Keras 2, which pix2score and DeepDanbooru were made with (tf_keras): normalisations know the
statistics of what comes to them, as training leaves them, so that values keep their size through a hundred layers."""

import os

os.environ['TF_USE_LEGACY_KERAS'] = '1'  # tf.keras is Keras 3 otherwise
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import torch  # noqa: E402

from . import statistics  # noqa: E402
from .pictures import picture  # noqa: E402


def calibration_pictures(side):
    """Fewer of larger ones: 8 of 512, 41 of 224."""
    n = min(max(2**21 // side**2, 8), 64)
    return np.stack([picture(10_000 + i, side, side) for i in range(n)]).astype(np.float32) / 255


def fill(model, last_norms, generator):
    """Convolutions and normalisations of random values; `last_norms` are the layers whose results are added to others'."""
    for layer in model.layers:
        if isinstance(layer, tf.keras.layers.Conv2D):
            kernel = statistics.weights(tuple(np.array(layer.kernel.shape)[[3, 2, 0, 1]]), 1.4, generator)
            layer.kernel.assign(kernel.permute(2, 3, 1, 0).numpy())
            if layer.use_bias:
                layer.bias.assign(statistics.shifts(len(kernel), 0.1, generator).numpy())
        elif isinstance(layer, tf.keras.layers.BatchNormalization):
            n = layer.gamma.shape[0]
            gain = 0.2 if layer.name in last_norms else 1  # about what training leaves
            layer.gamma.assign(gain * statistics.gains(n, generator).numpy())
            layer.beta.assign(gain * statistics.shifts(n, 0.3, generator).numpy())


def calibrate(model, pictures):
    """Sets what normalisations take for the mean and variance of their input to those of the pictures, from the first to the last."""
    norms = [layer for layer in model.layers if isinstance(layer, tf.keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.0
    model(pictures, training=True)
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum
        # a channel that is the same in these few pictures is not in others
        layer.moving_variance.assign(0.9 * layer.moving_variance + 0.1 * tf.reduce_mean(layer.moving_variance))


def head(features, n, mean, deviation, generator):
    """-> weights [n][c] and biases [n] for which each output's values over the features [pictures][c] have about the `deviation`,
    around a random value near `mean`"""
    features = torch.from_numpy(np.asarray(features, np.float64))
    weights = statistics.weights((n, features.shape[1]), 1, generator).double()
    values = features @ weights.T
    weights *= (deviation / values.std(0))[:, None]
    wanted = mean + 1.5 * torch.randn(n, generator=generator).double()
    return weights, wanted - (features @ weights.T).mean(0)
