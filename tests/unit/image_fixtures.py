#!/usr/bin/env python3
"""Writes fixtures/image.*: tiny picture files, with the pixels that a decoder must find in them.

    pip install pillow && python3 tests/unit/image_fixtures.py

Run by hand when a fixture is added; the header is kept in the repository. Where the expected pixels come from:
- PNG: files are put together here from samples (struct and zlib, after the PNG specification), which reaches every bit
  depth; the pixels follow from the samples by the specification's formulas, and Pillow's own reader must agree.
- JPEG and lossy WebP: written by Pillow; the pixels are Pillow's (libjpeg-turbo, libwebp), and must be near the source.
- BMP and lossless WebP: written by Pillow; the pixels are the source's, and Pillow must read the same.
"""

import io
import struct
import zlib

from PIL import Image

import fixture_writer
from fixture_writer import fixtures, pixels_of

WIDTH, HEIGHT = 7, 5
SIGNATURE = b'\x89PNG\r\n\x1a\n'
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
N_SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]

refused = []  # (name, file)


# --- PNG --------------------------------------------------------------------------------------------------------------


def chunk(kind, data=b''):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def ihdr(width, height, bits, colour, interlaced=False):
    return chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, bits, colour, 0, 0, int(interlaced)))


def scanline(samples, bits):
    """Filter type 0, then the samples packed from the high bit down."""
    packed, n_bits = 0, 0
    for sample in samples:
        packed, n_bits = packed << bits | sample, n_bits + bits
    padding = -n_bits % 8
    return b'\0' + (packed << padding).to_bytes((n_bits + padding) // 8, 'big')


def png(rows, bits, colour, interlaced=False, before_idat=b''):
    """`rows`: rows of pixels, each a tuple of samples."""
    height, width = len(rows), len(rows[0])
    data = b''
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        for y in range(y0, height, dy):
            if x0 < width:
                data += scanline([s for x in range(x0, width, dx) for s in rows[y][x]], bits)
    return SIGNATURE + ihdr(width, height, bits, colour, interlaced) + before_idat + chunk(b'IDAT', zlib.compress(data, 9)) + chunk(b'IEND')


def noise(n, bits, seed):
    """Deterministic samples that reach both ends of the range."""
    state, out = seed, []
    for _ in range(n):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(state >> 8 & (1 << bits) - 1)
    out[0], out[-1] = 0, (1 << bits) - 1
    return out


def sample_rows(bits, colour, seed):
    n = N_SAMPLES[colour]
    flat = noise(WIDTH * HEIGHT * n, bits, seed)
    pixels = [tuple(flat[i : i + n]) for i in range(0, len(flat), n)]
    return [pixels[y * WIDTH : (y + 1) * WIDTH] for y in range(HEIGHT)]


def to8(sample, bits):
    top = (1 << bits) - 1
    return (sample * 255 * 2 + top) // (2 * top)  # rounds to the nearest


def add_png(name, bits, colour, interlaced=False, palette=None, palette_alpha=None, transparent=None, extra=b''):
    rows = sample_rows(bits, colour, seed=len(fixtures) + 1)
    if palette:
        rows = [[(pixel[0] % len(palette),) for pixel in row] for row in rows]
    if transparent:
        transparent = rows[2][3]
        rows[4][1] = transparent
        almost = (transparent[0] ^ 1,) + transparent[1:]  # differs in the lowest bit of 16: must stay opaque
        rows[3][3] = almost
    before = extra
    if palette:
        before += chunk(b'PLTE', bytes(v for entry in palette for v in entry))
    if palette_alpha:
        before += chunk(b'tRNS', bytes(palette_alpha))
    if transparent:
        before += chunk(b'tRNS', struct.pack('>%dH' % len(transparent), *transparent))
    out = []
    for pixel in (p for row in rows for p in row):
        if colour == PALETTE:
            alpha = palette_alpha + [255] * len(palette) if palette_alpha else None
            out += list(palette[pixel[0]]) + ([alpha[pixel[0]]] if alpha else [])
            continue
        v = [to8(s, bits) for s in pixel]
        colours, alpha = (v[:3], v[3:]) if len(v) >= 3 else (v[:1] * 3, v[1:])
        if transparent:
            alpha = [0 if pixel == transparent else 255]
        out += colours + alpha
    file = png(rows, bits, colour, interlaced, before)
    add(name, file, WIDTH, HEIGHT, bytes(out), 0)
    # Pillow looks for a colour key among the 8-bit samples, so that it misses those of 1 to 4 and 16 bits; it cuts 16
    # bits to 8, or gives them as they are.
    if bits == 8 or (bits < 8 and not transparent):
        check_with_pillow(name, 0)
    elif colour in (RGB, RGBA) and not transparent:
        check_with_pillow(name, 1)


# --- all kinds --------------------------------------------------------------------------------------------------------


def add(name, file, width, height, pixels, tolerance):
    channels = len(pixels) // (width * height)
    assert len(pixels) == width * height * channels and channels in (3, 4), name
    fixture_writer.add(name, file, width, height, pixels_of(pixels, channels), tolerance=tolerance)


def decoded(file, channels):
    return Image.open(io.BytesIO(file)).convert('RGBA' if channels == 4 else 'RGB').tobytes()


def largest_difference(a, b):
    assert len(a) == len(b)
    return max(abs(x - y) for x, y in zip(a, b))


def check_with_pillow(name, tolerance):
    _, file, _, _, channels, _, pixels, *_ = fixtures[-1]
    difference = largest_difference(decoded(file, channels), [sample for pixel in pixels for sample in pixel])
    assert difference <= tolerance, f'{name}: Pillow differs by {difference}'


def saved(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def drawing(width, height, mode):
    """A smooth gradient with an edge, as lossy coders like it."""
    image = Image.new(mode, (width, height))
    for y in range(height):
        for x in range(width):
            r, g, b = 40 + 9 * x, 230 - 12 * y, (90 if x + y < 12 else 190)
            a = min(255, 20 + 30 * x)
            image.putpixel((x, y), {'L': r, 'RGB': (r, g, b), 'RGBA': (r, g, b, a)}[mode])
    return image


def add_lossy(name, image, tolerance, near, **options):
    file = saved(image, **options)
    channels = 4 if image.mode == 'RGBA' else 3
    pixels = decoded(file, channels)
    difference = largest_difference(pixels, image.convert('RGBA' if channels == 4 else 'RGB').tobytes())
    assert difference <= near, f'{name}: {difference} from its source'
    add(name, file, *image.size, pixels, tolerance)


def add_exact(name, image, pixels, **options):
    add(name, saved(image, **options), *image.size, pixels, 0)
    check_with_pillow(name, 0)


def make_png():
    for bits in (1, 2, 4, 8, 16):
        add_png(f'png_grey{bits}', bits, GREY)
    add_png('png_grey4_trns', 4, GREY, transparent=True)
    add_png('png_grey16_trns', 16, GREY, transparent=True)
    add_png('png_grey_alpha8', 8, GREY_ALPHA)
    add_png('png_grey_alpha16', 16, GREY_ALPHA)
    for bits in (1, 2, 4, 8):
        n_colours = min(1 << bits, 20)  # a palette may be shorter than its indices could reach
        palette = [(i * 13, 255 - i, i * 31 & 255) for i in range(n_colours)]
        add_png(f'png_palette{bits}', bits, PALETTE, palette=palette)
    add_png(
        'png_palette4_trns',
        4,
        PALETTE,
        palette=[(i * 16, 255 - i, i) for i in range(16)],
        palette_alpha=[0, 30, 60, 90, 120, 150, 180, 210],
    )
    add_png('png_rgb8', 8, RGB)
    add_png('png_rgb8_trns', 8, RGB, transparent=True)
    add_png('png_rgb16', 16, RGB)
    add_png('png_rgb16_trns', 16, RGB, transparent=True)
    add_png('png_rgba8', 8, RGBA)
    add_png('png_rgba16', 16, RGBA)
    add_png('png_rgb8_interlaced', 8, RGB, interlaced=True)
    add_png('png_grey1_interlaced', 1, GREY, interlaced=True)
    # What must not change a pixel: a gamma of 1, a colour profile that is none, text.
    add_png(
        'png_rgb8_gamma',
        8,
        RGB,
        extra=chunk(b'gAMA', struct.pack('>I', 100000))
        + chunk(b'tEXt', b'Title\0gamma')
        + chunk(b'iCCP', b'none\0\0' + zlib.compress(b'not a profile')),
    )


def make_jpeg():
    common = {'format': 'JPEG', 'quality': 92, 'optimize': True}
    add_lossy('jpeg_444', drawing(9, 7, 'RGB'), 0, 60, subsampling=0, **common)
    add_lossy('jpeg_422', drawing(17, 5, 'RGB'), 0, 60, subsampling=1, **common)
    add_lossy('jpeg_420', drawing(17, 5, 'RGB'), 0, 60, subsampling=2, **common)
    add_lossy('jpeg_restart', drawing(10, 9, 'RGB'), 0, 60, subsampling=0, restart_marker_blocks=1, **common)
    add_lossy('jpeg_progressive', drawing(17, 5, 'RGB'), 0, 60, subsampling=2, progressive=True, **common)
    add_lossy('jpeg_grey', drawing(9, 7, 'L'), 0, 20, **common)
    # Pillow writes CMYK as Adobe does, inverted, and turns it into RGB by the same formula, rounded another way.
    cmyk = Image.merge('CMYK', (*drawing(9, 7, 'RGB').split(), drawing(9, 7, 'L')))
    add_lossy('jpeg_cmyk', cmyk, 1, 60, **common)


def make_webp():
    add_lossy('webp_lossy', drawing(17, 5, 'RGB'), 1, 90, format='WEBP', quality=90)
    add_lossy('webp_lossy_alpha', drawing(17, 5, 'RGBA'), 1, 90, format='WEBP', quality=90, exact=True)
    for mode in ('RGB', 'RGBA'):
        image = drawing(9, 7, mode)
        name = 'webp_lossless' + ('_alpha' if mode == 'RGBA' else '')
        add_exact(name, image, image.tobytes(), format='WEBP', lossless=True, exact=True)


def make_bmp():
    rgb, rgba = drawing(WIDTH, HEIGHT, 'RGB'), drawing(WIDTH, HEIGHT, 'RGBA')
    add_exact('bmp_24', rgb, rgb.tobytes(), format='BMP')
    add_exact('bmp_32', rgba, rgb.tobytes(), format='BMP')  # in such a file the fourth byte is nothing
    for name, image in (('bmp_palette8', rgb.quantize(200)), ('bmp_palette1', rgb.convert('1'))):
        add_exact(name, image, image.convert('RGB').tobytes(), format='BMP')
    # Rows from the top down: the height negated, the rows in the other order.
    bottom_up = saved(rgb, format='BMP')
    row_bytes = len(bottom_up[54:]) // HEIGHT
    rows = [bottom_up[54 + y * row_bytes : 54 + (y + 1) * row_bytes] for y in range(HEIGHT)]
    file = bottom_up[:22] + struct.pack('<i', -HEIGHT) + bottom_up[26:54] + b''.join(rows[::-1])
    add('bmp_top_down', file, WIDTH, HEIGHT, rgb.tobytes(), 0)
    check_with_pillow('bmp_top_down', 0)


def make_gif():
    rgb = drawing(9, 7, 'RGB').quantize(60)
    add_exact('gif_opaque', rgb, rgb.convert('RGB').tobytes(), format='GIF', interlace=0)
    add_exact('gif_interlaced', rgb, rgb.convert('RGB').tobytes(), format='GIF', interlace=1)
    rgb.info['transparency'] = rgb.getpixel((4, 3))
    rgba = Image.open(io.BytesIO(saved(rgb, format='GIF'))).convert('RGBA')
    pixels = bytearray(rgba.tobytes())
    for i in range(0, len(pixels), 4):
        if pixels[i + 3] == 0:
            pixels[i : i + 3] = bytes(3)  # what does not show is black
    add('gif_transparent', saved(rgb, format='GIF'), 9, 7, bytes(pixels), 0)


def make_refused():
    whole = png(sample_rows(8, RGB, 1), 8, RGB)
    idat = whole.index(b'IDAT')
    end = chunk(b'IEND')

    def with_data(data, width=WIDTH, height=HEIGHT):
        return SIGNATURE + ihdr(width, height, 8, RGB) + chunk(b'IDAT', zlib.compress(data)) + end

    refused.append(('png_broken_data', whole[: idat + 12] + bytes([whole[idat + 12] ^ 1]) + whole[idat + 13 :]))
    crc = len(whole) - len(end) - 4
    refused.append(('png_broken_crc', whole[:crc] + bytes([whole[crc] ^ 1]) + whole[crc + 1 :]))
    refused.append(('png_broken_trns_crc', png(sample_rows(8, GREY, 1), 8, GREY, before_idat=chunk(b'tRNS', b'\0\0')[:-1] + b'\xff')))
    refused.append(('png_missing_rows', with_data(bytes((1 + 3 * WIDTH) * (HEIGHT - 2)))))
    refused.append(('png_without_data', SIGNATURE + ihdr(WIDTH, HEIGHT, 8, RGB) + end))
    refused.append(('png_0x0', with_data(b'', 0, 0)))
    refused.append(('png_7x0', with_data(b'', 7, 0)))
    refused.append(('png_60000x60000', with_data(b'', 60000, 60000)))
    refused.append(('png_65536x1', with_data(b'', 65536, 1)))
    refused.append(('png_through_a_text_editor', whole.replace(b'\r\n', b'\n', 1)))
    two_frames = chunk(b'acTL', struct.pack('>II', 2, 0))
    refused.append(('png_animated', png(sample_rows(8, RGB, 1), 8, RGB, before_idat=two_frames)))
    frames = [drawing(9, 7, 'RGB'), drawing(9, 7, 'RGB').rotate(180)]
    refused.append(('webp_animated', saved(frames[0], format='WEBP', save_all=True, append_images=frames[1:], lossless=True)))
    refused.append(('gif_animated', saved(frames[0], format='GIF', save_all=True, append_images=frames[1:])))
    bmp = saved(drawing(WIDTH, HEIGHT, 'RGB').quantize(4), format='BMP')
    refused.append(('bmp_jpeg', bmp[:30] + struct.pack('<I', 4) + bmp[34:]))
    refused.append(('bmp_0x5', bmp[:18] + struct.pack('<I', 0) + bmp[22:]))
    refused.append(('bmp_60000x60000', bmp[:18] + struct.pack('<II', 60000, 60000) + bmp[26:]))
    jpeg = saved(drawing(9, 7, 'L'), format='JPEG', quality=50, optimize=True)
    size = jpeg.index(b'\xff\xc0') + 5
    refused.append(('jpeg_0x7', jpeg[: size + 2] + b'\0\0' + jpeg[size + 4 :]))
    refused.append(('jpeg_12_bits', jpeg[: size - 1] + b'\x0c' + jpeg[size:]))
    refused.append(('jpeg_60000x60000', jpeg[:size] + struct.pack('>HH', 60000, 60000) + jpeg[size + 4 :]))
    refused.append(('jpeg_cut', jpeg[:-3]))


if __name__ == '__main__':
    make_png()
    make_jpeg()
    make_webp()
    make_bmp()
    make_gif()
    make_refused()
    made = fixture_writer.picture_set()
    made.table('files', refused)
    made.write(__file__)
