"""Writes fixtures of pictures as a header for picture_fixtures.h.

A script calls add() and refuse(), and then main(). With --files FOLDER it also writes every file, so that a browser can show
what the header expects of it, and NAME.rgba beside it: width and height as little-endian 32-bit numbers, and the expected
pixels as RGBA of 8 bits.
"""

import argparse
import struct
import textwrap
from pathlib import Path

BAD_FORMAT, UNSUPPORTED = 2, 4  # of core/status.h

fixtures, refused = [], []


def add(name, file, width, height, pixels, bits=8, tolerance=0, warning='', density=(0, 0, 0), icc=0):
    """`pixels`: rows of pixels of 3 or 4 samples each, one after the other."""
    pixels = [tuple(pixel) for pixel in pixels]
    assert len(pixels) == width * height and len({len(pixel) for pixel in pixels}) == 1, name
    fixtures.append((name, file, width, height, len(pixels[0]), bits, pixels, tolerance, warning, density, icc))


def refuse(name, file, sentence, status=BAD_FORMAT):
    refused.append((name, file, status, sentence))


def array(values):
    # Without spaces: the header is long enough.
    return '{\n' + textwrap.fill(', '.join(map(str, values)) or '0', 160).replace(', ', ',') + '\n}'


def header(script):
    """The same pixels are written once."""
    stem = Path(script).stem
    guard = f'UNIT_{stem.upper()}_H'
    out = [
        f'// Written by {stem}.py, which says how; not to be edited.',
        f'#ifndef {guard}',
        f'#define {guard}',
        '',
        '#include "picture_fixtures.h"',
        '',
    ]
    for name, file, *_ in fixtures + refused:
        out.append(f'static const uint8_t {name}_file[] = {array(file)};')
    shared = {}
    rows = []
    for name, _, width, height, channels, bits, pixels, tolerance, warning, density, icc in fixtures:
        key = tuple(pixels)
        if key not in shared:
            shared[key] = f'{name}_pixels'
            out.append(f'static const uint16_t {name}_pixels[] = {array([s for pixel in pixels for s in pixel])};')
        rows.append(
            f'    {{"{name}", {name}_file, sizeof {name}_file, {width}, {height}, {channels}, {bits}, {shared[key]},'
            f' {tolerance}, "{warning}", {density[0]}, {density[1]}, {density[2]}, {icc}}},'
        )
    out += ['', 'static const PictureFixture fixtures[] = {', *rows, '};', '', 'static const RefusedFixture refused[] = {']
    out += [f'    {{"{name}", {name}_file, sizeof {name}_file, {status}, "{sentence}"}},' for name, _, status, sentence in refused]
    out += ['};', '', '#endif', '']
    return '\n'.join(out)


def write_files(folder, suffix):
    folder.mkdir(parents=True, exist_ok=True)
    for name, file, width, height, channels, bits, pixels, *_ in fixtures:
        (folder / f'{name}{suffix}').write_bytes(file)
        top = (1 << bits) - 1
        rgba = bytes((s * 510 + top) // (2 * top) for p in pixels for s in (p if channels == 4 else (*p, top)))
        (folder / f'{name}{suffix}.rgba').write_bytes(struct.pack('<II', width, height) + rgba)
    for name, file, *_ in refused:
        (folder / f'{name}{suffix}').write_bytes(file)


def main(script, suffix):
    parser = argparse.ArgumentParser()
    parser.add_argument('--files', type=Path, help='a folder for the files and the expected pixels')
    folder = parser.parse_args().files
    if folder:
        write_files(folder, suffix)
    Path(script).with_suffix('.h').write_text(header(script))
