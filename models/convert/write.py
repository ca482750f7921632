"""Tensors -> a safetensors file in one of four dtypes, and its SHA-256 beside it."""
import hashlib
import json
import os
import re

import safetensors.torch
import torch

from .errors import ConvertError
from .quantise import quantise

DTYPES = ('f32', 'f16', 'bf16', 'int8')
FLOATS = {'f32': torch.float32, 'f16': torch.float16, 'bf16': torch.bfloat16, 'int8': torch.float16}
# What is multiplied with whole rows of activations: nearly all of a transformer's weights. The rest is small, or sensitive.
QUANTISED = re.compile(r'\.(self_attn\.[qkv]_proj|self_attn\.out_proj|mlp\.fc[12])\.weight$')


def write(path, tensors, dtype, metadata):
    """-> the path. Either the whole file is there at the end, or none."""
    stored = {}
    for name, tensor in tensors.items():
        if dtype == 'int8' and QUANTISED.search(name):
            stored[name], stored[f'{name}.scale'] = quantise(tensor)
        else:
            stored[name] = _cast(name, tensor, FLOATS[dtype])
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f'{path.name}.{os.getpid()}.part')
    try:
        safetensors.torch.save_file(stored, part, {**metadata, 'dtype': dtype})
        _sort_metadata(part)
        digest = _sha256(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    path.with_name(f'{path.name}.sha256').write_text(f'{digest}  {path.name}\n')
    return path


def _cast(name, tensor, dtype):
    if tensor.dim() == 0:  # the one number that scales similarities keeps its precision
        dtype = torch.float32
    cast = tensor.to(dtype).contiguous().clone()
    if not torch.isfinite(cast).all():
        raise ConvertError(f'Tensor {name} has values that {str(dtype).removeprefix("torch.")} cannot hold.')
    return cast


def _sort_metadata(path):
    """The library writes it in an order that changes from run to run; the same model is to be the same file."""
    with open(path, 'r+b') as file:
        size = int.from_bytes(file.read(8), 'little')
        header = json.loads(file.read(size))
        header['__metadata__'] = dict(sorted(header['__metadata__'].items()))
        text = json.dumps(header, separators=(',', ':'), ensure_ascii=False).encode()
        file.seek(8)
        file.write(text.ljust(size))


def _sha256(path):
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest()
