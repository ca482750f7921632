#!/usr/bin/env python3
"""Writes tests/js/colour: pictures whose numbers are not sRGB, and beside each what Pillow's ImageCms (lcms2) makes of it.

    ~/.cache/acg2vec/python/*/bin/python tests/js/colour_fixtures.py

Needs numpy and Pillow. The profiles are made here, from primaries and curves: those in the files, and those that say the same as a PNG's gAMA, cHRM
or cICP. Pillow converts 8 bits; the pictures of 16 bits are computed by the formulas of the profile and of sRGB.
"""

import io
import json
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

OUT = pathlib.Path(__file__).parent / 'colour'
W, H = 24, 16
FACTS = {}
D65, D50 = (0.3127, 0.3290), (0.9642, 1.0, 0.8249)
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
BT2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def matrix(primaries, white=D65):
    """RGB to XYZ under D50."""
    xyz = np.array([(x / y, 1, (1 - x - y) / y) for x, y in primaries]).T
    w = np.array([white[0] / white[1], 1, (1 - white[0] - white[1]) / white[1]])
    to_d50 = np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ D50) / (BRADFORD @ w)) @ BRADFORD
    return to_d50 @ xyz @ np.diag(np.linalg.solve(xyz, w))


def fixed(*values):
    return b''.join(struct.pack('>i', round(value * 65536)) for value in values)


def curve(parameters):
    if isinstance(parameters, (int, float)):
        return b'para\0\0\0\0\0\0\0\0' + fixed(parameters)
    return b'para\0\0\0\0\0\3\0\0' + fixed(*parameters)


