"""Seeded synthetic pictures, each of another kind: flat areas with outlines, as drawings have them, gradients, stripes and grain."""

import numpy as np


def picture(seed, h, w):
    """-> uint8 [h][w][3]"""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:h, :w].astype(np.float32) / max(h, w)
    canvas = _gradient(rng, y, x)
    for _ in range(rng.integers(0, 14)):
        _draw(rng, canvas, *_shape(rng, y, x))
    if rng.random() < 0.4:
        canvas += rng.uniform(5, 60) * _stripes(rng, y, x)[..., None] * rng.uniform(-1, 1, 3)
    canvas = (canvas - 128) * rng.uniform(0.3, 1.3) + rng.uniform(60, 200)
    canvas += rng.normal(0, rng.choice([0, 2, 12]), canvas.shape)
    return canvas.clip(0, 255).astype(np.uint8)


def _gradient(rng, y, x):
    angle = rng.uniform(0, 2 * np.pi)
    along = (np.cos(angle) * x + np.sin(angle) * y)[..., None]
    return (rng.uniform(0, 255, 3) + along * rng.uniform(-150, 150, 3)).astype(np.float32)


def _shape(rng, y, x):
    """-> a distance to the border of an ellipse or a bar, negative inside"""
    angle, (cy, cx) = rng.uniform(0, np.pi), rng.uniform(0, 1, 2)
    u = np.cos(angle) * (x - cx) + np.sin(angle) * (y - cy)
    v = np.cos(angle) * (y - cy) - np.sin(angle) * (x - cx)
    a, b = rng.uniform(0.02, 0.4, 2)
    if rng.random() < 0.5:
        return (np.sqrt((u / a) ** 2 + (v / b) ** 2) - 1) * min(a, b), rng.uniform(0, 255, 3)
    return np.maximum(abs(u) - a, abs(v) - b), rng.uniform(0, 255, 3)


def _draw(rng, canvas, distance, colour):
    canvas[distance < 0] = colour
    canvas[abs(distance) < rng.uniform(0, 0.006)] = colour * 0.2


def _stripes(rng, y, x):
    frequency, angle = rng.uniform(4, 60), rng.uniform(0, np.pi)
    return np.sin(2 * np.pi * frequency * (np.cos(angle) * x + np.sin(angle) * y))
