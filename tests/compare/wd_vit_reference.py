"""What timm gives for some pictures: the network of a WD tagger's folder (models/convert/random/wd_vit.py) in float32.

    python wd_vit_reference.py FOLDER         (with timm 1.0.31)

Writes FOLDER/pictures, FOLDER/reference.json and FOLDER/f16/model.safetensors. compare_wd_vit.mjs runs it.
"""

import json
import pathlib
import sys

import safetensors.torch
import torch
from clip_reference import make_pictures
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'nets'))
import wd_vit  # noqa: E402


@torch.no_grad()
def main(folder):
    folder = pathlib.Path(folder)
    tensors = safetensors.torch.load_file(folder / 'model.safetensors')
    config = json.loads((folder / 'config.json').read_text())
    sizes = {key: value for key, value in config['model_args'].items() if key not in (*wd_vit.SETTINGS, 'img_size')}
    side = config['model_args']['img_size']
    model = wd_vit.make(side, config['num_classes'], **sizes)
    model.load_state_dict(tensors)
    reference = {}
    for path in make_pictures(folder / 'pictures'):
        pixels = torch.tensor(wd_vit.to_input(wd_vit.prepare(Image.open(path), side))).float()
        reference[path.name] = {'tags': model(pixels).sigmoid()[0].tolist()}
    (folder / 'f16').mkdir(exist_ok=True)
    safetensors.torch.save_file({name: tensor.half() for name, tensor in tensors.items()}, folder / 'f16/model.safetensors')
    (folder / 'reference.json').write_text(json.dumps(reference))


if __name__ == '__main__':
    main(*sys.argv[1:])
