"""The command: python -m convert.random clip <folder> [--size tiny|b32|b16|l14|l14-336] [--seed 1] [--heavy-tailed]."""

import argparse
import importlib
import sys
from pathlib import Path

# the module of each: SIZES, make(folder, size, seed) -> a path
NETWORKS = {'acgvoc2vec': 'distilbert', 'clip': 'clip', 'deepdanbooru': 'deepdanbooru', 'pix2score': 'pix2score', 'wd-vit': 'wd_vit'}


def main(args):
    parser = argparse.ArgumentParser(
        prog='convert.random',
        description='Writes a network with random weights as it is published: '
        'CLIP, acgvoc2vec and WD tagger as Hugging Face has them, pix2score as a SavedModel, DeepDanbooru as a project.',
    )
    parser.add_argument('network', choices=NETWORKS)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--size', default='tiny', help='tiny, or one of the published; default tiny')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument(
        '--heavy-tailed', action='store_true', help='long tails, dead and far channels as the worst of trained networks have'
    )
    options = parser.parse_args(args)
    network = importlib.import_module(f'.{NETWORKS[options.network]}', __package__)  # frameworks take seconds to load
    if options.size not in network.SIZES:
        parser.error(f'Expected one of {", ".join(network.SIZES)} for --size but received {options.size}')
    importlib.import_module('.statistics', __package__).heavy_tailed = options.heavy_tailed
    print(network.make(options.folder, options.size, options.seed))


main(sys.argv[1:])
