"""The command: python -m convert.random clip <folder> [--size tiny|b32|b16|l14] [--seed 1]."""
import argparse
import sys
from pathlib import Path

from . import clip, distilbert

NETWORKS = {'acgvoc2vec': distilbert, 'clip': clip}


def main(args):
    parser = argparse.ArgumentParser(prog='convert.random', description='Writes model.safetensors and config.json as Hugging Face '
                                     'has them, with random weights.')
    parser.add_argument('network', choices=NETWORKS)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--size', default='tiny', help='tiny, or one of the published; default tiny')
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args(args)
    network = NETWORKS[options.network]
    if options.size not in network.SIZES:
        parser.error(f'Expected one of {", ".join(network.SIZES)} for --size but received {options.size}')
    print(network.make(options.folder, options.size, options.seed))


main(sys.argv[1:])
