#!/usr/bin/env python3
"""Writes fixtures/bmp.*: BMP files of every form, with the pixels that a decoder must find in them.

    python3 tests/unit/bmp_fixtures.py [--files FOLDER]

The files are put together here, after Microsoft's description of the bitmap headers and IBM's of OS/2's. The pixels follow from
the samples by the formats' formulas; Chromium 156 shows the same for every file (compared with --files), where not said otherwise.
"""

import struct

from fixture_writer import UNSUPPORTED, add, main, refuse

W, H = 9, 6
DENSITY = (3937, 7874)  # 100 and 200 dots an inch
RGB, RLE8, RLE4, BITFIELDS, JPEG_OR_RLE24, PNG, ALPHABITFIELDS = range(7)
SRGB, EMBEDDED, LINKED = 0x73524742, 0x4D424544, 0x4C494E4B
BLACK = (0, 0, 0)


def noise(n, top, seed):
    """Samples from 0 to `top`, both of which are among them."""
    state, out = seed, []
    for _ in range(n):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append((state >> 8) % (top + 1))
    out[0], out[-1] = 0, top
    return out


def table(values):
    return [values[y * W : (y + 1) * W] for y in range(H)]


def flat(rows):
    return [pixel for row in rows for pixel in row]


PIXELS = table(list(zip(*(noise(W * H, 255, seed) for seed in (1, 2, 3, 4)))))  # red, green, blue, and what may be alpha
OPAQUE = [pixel[:3] for pixel in flat(PIXELS)]
WORDS16 = table(noise(W * H, 0xFFFF, 5))
WORDS32 = table([a << 16 | b for a, b in zip(noise(W * H, 0xFFFF, 6), noise(W * H, 0xFFFF, 7))])


def palette(n):
    return list(zip(*(noise(n + 2, 255, seed)[1:-1] for seed in (8, 9, 10))))


