#!/usr/bin/env python3
"""Writes fixtures/jpeg.*: JPEG files of all kinds of colours, odd and damaged ones, with the pixels that a decoder must find.

    pip install pillow && python3 tests/unit/jpeg_fixtures.py [--files FOLDER]

Pillow writes the files, which are then taken apart and put together otherwise. The pixels are Pillow's: of the file as it is, or of the
whole one where nothing is lost. Chromium 156 shows the same (compared with --files), where not said otherwise.
"""

import io
import struct

from PIL import Image

from fixture_writer import UNSUPPORTED, add, main, refuse

SOI, EOI, SOF0, DHT, SOS, DQT, DRI, APP0, APP2, APP14 = 0xD8, 0xD9, 0xC0, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0, 0xE2, 0xEE
END = b'\xff\xd9'


def drawing(width, height, mode='RGB'):
    image = Image.new('RGBA', (width, height))
    for y in range(height):
        for x in range(width):
            image.putpixel((x, y), (40 + 9 * x, 230 - 9 * y, 90 if x + y < 12 else 190, min(255, 60 + 8 * x)))
    if mode != 'CMYK':
        return image.convert(mode)
    return Image.merge('CMYK', image.split())


def saved(image, **options):
    file = io.BytesIO()
    image.save(file, format='JPEG', quality=90, optimize=True, **options)
    return file.getvalue()


def pixels(file):
    image = Image.open(io.BytesIO(file))
    data = image.convert('RGB').tobytes()
    return image.size, [tuple(data[i : i + 3]) for i in range(0, len(data), 3)]


def shown(name, file, whole=None, warning='', **more):
    """`whole`: the file whose pixels it must have, if that is another."""
    (width, height), expected = pixels(whole or file)
    add('jpeg_' + name, file, width, height, expected, warning=warning.replace('^', 'The JPEG file'), **more)


def segment(marker, data):
    return bytes((0xFF, marker)) + struct.pack('>H', len(data) + 2) + data


def parts(file):
    """[(marker, segment)] up to the first scan's, and what follows."""
    out, at = [], 2
    while True:
        marker, length = file[at + 1], struct.unpack('>H', file[at + 2 : at + 4])[0]
        out.append((marker, file[at : at + 2 + length]))
        at += 2 + length
        if marker == SOS:
            return out, file[at:]


def joined(segments, rest):
    return b'\xff\xd8' + b''.join(data for _, data in segments) + rest


def without(file, *markers):
    segments, rest = parts(file)
    return joined([s for s in segments if s[0] not in markers], rest)


def with_first(file, *segments):
    return file[:2] + b''.join(segments) + file[2:]


def with_ids(file, ids):
    segments, rest = parts(file)
    out = []
    for marker, data in segments:
        data = bytearray(data)
        for i in range(len(ids)):
            if marker in (SOF0, SOF0 + 2):
                data[10 + 3 * i] = ids[i]
            if marker == SOS:
                data[5 + 2 * i] = ids[i]
        out.append((marker, bytes(data)))
    return joined(out, rest)


def adobe(transform):
    return segment(APP14, b'Adobe\0\x64\0\0\0\0' + bytes((transform,)))


def jfif(unit=0, x=1, y=1):
    return segment(APP0, b'JFIF\0\1\1' + struct.pack('>BHH', unit, x, y) + b'\0\0')


# --- colours ----------------------------------------------------------------------------------------------------------

ODD = '^ is odd, and its colours may be wrong (Unknown Adobe color transform code '


def make_colours():
    # Chromium's CMYK is rounded down, Pillow's and ours to the nearest.
    for progressive in (False, True):
        kind = '_progressive' if progressive else ''
        bare = without(saved(drawing(9, 7, 'CMYK'), progressive=progressive), APP0, APP14)
        whole = with_first(bare, adobe(0))
        shown(f'cmyk_adobe{kind}', whole, tolerance=1)
        # What the numbers mean is the same without the marker.
        shown(f'cmyk_bare{kind}', bare, whole, tolerance=1)
        shown(f'cmyk_jfif{kind}', with_first(bare, jfif()), whole, tolerance=1)
        shown(f'cmyk_letters{kind}', with_ids(bare, b'CMYK'), whole, tolerance=1)
        shown(f'ycck_adobe{kind}', with_first(bare, adobe(2)), tolerance=1)
        shown(f'ycck_adobe1{kind}', with_first(bare, adobe(1)), with_first(bare, adobe(2)), ODD + '1', tolerance=1)
    bare = without(saved(drawing(9, 7), subsampling=0), APP0)
    ycc = with_first(bare, jfif())
    rgb = with_first(bare, adobe(0))
    shown('ycc', ycc)
    shown('ycc_bare', bare, ycc)
    shown('ycc_from0', with_ids(bare, b'\0\1\2'), ycc)
    shown('ycc_letters', with_ids(bare, b'YCc'), ycc)
    shown('ycc_adobe', with_first(bare, adobe(1)), ycc)
    shown('ycc_adobe2', with_first(bare, adobe(2)), ycc, ODD + '2')
    shown('rgb_adobe', rgb)
    shown('rgb_letters', with_ids(bare, b'RGB'), rgb)
    shown('rgb_letters_adobe', with_ids(rgb, b'RGB'), rgb)
    shown('ycc_letters_rgb_jfif', with_ids(ycc, b'RGB'), ycc)
    shown('grey_adobe', with_first(without(saved(drawing(9, 7, 'L')), APP0), adobe(2)))


