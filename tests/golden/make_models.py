"""Writes models.bin and models.json: what PyTorch makes of small pictures with each published model that enlarges.

The networks are float64 and share nothing with the C engine: Real-CUGAN's is that of ../nets/make_cugan_golden.py ("pro"
models see the picture between 0.15 and 0.85, as upcunet_v3.py does), the others run as their .param says (ncnn_graph.py).

    python3 tests/golden/make_models.py MODELS_FOLDER     a folder with realcugan, waifu2x, … in it, as `acg2vec models path`
"""

import json
import pathlib
import sys

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / 'nets'))
import make_cugan_golden as golden  # noqa: E402
import ncnn_graph  # noqa: E402

# Crops of anime256.png as [x, y, width, height]: ink lines and gradients; then sizes that the network's geometry could trip over.
CROP = [96, 88, 16, 12]
SMALL = [[3, 5, 1, 1], [100, 90, 1, 40], [60, 60, 17, 17], [90, 120, 18, 19]]
FLAT = {'colour': [230, 128, 26], 'width': 6, 'height': 4}


# Of the networks that are run by their .param, by how the id begins and ends: (pixels around the picture, multiple of its
# sides, scale), with the pixels at the edge repeated, as waifu2x-ncnn-vulkan does.
PADDED = {
    'waifu2x/cunet/*scale2.0x_model': (18, 2, 2),
    'waifu2x/cunet/noise?_model': (28, 4, 1),
    'waifu2x/upconv_7_anime_style_art_rgb/*': (7, 1, 2),
    'waifu2x/upconv_7_photo/*': (7, 1, 2),
}


def pictures(is_all):
    yield {'crop': CROP}
    yield {'flat': FLAT}
    if is_all:
        yield from ({'crop': crop} for crop in SMALL)


def pixels_of(picture, anime):
    if 'flat' in picture:
        flat = picture['flat']
        return np.tile(np.uint8(flat['colour']), (flat['height'], flat['width'], 1))
    x, y, width, height = picture['crop']
    return anime[y : y + height, x : x + width]


def cugan_models(root):
    """(id, whether all pictures are wanted, function from a picture to the larger one) of each model."""
    for kind in ('se', 'pro', 'nose'):
        for path in sorted((root / kind).glob('*.bin')):
            net = golden.load(path.parent, path.stem)
            levels = (0.15, 0.85) if kind == 'pro' else (0, 1)
            is_all = kind == 'se' and path.stem.endswith('x-conservative')
            yield f'realcugan/{kind}/{path.stem}', is_all, lambda pixels, n=net, of=levels: golden.enlarge(n, pixels, of)


def padded(graph, pixels, geometry):
    pad, multiple, scale = geometry
    h, w = pixels.shape[:2]
    around = [(pad, pad + -n % multiple) for n in (h, w)]
    out = graph.run(np.pad(pixels / 255, [*around, (0, 0)], mode='edge'))
    return to_bytes(out[: h * scale, : w * scale])


def to_bytes(out):
    return np.floor(255 * out + 0.5).clip(0, 255).astype(np.uint8)


def unpadded(graph, pixels):
    """Of a network that pads its maps with zeros: the picture as it is."""
    return to_bytes(graph.run(pixels / 255))


def graph_models(root):
    for pattern, geometry in PADDED.items():
        for i, path in enumerate(sorted(root.glob(f'{pattern}.bin'))):
            graph = ncnn_graph.Graph(path.with_suffix(''))
            id = f'{path.parent.relative_to(root)}/{path.stem}'
            yield id, i == 0, lambda pixels, g=graph, s=geometry: padded(g, pixels, s)
    for path in sorted((root / 'realesrgan').glob('*.bin')):
        graph = ncnn_graph.Graph(path.with_suffix(''))
        yield f'realesrgan/{path.stem}', True, lambda pixels, g=graph: unpadded(g, pixels)


def main(root):
    anime = np.asarray(Image.open(HERE / 'anime256.png').convert('RGB'))
    entries, data = [], b''
    for id, is_all, enlarge in [*cugan_models(root / 'realcugan'), *graph_models(root)]:
        for picture in pictures(is_all):
            out = enlarge(pixels_of(picture, anime))
            size = {'width': out.shape[1], 'height': out.shape[0], 'offset': len(data)}
            entries.append({'id': id, **picture, **size})
            data += out.tobytes()
    lines = ',\n'.join('  ' + json.dumps(entry) for entry in entries)
    (HERE / 'models.json').write_text(f'[\n{lines}\n]\n')
    (HERE / 'models.bin').write_bytes(data)
    print(f'{len(entries)} pictures, {len(data)} bytes')


main(pathlib.Path(sys.argv[1]))
