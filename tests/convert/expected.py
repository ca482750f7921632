"""Prints the SHA-256 of what the converter makes of the sources of tests/js/converter_sources.mjs: tests/golden/converted.json.

node tests/js/converter_sources.mjs build/sources
PYTHONPATH=models PYTHON tests/convert/expected.py build/sources > tests/golden/converted.json
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import safetensors.torch

from convert import clip, deepdanbooru, distilbert, resnet_v2
from convert.source import Source, read_source
from convert.write import DTYPES, write

NETWORKS = (clip, resnet_v2, deepdanbooru, distilbert)


def read(folder):
    """Of Keras only the variables: its files are not the converter's arithmetic."""
    variables = folder / 'variables.safetensors'
    if not variables.exists():
        return read_source(folder)
    return Source(folder, safetensors.torch.load_file(variables), json.loads((folder / 'keras.json').read_text()))


def expected(folder):
    """-> {dtype: {file: SHA-256}}, and of the network's parts {'dtype part': …}"""
    source = read(folder)
    network = next(each for each in NETWORKS if each.recognises(source))
    found = {}
    for dtype in DTYPES:
        found[dtype] = converted(network, source, network.PARTS, dtype)
    has_all = not folder.name.startswith('illust2vec')  # which has no tags
    for part in network.PARTS if has_all else ():
        found[f'int8 {part}'] = converted(network, source, (part,), 'int8')
    return found


def converted(network, source, parts, dtype):
    with tempfile.TemporaryDirectory() as to:
        paths = [write(Path(to), file, dtype) for file in network.convert(source, parts)]
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


folders = sorted(each for each in Path(sys.argv[1]).iterdir() if each.is_dir())
print(json.dumps({folder.name: expected(folder) for folder in folders}, indent=4))
