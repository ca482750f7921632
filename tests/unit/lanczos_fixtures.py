#!/usr/bin/env python3
# Writes fixtures/lanczos.tsv and .bin: what Pillow's LANCZOS makes, in linear light, of pictures that lanczos_test.c reads.
# pip install pillow==13.0.0 numpy
import numpy as np
from PIL import Image

from fixture_writer import FixtureSet

# width, height, channels, bits, to width, to height
cases = [
    (41, 29, 3, 8, 17, 12),
    (41, 29, 4, 8, 20, 11),
    (24, 31, 3, 16, 13, 17),
    (23, 18, 4, 16, 9, 16),
    (50, 7, 3, 8, 3, 7),
    (9, 60, 3, 8, 9, 2),
    (13, 11, 3, 8, 30, 24),
    (5, 5, 4, 8, 1, 1),
    (1, 1, 3, 8, 4, 3),
    (12, 20, 4, 16, 31, 19),
]


def picture(width, height, channels, bits, seed):
    """Half of it noise, half of it slopes; alpha has clear and opaque parts too."""
    random = np.random.default_rng(seed)
    most = 2**bits - 1
    samples = random.integers(0, most + 1, (height, width, channels))
    slope = np.arange(width) * most // max(width - 1, 1)
    samples[: height // 2] = slope[None, :, None]
    if channels == 4:
        samples[:, : width // 3, 3] = most
        samples[:, width // 3 : width // 2, 3] = 0
    return samples


def to_linear(v):
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def to_srgb(v):
    return np.where(v <= 0.0031308, v * 12.92, 1.055 * np.maximum(v, 0) ** (1 / 2.4) - 0.055)


def resize(plane, width, height):
    return np.asarray(Image.fromarray(plane.astype(np.float32), 'F').resize((width, height), Image.Resampling.LANCZOS), dtype=np.float64)


def resized(samples, bits, width, height):
    most = 2**bits - 1
    v = samples / most
    alpha = v[..., 3] if v.shape[2] == 4 else np.ones(v.shape[:2])
    out_alpha = resize(alpha, width, height)
    colours = [
        to_srgb(np.clip(resize(to_linear(v[..., c]) * alpha, width, height) / np.where(out_alpha > 0, out_alpha, 1), 0, 1))
        for c in range(3)
    ]
    planes = colours + [np.clip(out_alpha, 0, 1)] if v.shape[2] == 4 else colours
    return np.floor(np.stack(planes, axis=2) * most + 0.5).astype(np.uint16)


made = FixtureSet()
rows = []
for seed, (width, height, channels, bits, to_width, to_height) in enumerate(cases):
    samples = picture(width, height, channels, bits, seed)
    expected = resized(samples, bits, to_width, to_height)
    rows.append((width, height, channels, bits, to_width, to_height, samples.astype('<u2').tobytes(), expected.astype('<u2').tobytes()))
made.table('cases', rows)
made.write(__file__)
