#!/usr/bin/env python3
# Writes fixtures/resize.tsv: what Pillow and torchvision make of pictures that resize_test.c makes by the same formula.
# pip install pillow==13.0.0 torchvision numpy
import io
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

from fixture_writer import FixtureSet, read_bytes

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'nets'))
import wd_vit  # noqa: E402

FILE_SIDE = 32  # of resize_test.c


def picture(width, height, seed):
    """Slopes in a third of it, noise in a third, black and white edges in the rest."""
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


def fnv(data):
    value = 2166136261
    for b in data:
        value = ((value ^ b) * 16777619) & 0xFFFFFFFF
    return value


# width, height, to width, to height
whole = [
    (97, 61, 224, 141),
    (640, 480, 200, 150),
    (1, 1, 5, 7),
    (1, 50, 3, 20),
    (300, 1, 17, 4),
    (64, 64, 64, 64),
    (64, 64, 64, 31),
    (31, 77, 93, 77),
    (1000, 7, 10, 70),
    (513, 511, 1, 1),
    (33, 31, 34, 32),
    (255, 257, 128, 128),
    # Pillow 13 begins with the height if that shrinks by more than twice what the width does
    (90, 270, 60, 180),
    (90, 271, 60, 91),
    (50, 100, 100, 40),
    (40, 80, 20, 40),
    (40, 81, 20, 40),
    (41, 81, 20, 39),
]
centred = [
    (300, 200, 224),
    (200, 300, 224),
    (1920, 1080, 224),
    (224, 224, 224),
    (223, 225, 224),
    (100, 64, 224),
    (3000, 40, 224),
    (40, 3000, 224),
    (1, 9, 224),
    (641, 479, 224),
    (17, 16, 224),
    (1023, 769, 336),
    (300, 900, 224),
    (400, 800, 224),
    (400, 801, 224),
    (37, 190, 32),
]
squares = [
    (300, 200, 224),
    (200, 301, 224),
    (448, 448, 448),
    (640, 361, 448),
    (1, 1, 7),
    (1, 900, 32),
    (2000, 3, 64),
    (31, 30, 97),
    (30, 33, 448),
    (1023, 769, 448),
    (447, 448, 448),
]


def png16(pixels, kind):
    """A PNG of 16 bits."""

    def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))

    height, width = pixels.shape[:2]
    rows = b''.join(b'\0' + row.astype('>u2').tobytes() for row in pixels)
    return (
        b'\x89PNG\r\n\x1a\n'
        + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 16, kind, 0, 0, 0))
        + chunk(b'IDAT', zlib.compress(rows))
        + chunk(b'IEND', b'')
    )


def check_convert():
    """What rgb.h says of convert('RGB')."""
    deep = np.random.RandomState(1).randint(0, 65536, (5, 7, 4)).astype(np.uint16)
    for kind, channels in ((2, 3), (6, 4)):
        opened = Image.open(io.BytesIO(png16(deep[..., :channels], kind)))
        assert (np.array(opened.convert('RGB')) == deep[..., :3] >> 8).all()
    flat = (deep >> 8).astype(np.uint8)
    assert (np.array(Image.fromarray(flat).convert('RGB')) == flat[..., :3]).all()


def files(odd):
    """The files of fixtures/image.bin, without those that Pillow sees in another way (docs/internals/preprocessing.md): grey of 16 bits; where
    alpha is dropped, GIFs with transparency; where it counts, transparent values that are not of 8 bits."""
    return [(name, data) for name, data in read_bytes('image', 'pictures') if name not in odd]


def all_alphas():
    """A pixel of each value and alpha, the colours in three orders."""
    alpha, value = np.mgrid[:256, :256]
    return np.stack([value, 255 - value, value ^ alpha, alpha], -1).astype(np.uint8)


check_convert()
DEEP_GREY = ('png_grey16', 'png_grey16_trns')
whole_rows, centred_rows, file_rows, square_rows, white_rows = [], [], [], [], []
for i, (w, h, tw, th) in enumerate(whole):
    source = Image.fromarray(picture(w, h, i))
    hashes = [fnv(source.resize((tw, th), r).tobytes()) for r in (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC)]
    whole_rows.append((w, h, tw, th, *(f'{value:#010x}' for value in hashes)))
for i, (w, h, side) in enumerate(centred):
    result = CenterCrop(side)(Resize(side, InterpolationMode.BICUBIC)(Image.fromarray(picture(w, h, i))))
    assert result.size == (side, side)
    centred_rows.append((w, h, side, f'{fnv(result.tobytes()):#010x}'))
for i, (w, h, side) in enumerate(squares):
    square_rows.append((w, h, side, f'{fnv(wd_vit.prepare(Image.fromarray(picture(w, h, i)), side).tobytes()):#010x}'))
for name, data in files((*DEEP_GREY, 'png_grey4_trns', 'png_rgb16_trns')):
    white_rows.append((name, f'{fnv(wd_vit.prepare(Image.open(io.BytesIO(data)), FILE_SIDE).tobytes()):#010x}'))
for name, data in files((*DEEP_GREY, 'gif_transparent')):
    result = CenterCrop(FILE_SIDE)(Resize(FILE_SIDE, InterpolationMode.BICUBIC)(Image.open(io.BytesIO(data)).convert('RGB')))
    file_rows.append((name, f'{fnv(result.tobytes()):#010x}'))
made = FixtureSet()
made.table('whole', whole_rows)
made.table('centred', centred_rows)
made.table('files', file_rows)
made.table('squares', square_rows)
made.table('white', white_rows)
made.table('alphas', [(f'{fnv(wd_vit.prepare(Image.fromarray(all_alphas()), 256).tobytes()):#010x}',)])
made.write(__file__)
