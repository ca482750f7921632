#!/usr/bin/env python3
# Writes fixtures/search.*: what exhaustive searches in float64 find among vectors that search_test.c makes by the same formula, how
# NumPy rounds to half precision, what a plain greedy choice with determinants chooses, and hashes of the pictures of resize_picture.h.
# pip install numpy
import numpy as np

from fixture_writer import FixtureSet


def noise(seed, n):
    """As search_test.c: n floats from -1 to 1."""
    x = np.arange(n, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(seed * 668265263 % 2**32)
    for shift, factor in ((15, 2246822519), (13, 3266489917)):
        x ^= x >> np.uint32(shift)
        x *= np.uint32(factor)
    x ^= x >> np.uint32(16)
    return x.view(np.int32).astype(np.float32) / np.float32(2**31)


def collection(seed, n, dims, size):
    """Vectors around eight centres, with copies, copies of twice the length, and copies that differ in the last place of one value."""
    vectors = noise(seed, n * dims).reshape(n, dims) * np.float32(0.25)
    centres = noise(seed + 1, 8 * dims).reshape(8, dims)
    vectors = (vectors + centres[np.arange(n) % 8]) * np.float32(size)
    for i in range(1, n):
        if i % 7 == 3:
            vectors[i] = vectors[i - 1]
        if i % 11 == 5:
            vectors[i] = vectors[i - 1] * np.float32(2)
        if i % 13 == 6:
            vectors[i] = vectors[i - 1]
            vectors[i, i % dims] = np.nextafter(vectors[i, i % dims], np.float32(np.inf))
    return vectors


def alike(seed, n, dims, apart):
    """Vectors so near to each other that the order shows in float64 alone."""
    return noise(seed + 1, dims) + noise(seed, n * dims).reshape(n, dims) * np.float32(apart)


def stored(vectors, dtype):
    """The values as they are kept, and what each is to be multiplied by."""
    scales = np.ones(len(vectors))
    if dtype == 'f16':
        vectors = vectors.astype(np.float16)
    if dtype == 'i8':
        scales = np.abs(vectors).max(axis=1) / np.float32(127)
        vectors = np.rint(vectors / scales[:, None])
    return vectors.astype(np.float64), scales.astype(np.float64)


def search(vectors, scales, query, metric):
    query = query.astype(np.float64)
    scores = (vectors * query).sum(axis=1)  # row by row, so that equal vectors get equal scores
    if metric == 'dot':
        return scores * scales
    return scores / (np.sqrt((query * query).sum()) * np.sqrt((vectors * vectors).sum(axis=1)))  # a scale cancels out


APART = {'f32': 2**-21, 'f16': 2**-10, 'i8': 2**-6}


def search_rows():
    # dtype, metric, rows, dims, size of the values (of 96: how far apart they are), k, every how many rows pass the filter (0: no filter)
    cases = [
        (dtype, metric, *rest)
        for dtype in ('f32', 'f16', 'i8')
        for metric in ('cosine', 'dot')
        for rest in [
            (1, 1, 1, 5, 0),
            (3, 5, 1, 2, 0),
            (50, 16, 1, 50, 3),
            (200, 33, 0.001, 10, 0),
            (257, 100, 100, 20, 7),
            (1000, 768, 0.03, 10, 0),
            (700, 1500, 1, 30, 2),
            (500, 96, APART[dtype], 12, 0),
        ]
    ]
    for seed, (dtype, metric, n, dims, size, k, every) in enumerate(cases):
        values, scales = stored((alike if dims == 96 else collection)(seed, n, dims, size), dtype)
        scores = search(values, scales, noise(seed + 1000, dims), metric)
        passing = np.arange(n) % every == 0 if every else np.ones(n, bool)
        order = [row for row in np.lexsort((np.arange(n), -scores)) if passing[row]][:k]
        found = scores[order].astype('<f8').tobytes()
        about = np.array([scores[passing].mean(), scores[passing].std()], '<f8').tobytes()
        yield dtype, metric, n, dims, repr(float(size)), k, every, np.array(order, '<i4').tobytes(), found, about


def half_rows():
    edges = [0, 1, 65504, 65519.996, 65520, 1e30, np.inf, np.nan, 2**-14, 2**-24, 2**-25, 2**-25 * 1.0000001, 3 * 2**-25, 1e-30, 1e-42]
    every = np.arange(0x400, dtype=np.uint16).view(np.float16).astype(np.float32)  # the subnormal ones, and between them
    values = np.concatenate([np.array(edges, np.float32), every, every + np.float32(2**-25), noise(5, 1000), noise(6, 500) * 70000])
    values = np.concatenate([values, -values]).astype('<f4')
    with np.errstate(over='ignore'):
        yield values.tobytes(), values.astype('<f2').tobytes()


def choose(vectors, relevance, k, weight):
    """Greedy, from the determinants themselves."""
    unit = vectors.astype(np.float64)
    unit /= np.sqrt((unit * unit).sum(axis=1))[:, None]
    similar = (1 + unit @ unit.T) / 2
    chosen, before = [], 0.0
    while len(chosen) < k:
        gains = {}
        for i in set(range(len(unit))) - set(chosen):
            sign, log_det = np.linalg.slogdet(similar[np.ix_([*chosen, i], [*chosen, i])])
            if sign > 0 and log_det - before > np.log(1e-9):
                gains[i] = weight * float(relevance[i]) + (1 - weight) * (log_det - before)
        if not gains:
            break
        best = max(gains, key=lambda i: (gains[i], -i))
        assert all(abs(gain - gains[best]) > 1e-9 for i, gain in gains.items() if i != best), 'a choice that rounding may turn'
        chosen.append(best)
        before = np.linalg.slogdet(similar[np.ix_(chosen, chosen)])[1]
    return chosen


def diverse_rows():
    # n, dims, k, weight, how many of the last are copies of the first
    cases = [(40, 24, 12, 0.5, 0), (40, 24, 12, 0.9, 0), (40, 24, 40, 0.1, 0), (30, 8, 30, 0.7, 5), (20, 16, 5, 1, 0), (6, 3, 3, 0.05, 0)]
    for seed, (n, dims, k, weight, copies) in enumerate(cases):
        vectors, relevance = noise(seed + 50, n * dims).reshape(n, dims), noise(seed + 70, n)
        if copies:
            vectors[-copies:] = vectors[:copies]
            relevance[-copies:] = relevance[:copies] - np.float32(0.5)
        chosen = choose(vectors, relevance, k, float(np.float32(weight)))
        yield n, dims, k, repr(float(weight)), copies, np.array(chosen, '<i4').tobytes()


def picture(width, height, seed):
    """As resize_picture.h."""
    y, x, c = np.meshgrid(*(np.arange(n, dtype=np.uint32) for n in (height, width, 3)), indexing='ij')
    random = (x * np.uint32(374761393) + y * np.uint32(668265263) + c * np.uint32(2147483647) + np.uint32(seed)) * np.uint32(2654435761)
    random ^= random >> np.uint32(15)
    random = (random * np.uint32(2246822519)) >> np.uint32(24)
    kind = (x // np.uint32(16) + y // np.uint32(16)) % np.uint32(3)
    slope = (x * np.uint32(5) + y * np.uint32(3) + c * np.uint32(60)) & np.uint32(255)
    edge = (((x >> np.uint32(1)) + y + c) & np.uint32(1)) * np.uint32(255)
    return np.where(kind == 0, slope, np.where(kind == 1, random, edge)).astype(np.float64)


def overlaps(n):
    """How much of each of n samples lies in each of 64 cells: [64][n]."""
    edges, cell = np.arange(n), n / 64
    begin, end = np.arange(64)[:, None] * cell, (np.arange(64)[:, None] + 1) * cell
    return np.clip(np.minimum(end, edges + 1) - np.maximum(begin, edges), 0, None) / cell


def hash_of(luma):
    """256 bits as bytes, and the deviation of the cells."""
    cells = overlaps(luma.shape[0]) @ luma @ overlaps(luma.shape[1]).T
    waves = np.cos(np.pi * np.arange(1, 17)[:, None] * (2 * np.arange(64) + 1) / 128)
    low = (waves @ cells @ waves.T).ravel()
    assert np.abs(low - np.median(low)).min() > 1e-7, 'a bit that rounding may turn'
    return np.packbits(low > np.median(low), bitorder='little').tobytes(), cells.std()


def hash_rows():
    for seed, (width, height) in enumerate([(64, 64), (640, 480), (100, 37), (129, 128), (999, 777)]):
        luma = picture(width, height, seed) @ [0.299, 0.587, 0.114]
        bits, contrast = hash_of(luma)
        yield width, height, bits, hash_of(luma[:, ::-1])[0], repr(float(contrast))


made = FixtureSet()
made.table('searches', list(search_rows()))
made.table('halves', list(half_rows()))
made.table('choices', list(diverse_rows()))
made.table('hashes', list(hash_rows()))
made.write(__file__)
