"""Reads what was published: safetensors and PyTorch files, with the config.json beside them. Executes nothing that is in them."""
import json
import pickle
import warnings
from pathlib import Path

import safetensors.torch
import torch

from .errors import ConvertError

NAMES = ('model.safetensors', 'pytorch_model.bin')


def read_source(path):
    """-> (tensors by name, config or None)"""
    path = Path(path)
    if path.is_dir():
        found = [path / name for name in NAMES if (path / name).exists()]
        if not found:
            raise ConvertError(f'Expected {" or ".join(NAMES)} in {path} but found neither.')
        path = found[0]
    if not path.exists():
        raise ConvertError(f'Expected a file or folder at {path} but there is none.')
    config = path.with_name('config.json')
    return _read_tensors(path), json.loads(config.read_text()) if config.exists() else None


def _read_tensors(path):
    try:
        if path.suffix == '.safetensors':
            return safetensors.torch.load_file(path)
        return _state_dict(_load_torch(path), path)
    except safetensors.SafetensorError as error:
        raise ConvertError(f'{path} could not be read: {error}') from error


def _load_torch(path):
    """OpenAI's own files are TorchScript archives, all others pickled state dicts, of which only tensors are read."""
    try:
        return torch.load(path, map_location='cpu', weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError):
        pass
    try:
        with warnings.catch_warnings(action='ignore', category=FutureWarning):
            return torch.jit.load(path, map_location='cpu').state_dict()
    except RuntimeError as error:
        raise ConvertError(f'{path} could not be read: it is no file of PyTorch, or holds more than tensors.') from error


def _state_dict(loaded, path):
    for key in ('model_state_dict', 'state_dict'):  # a checkpoint of training
        if isinstance(loaded, dict) and isinstance(loaded.get(key), dict):
            loaded = loaded[key]
    if not isinstance(loaded, dict):
        raise ConvertError(f'Expected tensors by name in {path} but found {type(loaded).__name__}.')
    return {name: tensor for name, tensor in loaded.items() if isinstance(tensor, torch.Tensor)}
