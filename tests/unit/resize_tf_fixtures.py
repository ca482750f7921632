#!/usr/bin/env python3
# Writes fixtures/resize_tf.*: what TensorFlow, and DeepDanbooru's preprocessing over it and scikit-image, make of pictures that
# resize_tf_test.c makes by the same formula. 96 samples of each result are kept, spread over all of it.
# pip install tensorflow-cpu==2.21.0 scikit-image==0.26.0 numpy
import os

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import skimage.transform
import tensorflow as tf

from fixture_writer import FixtureSet

N_SAMPLES = 96  # of resize_tf_test.c, at i * (the number of values - 1) / (N_SAMPLES - 1)


def picture(width, height, seed):
    """As resize_picture.h."""
    y, x, c = np.meshgrid(
        np.arange(height, dtype=np.uint32), np.arange(width, dtype=np.uint32), np.arange(3, dtype=np.uint32), indexing='ij'
    )
    noise = (x * np.uint32(374761393) + y * np.uint32(668265263) + c * np.uint32(2147483647) + np.uint32(seed)) * np.uint32(2654435761)
    noise ^= noise >> np.uint32(15)
    noise = (noise * np.uint32(2246822519)) >> np.uint32(24)
    kind = (x // np.uint32(16) + y // np.uint32(16)) % np.uint32(3)
    slope, edge = (
        (x * np.uint32(5) + y * np.uint32(3) + c * np.uint32(60)) & np.uint32(255),
        (((x >> np.uint32(1)) + y + c) & np.uint32(1)) * np.uint32(255),
    )
    return np.where(kind == 0, slope, np.where(kind == 1, noise, edge)).astype(np.uint8)


def stretch(pixels, width, height):
    return (tf.image.resize(pixels, [height, width]) / 255.0).numpy()


def fit(pixels, width, height):
    """DeepDanbooru: data.load_image_for_evaluate and image.transform_and_pad_image."""
    image = tf.image.resize(pixels, size=(height, width), method=tf.image.ResizeMethod.AREA, preserve_aspect_ratio=True).numpy()
    move = skimage.transform.AffineTransform(translation=(-image.shape[1] * 0.5, -image.shape[0] * 0.5))
    move += skimage.transform.AffineTransform(translation=(width * 0.5, height * 0.5))
    return skimage.transform.warp(image, move.inverse, output_shape=(height, width), order=1, mode='edge') / 255.0


# width, height, to width, to height
cases = [
    (640, 480, 224, 224),
    (100, 300, 224, 224),
    (1, 1, 8, 8),
    (4, 200, 32, 32),
    (200, 5, 32, 32),
    (224, 224, 224, 224),
    (31, 77, 64, 48),
    (1000, 999, 64, 64),
    (511, 512, 512, 512),
    (513, 300, 512, 512),
    (37, 64, 512, 512),
    (700, 123, 101, 77),
]


def samples(result):
    values = result.astype('<f4').ravel()
    return values[[i * (values.size - 1) // (N_SAMPLES - 1) for i in range(N_SAMPLES)]].tobytes()


rows = []
for i, (w, h, tw, th) in enumerate(cases):
    pixels = picture(w, h, i)
    rows.append((w, h, tw, th, samples(stretch(pixels, tw, th)), samples(fit(pixels, tw, th))))
made = FixtureSet()
made.table('cases', rows)
made.write(__file__)