def make_densities():
    bare = without(saved(drawing(8, 8, 'L')), APP0)
    for name, marker, density in (
        ('300', jfif(1, 300, 300), (11811, 11811, 1)),
        ('72_96', jfif(1, 72, 96), (2835, 3780, 1)),
        ('118_cm', jfif(2, 118, 59), (11800, 5900, 1)),
        ('proportions', jfif(0, 2, 1), (2, 1, 0)),
        ('none', jfif(), (0, 0, 0)),
        ('0', jfif(1, 0, 72), (0, 0, 0)),
        ('unknown', jfif(7, 72, 72), (0, 0, 0)),
    ):
        shown(f'density_{name}', with_first(bare, marker), density=density)


# --- what is odd, and shown -------------------------------------------------------------------------------------------

NO_END = '^ has no end, but all its pixels'
LEFT_OVER = '^ has bytes left over behind coded pixels'
BETWEEN = '^ has bytes between its parts that belong to none.'
BAD_PROFILE = 'The colour profile of the JPEG file is broken, and left out.'
BAD_RESTART = 'A restart marker of the JPEG file is damaged: pixels from row '
LACKS = '^ lacks scans'


def make_ends():
    # Chromium leaves the last rows out.
    for name, options in (
        ('baseline', {'subsampling': 2}),
        ('progressive', {'progressive': True}),
        ('restarts', {'restart_marker_blocks': 1}),
    ):
        file = saved(drawing(17, 12), **options)
        shown(f'no_end_{name}', file[:-2], file, NO_END)
        shown(f'half_an_end_{name}', file[:-1], file, NO_END)
        shown(f'zeros_for_an_end_{name}', file[:-2] + bytes(20), file, NO_END)
        shown(f'bytes_before_the_end_{name}', file[:-2] + bytes(range(20)) + END, file, LEFT_OVER)
        shown(f'filled_before_the_end_{name}', file[:-2] + b'\xff\xff' + END, file)
    file = saved(drawing(17, 12))
    segments, rest = parts(file)
    shown('bytes_between', joined(segments[:2], b'\0\1\2') + joined(segments[2:], rest)[2:], file, BETWEEN)
    shown('filled_between', joined(segments[:2], b'') + b'\xff\xff' + joined(segments[2:], rest)[2:], file)
    shown('damaged_behind_the_pixels', file[:-2] + b'\xff\x02' + END, file, '^ is damaged behind its pixels.')
    shown('cut_behind_the_pixels', file[:-2] + b'\xff\xfe\x10\0abc', file, NO_END)


def make_profiles():
    file = saved(drawing(8, 8))
    profile = struct.pack('>I', 140) + bytes(12) + b'RGB ' + bytes(16) + b'acsp' + bytes(100)
    a, b = profile[:70], profile[70:]

    def icc(number, n, data):
        return segment(APP2, b'ICC_PROFILE\0' + bytes((number, n)) + data)

    shown('profile', with_first(file, icc(1, 2, a), icc(2, 2, b)), file, icc=140)
    shown('profile_swapped', with_first(file, icc(2, 2, b), icc(1, 2, a)), file, icc=140)
    for name, markers in (
        ('from_0', (icc(0, 2, a), icc(1, 2, b))),
        ('half', (icc(1, 2, a),)),
        ('twice', (icc(1, 2, a), icc(1, 2, b))),
        ('two_counts', (icc(1, 2, a), icc(2, 3, b))),
        ('count_0', (icc(1, 0, profile),)),
        ('empty', (icc(1, 1, b''),)),
    ):
        shown(f'profile_{name}', with_first(file, *markers), file, BAD_PROFILE)


def make_restarts():
    file = saved(drawing(16, 24), subsampling=0, restart_marker_blocks=1)
    places = [i for i in range(len(file) - 1) if file[i] == 0xFF and 0xD0 <= file[i + 1] <= 0xD7]
    assert len(places) == 5

    def changed(k, marker):
        return file[: places[k]] + marker + file[places[k] + 2 :]

    # No pixel is lost: three or more off, or no marker that means anything there. (Chromium loses all that follows upon the latter.)
    for off in (3, 4, 5):
        shown(f'restart_off_by_{off}', changed(2, bytes((0xFF, 0xD0 + (2 + off) % 8))), file, BAD_RESTART + '8 ')
    shown('restart_is_sof3', changed(2, b'\xff\xc3'), file, BAD_RESTART + '8 ')
    shown('restart_is_comment', changed(2, b'\xff\xfe'), file, BAD_RESTART + '8 ')
    # Some are: as in Chromium.
    for off in (1, 2, 6, 7):
        shown(f'restart_off_by_{off}', changed(2, bytes((0xFF, 0xD0 + (2 + off) % 8))), warning=BAD_RESTART + '8 ')
    for name, marker in (('zero', b'\xff\0'), ('no_ff', b'\x7f\xd2'), ('gone', b''), ('reserved', b'\xff\x12')):
        shown(f'restart_{name}', changed(2, marker), warning=BAD_RESTART + '8 ')
    shown('restart_block_gone', file[: places[2]] + file[places[3] :], warning=BAD_RESTART + '8 ')
    refuse('jpeg_restart_all_0', restarts_all_0(file, places), 'The JPEG file is damaged (')
    refuse('jpeg_restart_is_end', changed(2, END), 'The JPEG file is damaged (Corrupt JPEG data: premature end of data segment).')


