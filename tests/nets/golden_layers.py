"""Writes what golden_layers.h reads: samples of layers as C, and vectors for JSON. For the make_*_golden.py of transformers."""

import numpy as np

SAMPLES = 16


def rounded(t):
    return [float(f"{v:.9g}") for v in t.flatten().tolist()]


def texts(prefix, ids):
    """Lines of C with the ids of some texts, one after the other."""
    flat = ", ".join(str(i) for text in ids for i in text)
    return [
        "enum { %s_N_TEXTS = %d };" % (prefix, len(ids)),
        "static const int %s_LENGTHS[] = {%s};" % (prefix, ", ".join(str(len(text)) for text in ids)),
        "static const int32_t %s_IDS[] = {%s};" % (prefix, flat),
    ]


def write(path, header, lines, layers, rng):
    """layers: by the array's name a list of (layer's name, tensor [h][c])."""
    lines = [header.rstrip(), "#pragma once", "", '#include "nets/golden_layers.h"', "", "// clang-format off", *lines]
    for name, each in layers.items():
        lines += [f"static const GoldenLayer {name}[] = {{", *[_layer(n, t, rng) for n, t in each], "};"]
    path.write_text("\n".join(lines) + "\n// clang-format on\n")


def _layer(name, t, rng):
    h, c = t.shape
    flat = t.flatten().tolist()
    places = {(0, 0), (h - 1, c - 1)}
    while len(places) < min(SAMPLES, h * c):
        places.add((rng.randrange(h), rng.randrange(c)))
    samples = ", ".join(f"{{{y}, {x}, {flat[y * c + x]:.9g}}}" for y, x in sorted(places))
    mean, rms = np.mean(flat), np.sqrt(np.mean(np.square(flat)))
    return f'    {{"{name}", {h}, {c}, {mean:.12g}, {rms:.12g}, {len(places)},\n     (const GoldenSample[]){{{samples}}}}},'
