#!/usr/bin/env python3
"""Writes fixtures/metadata.*: tiny pictures with 16 bits, orientations and colour profiles, and what must be found in them.

    pip install pillow && python3 tests/unit/metadata_fixtures.py

As image_fixtures.py, whose parts it uses. Where the expected values come from: 16-bit pixels are the samples that the PNG is put
together from; turned pixels are what Pillow's exif_transpose makes of the same file; profiles and EXIF are the bytes put in.
"""

import io
import struct
import zlib

from PIL import Image, ImageCms, ImageOps, PngImagePlugin

import fixture_writer
from fixture_writer import fixtures, pixels_of
from image_fixtures import GREY, RGB, RGBA, chunk, drawing, png, sample_rows, saved

metadata = []  # of each fixture: icc, exif, xmp, text


def tiff(order, orientation):
    """A TIFF structure of three tags, the second of which is the orientation; the last one's value stands behind them."""
    head = {'<': b'II', '>': b'MM'}[order]
    entries = [
        (0x010F, 2, 4, b'abc\0'),
        (0x0112, 3, 1, struct.pack(order + 'HH', orientation, 0)),
        (0x0131, 2, 8, struct.pack(order + 'I', 8 + 2 + 36 + 4)),
    ]
    out = head + struct.pack(order + 'HIH', 42, 8, len(entries))
    for tag, kind, n, value in entries:
        out += struct.pack(order + 'HHI', tag, kind, n) + value
    return out + struct.pack(order + 'I', 0) + b'program\0'


def add(name, file, image, icc=b'', exif=b'', xmp=b'', text=b''):
    fixture_writer.add(name, file, *image.size, pixels_of(image.tobytes(), len(image.getbands())), icc=len(icc))
    metadata.append((icc, exif, xmp, text))


def add_deep(name, file, width, height, pixels, exif=b''):
    fixture_writer.add(name, file, width, height, pixels, bits=16)
    metadata.append((b'', exif, b'', b''))


def add_turned(name, file, exif):
    """`file` says by itself how it is turned; Pillow turns it."""
    image = Image.open(io.BytesIO(file))
    turned = ImageOps.exif_transpose(image)
    assert turned.size != image.size or turned.tobytes() != image.tobytes() or name.endswith('1'), name
    add(name, file, turned, exif=exif)


def insert_chunk(file, kind, data, before):
    at = file.index(before) - 4
    return file[:at] + chunk(kind, data) + file[at:]


def make_deep():
    for name, colour, options in (
        ('png_grey16', GREY, {}),
        ('png_rgb16', RGB, {}),
        ('png_rgba16', RGBA, {}),
        ('png_rgb16_interlaced', RGB, {'interlaced': True}),
    ):
        rows = sample_rows(16, colour, seed=len(fixtures) + 77)
        pixels = [p * 3 if colour == GREY else p for row in rows for p in row]
        add_deep(name, png(rows, 16, colour, **options), 7, 5, pixels)
    rows = sample_rows(16, RGB, seed=5)
    rows[4][1] = rows[2][3]
    pixels = [(*p, 0 if p == rows[2][3] else 65535) for row in rows for p in row]
    file = png(rows, 16, RGB, before_idat=chunk(b'tRNS', struct.pack('>3H', *rows[2][3])))
    add_deep('png_rgb16_trns', file, 7, 5, pixels)
    # A quarter turn to the right: the first column, from the bottom up, becomes the first row.
    rows = sample_rows(16, RGB, seed=6)
    pixels = [rows[y][x] for x in range(7) for y in reversed(range(5))]
    file = png(rows, 16, RGB, before_idat=chunk(b'eXIf', tiff('<', 6)))
    add_deep('png_rgb16_turned', file, 5, 7, pixels, tiff('<', 1))


def make_turned():
    for n in range(1, 9):
        order = '<>'[n % 2]
        exif = tiff(order, n)
        jpeg = saved(drawing(9, 7, 'RGB'), format='JPEG', quality=92, subsampling=0, optimize=True, exif=b'Exif\0\0' + exif)
        add_turned(f'jpeg_turned{n}', jpeg, tiff(order, 1))
        webp = saved(drawing(9, 7, 'RGBA'), format='WEBP', lossless=True, exact=True, exif=exif)
        add_turned(f'webp_turned{n}', webp, tiff(order, 1))
    flat = saved(drawing(9, 7, 'RGB'), format='PNG')
    for n, before in ((3, b'IDAT'), (8, b'IEND')):
        add_turned(f'png_turned{n}', insert_chunk(flat, b'eXIf', tiff('>', n), before), tiff('>', 1))
    # Not an orientation: left as it is, but what comes out must not say 9.
    add('png_turned9', insert_chunk(flat, b'eXIf', tiff('>', 9), b'IDAT'), drawing(9, 7, 'RGB'), exif=tiff('>', 1))
    # The directory reaches beyond the end, and behind the end: no orientation, no harm.
    for name, exif in (('cut', tiff('>', 6)[:25]), ('astray', b'MM\0*' + b'\xff\xff\xff\xf0' + bytes(9))):
        add(f'png_exif_{name}', insert_chunk(flat, b'eXIf', exif, b'IDAT'), drawing(9, 7, 'RGB'), exif=exif)


