#!/usr/bin/env python3
"""Writes fixtures/gif_webp.*: GIF and WebP files that are odd, cut or damaged, and what is to be seen of them.

    pip install pillow && python3 tests/unit/gif_webp_fixtures.py [folder]

Run by hand when a fixture is added. With a folder, the files are written there too, to be looked at.
GIF: put together here after GIF89a. What each frame looks like is drawn by `Canvas`, a few plain loops. Chromium 156 shows the same, frame by
frame in its ImageDecoder, and of what is damaged the same first frame in an <img>.
WebP: pictures written by Pillow, put into chunks here after the container specification. The test has libwebp's own functions tell what they
look like.
"""

import io
import random
import struct
import sys
from pathlib import Path

from PIL import Image

from fixture_writer import FixtureSet
from image_fixtures import chunk, ihdr

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255), (255, 255, 255), (10, 20, 30)]
CLEAR, BLACK = '.', '#'

# --- GIF: files -------------------------------------------------------------------------------------------------------


def palette(n):
    return b''.join(bytes(colour) for colour in COLOURS[:n])


def size_bits(n):
    return {2: 0, 4: 1, 8: 2}[n]


def head(width, height, n_colours=8):
    flags = 0x80 | size_bits(n_colours) if n_colours else 0
    return b'GIF89a' + struct.pack('<HHBBB', width, height, flags | 0x70, 0, 0) + palette(n_colours)


def control(disposal=0, transparent=None, delay=10):
    return b'\x21\xf9\x04' + struct.pack('<BHB', disposal << 2 | (transparent is not None), delay, transparent or 0) + b'\0'


