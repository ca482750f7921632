"""Writes models.bin and models.json: what PyTorch makes of small pictures with each published Real-CUGAN model.

The network is that of ../nets/make_cugan_golden.py (float64, nothing shared with the C engine); what it wants of Python
stands there. "pro" models see the picture between 0.15 and 0.85, as the original program does (upcunet_v3.py).

    python3 tests/golden/make_models.py REALCUGAN_FOLDER     a folder with se, pro and nose in it
"""

import json
import pathlib
import sys

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / 'nets'))
import make_cugan_golden as golden  # noqa: E402

# Crops of anime256.png as [x, y, width, height]: ink lines and gradients; then sizes that the network's geometry could trip over.
CROP = [96, 88, 16, 12]
SMALL = [[3, 5, 1, 1], [100, 90, 1, 40], [60, 60, 17, 17], [90, 120, 18, 19]]
FLAT = {'colour': [230, 128, 26], 'width': 6, 'height': 4}


def pictures(kind, name):
    yield {'crop': CROP}
    yield {'flat': FLAT}
    if kind == 'se' and name.endswith('x-conservative'):
        yield from ({'crop': crop} for crop in SMALL)


def pixels_of(picture, anime):
    if 'flat' in picture:
        flat = picture['flat']
        return np.tile(np.uint8(flat['colour']), (flat['height'], flat['width'], 1))
    x, y, width, height = picture['crop']
    return anime[y : y + height, x : x + width]


def main(root):
    anime = np.asarray(Image.open(HERE / 'anime256.png').convert('RGB'))
    entries, data = [], b''
    for kind in ('se', 'pro', 'nose'):
        for path in sorted((root / kind).glob('*.bin')):
            net = golden.load(path.parent, path.stem)
            for picture in pictures(kind, path.stem):
                out = golden.enlarge(net, pixels_of(picture, anime), (0.15, 0.85) if kind == 'pro' else (0, 1))
                size = {'width': out.shape[1], 'height': out.shape[0], 'offset': len(data)}
                entries.append({'id': f'realcugan/{kind}/{path.stem}', **picture, **size})
                data += out.tobytes()
    lines = ',\n'.join('  ' + json.dumps(entry) for entry in entries)
    (HERE / 'models.json').write_text(f'[\n{lines}\n]\n')
    (HERE / 'models.bin').write_bytes(data)
    print(f'{len(entries)} pictures, {len(data)} bytes')


main(pathlib.Path(sys.argv[1]))
