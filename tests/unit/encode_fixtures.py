#!/usr/bin/env python3
"""Writes encode_fixtures.h: a small picture, and the JPEG files that Pillow (libjpeg-turbo) makes of it.

pip install pillow && python3 tests/unit/encode_fixtures.py
"""

from fractions import Fraction
from pathlib import Path

from PIL import Image

from image_fixtures import array, drawing, saved

rgba = drawing(37, 23, 'RGBA')
rgb = rgba.convert('RGB')
white = Image.new('RGB', rgba.size)
for y in range(rgba.height):
    for x in range(rgba.width):
        *colours, alpha = rgba.getpixel((x, y))
        white.putpixel((x, y), tuple(int(Fraction(c * alpha + 255 * (255 - alpha), 255) + Fraction(1, 2)) for c in colours))

files = {
    'rgb_quality95': saved(rgb, format='JPEG', quality=95, subsampling='4:4:4'),
    'rgb_quality60': saved(rgb, format='JPEG', quality=60, subsampling='4:2:0'),
    'white_quality95': saved(white, format='JPEG', quality=95, subsampling='4:4:4'),
}
out = [
    '// Written by encode_fixtures.py, which says how; not to be edited.',
    '#ifndef UNIT_ENCODE_FIXTURES_H',
    '#define UNIT_ENCODE_FIXTURES_H',
    '',
    '#include <stdint.h>',
    '',
    f'enum {{ WIDTH = {rgba.width}, HEIGHT = {rgba.height} }};',
    '',
    f'static const uint8_t rgba_pixels[] = {array(rgba.tobytes())};',
    *(f'static const uint8_t {name}[] = {array(file)};' for name, file in files.items()),
    '',
    '#endif',
    '',
]
Path(__file__).with_suffix('.h').write_text('\n'.join(out))
