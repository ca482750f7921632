#!/usr/bin/env python3
"""Writes tests/js/library: AVIF and JPEG XL files, and beside each the pixels that other decoders make of it, as a PNG of 8 or 16 bits.

    python3 tests/js/library_fixtures.py

Needs numpy, Pillow, and avifenc, avifdec, cjxl, djxl (Debian's libavif-bin 0.11.1 and libjxl-tools 0.7.0). The pixels are those of avifdec,
which decodes with dav1d, and of djxl; of lossless files they are those that went in, which is checked here. How files are cut and turned is
computed here, since avifdec does not do it.
"""

import json
import pathlib
import struct
import subprocess
import tempfile

import numpy as np
from PIL import Image

GOLDEN = pathlib.Path(__file__).parent.parent / 'golden/anime256.png'
OUT = pathlib.Path(__file__).parent / 'library'
WORK = pathlib.Path(tempfile.mkdtemp())
W, H = 37, 23
FACTS = {}


def run(*command):
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f'{command}: {done.stdout}{done.stderr}')


def write_png(path, samples):
    """8 or 16 bits of 1, 3 or 4 channels; Pillow writes no RGB of 16 bits."""
    import zlib

    height, width, channels = samples.shape
    colour_type = {1: 0, 3: 2, 4: 6}[channels]
    big = samples.astype('>u2') if samples.dtype == np.uint16 else samples
    rows = b''.join(b'\0' + row.tobytes() for row in big)

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    header = struct.pack('>IIBBBBB', width, height, 8 * samples.itemsize, colour_type, 0, 0, 0)
    parts = [chunk(b'IHDR', header), chunk(b'IDAT', zlib.compress(rows, 9)), chunk(b'IEND', b'')]
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + b''.join(parts))