def packed(codes):
    """(code, bits) from the low bit of the first byte up."""
    value = n = 0
    for code, bits in codes:
        value |= code << n
        n += bits
    return value.to_bytes((n + 7) // 8, 'little')


def lzw(indices, code_size, end=True):
    clear = 1 << code_size
    codes, table, bits = [(clear, code_size + 1)], {(i,): i for i in range(clear)}, code_size + 1
    n, current = clear + 2, ()
    for index in indices:
        longer = current + (index,)
        if longer in table:
            current = longer
            continue
        codes.append((table[current], bits))
        table[longer] = n
        n += 1
        bits += n > 1 << bits
        current = (index,)
    if current:
        codes.append((table[current], bits))
        bits += n + 1 > 1 << bits
    return packed(codes + ([(clear + 1, bits)] if end else []))


def single(indices, code_size, more=()):
    """Each index as a code of its own, and then codes as they are given."""
    clear = 1 << code_size
    codes = [code for index in indices for code in (clear, index)]
    return packed([(code, code_size + 1) for code in codes + list(more)])


def blocks(data):
    parts = [data[i : i + 255] for i in range(0, len(data), 255)]
    return b''.join(bytes([len(part)]) + part for part in parts) + b'\0'


def frame(x, y, width, height, indices, code_size=3, n_colours=0, interlaced=False, data=None, told_code_size=None):
    flags = (0x40 if interlaced else 0) | (0x80 | size_bits(n_colours) if n_colours else 0)
    data = lzw(indices, code_size) if data is None else data
    told = code_size if told_code_size is None else told_code_size
    return b'\x2c' + struct.pack('<HHHHB', x, y, width, height, flags) + palette(n_colours) + bytes([told]) + blocks(data)


END = b'\x3b'

# --- GIF: what is seen ------------------------------------------------------------------------------------------------


class Canvas:
    def __init__(self, width, height):
        self.width, self.height = width, height
        self.pixels = {(x, y): CLEAR for y in range(height) for x in range(width)}

    def put(self, x, y, width, height, indices, transparent=None, n_colours=8):
        for i, index in enumerate(indices):
            at = (x + i % width, y + i // width)
            if at in self.pixels and index != transparent:
                self.pixels[at] = str(index) if index < n_colours else BLACK
        return self

    def clear(self, x, y, width, height):
        for at in self.pixels:
            if x <= at[0] < x + width and y <= at[1] < y + height:
                self.pixels[at] = CLEAR
        return self

    def seen(self):
        return ''.join(self.pixels[x, y] for y in range(self.height) for x in range(self.width))


gifs = []  # (name, file, keeps damage, width, height, frames, sentence: a warning, or why it is refused)


def add(name, file, canvas_size, frames, sentence='', keeps=False):
    width, height = canvas_size
    gifs.append((name, file, keeps, width, height, [canvas if isinstance(canvas, str) else canvas.seen() for canvas in frames], sentence))


def refuse(name, file, sentence, keeps=False):
    gifs.append((name, file, keeps, 0, 0, [], sentence))


def shades(width, height):
    return [(y * width + x) % 7 for y in range(height) for x in range(width)]


S54, S44, S33, S32 = shades(5, 4), shades(4, 4), shades(3, 3), shades(3, 2)
WHOLE = frame(0, 0, 5, 4, S54)
BEYOND = 'The first frame of the GIF file reaches beyond its screen of %d x %d pixels: it is shown whole.'
NO_END = 'The GIF file has no end (its trailer is missing): it may have been cut short.'
CUT = 'The GIF file ends too early: more was expected after its %d bytes.'
SENSE = "The GIF file is damaged (a frame's data makes no sense)."


def make_sizes():
    canvas = Canvas(6, 5).put(0, 0, 6, 5, shades(6, 5))
    add('first_larger', head(3, 3) + frame(0, 0, 6, 5, shades(6, 5)) + END, (6, 5), [canvas], BEYOND % (3, 3))
    canvas = Canvas(6, 8).put(0, 0, 6, 5, shades(6, 5))
    add('first_wider', head(3, 8) + frame(0, 0, 6, 5, shades(6, 5)) + END, (6, 8), [canvas], BEYOND % (3, 8))
    canvas = Canvas(6, 6).put(2, 2, 4, 4, S44)
    add('first_beyond', head(4, 4) + frame(2, 2, 4, 4, S44) + END, (6, 6), [canvas], BEYOND % (4, 4))
    canvas = Canvas(8, 8).put(6, 6, 2, 2, [1, 2, 3, 4])
    add('first_outside', head(4, 4) + frame(6, 6, 2, 2, [1, 2, 3, 4]) + END, (8, 8), [canvas], BEYOND % (4, 4))
    # Later ones do not make it larger.
    first, second = Canvas(4, 4).put(0, 0, 4, 4, S44), Canvas(4, 4).put(0, 0, 4, 4, S44).put(1, 2, 6, 6, [5, 6] * 18)
    add(
        'second_larger',
        head(4, 4) + control() + frame(0, 0, 4, 4, S44) + control() + frame(1, 2, 6, 6, [5, 6] * 18) + END,
        (4, 4),
        [first, second],
    )
    add(
        'second_outside',
        head(4, 4) + frame(0, 0, 4, 4, S44) + control(2) + frame(9, 1, 6, 6, [5, 6] * 18) + frame(0, 0, 1, 1, [5]) + END,
        (4, 4),
        [first, first.seen(), Canvas(4, 4).put(0, 0, 4, 4, S44).put(0, 0, 1, 1, [5])],
    )
    add(
        'screen_0',
        head(0, 0) + frame(1, 0, 4, 4, S44) + frame(0, 0, 6, 6, [5] * 36) + END,
        (5, 4),
        [Canvas(5, 4).put(1, 0, 4, 4, S44), Canvas(5, 4).put(0, 0, 6, 6, [5] * 36)],
        BEYOND % (0, 0),
    )
    add('screen_0x5', head(0, 5) + frame(0, 0, 4, 4, S44) + END, (4, 5), [Canvas(4, 5).put(0, 0, 4, 4, S44)], BEYOND % (0, 5))
    refuse('screen_0_frame_0', head(0, 0) + frame(0, 0, 0, 0, []) + END, 'The GIF file has no pixels: its size is 0 x 0.')
    nothing = 'Frame %d of the GIF file has no pixels: its size is %d x %d.'
    add('frame_0x0', head(4, 4) + frame(0, 0, 0, 0, []) + END, (4, 4), [Canvas(4, 4)], nothing % (1, 0, 0))
    add('frame_0x3', head(4, 4) + frame(0, 0, 0, 3, []) + END, (4, 4), [Canvas(4, 4)], nothing % (1, 0, 3))
    add(
        'frame_3x0_first',
        head(4, 4) + frame(0, 0, 3, 0, []) + frame(0, 0, 4, 4, S44) + END,
        (4, 4),
        [Canvas(4, 4), Canvas(4, 4).put(0, 0, 4, 4, S44)],
        nothing % (1, 3, 0),
    )
    add(
        'frame_0x2_between',
        head(4, 4) + frame(0, 0, 4, 4, S44) + control(2) + frame(1, 1, 0, 2, []) + frame(0, 0, 1, 1, [5]) + END,
        (4, 4),
        [first, first.seen(), Canvas(4, 4).put(0, 0, 4, 4, S44).put(0, 0, 1, 1, [5])],
        nothing % (2, 0, 2),
    )


def make_disposals():
    """Each number, on a first frame and on one after it."""
    for disposal in range(8):
        file = head(5, 4)
        file += control(1) + frame(0, 0, 5, 4, [0] * 20) + control(disposal) + frame(1, 1, 3, 2, [1] * 6)
        file += control(disposal) + frame(2, 2, 3, 2, [2] * 6) + control() + frame(4, 3, 1, 1, [3])
        ground = Canvas(5, 4).put(0, 0, 5, 4, [0] * 20)
        shown = [ground.seen(), ground.put(1, 1, 3, 2, [1] * 6).seen()]
        after(ground, disposal, (1, 1, 3, 2))
        before = dict(ground.pixels)
        shown.append(ground.put(2, 2, 3, 2, [2] * 6).seen())
        if disposal in (3, 4):
            ground.pixels = before
        elif disposal == 2:
            ground.clear(2, 2, 3, 2)
        add(f'disposal_{disposal}', file + END, (5, 4), shown + [ground.put(4, 3, 1, 1, [3])])
        ground = Canvas(5, 4).put(1, 1, 3, 2, [1] * 6)
        shown = [ground.seen()]
        if disposal in (2, 3, 4):
            ground.clear(1, 1, 3, 2)
        add(
            f'disposal_first_{disposal}',
            head(5, 4) + control(disposal) + frame(1, 1, 3, 2, [1] * 6) + control() + frame(3, 2, 2, 2, [2] * 4) + END,
            (5, 4),
            shown + [ground.put(3, 2, 2, 2, [2] * 4)],
        )


def after(ground, disposal, place):
    """The frame at `place` was the second one, over a ground of 0."""
    if disposal == 2:
        ground.clear(*place)
    elif disposal in (3, 4):
        ground.put(*place, [0] * 6)


def make_palettes():
    black = 'The GIF file has no palette: its pixels are black.'
    beyond = 'The GIF file has pixels of colours that are not in its palette: they are black.'
    add('no_palette', head(4, 4, 0) + frame(0, 0, 4, 4, S44) + END, (4, 4), [Canvas(4, 4).put(0, 0, 4, 4, S44, n_colours=0)], black)
    add(
        'no_palette_transparent',
        head(4, 4, 0) + control(transparent=3) + frame(0, 0, 4, 4, S44) + END,
        (4, 4),
        [Canvas(4, 4).put(0, 0, 4, 4, S44, transparent=3, n_colours=0)],
        black,
    )
    add(
        'no_palette_second',
        head(4, 4, 0) + frame(0, 0, 4, 4, S44, n_colours=8) + frame(1, 1, 3, 2, S32) + END,
        (4, 4),
        [Canvas(4, 4).put(0, 0, 4, 4, S44), Canvas(4, 4).put(0, 0, 4, 4, S44).put(1, 1, 3, 2, S32, n_colours=0)],
        black,
    )
    add('short_palette', head(4, 4, 2) + frame(0, 0, 4, 4, S44) + END, (4, 4), [Canvas(4, 4).put(0, 0, 4, 4, S44, n_colours=2)], beyond)
    add(
        'transparent_beyond',
        head(4, 4, 2) + control(transparent=5) + frame(0, 0, 4, 4, [0, 1, 5, 5] * 4) + END,
        (4, 4),
        [Canvas(4, 4).put(0, 0, 4, 4, [0, 1, 5, 5] * 4, transparent=5)],
    )


def make_ends():
    one, two = head(5, 4) + WHOLE, head(5, 4) + WHOLE + control(0, None, 20) + frame(1, 1, 3, 2, S32)
    canvas, second = Canvas(5, 4).put(0, 0, 5, 4, S54), Canvas(5, 4).put(0, 0, 5, 4, S54).put(1, 1, 3, 2, S32)
    unknown = 'After frame %d of the GIF file comes a block of an unknown kind: what follows is left out.'
    add('no_trailer', one, (5, 4), [canvas], NO_END)
    add('no_trailer_two', two, (5, 4), [canvas, second], NO_END)
    add('no_terminator', one[:-1], (5, 4), [canvas], NO_END)
    add('no_terminator_two', two[:-1], (5, 4), [canvas, second], NO_END)
    add('cut_in_comment', one + b'\x21\xfe\x20abc', (5, 4), [canvas], NO_END)
    add('after_the_trailer', two + END + b'garbage', (5, 4), [canvas, second])
    add('frame_after_the_trailer', one + END + control() + frame(1, 1, 3, 2, S32) + END, (5, 4), [canvas])
    add('garbage_for_a_trailer', two + b'xyz', (5, 4), [canvas, second], unknown % 2)
    add('zeros_between', one + b'\0\0' + two[len(one) :] + END, (5, 4), [canvas], unknown % 1)
    add('unknown_extensions', head(5, 4) + b'\x21\x99\x03abc\0\x21\x02\x01a\x02bc\0\x21\xff\0\x21\xfe\0' + WHOLE + END, (5, 4), [canvas])
    refuse('no_frame', head(5, 4) + END, 'The GIF file is damaged (it has no frame).')
    refuse('only_a_header', head(5, 4), CUT % 37)
    refuse('zero_before', head(5, 4) + b'\0' + WHOLE + END, 'The GIF file is damaged (a block of an unknown kind).')
    # The second frame is cut, or only announced.
    missing = 'The GIF file ends too early: what comes after its frame 1 is missing.'
    for name, n in (('pixels', 6), ('header', 13), ('announced', 22)):
        cut = two[:-n]
        refuse(f'cut_{name}', cut, CUT % len(cut))
        add(f'cut_{name}_kept', cut, (5, 4), [canvas], missing, keeps=True)
    refuse('cut_all_kept', one[:38], CUT % 38, keeps=True)


def make_codes():
    canvas = Canvas(5, 4).put(0, 0, 5, 4, S54)

    def one(data, **told):
        return head(5, 4) + frame(0, 0, 5, 4, None, data=data, **told) + END

    def kept(name, file, seen, n_rows):
        refuse(name, file, SENSE)
        add(
            f'{name}_kept',
            file,
            (5, 4),
            [Canvas(5, 4).put(0, 0, 5, 4, seen)],
            f'The GIF file is damaged or cut: {4 - n_rows} of its 4 rows are missing.',
            keeps=True,
        )

    add('codes_without_end', one(lzw(S54, 3, end=False)), (5, 4), [canvas])
    add('codes_too_many', one(lzw(S54 * 2, 3)), (5, 4), [canvas])
    add('codes_bad_after_the_end', one(single(S54, 3, (8, 3, 15, 15))), (5, 4), [canvas])
    add('data_after_the_end', one(lzw(S54, 3) + b'\xff' * 300), (5, 4), [canvas])
    kept('code_that_cannot_be', one(single(S54[:12], 3, (8, 3, 15))), S54[:12] + [3], 2)
    kept('codes_too_few', one(single(S54[:12], 3, (9,))), S54[:12], 2)
    refuse('code_size_9', one(lzw(S54, 3), told_code_size=9), SENSE)
    refuse('code_size_9_kept', one(lzw(S54, 3), told_code_size=9), SENSE, keeps=True)
    for code_size in (0, 1, 2, 8):
        indices = [index % (1 << min(code_size, 3)) for index in S54]
        add(f'code_size_{code_size}', one(lzw(indices, code_size), code_size=code_size), (5, 4), [Canvas(5, 4).put(0, 0, 5, 4, indices)])
    # Of three frames the second is damaged.
    bad = frame(0, 0, 5, 4, None, data=single([6] * 12, 3, (8, 5, 15)))
    file = head(5, 4) + WHOLE + bad + frame(1, 1, 3, 2, S32) + END
    refuse('second_damaged', file, SENSE)
    second = Canvas(5, 4).put(0, 0, 5, 4, S54).put(0, 0, 5, 4, [6] * 12 + [5])
    add(
        'second_damaged_kept',
        file,
        (5, 4),
        [canvas, second.seen(), second.put(1, 1, 3, 2, S32)],
        'Frame 2 of the GIF file is damaged or cut: 2 of its 4 rows are missing.',
        keeps=True,
    )


def make_interlaced():
    """Rows 0, 8, 4, 12, 2 … of the file; what is missing is as the nearest row above that is there."""
    rows = [[(y * 3 + x * y) % 7 for x in range(5)] for y in range(13)]
    order = [y for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(first, 13, step)]
    indices = [index for y in order for index in rows[y]]
    canvas = Canvas(5, 13).put(0, 0, 5, 13, sum(rows, []))
    add('interlaced', head(5, 13) + frame(0, 0, 5, 13, indices, interlaced=True) + END, (5, 13), [canvas])
    for n in (1, 3, 5, 10):
        there = order[:n]
        shown = [
            rows[max(y for y in there if y <= row and row - y < 8)] if any(y <= row and row - y < 8 for y in there) else None
            for row in range(13)
        ]
        canvas = Canvas(5, 13)
        for y, row in enumerate(shown):
            if row:
                canvas.put(0, y, 5, 1, row)
        data = single(indices[: n * 5], 3, (9,))
        add(
            f'interlaced_{n}_kept',
            head(5, 13) + frame(0, 0, 5, 13, None, data=data, interlaced=True) + END,
            (5, 13),
            [canvas],
            f'The GIF file is damaged or cut: {13 - n} of its 13 rows are missing.',
            keeps=True,
        )


# --- WebP -------------------------------------------------------------------------------------------------------------

ANIMATED, XMP, EXIF, ALPHA, ICC = 2, 4, 8, 16, 32
W, H = 24, 20


def piece(name, data):
    return name + struct.pack('<I', len(data)) + data + b'\0' * (len(data) & 1)


def riff(*pieces):
    body = b'WEBP' + b''.join(pieces)
    return b'RIFF' + struct.pack('<I', len(body)) + body


def pieces_of(file):
    at, found = 12, {}
    while at + 8 <= len(file):
        n = struct.unpack('<I', file[at + 4 : at + 8])[0]
        found[file[at : at + 4]] = file[at + 8 : at + 8 + n]
        at += 8 + n + (n & 1)
    return found


def extended(flags, width=W, height=H):
    return piece(b'VP8X', bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, 'little') + (height - 1).to_bytes(3, 'little'))


def webp_frame(x, y, width, height, parts, dispose=0, no_blend=0, delay=100):
    sizes = (x // 2, y // 2, width - 1, height - 1, delay)
    return piece(b'ANMF', b''.join(v.to_bytes(3, 'little') for v in sizes) + bytes([dispose | no_blend << 1]) + b''.join(parts))


def drawing(width, height, seed, alpha=None):
    image = Image.new('RGBA', (width, height))
    for y in range(height):
        for x in range(width):
            image.putpixel((x, y), ((x * 10 + seed * 40) % 256, y * 12 % 256, (x * y + seed * 77) % 256, alpha(x, y) if alpha else 255))
    return image if alpha else image.convert('RGB')


def gradient(x, y):
    return (x * 11 + y * 7) % 256


def holes(x, y):
    return 0 if (x // 4 + y // 4) % 2 else 255


def encoded(image, **options):
    file = io.BytesIO()
    image.save(file, 'WEBP', **options)
    return pieces_of(file.getvalue())


def lossless(*drawn):
    return [piece(b'VP8L', encoded(drawing(*drawn), lossless=True, exact=True)[b'VP8L'])]


def lossy(*drawn):
    found = encoded(drawing(*drawn), quality=70)
    return [piece(name, found[name]) for name in (b'ALPH', b'VP8 ') if name in found]


def tiff(orientation):
    return b'II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0' + struct.pack('<HHI', orientation, 0, 0)


webps = {}  # name -> file


def make_webp():
    start = extended(ANIMATED | ALPHA) + piece(b'ANIM', struct.pack('<IH', 0xFF00FF00, 3))
    for dispose in (0, 1):
        for no_blend in (0, 1):
            kind = {'dispose': dispose, 'no_blend': no_blend}
            webps[f'animated_{dispose}{no_blend}'] = riff(
                start,
                webp_frame(0, 0, W, H, lossless(W, H, 0, gradient)),
                webp_frame(4, 2, 12, 10, lossless(12, 10, 1, gradient), **kind),
                webp_frame(8, 6, 12, 12, lossy(12, 12, 2, gradient), **kind),
                webp_frame(0, 0, W, H, lossless(W, H, 3, holes), **kind),
                webp_frame(2, 2, 6, 6, lossless(6, 6, 4, gradient), 1),
                webp_frame(4, 4, 8, 8, lossless(8, 8, 5, gradient)),
            )
            webps[f'animated_part_{dispose}{no_blend}'] = riff(
                start,
                webp_frame(4, 4, 12, 10, lossless(12, 10, 0, gradient), **kind),
                webp_frame(8, 6, 12, 12, lossy(12, 12, 2), **kind),
                webp_frame(0, 0, W, H, lossy(W, H, 3, holes), 1 - dispose, no_blend),
                webp_frame(2, 2, 6, 6, lossless(6, 6, 4, gradient)),
            )
    # A last frame that goes together with its duration many times.
    webps['animated_head'] = riff(start)
    webps['animated_frame'] = webp_frame(0, 0, 4, 4, lossless(4, 4, 1), delay=0xFFFFFF)
    webps['animated_small'] = riff(
        extended(ANIMATED | ALPHA, 1000, 800) + piece(b'ANIM', struct.pack('<IH', 0, 0)),
        webp_frame(0, 0, 4, 4, lossless(4, 4, 1)),
        webp_frame(990, 700, 4, 4, lossless(4, 4, 2, holes)),
        webp_frame(20, 20, 4, 4, lossless(4, 4, 3)),
    )
    bad = lossless(W, H, 1)[0]
    bad = bad[:28] + bytes(255 - value for value in bad[28:])
    webps['animated_damaged'] = riff(
        start,
        webp_frame(0, 0, W, H, lossless(W, H, 0)),
        webp_frame(0, 0, W, H, [bad], no_blend=1),
        webp_frame(4, 4, 6, 6, lossless(6, 6, 2)),
    )
    # With an orientation, still and animated; "Exif\0\0" before it.
    webps['turned'] = riff(
        extended(EXIF | ANIMATED | ALPHA),
        piece(b'ANIM', struct.pack('<IH', 0, 0)),
        webp_frame(0, 0, W, H, lossless(W, H, 0)),
        webp_frame(4, 2, 12, 10, lossless(12, 10, 1, gradient), 1),
        webp_frame(6, 6, 4, 10, lossless(4, 10, 2)),
        piece(b'EXIF', tiff(1)),
    )
    webps['turned_one'] = riff(
        extended(EXIF | ANIMATED | ALPHA),
        piece(b'ANIM', struct.pack('<IH', 0, 0)),
        webp_frame(4, 2, 12, 10, lossless(12, 10, 1, gradient)),
        piece(b'EXIF', tiff(6)),
    )
    still = lossless(W, H, 0)
    webps['plain'] = riff(*still)
    webps['exif'] = riff(extended(EXIF), *still, piece(b'EXIF', tiff(6)))
    webps['exif_prefixed'] = riff(extended(EXIF), *still, piece(b'EXIF', b'Exif\0\0' + tiff(6)))
    # Of noise, so that they are long.
    noise = random.Random(1)
    large = Image.new('RGBA', (40, 90))
    large.putdata([tuple(noise.randrange(0, 256, 64) for _ in range(4)) for _ in range(40 * 90)])
    webps['long_lossless'] = riff(piece(b'VP8L', encoded(large, lossless=True, exact=True)[b'VP8L']))
    found = encoded(large.convert('RGB'), quality=50)
    webps['long_lossy'] = riff(piece(b'VP8 ', found[b'VP8 ']))
    alpha, colours = lossy(W, H, 0, gradient)
    webps['alpha'] = riff(extended(ALPHA), alpha, colours)
    webps['alpha_header'] = riff(extended(ALPHA), alpha[:8] + b'\xff' + alpha[9:], colours)
    webps['alpha_data'] = riff(extended(ALPHA), alpha[:12] + bytes(255 - value for value in alpha[12:]), colours)
    webps['alpha_short'] = riff(extended(ALPHA), piece(b'ALPH', alpha[8:30]), colours)
    webps['alpha_none'] = riff(extended(ALPHA), piece(b'ALPH', b''), colours)
    webps['alpha_without_flag'] = riff(extended(0), alpha, colours)
    webps['after_the_end'] = riff(*still) + b'garbage'
    webps['unknown_chunks'] = riff(extended(0), piece(b'ABCD', b'12345'), *still, piece(b'EFGH', b'1'))
    webps['canvas_larger'] = riff(extended(0, W + 2, H + 2), *still)
    webps['two_pictures'] = riff(extended(0), *still, *lossless(W, H, 1))


apngs = []


def make_turned_png():
    """An animated PNG of two frames, once for each orientation."""
    import zlib

    for orientation in range(1, 9):
        file = b'\x89PNG\r\n\x1a\n' + ihdr(5, 4, 8, 2) + chunk(b'eXIf', tiff(orientation)) + chunk(b'acTL', struct.pack('>II', 2, 0))
        file += chunk(b'fcTL', struct.pack('>IIIIIHHBB', 0, 5, 4, 0, 0, 1, 10, 0, 0))
        rows = [b'\0' + bytes(v for x in range(5) for v in (x * 50, y * 60, 7)) for y in range(4)]
        file += chunk(b'IDAT', zlib.compress(b''.join(rows), 9))
        file += chunk(b'fcTL', struct.pack('>IIIIIHHBB', 1, 2, 1, 3, 2, 1, 10, 0, 0))
        file += chunk(b'fdAT', struct.pack('>I', 2) + zlib.compress(b'\0' + bytes((1, 2, 3, 4, 5, 6)), 9)) + chunk(b'IEND')
        apngs.append(file)


# The test knows the colours. No frames: it is refused, with the sentence; otherwise that is a warning, or empty.
def write():
    made = FixtureSet()
    made.table(
        'gifs', [(name, file, int(keeps), *size, sentence, len(frames), *frames) for name, file, keeps, *size, frames, sentence in gifs]
    )
    made.table(
        'files',
        [*((f'webp_{name}', file) for name, file in webps.items()), *((f'png_turned_{i + 1}', file) for i, file in enumerate(apngs))],
    )
    made.write(__file__)


for make in (make_sizes, make_disposals, make_palettes, make_ends, make_codes, make_interlaced, make_webp, make_turned_png):
    make()
write()
if len(sys.argv) > 1:
    import json

    folder = Path(sys.argv[1])
    for name, file, *_ in gifs:
        (folder / f'{name}.gif').write_bytes(file)
    for name, file in webps.items():
        (folder / f'{name}.webp').write_bytes(file)
    (folder / 'seen.json').write_text(
        json.dumps([[name, keeps, width, height, frames, sentence] for name, _, keeps, width, height, frames, sentence in gifs])
    )
