#!/usr/bin/env python3
"""Writes fixtures/encode.*: a small picture, and the JPEG files that Pillow (libjpeg-turbo) makes of it.

pip install pillow && python3 tests/unit/encode_fixtures.py
"""

from fractions import Fraction

from PIL import Image

from fixture_writer import FixtureSet
from image_fixtures import drawing, saved

rgba = drawing(37, 23, 'RGBA')
rgb = rgba.convert('RGB')
white = Image.new('RGB', rgba.size)
for y in range(rgba.height):
    for x in range(rgba.width):
        *colours, alpha = rgba.getpixel((x, y))
        white.putpixel((x, y), tuple(int(Fraction(c * alpha + 255 * (255 - alpha), 255) + Fraction(1, 2)) for c in colours))

encoded = {
    'rgba_pixels': rgba.tobytes(),
    'rgb_quality95': saved(rgb, format='JPEG', quality=95, subsampling='4:4:4'),
    'rgb_quality60': saved(rgb, format='JPEG', quality=60, subsampling='4:2:0'),
    'white_quality95': saved(white, format='JPEG', quality=95, subsampling='4:4:4'),
}
made = FixtureSet()
made.table('encoded', list(encoded.items()))
made.write(__file__)