def read_png(path):
    """Of avifdec and djxl: 8 or 16 bits without interlacing, by their filters."""
    import zlib

    data = path.read_bytes()
    at, idat = 8, b''
    while at < len(data):
        size, kind = struct.unpack('>I4s', data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if kind == b'IHDR':
            width, height, depth, colour_type, *_ = struct.unpack('>IIBBBBB', body)
        if kind == b'IDAT':
            idat += body
        at += 12 + size
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    step = channels * depth // 8
    raw, rows, before = zlib.decompress(idat), [], bytearray(width * step)
    for y in range(height):
        start = y * (1 + width * step)
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + width * step])
        for i in range(len(row)):
            left = row[i - step] if i >= step else 0
            up, corner = before[i], before[i - step] if i >= step else 0
            guess = left + up - corner
            paeth = min((left, up, corner), key=lambda value: abs(guess - value))
            row[i] = (row[i] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255
        rows.append(bytes(row))
        before = row
    samples = np.frombuffer(b''.join(rows), '>u2' if depth == 16 else np.uint8).reshape(height, width, channels)
    return samples.astype(np.uint16) if depth == 16 else samples


def picture(channels, top, dtype, width=W, height=H):
    y, x = np.mgrid[0:height, 0:width]
    planes = [x * top // max(1, width - 1), y * top // max(1, height - 1), (x + 2 * y) * top // max(1, width + 2 * height - 3)]
    planes.append((top - x * y * top // max(1, (width - 1) * (height - 1))))
    samples = np.stack(planes[:channels] if channels > 1 else [planes[2]], -1)
    noise = np.random.default_rng(7).integers(0, top + 1, samples.shape)
    samples[5:12, 8:20] = noise[5:12, 8:20]
    return samples.astype(dtype)


def of_16_bits(samples, bits):
    """Values of `bits` bits, as a PNG of 16 bits has them."""
    top = (1 << bits) - 1
    return ((samples.astype(np.float64) * 65535 / top) + 0.5).astype(np.uint16)


def rgb(samples):
    """Grey as three channels, and without an alpha that is opaque everywhere."""
    if samples.shape[2] in (1, 2):
        samples = np.concatenate([samples[..., :1]] * 3 + [samples[..., 1:]], -1)
    opaque = np.iinfo(samples.dtype).max
    return samples[..., :3] if samples.shape[2] == 4 and (samples[..., 3] == opaque).all() else samples


def keep(name, expected, tolerance, **facts):
    (OUT / name).write_bytes((WORK / name).read_bytes())
    write_png(OUT / f'{name}.png', rgb(expected))
    FACTS[name] = {'tolerance': tolerance, **facts}


def avif(name, source, *options, lossless=False, bits=8, tolerance=0, change=lambda samples: samples, **facts):
    """Encodes the samples and keeps what avifdec makes of them."""
    path = WORK / f'{name}.avif'
    write_png(WORK / 'in.png', source)
    run('avifenc', '-s', 8, '-j', 1, *(['-l'] if lossless else ['--min', 8, '--max', 12]), *options, WORK / 'in.png', path)
    run('avifdec', '-c', 'dav1d', '-d', 16 if bits > 8 else 8, path, WORK / 'out.png')
    decoded = read_png(WORK / 'out.png')
    if lossless and bits in (8, 16):
        assert (rgb(decoded) == rgb(source)).all(), name
    keep(f'{name}.avif', change(decoded), tolerance, **facts)


def jxl(name, source, *options, lossless=False, tolerance=0, path=None, **facts):
    out = WORK / f'{name}.jxl'
    if path is None:
        path = WORK / 'in.png'
        write_png(path, source)
    run('cjxl', path, out, '-d', 0 if lossless else 1, *options)
    run('djxl', out, WORK / 'out.png', '--bits_per_sample', 16 if source.dtype == np.uint16 else 8)
    decoded = read_png(WORK / 'out.png')
    if lossless:
        assert (rgb(decoded) == rgb(source)).all(), name
    keep(f'{name}.jxl', decoded, tolerance, **facts)


def wide_profile(gamma=2.2):
    """Display P3's colours (adapted to D50) with a plain power, after ICC.1:2001-04."""

    def fixed(value):
        return struct.pack('>i', round(value * 65536))

    colours = {'r': (0.51512, 0.2412, -0.00105), 'g': (0.29198, 0.69225, 0.04189), 'b': (0.1571, 0.06657, 0.78407)}
    tags = {f'{name}XYZ'.encode(): b'XYZ \0\0\0\0' + b''.join(map(fixed, xyz)) for name, xyz in colours.items()}
    tags[b'wtpt'] = b'XYZ \0\0\0\0' + b''.join(map(fixed, (0.9642, 1, 0.8249)))
    curve = b'curv\0\0\0\0' + struct.pack('>IH', 1, round(gamma * 256)) + bytes(2)
    tags.update({f'{name}TRC'.encode(): curve for name in colours})
    text = b'made up\0'
    tags[b'desc'] = b'desc\0\0\0\0' + struct.pack('>I', len(text)) + text + bytes(79)
    tags[b'cprt'] = b'text\0\0\0\0' + text
    at, table, body = 128 + 4 + 12 * len(tags), b'', b''
    for name, data in tags.items():
        table += struct.pack('>4sII', name, at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = at + len(body)
    head = struct.pack('>I4sI4s4s4s12x4s', size, b'\0' * 4, 0x02100000, b'mntr', b'RGB ', b'XYZ ', b'acsp')
    head += bytes(28) + b''.join(map(fixed, (0.9642, 1, 0.8249))) + bytes(48)
    return head + struct.pack('>I', len(tags)) + table + body


EXIF = b'II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x0e\x01\x02\0\x04\0\0\0abc\0\0\0\0\0'
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'


def write_avif():
    eight, alpha = picture(3, 255, np.uint8), picture(4, 255, np.uint8)
    deep = of_16_bits(picture(4, 1023, np.uint16), 10)
    twelve = of_16_bits(picture(3, 4095, np.uint16), 12)
    run('avifenc', '-s', 6, '-l', GOLDEN, OUT / 'anime256.avif')
    avif('lossless', eight, lossless=True)
    avif('lossless_alpha', alpha, lossless=True)
    avif('lossless_10', deep, '-d', 10, lossless=True, bits=10)
    avif('lossless_12', twelve, '-d', 12, lossless=True, bits=12)
    avif('one_pixel', picture(3, 255, np.uint8, 1, 1), lossless=True)
    # AV1 decodes to the same everywhere. The matrix, the upsampling of colour and the division by alpha do not: avifdec computes them in
    # whole numbers of 8 bits (libyuv), this decoder in floats. With 10 bits both use floats.
    avif('y444', eight, '-y', '444', tolerance=1)
    avif('y422', eight, '-y', '422', tolerance=3)
    avif('y420', eight, '-y', '420', tolerance=2)
    avif('y420_limited', alpha, '-y', '420', '-r', 'limited', tolerance=2)
    avif('y400', picture(1, 255, np.uint8), '-y', '400', tolerance=1)
    avif('y420_10', deep, '-y', '420', '-d', 10, bits=10, tolerance=64)
    avif('premultiplied', alpha, '-y', '444', '-p', tolerance=5)
    (WORK / 'made.icc').write_bytes(wide_profile())
    avif('profile', eight, '-y', '444', '--icc', WORK / 'made.icc', tolerance=1)
    avif(
        'pq',
        of_16_bits(picture(3, 1023, np.uint16), 10),
        '-y',
        '444',
        '-d',
        10,
        '--cicp',
        '9/16/9',
        bits=10,
        tolerance=64,
        cicp=[9, 16, 0, 1],
    )
    (WORK / 'exif').write_bytes(EXIF)
    (WORK / 'xmp').write_bytes(XMP)
    avif('metadata', eight, '--exif', WORK / 'exif', '--xmp', WORK / 'xmp', lossless=True, change=lambda a: np.rot90(a, 3), metadata=True)
    avif('cut', eight, '--crop', '0,0,20,12', lossless=True, change=lambda a: a[:12, :20])
    avif('cut_inside', eight, '--crop', '4,2,20,12', lossless=True)  # which Chromium does not do
    small = picture(3, 255, np.uint8, 9, 7)
    for turns in range(4):
        avif(f'turned_{turns}', small, '--irot', turns, lossless=True, change=lambda a, k=turns: np.rot90(a, k))
        for axis in range(2):
            flip = lambda a, k=turns, axis=axis: np.flip(np.rot90(a, k), axis)  # noqa: E731
            avif(f'turned_{turns}_{axis}', small, '--irot', turns, '--imir', axis, lossless=True, change=flip)
    avif('grid', picture(3, 255, np.uint8, 128, 128), '-y', '444', '--grid', '2x2', tolerance=1)
    first, second = WORK / 'first.png', WORK / 'second.png'
    write_png(first, eight)
    write_png(second, eight[::-1])
    run('avifenc', '-s', 8, '-l', first, second, WORK / 'sequence.avif')
    keep('sequence.avif', eight, 0, several=True)


def write_jxl():
    eight, alpha = picture(3, 255, np.uint8), picture(4, 255, np.uint8)
    jxl('lossless', eight, lossless=True)
    jxl('lossless_alpha', alpha, lossless=True)
    run('cjxl', GOLDEN, WORK / 'anime256.jxl', '-d', 0)
    (OUT / 'anime256.jxl').write_bytes((WORK / 'anime256.jxl').read_bytes())
    Image.fromarray(eight).save(WORK / 'profile.png', icc_profile=wide_profile())
    jxl('profile', eight, path=WORK / 'profile.png', lossless=True)
    jxl('lossless_16', picture(3, 65535, np.uint16), lossless=True)
    jxl('lossless_grey', picture(1, 255, np.uint8), lossless=True)
    jxl('container', eight, '--container=1', lossless=True)
    boxes = [(b'Exif', bytes(4) + EXIF), (b'xml ', XMP)]
    more = b''.join(struct.pack('>I4s', 8 + len(data), kind) + data for kind, data in boxes)
    (WORK / 'metadata.jxl').write_bytes((WORK / 'container.jxl').read_bytes() + more)
    keep('metadata.jxl', eight, 0, metadata=True)
    # Conformance of ISO/IEC 18181-3 allows more: these are samples of 8 bits.
    jxl('lossy', eight, tolerance=2)
    jxl('lossy_alpha', alpha, tolerance=2)
    Image.fromarray(eight).save(WORK / 'turned.jpg', quality=90, exif=b'Exif\0\0' + EXIF)
    jxl('jpeg', eight, path=WORK / 'turned.jpg', tolerance=2)
    frames = [Image.fromarray(eight), Image.fromarray(eight[::-1])]
    frames[0].save(WORK / 'two.png', save_all=True, append_images=frames[1:], duration=100)
    jxl('animation', eight, lossless=True, path=WORK / 'two.png', several=True)


if __name__ == '__main__':
    for old in OUT.glob('*'):
        old.unlink()
    write_avif()
    write_jxl()
    (OUT / 'facts.json').write_text(json.dumps(FACTS, indent=4) + '\n')