def make_profiles():
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    rgb, rgba, grey = (drawing(9, 7, mode) for mode in ('RGB', 'RGBA', 'L'))
    for mode, image in (('rgb', rgb), ('rgba', rgba)):
        add(f'png_icc_{mode}', saved(image, format='PNG', icc_profile=icc), image, icc)
        add(f'webp_icc_{mode}', saved(image, format='WEBP', lossless=True, exact=True, icc_profile=icc), image, icc)
    jpeg = saved(rgb, format='JPEG', quality=92, icc_profile=icc)
    add('jpeg_icc', jpeg, Image.open(io.BytesIO(jpeg)), icc)
    # A profile of grey belongs to a grey picture, and to no other; one that is cut belongs to none.
    grey_icc = icc[:16] + b'GRAY' + icc[20:]
    jpeg = saved(grey, format='JPEG', quality=92, icc_profile=grey_icc)
    add('jpeg_icc_grey', jpeg, Image.open(io.BytesIO(jpeg)).convert('RGB'), grey_icc)
    png_file = insert_chunk(saved(grey, format='PNG'), b'iCCP', b'grey\0\0' + zlib.compress(grey_icc), b'IDAT')
    add('png_icc_grey', png_file, grey.convert('RGB'), grey_icc)
    jpeg = saved(rgb, format='JPEG', quality=92, icc_profile=grey_icc)
    add('jpeg_icc_of_another', jpeg, Image.open(io.BytesIO(jpeg)))
    webp = saved(rgb, format='WEBP', lossless=True, exact=True, icc_profile=icc[:-10])
    add('webp_icc_cut', webp, rgb)


def packet(orientation, as_element=False):
    """An XMP packet, in one of the two ways to write a property."""
    value = (
        f'><tiff:Orientation>{orientation}</tiff:Orientation></rdf:Description>' if as_element else f' tiff:Orientation="{orientation}"/>'
    )
    return (
        f'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{value}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def make_xmp_and_text():
    """What Pillow writes under these names; its orientation becomes 1 where the picture was turned."""
    rgb, rgba = drawing(9, 7, 'RGB'), drawing(9, 7, 'RGBA')
    for as_element in (False, True):
        name = f'xmp{int(as_element)}'
        jpeg = saved(rgb, format='JPEG', quality=92, exif=b'Exif\0\0' + tiff('<', 6), xmp=packet(6, as_element))
        turned = ImageOps.exif_transpose(Image.open(io.BytesIO(jpeg)))
        add(f'jpeg_{name}', jpeg, turned, exif=tiff('<', 1), xmp=packet(1, as_element))
    webp = saved(rgba, format='WEBP', lossless=True, exact=True, xmp=packet(6))
    add('webp_xmp', webp, rgba, xmp=packet(6))  # EXIF is what turns a picture
    info = PngImagePlugin.PngInfo()
    info.add_text('parameters', 'a drawing, steps: 20')
    info.add_text('long', 'word ' * 40, zip=True)
    info.add_itxt('XML:com.adobe.xmp', packet(1).decode())
    info.add_itxt('Title', '\u7d75', lang='ja', tkey='\u984c')
    png_file = saved(rgb, format='PNG', pnginfo=info)
    late = chunk(b'tEXt', b'Comment\0behind the pixels')
    png_file = png_file[:-12] + late + png_file[-12:]
    text = (
        chunk(b'tEXt', b'parameters\0a drawing, steps: 20')
        + chunk(b'zTXt', b'long\0\0' + zlib.compress(b'word ' * 40))
        + chunk(b'iTXt', b'Title\0\0\0ja\0' + '\u984c'.encode() + b'\0' + '\u7d75'.encode())
        + late
    )
    add('png_text', png_file, rgb, xmp=packet(1), text=text)
    # A compressed packet, and a cut one, are text like any other.
    for name, data in (('zipped', b'XML:com.adobe.xmp\0\1\0\0\0' + zlib.compress(packet(1))), ('cut', b'XML:com.adobe.xmp\0\0\0en\0')):
        odd = chunk(b'iTXt', data)
        add(f'png_xmp_{name}', insert_chunk(saved(rgb, format='PNG'), b'iTXt', data, b'IDAT'), rgb, text=odd)


make_deep()
make_turned()
make_profiles()
make_xmp_and_text()
made = fixture_writer.picture_set()
made.table('metadata', metadata)
made.write(__file__)
