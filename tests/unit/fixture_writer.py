"""Writes sets of fixtures for the C tests, which read them with fixtures.h.

fixtures/NAME.tsv has the tables of a set, one after the other: a line with the table's name and its number of rows, then the rows,
their values with tabs between. A value like 120+33 stands for 33 bytes at place 120 of fixtures/NAME.bin. The same bytes are
written once.

A script of pictures calls add() and refuse(), and then main(). With --files FOLDER it also writes every file, so that a browser
can show what the set expects of it, and NAME.rgba beside it: width and height as little-endian 32-bit numbers, and the expected
pixels as RGBA of 8 bits.
"""

import argparse
import struct
from pathlib import Path

OK, BAD_FORMAT, UNSUPPORTED = 0, 2, 4  # of core/status.h

fixtures, refused = [], []


class FixtureSet:
    def __init__(self):
        self.lines, self.data, self.places = [], bytearray(), {}

    def value(self, value):
        if isinstance(value, bytes):
            if value not in self.places:
                self.places[value] = len(self.data)
                self.data += value
            return f'{self.places[value]}+{len(value)}'
        text = str(value)
        assert not {'\t', '\n', '\0'} & set(text), text
        return text

    def table(self, name, rows):
        self.lines.append(f'{name}\t{len(rows)}')
        self.lines += ['\t'.join(map(self.value, row)) for row in rows]

    def write(self, script):
        stem = Path(script).parent / 'fixtures' / Path(script).stem.removesuffix('_fixtures')
        stem.parent.mkdir(exist_ok=True)
        stem.with_suffix('.tsv').write_text('\n'.join([*self.lines, '']), encoding='utf-8')
        if self.data:
            stem.with_suffix('.bin').write_bytes(self.data)


def read_bytes(name, table):
    """Name and bytes of each row of a table that begins with these two."""
    stem = Path(__file__).parent / 'fixtures' / name
    lines, data = stem.with_suffix('.tsv').read_text(encoding='utf-8').split('\n'), stem.with_suffix('.bin').read_bytes()
    at = next(i for i, line in enumerate(lines) if line.startswith(f'{table}\t'))
    for line in lines[at + 1 : at + 1 + int(lines[at].split('\t')[1])]:
        row, place = line.split('\t')[:2]
        begin, size = map(int, place.split('+'))
        yield row, data[begin : begin + size]


def add(name, file, width, height, pixels, bits=8, tolerance=0, warning='', density=(0, 0, 0), icc=0):
    """`pixels`: rows of pixels of 3 or 4 samples each, one after the other; `icc`: the size of its colour profile."""
    pixels = [tuple(pixel) for pixel in pixels]
    assert len(pixels) == width * height and len({len(pixel) for pixel in pixels}) == 1, name
    fixtures.append((name, file, width, height, len(pixels[0]), bits, pixels, tolerance, warning, density, icc))


def refuse(name, file, sentence='', status=BAD_FORMAT):
    refused.append((name, file, status, sentence))


def pixels_of(image, channels):
    """The bytes of an image as pixels."""
    return [tuple(image[i : i + channels]) for i in range(0, len(image), channels)]


def picture_set():
    """What picture_fixtures.h reads."""
    made = FixtureSet()
    rows = []
    for name, file, width, height, channels, bits, pixels, tolerance, warning, density, icc in fixtures:
        samples = [sample for pixel in pixels for sample in pixel]
        packed = struct.pack(f'<{len(samples)}H', *samples)
        rows.append((name, file, width, height, channels, bits, packed, tolerance, warning, *density, icc))
    made.table('pictures', rows)
    made.table('refused', refused)
    return made


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
    picture_set().write(script)