def restarts_all_0(file, places):
    out = bytearray(file)
    for place in places:
        out[place + 1] = 0xD0
    return bytes(out)


def scans_apart(n, values=(20, 60, 33)):
    """Sequential, 8 x 8, the first n of its three scans. Of the two Huffman tables each has one code, of one bit: six bits of DC, no AC."""
    code = bytes((1,)) + bytes(15)
    sof = struct.pack('>BHHB', 8, 8, 8, 3) + b'\1\x11\0\2\x11\0\3\x11\0'
    out = segment(DQT, b'\0' + bytes((16,)) * 64) + segment(SOF0, sof) + segment(DHT, b'\0' + code + b'\6' + b'\x10' + code + b'\0')
    for i in range(n):
        out += segment(SOS, bytes((1, i + 1, 0, 0, 63, 0))) + bytes((values[i] << 1,))
    return b'\xff\xd8' + out


def make_scans():
    progressive = saved(drawing(17, 12), progressive=True)
    places = [i for i in range(len(progressive) - 1) if progressive[i] == 0xFF and progressive[i + 1] == SOS]
    for n in (4, 9):
        # Chromium and ours smooth blocks that lack details, Pillow does not.
        shown(f'scans_{n}_of_10', progressive[: places[n]] + END, warning=LACKS, tolerance=3 if n == 4 else 0)
        refuse(f'jpeg_scans_{n}_of_10_no_end', progressive[: places[n]], 'The JPEG file ends too early: ')
    shown('scans_apart', scans_apart(3) + END)
    shown('scans_apart_no_end', scans_apart(3), scans_apart(3) + END, NO_END)
    shown('scans_apart_2_of_3', scans_apart(2) + END, warning=LACKS)
    refuse('jpeg_scans_apart_2_of_3_no_end', scans_apart(2), 'The JPEG file ends too early: ')


# --- what is refused --------------------------------------------------------------------------------------------------


def with_components(file, n):
    segments, rest = parts(file)
    out = []
    for marker, data in segments:
        if marker == SOF0:
            data = segment(SOF0, data[4:9] + bytes((n,)) + b''.join(bytes((i + 1, 0x11, 0)) for i in range(n)))
        if marker == SOS:
            used = min(n, 4)
            data = segment(SOS, bytes((used,)) + b''.join(bytes((i + 1, 0)) for i in range(used)) + b'\0\x3f\0')
        out.append((marker, data))
    return joined(out, rest)


def make_refused():
    file = saved(drawing(17, 12), subsampling=0)
    colours = 'The JPEG file is not supported: its colours are of an unknown kind.'
    for n in (2, 5, 10):
        refuse(f'jpeg_components_{n}', with_components(file, n), colours, UNSUPPORTED)
    refuse('jpeg_components_0', with_components(file, 0), 'The JPEG file is damaged (it has no colours).')
    refuse('jpeg_components_11', with_components(file, 11), 'The JPEG file is damaged (Too many color components: 11, max 10).')
    refuse('jpeg_components_0_alone', b'\xff\xd8' + segment(SOF0, b'\x08\0\1\0\1\0')[:10], 'The JPEG file ')
    refuse(
        'jpeg_end_in_the_middle',
        file[: len(file) - len(parts(file)[1]) // 2] + END,
        'The JPEG file is damaged (Corrupt JPEG data: premature end of data segment).',
    )
    refuse('jpeg_no_sof', without(file, SOF0), 'The JPEG file is damaged (Invalid JPEG file structure: SOS before SOF).')
    refuse('jpeg_no_dqt', without(file, DQT), 'The JPEG file is damaged (Quantization table 0x00 was not defined).')
    lossless = file.replace(b'\xff\xc0', b'\xff\xc3', 1)
    refuse('jpeg_lossless', lossless, 'The JPEG file is not supported: it is lossless or hierarchical.', UNSUPPORTED)
    whole = saved(drawing(17, 12))
    place = len(whole) - len(parts(whole)[1]) + 30
    bad = whole[:place] + b'\xfe' * 20 + whole[place + 20 :]  # no code begins with so many ones
    refuse('jpeg_bad_codes', bad, 'The JPEG file is damaged (Corrupt JPEG data: ')


if __name__ == '__main__':
    make_colours()
    make_densities()
    make_ends()
    make_profiles()
    make_restarts()
    make_scans()
    make_refused()
    main(__file__, '.jpg')
