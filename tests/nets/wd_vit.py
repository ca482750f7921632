"""WD tagger v3 in Python: timm's network with the settings of its config.json, and pictures as the tagger's own program
prepares them. For make_vit_tagger_golden.py, resize_fixtures.py's cases and tests/compare. (pip install timm==1.0.31)"""

import numpy as np
from PIL import Image

# model_args of huggingface.co/SmilingWolf/wd-vit-tagger-v3/blob/main/config.json, but for the size of the picture
SETTINGS = dict(class_token=False, global_pool='avg', fc_norm=False, act_layer='gelu_tanh')


def make(side, tags, **sizes):
    """-> timm's network, of random weights; sizes: what differs from ViT-B/16"""
    import timm

    return timm.create_model('vit_base_patch16_224', img_size=side, num_classes=tags, **SETTINGS, **sizes).eval()


def prepare(picture, side):
    """What huggingface.co/spaces/SmilingWolf/wd-tagger does to a picture of Pillow's -> [side][side][3] of bytes, RGB"""
    picture = picture.convert('RGBA')
    white = Image.new('RGBA', picture.size, (255, 255, 255))
    white.alpha_composite(picture)
    longer = max(picture.size)
    square = Image.new('RGB', (longer, longer), (255, 255, 255))
    square.paste(white.convert('RGB'), ((longer - picture.width) // 2, (longer - picture.height) // 2))
    return np.array(square.resize((side, side), Image.Resampling.BICUBIC))


def to_input(pixels):
    """-> [1][3][side][side], from -1 to 1, blue first"""
    return np.ascontiguousarray(((pixels / 255 - 0.5) / 0.5)[None, :, :, ::-1].transpose(0, 3, 1, 2))
