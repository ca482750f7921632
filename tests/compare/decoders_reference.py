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


def rgba(image):
    """Turned as EXIF says, 8 bits."""
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith('I;16') or turned.mode in ('I', 'F'):
        grey = np.asarray(turned, np.float64)
        top = 65535 if turned.mode != 'F' else max(1.0, grey.max())
        levels = np.clip(np.rint(grey * 255 / top), 0, 255)
        return np.dstack([levels] * 3 + [np.full(grey.shape, 255)]).astype(np.uint8)
    return np.asarray(turned.convert('RGBA'))


def pillow(path, n_wanted):
    """The picture, or so many frames, as they are seen; and the kind. If there is none: None and why."""
    try:
        with Image.open(path) as image:
            image.load()
            if n_wanted == 1:
                return [rgba(image)], image.format
            first = int(getattr(image, 'default_image', False))  # which is none of the animation's frames
            pictures = []
            for i in range(first, getattr(image, 'n_frames', 1)):
                image.seek(i)
                pictures.append(rgba(image))
            return pictures, image.format
    except Exception as error:  # noqa: BLE001 (whatever stops it)
        return None, str(error).splitlines()[0] if str(error) else type(error).__name__


def ours(program, path):
    """The picture, or the frames; and how many there are. If one is refused: None and the sentence."""
    program.stdin.write(f'{path}\n'.encode())
    program.stdin.flush()
    line = program.stdout.readline().decode()
    n_frames = int(line.split()[1]) if line.startswith('frames ') else 1
    pictures = []
    for i in range(n_frames):
        if i > 0 or n_frames > 1:
            line = program.stdout.readline().decode()
        if not line.startswith('ok '):
            return None, n_frames, line[3:].strip()
        pictures.append(read_picture(program, line))
    return pictures, n_frames, ''


def read_picture(program, line):
    width, height, channels, bits = map(int, line.split()[1:])
    samples = program.stdout.read(width * height * channels * bits // 8)
    pixels = np.frombuffer(samples, np.uint8 if bits == 8 else np.uint16).reshape(height, width, channels)
    if bits == 16:
        pixels = np.rint(pixels / 257).astype(np.uint8)
    opaque = np.full((height, width, 1), 255, np.uint8)
    return pixels if channels == 4 else np.concatenate([pixels, opaque], -1)


def farthest(mine, theirs):
    """The largest difference of what is seen; colours of transparent pixels are nobody's."""
    shown = np.maximum(mine[..., 3], theirs[..., 3]) > 0
    difference = np.abs(mine.astype(int) - theirs)[shown]
    return difference.max() if difference.size else 0


def judge(mine, theirs, sentence):
    if mine is None and 'but found' in sentence:
        return 'of another kind'
    if mine is None or theirs is None:
        return 'both refuse' if mine is theirs else 'only Pillow' if mine is None else 'only we'
    if len(mine) != len(theirs):
        return f'other number of frames: {len(mine)}, not {len(theirs)}'
    if any(a.shape != b.shape for a, b in zip(mine, theirs, strict=True)):
        return 'other size'
    most = [farthest(a, b) for a, b in zip(mine, theirs, strict=True)]
    if max(most) > CLOSE:
        return f'differs by {max(most)}' + (f' first in frame {[n > CLOSE for n in most].index(True)}' if len(most) > 1 else '')
    return 'equal' if max(most) == 0 else 'close'


def main(program, *folders):
    warnings.simplefilter('ignore')
    counts = collections.defaultdict(collections.Counter)
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for path in sorted(path for folder in folders for path in pathlib.Path(folder).rglob('*') if path.is_file()):
            mine, n_frames, sentence = ours(process, path)
            theirs, kind = pillow(path, n_frames)
            found = judge(mine, theirs, sentence)
            suffix = path.suffix.lower() or 'no ending'
            counts[f'{suffix}, animated' if n_frames > 1 else suffix][found.split(' by ')[0].split(':')[0]] += 1
            if found not in ('equal', 'close', 'both refuse', 'of another kind'):
                print(f'{found}\t{path}\t{sentence if mine is None else kind}')
        process.stdin.close()
    for suffix, found in sorted(counts.items()):
        print(f'{suffix}\t' + ', '.join(f'{n} {name}' for name, n in found.most_common()))


if __name__ == '__main__':
    main(*sys.argv[1:])
