#!/usr/bin/env python3
"""Writes fixtures/old_kinds.*: TGA, PSD, PPM, PGM and PBM files with the pixels that a decoder must find in them.

    pip install pillow && python3 tests/unit/old_kinds_fixtures.py [--files FOLDER]

The files are put together here, after Truevision's and Adobe's descriptions and Netpbm's manual pages; the pixels follow from the
samples by their formulas, and Pillow must find the same wherever it reads the file (see `without`).
"""

import io
import struct

from PIL import Image

from fixture_writer import UNSUPPORTED, add, main, refuse

W, H = 7, 5
ANY = 'Expected a PNG, JPEG, WebP, AVIF, JPEG XL, GIF, BMP, TGA, PSD or PPM picture but found '


def noise(n, top, seed):
    """Samples from 0 to `top`, both of which are among them."""
    state, out = seed, []
    for _ in range(n):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append((state >> 8) % (top + 1))
    out[0], out[-1] = 0, top
    return out


def samples(n, top=255, seed=1):
    return list(zip(*(noise(W * H, top, seed + i) for i in range(n))))


def grey(pixels):
    return [(p[0],) * 3 + tuple(p[1:]) for p in pixels]


def rows(pixels):
    return [pixels[y * W : (y + 1) * W] for y in range(H)]


def flat(table):
    return [pixel for row in table for pixel in row]


def shown(name, file, pixels, without=None, **more):
    """`without`: why Pillow does not find the same."""
    add(name, file, W, H, pixels, **more)
    if without or more.get('bits', 8) != 8:
        return
    image = Image.open(io.BytesIO(file))
    found = image.convert('RGBA' if len(pixels[0]) == 4 else 'RGB').tobytes()
    far = max(abs(a - b) for a, b in zip(found, flat(pixels), strict=True))
    assert far <= more.get('tolerance', 0), f'{name}: Pillow differs by {far}'


# --- TGA --------------------------------------------------------------------------------------------------------------

PALETTE, COLOURS, GREY, RUNS = 1, 2, 3, 8
TOP_DOWN, FROM_RIGHT = 0x20, 0x10
FOOTER = bytes(8) + b'TRUEVISION-XFILE.\0'


def tga_runs(stored):
    """Runs of equal pixels and stretches of others, which go on into the next row."""
    out, at = b'', 0
    while at < len(stored):
        n = 1
        while at + n < len(stored) and n < 128 and stored[at + n] == stored[at]:
            n += 1
        if n == 1:
            while at + n < len(stored) and n < 5 and stored[at + n] != stored[at + n - 1]:
                n += 1
            out += bytes((n - 1,)) + b''.join(stored[at : at + n])
        else:
            out += bytes((127 + n,)) + stored[at]
        at += n
    return out


def tga(kind, bits, stored, colours=(), first=0, colour_bits=0, flags=0, alpha_bits=0, ident=b'', footer=b'', has_palette=None):
    """`stored`: the bytes of each pixel, in the picture's order."""
    table = rows(stored)
    if flags & FROM_RIGHT:
        table = [row[::-1] for row in table]
    if not flags & TOP_DOWN:
        table = table[::-1]
    stored = flat(table)
    has_palette = bool(colours) if has_palette is None else has_palette
    head = struct.pack(
        '<BBBHHBHHHHBB', len(ident), has_palette, kind, first, len(colours), colour_bits, 3, 4, W, H, bits, flags | alpha_bits
    )
    return head + ident + b''.join(colours) + (tga_runs(stored) if kind & RUNS else b''.join(stored)) + footer


def bgr(pixels):
    return [bytes((p[2], p[1], p[0], *p[3:])) for p in pixels]


def word(p):
    return struct.pack('<H', p[0] << 10 | p[1] << 5 | p[2])


