#!/usr/bin/env python3
# Writes resize_tf_fixtures.h: what TensorFlow, and DeepDanbooru's preprocessing over it and scikit-image, make of pictures that
# resize_tf_test.c makes by the same formula. 96 samples of each result are kept, spread over all of it.
# pip install tensorflow-cpu==2.21.0 scikit-image==0.26.0 numpy
import os

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import skimage.transform
import tensorflow as tf

here = os.path.dirname(os.path.abspath(__file__))
N_SAMPLES = 96


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

with open(os.path.join(here, 'resize_tf_fixtures.h'), 'w') as f:
    f.write(f"""// Made by resize_tf_fixtures.py: samples of what TensorFlow and scikit-image make of pictures made by a formula.
#ifndef UNIT_RESIZE_TF_FIXTURES_H
#define UNIT_RESIZE_TF_FIXTURES_H

enum {{ N_SAMPLES = {N_SAMPLES} }};

static const struct {{
    int width, height, to_width, to_height;
    float stretch[N_SAMPLES], fit[N_SAMPLES]; // at i * (the number of samples - 1) / (N_SAMPLES - 1)
}} tf_cases[] = {{
""")
    for i, (w, h, tw, th) in enumerate(cases):
        pixels = picture(w, h, i)
        f.write(f'    {{{w}, {h}, {tw}, {th}')
        for made in (stretch(pixels, tw, th), fit(pixels, tw, th)):
            made = made.astype(np.float32).ravel()
            at = [i * (made.size - 1) // (N_SAMPLES - 1) for i in range(N_SAMPLES)]
            f.write(',\n     {' + ', '.join(f'{v:.8g}' for v in made[at]) + '}')
        f.write('},\n')
    f.write('};\n\n#endif\n')
