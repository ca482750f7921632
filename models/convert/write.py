"""Tensors -> a safetensors file in one of four dtypes, and its SHA-256 beside it. What is stored in which dtype is decided here."""

import hashlib
import json
import os
import re
from dataclasses import dataclass, field

import safetensors.torch
import torch

from .errors import ConvertError
from .quantise import dequantise, quantise, rotate, rotate_inputs

DTYPES = ('f32', 'f16', 'bf16', 'int8')
FLOATS = {'f32': torch.float32, 'f16': torch.float16, 'bf16': torch.bfloat16, 'int8': torch.float16}


@dataclass
class Model:
    """A file to be written: what a network's converter gives."""

    name: str
    tensors: dict
    metadata: dict
    quantised: re.Pattern  # the tensors that int8 means
    small: torch.dtype | None = None  # of tensors with fewer than two dimensions, if not that of all
    inputs: dict = field(default_factory=dict)  # layers whose biases make up for rounding -> the average of their inputs [in]


@dataclass
class Text:
    """A file that stands beside it."""

    name: str
    text: str


def write(folder, file, dtype):
    """-> the path of a Model or a Text. Either the whole file is there at the end, or none."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file.name
    part = path.with_name(f'{path.name}.{os.getpid()}.part')
    try:
        if isinstance(file, Text):
            part.write_text(file.text, encoding='utf-8')
        else:
            safetensors.torch.save_file(_stored(file, dtype), part, _metadata(file, dtype))
            _sort_metadata(part)
            digest = _sha256(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    if isinstance(file, Model):
        path.with_name(f'{path.name}.sha256').write_text(f'{digest}  {path.name}\n')
    return path


def _metadata(model, dtype):
    rotated = [tensor for name, tensor in model.tensors.items() if model.quantised.search(name) and _is_rotated(name, tensor)]
    rotation = 'hadamard-1x1' if any(tensor.dim() == 4 for tensor in rotated) else 'hadamard'
    return {**model.metadata, 'dtype': dtype, **({'rotation': rotation} if dtype == 'int8' and rotated else {})}


def _stored(model, dtype):
    stored, moved = {}, {}
    for name, tensor in model.tensors.items():
        if dtype == 'int8' and model.quantised.search(name):
            is_rotated = _is_rotated(name, _finite(name, tensor, torch.int8))
            exact = _rotated(tensor) if is_rotated else tensor
            # the rows of a table of words, which are looked up, and kernels have one scale
            stored[name], stored[f'{name}.scale'] = quantise(exact, is_rotated)
            layer = name.removesuffix('.weight')
            if layer in model.inputs:
                error = dequantise(stored[name], stored[f'{name}.scale']) - exact
                inputs = rotate_inputs(model.inputs[layer]) if is_rotated else model.inputs[layer]
                moved[f'{layer}.bias'] = error.flatten(2).sum(2).double() @ inputs
        elif tensor.dim() == 0:  # the one number that scales similarities keeps its precision
            stored[name] = _cast(name, tensor, torch.float32)
        else:
            stored[name] = _cast(name, tensor - moved.get(name, 0), (tensor.dim() == 1 and model.small) or FLOATS[dtype])
    return stored


def _is_rotated(name, tensor):
    """Matrices and kernels of one pixel."""
    return tensor.shape[2:].numel() == 1 and 'embeddings' not in name


def _rotated(tensor):
    return rotate(tensor.flatten(1)).reshape(tensor.shape)


def _cast(name, tensor, dtype):
    return _finite(name, tensor.to(dtype).contiguous().clone(), dtype)


def _finite(name, tensor, dtype):
    if not torch.isfinite(tensor).all():
        raise ConvertError(f'Tensor {name} has values that {str(dtype).removeprefix("torch.")} cannot hold.')
    return tensor


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