def five(pixels):
    return [tuple(s * 255 // 31 for s in p) for p in pixels]  # as stb_image and Pillow


def make_tga():
    rgb, rgba, light, fifths = samples(3), samples(4), samples(2), samples(3, 31)
    # Some equal pixels beside one another, for the runs.
    rgb[8:12] = [rgb[8]] * 4
    rgba[20:34] = [rgba[20]] * 14
    for runs in (0, RUNS):
        kind = '_runs' if runs else ''
        for flags in (0, TOP_DOWN, FROM_RIGHT, TOP_DOWN | FROM_RIGHT):
            shown(f'tga_24{kind}_{flags}', tga(COLOURS | runs, 24, bgr(rgb), flags=flags), rgb)
        shown(f'tga_32{kind}', tga(COLOURS | runs, 32, bgr(rgba), alpha_bits=8), rgba)
        shown(f'tga_grey8{kind}', tga(GREY | runs, 8, [bytes(p[:1]) for p in light]), grey([p[:1] for p in light]))
        shown(f'tga_grey16{kind}', tga(GREY | runs, 16, [bytes(p) for p in light], alpha_bits=8, flags=TOP_DOWN), grey(light))
        shown(f'tga_16{kind}', tga(COLOURS | runs, 16, [word(p) for p in fifths]), five(fifths), without='it takes the last bit for alpha')
        colours, indices = rgb[:10], [(i * 7) % 10 for i in range(W * H)]
        picked = [colours[i] for i in indices]
        shown(f'tga_palette{kind}', tga(PALETTE | runs, 8, [bytes((i,)) for i in indices], bgr(colours), colour_bits=24), picked)
        shown(
            f'tga_palette_of_32{kind}',
            tga(PALETTE | runs, 8, [bytes((i,)) for i in indices], bgr(rgba[:10]), colour_bits=32, alpha_bits=8),
            [rgba[i] for i in indices],
        )
    shown(
        'tga_palette_of_16',
        tga(PALETTE, 8, [bytes((i,)) for i in indices], [word(p) for p in fifths[:10]], colour_bits=16),
        [five(fifths)[i] for i in indices],
        without='it takes the last bit for alpha',
    )
    shown('tga_palette_from_20', tga(PALETTE, 8, [bytes((i + 20,)) for i in indices], bgr(colours), first=20, colour_bits=24), picked)
    shown(
        'tga_palette_wide',
        tga(PALETTE, 16, [struct.pack('<H', i + 300) for i in indices], bgr(colours), first=300, colour_bits=24),
        picked,
        without='it knows indices of 8 bits',
    )
    shown('tga_15', tga(COLOURS, 15, [word(p) for p in fifths]), five(fifths), without='it does not know 15 bits')
    shown('tga_name', tga(COLOURS, 24, bgr(rgb), ident=b'a name'), rgb)
    shown('tga_footer', tga(COLOURS, 24, bgr(rgb), footer=FOOTER), rgb)
    shown('tga_idle_palette', tga(COLOURS, 24, bgr(rgb), bgr(colours), colour_bits=24), rgb, without='it stops')
    shown('tga_odd_palette_field', tga(COLOURS, 24, bgr(rgb), colour_bits=24), rgb)
    shown('tga_odd_palette_fields', tga(COLOURS, 24, bgr(rgb), first=7, footer=FOOTER), rgb)
    opaque, clear = [(*p, 255) for p in rgb], [(*p, 0) for p in rgb]
    shown(
        'tga_alpha_0', tga(COLOURS, 32, bgr(clear)), opaque, warning='The TGA file has an alpha of nothing but zeros', without='it takes it'
    )
    shown('tga_alpha_0_told', tga(COLOURS, 32, bgr(clear), alpha_bits=8), clear, warning='Every pixel of the TGA file is transparent.')

    whole = tga(COLOURS, 24, bgr(rgb))

    def other(name, at, value):
        refuse(f'tga_not_{name}', whole[:at] + value + whole[at + len(value) :], ANY + 'an unknown kind of file of 123 bytes.')

    other('palette', 1, b'\2')
    other('palette_fields', 3, b'\1')
    for kind in (0, 1, 4, 5, 12, 32, 33):
        other(f'kind{kind}', 2, bytes((kind,)))
    for bits in (0, 1, 8, 12, 25, 48):
        other(f'bits{bits}', 16, bytes((bits,)))
    other('width', 12, b'\0\0')
    other('height', 14, b'\0\0')
    other('interleaved', 17, b'\x40')
    other('alpha', 17, b'\x09')
    refuse(
        'tga_not_icon', struct.pack('<HHHBBBBHHII', 0, 1, 1, 16, 16, 0, 0, 1, 24, 800, 22) + bytes(200), ANY + 'an ICO file.', UNSUPPORTED
    )
    refuse(
        'tga_not_cursor', struct.pack('<HHHBBBBHHII', 0, 2, 1, 16, 16, 0, 0, 3, 4, 800, 22) + bytes(200), ANY + 'a CUR file.', UNSUPPORTED
    )


# --- PSD --------------------------------------------------------------------------------------------------------------


def section(data):
    return struct.pack('>I', len(data)) + data


def psd_row(row):
    """PackBits: a stretch, a run where there is one, and a byte that says nothing."""
    out, at = b'\x80', 0
    while at < len(row):
        n = 1
        while at + n < len(row) and row[at + n] == row[at] and n < 128:
            n += 1
        if n > 2:
            out += bytes((257 - n, row[at]))
        else:
            n = min(3, len(row) - at)
            out += bytes((n - 1,)) + row[at : at + n]
        at += n
    return out


def psd(mode, pixels, bits=8, packed=False, palette=b'', resources=b'', layers=b'', version=1, packing=None):
    """`pixels`: the samples of all channels, as the file has them."""
    planes = [b''.join(struct.pack('>H' if bits == 16 else '>B', p[c]) for p in pixels) for c in range(len(pixels[0]))]
    length = W * bits // 8
    packed_rows = [psd_row(plane[y * length : (y + 1) * length]) for plane in planes for y in range(H)]
    data = b''.join(struct.pack('>H', len(row)) for row in packed_rows) + b''.join(packed_rows) if packed else b''.join(planes)
    head = b'8BPS' + struct.pack('>H6xHIIHH', version, len(planes), H, W, bits, mode)
    return head + section(palette) + section(resources) + section(layers) + struct.pack('>H', packed if packing is None else packing) + data


def layers(n):
    return section(struct.pack('>h', n) + bytes(10)) + section(b'')


def resource(number, data, name=b''):
    name = bytes((len(name),)) + name
    return b'8BIM' + struct.pack('>H', number) + name + bytes(len(name) % 2) + section(data) + bytes(len(data) % 2)


def on_white(pixels, top):
    return [tuple((s * p[-1] + top * (top - p[-1])) // top for s in p[:-1]) + p[-1:] for p in pixels]


def make_psd():
    for bits in (8, 16):
        top = (1 << bits) - 1
        light, rgb, rgba, ink = samples(2, top, 11), samples(3, top, 12), samples(4, top, 13), samples(5, top, 14)
        for packed in (False, True):
            kind = f'{bits}{"_packed" if packed else ""}'
            common = {'bits': bits, 'without': bits == 16}
            shown(f'psd_grey{kind}', psd(1, [p[:1] for p in light], bits, packed), grey([p[:1] for p in light]), **common)
            shown(f'psd_rgb{kind}', psd(3, rgb, bits, packed), rgb, **common)
            shown(f'psd_rgba{kind}', psd(3, rgba, bits, packed), rgba, **common)
            # Of ink that is not there: what is left of white.
            shown(
                f'psd_cmyk{kind}',
                psd(4, [p[:4] for p in ink], bits, packed),
                [tuple((p[c] * p[3] * 2 + top) // (2 * top) for c in range(3)) for p in ink],
                tolerance=1,
                **common,
            )
        shown(f'psd_grey_alpha{bits}', psd(1, light, bits), grey(light), bits=bits, without='it passes over the alpha of grey')
        shown(
            f'psd_cmyk_alpha{bits}',
            psd(4, ink, bits, True),
            [tuple((p[c] * p[3] * 2 + top) // (2 * top) for c in range(3)) + p[4:] for p in ink],
            bits=bits,
            without='it passes over the alpha of CMYK',
        )
        # With a number of layers below 0 the fourth channel is alpha, and the colours are laid on white by it. Those under an alpha of few
        # bits cannot be told again.
        half = [p[:3] + (top // 2 + p[3] // 2,) for p in rgba]
        flags = {'bits': bits, 'without': 'it leaves them on white', 'tolerance': 2}
        shown(f'psd_on_white{bits}', psd(3, on_white(half, top), bits, layers=layers(-2)), half, **flags)
    # Of 16 bits the layers lie in a block of their own.
    block = (
        section(b'') + section(b'') + b'8BIMxxxx' + section(b'abcde') + bytes(3) + b'8BIMLr16' + section(struct.pack('>h', -1) + bytes(6))
    )
    shown('psd_on_white16_block', psd(3, on_white(half, 65535), 16, layers=block), half, **flags)
    rgba = samples(4, 255, 13)
    # What was never on white is taken as it is: some programs write it so.
    shown('psd_straight', psd(3, rgba, layers=layers(-1)), rgba)
    shown(
        'psd_selection',
        psd(3, rgba, layers=layers(3)),
        [p[:3] for p in rgba],
        warning='The PSD file holds a selection beside its picture',
        without='it takes it for alpha',
    )
    table = samples(3, 255, 15) * 8
    palette = bytes(s for c in range(3) for s in [p[c] for p in table[:256]])
    indices = samples(1, 255, 16)
    shown('psd_palette', psd(2, indices, palette=palette), [table[p[0]] for p in indices])
    shown('psd_duotone', psd(8, [p[:1] for p in rgba], palette=bytes(10)), grey([p[:1] for p in rgba]))
    profile = struct.pack('>I', 140) + bytes(12) + b'RGB ' + bytes(16) + b'acsp' + bytes(100)
    found = (
        resource(1005, struct.pack('>IHHIHH', 300 << 16, 1, 1, 72 << 16, 1, 1)) + resource(1000, b'odd', b'name') + resource(1039, profile)
    )
    shown('psd_resources', psd(3, samples(3), resources=found), samples(3), density=(11811, 2835, 1), icc=140)

    rgb = samples(3)

    def no(name, file, sentence, status=UNSUPPORTED):
        refuse('psd_' + name, file, 'The PSD file ' + sentence, status)

    no('large', psd(3, rgb, version=2), 'is not supported: it is of the kind for large pictures (PSB).')
    no('version', psd(3, rgb, version=7), 'is not supported: it is of an unknown version.')
    no('lab', psd(9, rgb), 'is not supported: its colours are Lab.')
    no('many', psd(7, rgb), 'is not supported: its colours are of an unknown kind.')
    no('zip', psd(3, rgb, packing=2), 'is not supported: its merged picture is compressed with ZIP.')
    no('float', psd(3, rgb)[:22] + b'\0\x20' + psd(3, rgb)[24:], 'is not supported: its samples are floats.')
    no('bitmap', psd(0, rgb)[:22] + b'\0\1' + psd(0, rgb)[24:], 'is not supported: it has one bit a pixel.')
    no('without_palette', psd(2, indices), 'is damaged (its palette is missing).', 2)
    no('without_blue', psd(3, [p[:2] for p in rgb]), 'is damaged (channels of its colours are missing).', 2)
    no('many_channels', psd(3, rgb)[:12] + b'\0\x39' + psd(3, rgb)[14:], 'is damaged (it has more channels than there can be).', 2)
    no('0x5', psd(3, rgb)[:18] + bytes(4) + psd(3, rgb)[22:], 'has no pixels: its size is 0 x 5.', 2)
    whole = psd(3, rgb, packed=True)
    no(
        'row_too_long',
        whole[: 40 + 2 * 3 * H + 1] + b'\x7f' + whole[40 + 2 * 3 * H + 2 :],
        'is damaged (a packed row is not as long as it should be).',
        2,
    )


# --- PPM, PGM, PBM ----------------------------------------------------------------------------------------------------


def to8(sample, top):
    return (min(sample, top) * 510 + top) // (2 * top)


def to16(sample, top):
    return (min(sample, top) * 131070 + top) // (2 * top)


def make_pnm():
    for top in (1, 15, 255):
        rgb = samples(3, top)
        as8 = [tuple(to8(s, top) for s in p) for p in rgb]
        shown(f'pnm_p6_{top}', b'P6 %d %d %d\n' % (W, H, top) + bytes(s for p in rgb for s in p), as8)
        shown(f'pnm_p5_{top}', b'P5\n%d %d\n%d\n' % (W, H, top) + bytes(p[0] for p in rgb), grey([p[:1] for p in as8]))
        text = ' '.join(str(s) for p in rgb for s in p).encode()
        shown(f'pnm_p3_{top}', b'P3\n# made by hand # \n%d # wide\n%d\n%d\n' % (W, H, top) + text.replace(b' 1', b'\n1') + b'\n', as8)
        text = ' '.join(str(p[0]) for p in rgb).encode()
        shown(f'pnm_p2_{top}', b'P2\n%d %d\n#\n%d\n' % (W, H, top) + text + b'\n', grey([p[:1] for p in as8]))
    for top in (256, 1000, 65535):
        rgb = samples(3, top)
        as16 = [tuple(to16(s, top) for s in p) for p in rgb]
        shown(f'pnm_p6_{top}', b'P6 %d %d %d\n' % (W, H, top) + b''.join(struct.pack('>H', s) for p in rgb for s in p), as16, bits=16)
        shown(
            f'pnm_p5_{top}',
            b'P5 %d %d %d\n' % (W, H, top) + b''.join(struct.pack('>H', p[0]) for p in rgb),
            grey([p[:1] for p in as16]),
            bits=16,
        )
        shown(f'pnm_p3_{top}', b'P3 %d %d %d\n' % (W, H, top) + ' '.join(str(s) for p in rgb for s in p).encode() + b'\n', as16, bits=16)
    dots = samples(1, 1, 5)
    packed = b''.join(int(''.join(str(p[0]) for p in row) + '0', 2).to_bytes(1, 'big') for row in rows(dots))
    shown('pnm_p4', b'P4\n# c\n%d %d\n' % (W, H) + packed, grey([(255 * (1 - p[0]),) for p in dots]))
    shown(
        'pnm_p1',
        b'P1 %d %d\n' % (W, H) + b'\n'.join(''.join(str(p[0]) for p in row).encode() for row in rows(dots)) + b'\n',
        grey([(255 * (1 - p[0]),) for p in dots]),
    )
    shown(
        'pnm_p1_spaced',
        b'P1 %d %d\n' % (W, H) + b' '.join(str(p[0]).encode() for p in dots) + b'\n',
        grey([(255 * (1 - p[0]),) for p in dots]),
    )
    light = samples(1)
    one = b'P5 %d %d 255\n' % (W, H) + bytes(p[0] for p in light)
    shown('pnm_two', one + one, grey(light), warning='The PGM file holds more than one picture; the first is taken.')
    # Too bright for its own white.
    shown('pnm_too_bright', b'P5 %d %d 100\n' % (W, H) + bytes(p[0] for p in light), grey([(to8(p[0], 100),) for p in light]))

    refuse('pnm_white0', b'P5 7 5 0\n' + bytes(35), 'The PGM file is damaged (its white is none).')
    refuse('pnm_white70000', b'P6 7 5 70000\n' + bytes(210), 'The PPM file is damaged (its white is none).')
    refuse('pnm_0x5', b'P6 0 5 255\n' + bytes(210), 'The PPM file has no pixels: its size is 0 x 5.')
    refuse('pnm_huge', b'P6 99999999999 5 255\n' + bytes(210), 'The PPM file is too large: 4294967295 x 5 pixels', UNSUPPORTED)
    refuse('pnm_words', b'P6 7 x 255\n' + bytes(210), 'The PPM file is damaged (there is no number where one should be).')
    refuse('pnm_words_for_samples', b'P2 2 1 255\n7 x\n', 'The PGM file is damaged (there is no number where one should be).')
    refuse('pnm_no_samples', b'P5 7 5 255\n', 'The PGM file ends too early: ')
    refuse('pnm_text', b'P6 is what this text is about, and it has no size.', ANY + 'text.')
    refuse('pam', b'P7\nWIDTH 7\n', ANY + 'a PAM file.', UNSUPPORTED)
    refuse('pfm', b'PF\n7 5\n-1.0\n', ANY + 'a PFM file.', UNSUPPORTED)
    refuse('pfm_grey', b'Pf\n7 5\n-1.0\n', ANY + 'a PFM file.', UNSUPPORTED)


if __name__ == '__main__':
    make_tga()
    make_psd()
    make_pnm()
    main(__file__, '')