def profile(tags, space=b'RGB ', pcs=b'XYZ '):
    tags = {b'desc': b'mluc' + bytes(4) + struct.pack('>II', 0, 12), b'cprt': b'mluc' + bytes(4) + struct.pack('>II', 0, 12), **tags}
    at, table, body = 128 + 4 + 12 * len(tags), b'', b''
    for name, data in tags.items():
        table += struct.pack('>4sII', name, at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack('>I4xI4s4s4s12x4s20x', at + len(body), 0x04300000, b'mntr', space, pcs, b'acsp')
    head = head.ljust(68, b'\0') + fixed(*D50)
    return head.ljust(128, b'\0') + struct.pack('>I', len(tags)) + table + body


def rgb_profile(primaries, parameters):
    m = matrix(primaries)
    tags = {b'wtpt': b'XYZ \0\0\0\0' + fixed(*D50)}
    for i, name in enumerate('rgb'):
        tags[f'{name}XYZ'.encode()] = b'XYZ \0\0\0\0' + fixed(*m[:, i])
        tags[f'{name}TRC'.encode()] = curve(parameters)
    return profile(tags)


def grey_profile(gamma):
    return profile({b'wtpt': b'XYZ \0\0\0\0' + fixed(*D50), b'kTRC': curve(gamma)}, space=b'GRAY')


def table_profile():
    """A lookup table of 9 x 9 x 9 from RGB to Lab, as those of printers and scanners: nothing that a matrix could say."""
    n = 9
    r, g, b = np.meshgrid(*[np.linspace(0, 1, n)] * 3, indexing='ij')
    lightness = 100 * (0.3 * r + 0.6 * g + 0.1 * b) ** 0.9
    lab = np.stack([lightness, 70 * (r - g) * (1 - 0.3 * b), 60 * (g - b) * (1 - 0.2 * r)], -1)
    coded = np.round(np.stack([lab[..., 0] * 652.8, (lab[..., 1] + 128) * 256, (lab[..., 2] + 128) * 256], -1)).clip(0, 65535)
    tag = b'mft2' + bytes(4) + bytes([3, 3, n, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + struct.pack('>HH', 2, 2)
    tag += struct.pack('>6H', *[0, 65535] * 3) + coded.astype('>u2').tobytes() + struct.pack('>6H', *[0, 65535] * 3)
    return profile({b'wtpt': b'XYZ \0\0\0\0' + fixed(*D50), b'A2B0': tag}, pcs=b'Lab ')


def samples(channels, bits=8):
    """Slopes, pure colours and black to white; the fourth channel is alpha."""
    y, x = np.mgrid[0:H, 0:W]
    rows = np.stack([x / (W - 1), y / (H - 1), ((x * 7 + y * 5) % 23) / 22, 0.2 + 0.8 * ((x + y) % 5) / 4], -1)
    for i, colour in enumerate([(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0)]):
        rows[:4, i * 4 : i * 4 + 4, :3] = np.array(colour) * np.linspace(1, 0.25, 4)[:, None, None]
    rows[4:6, :, :3] = np.linspace(0, 1, W)[None, :, None]
    return np.round(rows[..., :channels] * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(pixels, chunks=()):
    height, width, channels = pixels.shape
    big = pixels.astype('>u2') if pixels.dtype == np.uint16 else pixels
    rows = b''.join(b'\0' + row.tobytes() for row in big)
    header = struct.pack('>IIBBBBB', width, height, 8 * pixels.itemsize, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    parts = [chunk(b'IHDR', header), *[chunk(*each) for each in chunks], chunk(b'IDAT', zlib.compress(rows, 9)), chunk(b'IEND', b'')]
    return b'\x89PNG\r\n\x1a\n' + b''.join(parts)


def iccp(icc):
    return b'iCCP', b'icc\0\0' + zlib.compress(icc, 9)


def gama(value):
    return b'gAMA', struct.pack('>I', round(value * 100000))


def chrm(primaries):
    return b'cHRM', b''.join(struct.pack('>I', round(value * 100000)) for pair in (D65, *primaries) for value in pair)


def converted(pixels, icc):
    """By Pillow, to the sRGB that it makes itself; alpha stays."""
    mode = {1: 'L', 3: 'RGB', 4: 'RGB'}[pixels.shape[2]]
    image = Image.fromarray(pixels[..., :3].squeeze(), mode)
    to = ImageCms.createProfile('sRGB')
    intent = ImageCms.Intent.PERCEPTUAL
    made = ImageCms.profileToProfile(image, io.BytesIO(icc), to, renderingIntent=intent, outputMode='RGB')
    return np.concatenate([np.asarray(made), pixels[..., 3:]], -1)


def computed(pixels, primaries, gamma):
    """Of 16 bits."""
    linear = (pixels / 65535.0) ** gamma @ (np.linalg.inv(matrix(SRGB)) @ matrix(primaries)).T
    linear = linear.clip(0, 1)
    made = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(made * 65535).astype(np.uint16)


def add(name, file, expected=None, **facts):
    """Without `expected` the numbers have to stay."""
    (OUT / name).write_bytes(file)
    if expected is not None:
        (OUT / f'{name}.srgb.png').write_bytes(png(expected))
    FACTS[name] = {'converts': expected is not None, **facts}


def saved(pixels, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, **options)
    return out.getvalue()


def animation(name, frames, icc):
    pictures = [Image.fromarray(each.squeeze()) for each in frames]
    out = io.BytesIO()
    pictures[0].save(out, format='PNG', save_all=True, append_images=pictures[1:], duration=100, loop=0, icc_profile=icc)
    add(name, out.getvalue(), converted(frames[0], icc), frames=len(frames))
    for i, frame in enumerate(frames[1:], 2):
        (OUT / f'{name}.srgb.{i}.png').write_bytes(png(converted(frame, icc)))


def main():
    OUT.mkdir(exist_ok=True)
    rgb, rgba, grey = samples(3), samples(4), samples(1)[4:5].repeat(H, 0)
    p3, adobe, table = rgb_profile(P3, SRGB_CURVE), rgb_profile(ADOBE, 563 / 256), table_profile()
    add('profile.png', png(rgb, [iccp(p3)]), converted(rgb, p3))
    add('profile_alpha.png', png(rgba, [iccp(adobe)]), converted(rgba, adobe))
    add('profile_table.png', png(rgb, [iccp(table)]), converted(rgb, table))
    add('profile_grey.png', png(grey, [iccp(grey_profile(1.8))]), converted(grey, grey_profile(1.8)))
    deep = samples(3, 16)
    add('profile_16.png', png(deep, [iccp(rgb_profile(BT2020, 2.2))]), computed(deep, BT2020, 2.2), tolerance=8)
    add('profile.webp', saved(rgb, format='WEBP', lossless=True, exact=True, icc_profile=p3), converted(rgb, p3))
    jpeg = saved(rgb, format='JPEG', quality=98, subsampling=0, icc_profile=p3)
    add('profile.jpg', jpeg, converted(np.asarray(Image.open(io.BytesIO(jpeg))), p3))
    gamma = rgb_profile(P3, 1.8)
    add('gama_chrm.png', png(rgb, [gama(1 / 1.8), chrm(P3)]), converted(rgb, gamma))
    add('gama.png', png(rgb, [gama(1)]), converted(rgb, rgb_profile(SRGB, 1.0)))
    add('cicp.png', png(rgb, [(b'cICP', bytes([12, 13, 0, 1]))]), converted(rgb, p3))
    # the first of cICP, the profile, sRGB, gAMA with cHRM
    add('cicp_first.png', png(rgb, [(b'cICP', bytes([12, 13, 0, 1])), iccp(adobe), gama(1)]), converted(rgb, p3))
    add('profile_second.png', png(rgb, [iccp(adobe), gama(1), chrm(P3)]), converted(rgb, adobe))
    add('srgb_third.png', png(rgb, [(b'sRGB', b'\0'), gama(1), chrm(P3)]))
    add('cicp_srgb.png', png(rgb, [(b'cICP', bytes([1, 13, 0, 1])), iccp(adobe)]))
    add('untold.png', png(rgb))
    add('hdr.png', png(rgb, [(b'cICP', bytes([9, 16, 0, 1]))]), reason='HDR_NOT_CONVERTED')
    broken = bytearray(p3)
    broken[132 + 2 * 12 + 4 :] = b'\xff' * len(broken[132 + 2 * 12 + 4 :])
    add('broken.png', png(rgb, [iccp(bytes(broken))]), reason='PROFILE_NOT_CONVERTED')
    animation('frames.apng', [rgb, rgb[::-1].copy()], p3)
    animation('frames_grey.apng', [grey, grey[:, ::-1].copy()], grey_profile(1.8))
    (OUT / 'facts.json').write_text(json.dumps(FACTS, indent=4) + '\n')


if __name__ == '__main__':
    main()
