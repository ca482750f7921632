#!/usr/bin/env python3
"""Writes fixtures/frames.*: tiny animations, and what each of their frames looks like.

    pip install pillow && python3 tests/unit/frames_fixtures.py

GIF: written by Pillow with every kind of disposal, interlacing and partial frames. PNG: written by Pillow with every kind of
disposal and blending. WebP: written by Pillow. What a frame looks like is what Pillow's own reader makes of it.
"""

import io
import struct
import zlib

from PIL import GifImagePlugin, Image, ImageCms, ImageDraw

from fixture_writer import FixtureSet
from image_fixtures import RGBA, chunk, ihdr

GifImagePlugin.LOADING_STRATEGY = GifImagePlugin.LoadingStrategy.RGB_ALWAYS
WIDTH, HEIGHT = 13, 11
fixtures = []  # (name, file, n_loops, frames: [(numerator, denominator, pixels)], icc)


def drawings(mode, n=5):
    """A square that wanders over a background that is partly transparent."""
    out = []
    for i in range(n):
        image = Image.new('RGBA', (WIDTH, HEIGHT), (200, 40, 90, 255) if i % 2 == 0 else (0, 0, 0, 0))
        draw = ImageDraw.Draw(image)
        alpha = 255 if mode != 'RGBA' else 60 + 40 * i
        draw.rectangle((i * 2, i, i * 2 + 4, i + 4), fill=(20, 50 * i, 250 - 30 * i, alpha))
        draw.rectangle((0, 8, 3, 10), fill=(255, 255, 0, 255))
        out.append(image.convert('RGB') if mode == 'RGB' else image)
    return out


def gif(frames, **options):
    file = io.BytesIO()
    frames[0].save(file, format='GIF', save_all=True, append_images=frames[1:], **options)
    return file.getvalue()


def add(name, file, n_loops, denominator=1000):
    image = Image.open(io.BytesIO(file))
    frames = []
    for i in range(image.n_frames):
        image.seek(i)
        image.load()
        ms = image.info['duration']
        frames.append((round(ms * denominator / 1000), denominator, image.convert('RGBA').tobytes()))
    assert len(frames) > 1 and (WIDTH, HEIGHT) == image.size, name
    fixtures.append((name, file, n_loops, frames, image.info.get('icc_profile', b'')))


def make():
    durations = [100, 70, 40, 990, 20]
    for disposal in range(4):
        add(f'gif_disposal{disposal}', gif(drawings('P'), duration=durations, loop=0, disposal=disposal, optimize=False), 0, 100)
    add('gif_mixed', gif(drawings('P'), duration=durations, loop=3, disposal=[1, 3, 2, 3, 2], optimize=False), 4, 100)
    add('gif_opaque', gif(drawings('RGB'), duration=50, interlace=1), 1, 100)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    for mode in ('RGB', 'RGBA'):
        frames = drawings(mode)
        for name, disposal, blend in (('stays', 0, 0), ('cleared', 1, 1), ('mixed', [2, 0, 2, 1, 0], [0, 1, 0, 0, 1])):
            if mode == 'RGB' and disposal:
                continue  # Pillow clears such a picture to black
            # Pillow's reader lays half transparent pixels over others wrongly (see make_half_transparent), and does not take back
            # what was laid over.
            frames = drawings('P' if blend else mode)
            file = io.BytesIO()
            frames[0].save(
                file,
                format='PNG',
                save_all=True,
                append_images=frames[1:],
                duration=durations,
                loop=7,
                disposal=disposal,
                blend=blend,
                icc_profile=icc if name == 'stays' else None,
            )
            add(f'png_{mode.lower()}_{name}', file.getvalue(), 7)
    frames = drawings('RGBA')
    file = io.BytesIO()
    frames[0].save(file, format='PNG', save_all=True, append_images=frames[1:], duration=durations, default_image=True)
    image = Image.open(io.BytesIO(file.getvalue()))
    # The default image is no frame; Pillow counts it as the first.
    seen = []
    for i in range(1, image.n_frames):
        image.seek(i)
        image.load()
        seen.append((round(image.info['duration']), 1000, image.convert('RGBA').tobytes()))
    fixtures.append(('png_hidden_default', file.getvalue(), 0, seen, b''))
    file = io.BytesIO()
    frames[0].save(
        file,
        format='WEBP',
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=2,
        lossless=True,
        minimize_size=True,
        icc_profile=icc,
    )
    add('webp', file.getvalue(), 2)


def make_half_transparent():
    """Pillow's alpha_composite is right."""
    below, above = Image.new('RGBA', (WIDTH, HEIGHT)), Image.new('RGBA', (WIDTH, HEIGHT))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            below.putpixel((x, y), (x * 19, y * 23, 100, (x + y * WIDTH) * 37 % 256))
            above.putpixel((x, y), (255 - x * 19, 90, y * 23, (x * HEIGHT + y) * 53 % 255 + 1))
    file = io.BytesIO()
    below.save(file, format='PNG', save_all=True, append_images=[above], duration=[100, 200], loop=0, disposal=0, blend=[0, 1])
    shown = [below, Image.alpha_composite(below, above)]
    fixtures.append(
        ('png_half_transparent', file.getvalue(), 0, [(100 * (i + 1), 1000, image.tobytes()) for i, image in enumerate(shown)], b'')
    )


def make_taken_back():
    """Put together here, since Pillow does not take back what was laid over."""
    ground, first, second = drawings('P')[0], drawings('RGBA')[1], drawings('RGBA')[3]
    file = b'\x89PNG\r\n\x1a\n' + ihdr(WIDTH, HEIGHT, 8, RGBA) + chunk(b'acTL', struct.pack('>II', 3, 0))
    n = 0
    for image, disposal, blend in ((ground, 0, 0), (first, 2, 1), (second, 2, 1)):
        data = b''.join(b'\0' + image.tobytes()[y * WIDTH * 4 : (y + 1) * WIDTH * 4] for y in range(HEIGHT))
        file += chunk(b'fcTL', struct.pack('>IIIIIHHBB', n, WIDTH, HEIGHT, 0, 0, 1, 30, disposal, blend))
        packed = zlib.compress(data)
        file += chunk(b'IDAT', packed) if n == 0 else chunk(b'fdAT', struct.pack('>I', n + 1) + packed)
        n += 1 if n == 0 else 2
    shown = [ground, Image.alpha_composite(ground, first), Image.alpha_composite(ground, second)]
    fixtures.append(('png_taken_back', file + chunk(b'IEND'), 0, [(1, 30, image.tobytes()) for image in shown], b''))


make()
make_half_transparent()
make_taken_back()
made = FixtureSet()
rows = [(name, file, n_loops, icc, len(frames), *sum(frames, ())) for name, file, n_loops, frames, icc in fixtures]
made.table('animations', rows)
made.write(__file__)
