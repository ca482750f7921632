"""The command: python -m convert <source> <folder> [--dtype int8] [--only image]."""

import argparse
import sys
from pathlib import Path

from . import clip, deepdanbooru, distilbert, resnet_v2
from .errors import ConvertError
from .source import read_source
from .write import DTYPES, write

# A network's module: PARTS, what of it can be asked for alone; recognises(source); convert(source, parts) -> Models and Texts to
# be written.
NETWORKS = (clip, resnet_v2, deepdanbooru, distilbert)


def main(args):
    parser = argparse.ArgumentParser(
        prog='convert',
        description='Writes published weights as the files that acg2vec loads: CLIP, '
        'pix2score, DeepDanbooru, illust2vec and acgvoc2vec. What the source is, it finds out.',
    )
    parser.add_argument(
        'source',
        type=Path,
        help='a folder or file as Hugging Face has it (model.safetensors, pytorch_model.bin), one '
        "of OpenAI's (.pt), one of Keras's (.h5), a DeepDanbooru project, or a SavedModel folder",
    )
    parser.add_argument('folder', type=Path, help='where the files go')
    parser.add_argument('--dtype', choices=DTYPES, default='int8', help='of the weights; default int8')
    parser.add_argument('--only', '--half', metavar='PART', action='append', help='image or text of CLIP; illust2vec of DeepDanbooru')
    options = parser.parse_args(args)
    try:
        source = read_source(options.source)
        network = _network(source)
        for file in network.convert(source, _parts(network, options.only)):
            print(write(options.folder, file, options.dtype))
    except ConvertError as error:
        sys.exit(f'convert: {error}')


def _network(source):
    for network in NETWORKS:
        if network.recognises(source):
            return network
    raise ConvertError(f'Expected CLIP, pix2score, DeepDanbooru, illust2vec or acgvoc2vec but {source.path} is none of them.')


def _parts(network, only):
    for part in only or ():
        if part not in network.PARTS:
            raise ConvertError(f'Expected {" or ".join(network.PARTS) or "nothing"} for --only but received {part}.')
    return only or network.PARTS


main(sys.argv[1:])
