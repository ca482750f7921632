"""Writes what golden_layers.h reads: samples of layers as C, and vectors for JSON. For the make_*_golden.py."""

import numpy as np

SAMPLES = 16


def rounded(t):
    return [float(f'{v:.9g}') for v in t.flatten().tolist()]


def texts(prefix, ids):
    """Lines of C with the ids of some texts, one after the other."""
    flat = ', '.join(str(i) for text in ids for i in text)
    return [
        'enum { %s_N_TEXTS = %d };' % (prefix, len(ids)),
        'static const int %s_LENGTHS[] = {%s};' % (prefix, ', '.join(str(len(text)) for text in ids)),
        'static const int32_t %s_IDS[] = {%s};' % (prefix, flat),
    ]


def write(path, header, lines, layers, rng):
    """layers: by the array's name a list of (layer's name, its values)."""
    lines = [*lines]
    for name, each in layers.items():
        lines += [f'static const GoldenLayer {name}[] = {{', *[layer(n, t, rng) for n, t in each], '};']
    write_lines(path, header, lines)


def write_lines(path, header, lines):
    lines = [header.rstrip(), '#pragma once', '', '#include "nets/golden_layers.h"', '', '// clang-format off', *lines]
    path.write_text('\n'.join([*lines, '// clang-format on', '']))


def layer(name, t, rng):
    """A GoldenLayer of rows [h][c] or a map [h][w][c]: samples of it, or all if it is a map of one place."""
    t = np.asarray(t)
    if t.shape[:2] == (1, 1):
        places = {(0, 0, c) for c in range(t.shape[2])}
    else:
        places = {tuple(0 for n in t.shape), tuple(n - 1 for n in t.shape)}
    while len(places) < min(SAMPLES, t.size):
        places.add(tuple(rng.randrange(n) for n in t.shape))
    samples = ', '.join(f'{{{_three(place)}, {t[place]:.9g}}}' for place in sorted(places))
    mean, rms = np.mean(t), np.sqrt(np.mean(np.square(t)))
    return f'    {{"{name}", {_three(t.shape, 1)}, {mean:.12g}, {rms:.12g}, {len(places)},\n     (const GoldenSample[]){{{samples}}}}},'


def _three(numbers, width=0):
    """Rows have no columns: `width` stands for them."""
    y, *x, c = numbers
    return f'{y}, {x[0] if x else width}, {c}'
