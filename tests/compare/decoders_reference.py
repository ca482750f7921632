"""What Pillow makes of pictures, against what the engine's program makes of them. compare_decoders.mjs runs it.

    python decoders_reference.py PROGRAM FOLDER…

Every file in the folders counts. Prints a line for each that differs, and the counts of each kind of file.
"""

import collections
import pathlib
import subprocess
import sys
import warnings

import numpy as np
from PIL import Image, ImageOps

Image.MAX_IMAGE_PIXELS = 1 << 26  # some files tell of giant pictures
CLOSE = 2  # of 255: the steps from YCbCr and CMYK, and from 16 bits, are rounded in several ways


def pillow(path):
    """RGBA of the first frame, turned as EXIF says, 8 bits; None and why, if there is none."""
    try:
        with Image.open(path) as image:
            image.load()
            turned = ImageOps.exif_transpose(image)
            if turned.mode.startswith('I;16') or turned.mode in ('I', 'F'):
                grey = np.asarray(turned, np.float64)
                top = 65535 if turned.mode != 'F' else max(1.0, grey.max())
                return np.dstack([np.clip(np.rint(grey * 255 / top), 0, 255)] * 3 + [np.full(grey.shape, 255)]).astype(
                    np.uint8
                ), image.format
            return np.asarray(turned.convert('RGBA')), image.format
    except Exception as error:  # noqa: BLE001 (whatever stops it)
        return None, str(error).splitlines()[0] if str(error) else type(error).__name__


def ours(program, path):
    program.stdin.write(f'{path}\n'.encode())
    program.stdin.flush()
    line = program.stdout.readline().decode()
    if not line.startswith('ok '):
        return None, line[3:].strip()
    width, height, channels, bits = map(int, line.split()[1:])
    samples = program.stdout.read(width * height * channels * bits // 8)
    pixels = np.frombuffer(samples, np.uint8 if bits == 8 else np.uint16).reshape(height, width, channels)
    if bits == 16:
        pixels = np.rint(pixels / 257).astype(np.uint8)
    opaque = np.full((height, width, 1), 255, np.uint8)
    return (pixels if channels == 4 else np.concatenate([pixels, opaque], -1)), ''


def judge(mine, theirs, sentence):
    if mine is None and ('but found' in sentence or 'is animated' in sentence):
        return 'animated' if 'is animated' in sentence else 'of another kind'
    if mine is None or theirs is None:
        return 'both refuse' if mine is theirs else 'only Pillow' if mine is None else 'only we'
    if mine.shape != theirs.shape:
        return 'other size'
    shown = np.maximum(mine[..., 3], theirs[..., 3]) > 0  # colours of transparent pixels are nobody's
    difference = np.abs(mine.astype(int) - theirs)[shown]
    most = difference.max() if difference.size else 0
    return 'equal' if most == 0 else 'close' if most <= CLOSE else f'differs by {most}'


def main(program, *folders):
    warnings.simplefilter('ignore')
    counts = collections.defaultdict(collections.Counter)
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for path in sorted(path for folder in folders for path in pathlib.Path(folder).rglob('*') if path.is_file()):
            theirs, kind = pillow(path)
            mine, sentence = ours(process, path)
            found = judge(mine, theirs, sentence)
            counts[path.suffix.lower() or 'no ending'][found.split(' by ')[0]] += 1
            if found not in ('equal', 'close', 'both refuse', 'animated', 'of another kind'):
                print(f'{found}\t{path}\t{sentence if mine is None else kind}')
        process.stdin.close()
    for suffix, found in sorted(counts.items()):
        print(f'{suffix}\t' + ', '.join(f'{n} {name}' for name, n in found.most_common()))


if __name__ == '__main__':
    main(*sys.argv[1:])
