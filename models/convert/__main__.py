"""The command: python -m convert <source> <folder> [--dtype int8] [--half image]."""
import argparse
import sys
from pathlib import Path

from . import clip
from .errors import ConvertError
from .source import read_source
from .write import DTYPES, write


def main(args):
    parser = argparse.ArgumentParser(prog='convert', description='Writes a published CLIP as one file for its image half and one '
                                     'for its text half.')
    parser.add_argument('source', type=Path, help="a folder or file as Hugging Face has it (model.safetensors, pytorch_model.bin), or "
                        "one of OpenAI's (.pt)")
    parser.add_argument('folder', type=Path, help='where image.safetensors and text.safetensors go')
    parser.add_argument('--dtype', choices=DTYPES, default='int8', help='of the weights; default int8')
    parser.add_argument('--half', choices=clip.HALVES, action='append', help='only this one')
    options = parser.parse_args(args)
    try:
        tensors, config = clip.normalise(*read_source(options.source))
        for half in options.half or clip.HALVES:
            path = options.folder / f'{half}.safetensors'
            print(write(path, clip.take_half(tensors, half), options.dtype, clip.metadata(config, half)))
    except ConvertError as error:
        sys.exit(f'convert: {error}')


main(sys.argv[1:])