def indices(n):
    return table([(x * 7 + y * 5 + x * y // 3) % n for y in range(H) for x in range(W)])


def coloured(rows, colours):
    return [colours[i] if i < len(colours) else BLACK for i in flat(rows)]


# --- files ------------------------------------------------------------------------------------------------------------


def pack(rows, bits, top_down=False):
    out = b''
    for row in rows if top_down else rows[::-1]:
        if bits < 8:
            padding = -len(row) * bits % 8
            value = 0
            for sample in row:
                value = value << bits | sample
            line = (value << padding).to_bytes((len(row) * bits + padding) // 8, 'big')
        else:
            line = b''.join(sample.to_bytes(bits // 8, 'little') for sample in row)
        out += line + bytes(-len(line) % 4)
    return out


def info(size, bits, compression=RGB, used=0, height=H, width=W, masks=(0, 0, 0, 0), space=SRGB, profile=(0, 0), planes=1):
    if size == 12:
        return struct.pack('<IHHHH', size, width, height, planes, bits)
    out = struct.pack('<IiiHHIIiiII', size, width, height, planes, bits, compression, 0, *DENSITY, used, 0)
    if size >= 52 and size != 64 and size != 60:
        out += struct.pack('<IIIII', *masks, space) + bytes(48) + struct.pack('<IIII', 4, *profile, 0)
    return (out + bytes(100))[:size]


def bmp(head, colours=(), data=b'', masks=(), gap=b'', offset=None, after=b''):
    entry = 3 if len(head) == 12 else 4
    before = head + b''.join(struct.pack('<I', mask) for mask in masks)
    before += b''.join(bytes((b, g, r, 0)[:entry]) for r, g, b in colours) + gap
    start = 14 + len(before) if offset is None else offset
    return b'BM' + struct.pack('<IHHI', 14 + len(before) + len(data) + len(after), 0, 0, start) + before + data + after


def density(size):
    return (*DENSITY, 1) if size >= 32 else (0, 0, 0)


def shown(name, file, pixels, warning='', size=40, icc=0):
    add('bmp_' + name, file, W, H, pixels, warning=warning and warning.replace('^', 'The BMP file'), density=density(size), icc=icc)


def rgb24(top_down=False):
    return pack([[r << 16 | g << 8 | b for r, g, b, _ in row] for row in PIXELS], 24, top_down)


def rgb32(alpha=lambda a: a):
    return pack([[alpha(a) << 24 | r << 16 | g << 8 | b for r, g, b, a in row] for row in PIXELS], 32)


# --- what there is ----------------------------------------------------------------------------------------------------


def make_headers():
    for size in (12, 16, 20, 28, 36, 40, 42, 46, 48, 52, 56, 60, 64, 108, 124):
        shown(f'header{size}_24', bmp(info(size, 24), data=rgb24()), OPAQUE, size=size)
        few = 20 if size >= 36 else 16
        bits = 8 if size >= 36 else 4
        rows, colours = indices(few), palette(few)
        shown(f'header{size}_{bits}', bmp(info(size, bits, used=few), colours, pack(rows, bits)), coloured(rows, colours), size=size)
    shown('planes0', bmp(info(40, 24, planes=0), data=rgb24()), OPAQUE)


def make_depths():
    for bits in (1, 2, 4):
        rows, colours = indices(1 << bits), palette(1 << bits)
        shown(f'palette{bits}', bmp(info(40, bits), colours, pack(rows, bits)), coloured(rows, colours))
        shown(f'palette{bits}_top_down', bmp(info(40, bits, height=-H), colours, pack(rows, bits, True)), coloured(rows, colours))
    rows, colours = indices(256), palette(256)
    shown('palette8', bmp(info(40, 8), colours, pack(rows, 8)), coloured(rows, colours))
    shown('24_top_down', bmp(info(40, 24, height=-H), data=rgb24(True)), OPAQUE)
    shown('32', bmp(info(40, 32), data=rgb32()), OPAQUE)  # the fourth byte is nothing
    rows = indices(20)
    shown('palette8_core', bmp(info(12, 8), colours, pack(rows, 8)), coloured(rows, colours), size=12)
    # More colours than the header tells are black, fewer than it should have are no fault, too many are no more.
    shown('palette8_used10', bmp(info(40, 8, used=10), colours[:20], pack(rows, 8)), coloured(rows, colours[:10]))
    shown('palette8_used300', bmp(info(40, 8, used=300), colours + palette(44), pack(rows, 8)), coloured(rows, colours))
    # Chromium refuses it, since the palette that it expects would go beyond the file; older versions show it.
    shown('palette8_short', bmp(info(40, 8), colours[:20], pack(rows, 8)), coloured(rows, colours[:20]))


def make_places():
    rows, colours = indices(20), palette(20)
    for n in (1, 33, 1100):
        shown(f'gap{n}_24', bmp(info(40, 24), data=rgb24(), gap=bytes(n)), OPAQUE)
    shown('gap33_8', bmp(info(40, 8, used=20), colours, pack(rows, 8), gap=bytes(33)), coloured(rows, colours))
    shown('24_with_palette', bmp(info(40, 24, used=20), colours, rgb24()), OPAQUE)
    shown('32_with_palette', bmp(info(40, 32, used=20), colours, rgb32()), OPAQUE)
    # Chromium takes pixels from the header then, Pillow and ours from behind it.
    shown('offset0', bmp(info(40, 24), data=rgb24(), offset=0), OPAQUE)
    shown('offset20', bmp(info(40, 24), data=rgb24(), offset=20), OPAQUE, '^ says that its pixels begin within its header')


def field(word, mask):
    """As 8 bits: the nearest, of more than 8 bits the highest eight."""
    if not mask:
        return 0
    low = (mask & -mask).bit_length() - 1
    n = bin(mask).count('1')
    value = (word & mask) >> low
    if n > 8:
        return value >> (n - 8)
    top = (1 << n) - 1
    return (value * 510 + top) // (2 * top)


def fields(rows, masks):
    return [tuple(field(word, mask) for mask in masks) for word in flat(rows)]


def make_masks():
    shown('16', bmp(info(40, 16), data=pack(WORDS16, 16)), fields(WORDS16, (0x7C00, 0x3E0, 0x1F)))
    three = {
        '565': (16, 0xF800, 0x7E0, 0x1F),
        '231': (16, 0x30, 0xE, 1),
        '444': (16, 0xF00, 0xF0, 0xF),
        '101010': (32, 0x3FF00000, 0xFFC00, 0x3FF),
        '111110': (32, 0xFFE00000, 0x1FFC00, 0x3FF),
        '161': (32, 0xFFFF0000, 0x100, 1),
        'bgr': (32, 0xFF, 0xFF00, 0xFF0000),
        'high': (32, 0xFF000000, 0xFF0000, 0xFF00),
        'overlapping': (32, 0xFF0000, 0x1FF00, 0xFF),
        'red': (32, 0xFF0000, 0, 0),
        'rgb': (32, 0xFF0000, 0xFF00, 0xFF),
    }
    for name, (bits, *masks) in three.items():
        rows = WORDS16 if bits == 16 else WORDS32
        for size in (40, 52, 124) if name in ('565', '101010', 'bgr', 'rgb') else (40,):
            inside = {'masks': (*masks, 0)} if size > 40 else {}
            shown(
                f'masks_{name}_{size}',
                bmp(info(size, bits, BITFIELDS, **inside), data=pack(rows, bits), masks=masks if size == 40 else ()),
                fields(rows, masks),
                size=size,
            )
    four = {
        '4444': (16, 0xF00, 0xF0, 0xF, 0xF000),
        '5551': (16, 0x7C00, 0x3E0, 0x1F, 0x8000),
        '8888': (32, 0xFF0000, 0xFF00, 0xFF, 0xFF000000),
        'rgba': (32, 0xFF000000, 0xFF0000, 0xFF00, 0xFF),
        '1010102': (32, 0x3FF, 0xFFC00, 0x3FF00000, 0xC0000000),
    }
    for name, (bits, *masks) in four.items():
        rows = WORDS16 if bits == 16 else WORDS32
        for size in (56, 108, 124) if name == '8888' else (124,):
            shown(
                f'masks_{name}_{size}', bmp(info(size, bits, BITFIELDS, masks=masks), data=pack(rows, bits)), fields(rows, masks), size=size
            )
    rows, masks = WORDS32, four['8888'][1:]
    shown('masks_8888_behind', bmp(info(40, 32, ALPHABITFIELDS), data=pack(rows, 32), masks=masks), fields(rows, masks))
    # Without fields, alpha is where the long headers name it, and nowhere else.
    shown('alpha_108', bmp(info(108, 32, masks=masks), data=rgb32()), flat(PIXELS))
    shown('alpha_124', bmp(info(124, 32, masks=masks), data=rgb32()), flat(PIXELS))
    shown('no_alpha_124', bmp(info(124, 32, masks=(*masks[:3], 0)), data=rgb32()), OPAQUE)
    shown('no_alpha_56', bmp(info(56, 32, masks=masks), data=rgb32()), OPAQUE)
    shown('no_alpha_24', bmp(info(124, 24, masks=masks), data=rgb24()), OPAQUE)
    shown(
        'transparent',
        bmp(info(124, 32, BITFIELDS, masks=masks), data=rgb32(lambda a: 0)),
        [(*p, 0) for p in OPAQUE],
        'Every pixel of the BMP file is transparent.',
    )


# --- run lengths ------------------------------------------------------------------------------------------------------

RUNS = table([(x // 3 * 7 + y * 5) % 16 for y in range(H) for x in range(W)])
COLOURS = palette(16)
END_ROW, END, JUMP = b'\0\0', b'\0\1', b'\0\2'


def row8(row):
    out, x = b'', 0
    while x < len(row):
        n = 1
        while x + n < len(row) and row[x + n] == row[x]:
            n += 1
        out, x = out + bytes((n, row[x])), x + n
    return out


def stretch8(row):
    return bytes((0, len(row), *row)) + bytes(len(row) % 2)


def nibbles(row):
    row = [*row, 0] if len(row) % 2 else row
    return bytes(a << 4 | b for a, b in zip(row[::2], row[1::2]))


def stretch4(row):
    packed = nibbles(row)
    return bytes((0, len(row))) + packed + bytes(len(packed) % 2)


def runs(name, data, rows, warning='', bits=8, size=40, height=H):
    pixels = [BLACK if i is None else COLOURS[i] for i in flat(rows)]
    file = bmp(info(size, bits, RLE8 if bits == 8 else RLE4, used=16, height=height), COLOURS, data)
    shown(f'rle{bits}_{name}', file, pixels, warning, size)


def make_runs():
    up = RUNS[::-1]
    plain = END_ROW.join(row8(row) for row in up)
    for size in (40, 52, 64, 124):
        runs(f'header{size}', plain + END, RUNS, size=size)
    runs('top_down', END_ROW.join(row8(row) for row in RUNS) + END, RUNS, height=-H)
    runs('last_row_ended', plain + END_ROW + END, RUNS)
    runs('no_end', plain, RUNS, '^ has no end, but all its pixels')  # Chromium leaves its last row out
    runs('stretches', END_ROW.join(stretch8(row[:3]) + stretch8(row[3:]) for row in up) + END, RUNS)
    # What is passed over is black.
    runs(
        'jump',
        b'\2\1' + JUMP + b'\3\0' + b'\1\2' + JUMP + b'\1\2' + b'\2\3' + END,
        [[None] * W for _ in range(3)] + [[None] * 7 + [3, 3]] + [[None] * W] + [[1, 1] + [None] * 3 + [2] + [None] * 3],
    )
    runs('early_end', row8(up[0]) + END_ROW + b'\4\5' + END, [[None] * W for _ in range(4)] + [[5] * 4 + [None] * 5, RUNS[-1]])
    runs('early_row_ends', END_ROW.join(b'\4' + bytes(row[:1]) for row in up) + END, [[row[0]] * 4 + [None] * 5 for row in RUNS])
    too_much = '^ has runs that go beyond their row'
    runs('long_runs', END_ROW.join(b'\xff' + bytes(row[:1]) for row in up) + END, [[row[0]] * W for row in RUNS], too_much)
    runs('no_row_ends', b''.join(row8(row) for row in up) + END, [[None] * W for _ in range(H - 1)] + [RUNS[-1]], too_much)
    runs('jump_too_far', row8(up[0]) + JUMP + b'\0\x20' + b'\3\4' + END, [[None] * W for _ in range(H - 1)] + [RUNS[-1]], too_much)
    runs('rows_too_many', plain + END_ROW + row8(up[0]) + END, RUNS)

    pairs = [[(7, 12)[x % 2] for x in range(W)] for _ in range(H)]
    runs('runs', END_ROW.join(b'\4\x7c\5\x7c' for _ in range(H)) + END, pairs, bits=4)
    runs('stretches', END_ROW.join(stretch4(row[:3]) + stretch4(row[3:]) for row in up) + END, RUNS, bits=4)
    runs('top_down', END_ROW.join(stretch4(row) for row in RUNS) + END, RUNS, bits=4, height=-H)
    runs(
        'jump',
        b'\5\x12' + JUMP + b'\2\1' + b'\2\x34' + END,
        [[None] * W for _ in range(4)] + [[None] * 7 + [3, 4]] + [[1, 2, 1, 2, 1] + [None] * 4],
        bits=4,
    )

    threes = END_ROW.join(b''.join(bytes((1, b, g, r)) for r, g, b, _ in row) for row in PIXELS[::-1]) + END
    shown('rle24', bmp(info(64, 24, JPEG_OR_RLE24), data=threes), OPAQUE, size=64)
    stretches = END_ROW.join(bytes((0, W)) + b''.join(bytes((b, g, r)) for r, g, b, _ in row) + bytes(W % 2) for row in PIXELS[::-1]) + END
    shown('rle24_stretches', bmp(info(64, 24, JPEG_OR_RLE24), data=stretches), OPAQUE, size=64)


# --- profiles, and what is refused ------------------------------------------------------------------------------------


def make_profiles():
    # The header of a profile of RGB is all that is looked at.
    profile = struct.pack('>I', 140) + bytes(12) + b'RGB ' + bytes(16) + b'acsp' + bytes(100)
    data = rgb24()

    def file(at, after=profile, **more):
        return bmp(info(124, 24, space=EMBEDDED, profile=(at, len(profile))), data=data, after=after, **more)

    shown('profile', file(124 + len(data)), OPAQUE, icc=140)
    shown('profile_before', bmp(info(124, 24, space=EMBEDDED, profile=(124, 140)), data=data, gap=profile), OPAQUE, icc=140)
    # Chromium refuses these two.
    cut_off = 'The colour profile of the BMP file is cut off, and left out.'
    shown('profile_cut', file(124 + len(data), profile[:50]), OPAQUE, cut_off)
    shown('profile_beyond', file(0xFFFFFFF0), OPAQUE, cut_off)
    shown('profile_linked', bmp(info(124, 24, space=LINKED, profile=(124 + len(data), 140)), data=data, after=profile), OPAQUE)


def make_refused():
    def no(name, file, sentence, status=UNSUPPORTED):
        refuse('bmp_' + name, file, sentence, status)

    unsupported = 'The BMP file is not supported: '
    data = rgb24()
    for size in (11, 13, 41, 50, 68, 120, 128):
        no(f'header{size}', bmp(info(size, 24), data=data), unsupported + 'its header is of an unknown length.')
    for bits in (0, 3, 5, 12, 64):
        no(f'bits{bits}', bmp(info(40, bits), data=data * 9), unsupported + 'it has an unusual number of bits a pixel.')
    for bits in (2, 16, 32):
        no(f'core{bits}', bmp(info(12, bits), data=data * 9), unsupported + 'it has an unusual number of bits a pixel.')
    for compression in (RLE8, RLE4, 7, 11, 99):
        no(
            f'compression{compression}',
            bmp(info(40, 24, compression), data=data),
            unsupported + "its compression is none of BMP's usual ones.",
        )
    no('rle24_windows', bmp(info(40, 24, JPEG_OR_RLE24), data=data), unsupported + 'what it holds is a JPEG file.')
    no('jpeg', bmp(info(40, 0, JPEG_OR_RLE24), data=data), unsupported + 'what it holds is a JPEG file.')
    no('png', bmp(info(40, 0, PNG), data=data), unsupported + 'what it holds is a PNG file.')
    no('fax', bmp(info(64, 1, BITFIELDS), palette(2), data), unsupported + 'it is packed like a fax (Huffman 1D).')
    no('width_negative', bmp(info(40, 24, width=-W), data=data), 'The BMP file is too large: ')
    no('height_negative', bmp(info(40, 24, height=-(2**31)), data=data), 'The BMP file is too large: ')
    no('0x6', bmp(info(40, 24, width=0), data=data), 'The BMP file has no pixels: its size is 0 x 6.', 2)
    no(
        'mask_with_hole',
        bmp(info(40, 32, BITFIELDS), data=rgb32(), masks=(0xF0F0000, 0xFF00, 0xFF)),
        'The BMP file is damaged (a colour mask is not one run of bits of a pixel).',
        2,
    )
    no(
        'mask_too_high',
        bmp(info(40, 16, BITFIELDS), data=rgb32(), masks=(0xFF0000, 0xFF00, 0xFF)),
        'The BMP file is damaged (a colour mask is not one run of bits of a pixel).',
        2,
    )
    no('offset_beyond', bmp(info(40, 24), data=data, offset=0x7FFFFFFF), 'The BMP file ends too early: ', 2)
    no('rle8_cut', bmp(info(40, 8, RLE8, used=16), COLOURS, row8(RUNS[-1]) + END_ROW + b'\3'), 'The BMP file ends too early: ', 2)


if __name__ == '__main__':
    make_headers()
    make_depths()
    make_places()
    make_masks()
    make_runs()
    make_profiles()
    make_refused()
    main(__file__, '.bmp')
