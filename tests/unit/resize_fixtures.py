#!/usr/bin/env python3
# Writes resize_fixtures.h: what Pillow and torchvision make of pictures that resize_test.c makes by the same formula.
# pip install pillow==13.0.0 torchvision numpy
import io
import os
import re
import struct
import zlib

import numpy as np
from PIL import Image
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

FILE_SIDE = 32
here = os.path.dirname(os.path.abspath(__file__))


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


def files():
    """The files of image_fixtures.h, without those that Pillow sees in another way (docs/internals/preprocessing.md): grey of 16 bits, GIFs with
    transparency."""
    with open(os.path.join(here, 'image_fixtures.h')) as f:
        text = f.read()
    arrays = {name: bytes(map(int, values.split(','))) for name, values in re.findall(r'uint8_t (\w+)_file\[\] = \{([^}]*)\}', text)}
    names = re.findall(r'\{"(\w+)", \w+_file', text)
    return [(name, arrays[name]) for name in names if name not in ('png_grey16', 'png_grey16_trns', 'gif_transparent')]


check_convert()
with open(os.path.join(here, 'resize_fixtures.h'), 'w') as f:
    f.write("""// Made by resize_fixtures.py: FNV-1a of what Pillow and torchvision make of pictures made by a formula.
#ifndef UNIT_RESIZE_FIXTURES_H
#define UNIT_RESIZE_FIXTURES_H

#include <stdint.h>

// The whole picture to another size
static const struct {
    int width, height, to_width, to_height;
    uint32_t bilinear, bicubic;
} whole_cases[] = {
""")
    for i, (w, h, tw, th) in enumerate(whole):
        source = Image.fromarray(picture(w, h, i))
        hashes = [fnv(source.resize((tw, th), r).tobytes()) for r in (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC)]
        f.write(f'    {{{w}, {h}, {tw}, {th}, 0x{hashes[0]:08x}, 0x{hashes[1]:08x}}},\n')
    f.write("""};

// torchvision's Resize(side, BICUBIC) and CenterCrop(side)
static const struct {
    int width, height, side;
    uint32_t hash;
} centred_cases[] = {
""")
    for i, (w, h, side) in enumerate(centred):
        result = CenterCrop(side)(Resize(side, InterpolationMode.BICUBIC)(Image.fromarray(picture(w, h, i))))
        assert result.size == (side, side)
        f.write(f'    {{{w}, {h}, {side}, 0x{fnv(result.tobytes()):08x}}},\n')
    f.write(f"""}};

// Files of image_fixtures.h: opened, convert('RGB'), Resize(FILE_SIDE, BICUBIC), CenterCrop(FILE_SIDE)
enum {{ FILE_SIDE = {FILE_SIDE} }};
static const struct {{
    const char *name;
    uint32_t hash;
}} file_cases[] = {{
""")
    for name, data in files():
        result = CenterCrop(FILE_SIDE)(Resize(FILE_SIDE, InterpolationMode.BICUBIC)(Image.open(io.BytesIO(data)).convert('RGB')))
        f.write(f'    {{"{name}", 0x{fnv(result.tobytes()):08x}}},\n')
    f.write('};\n\n#endif\n')
