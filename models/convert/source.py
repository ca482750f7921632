"""Reads what was published: safetensors and PyTorch files, with the config.json beside them, and Keras's. Executes nothing that
is in them."""

import json
import pickle
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import safetensors.torch
import torch

from . import keras_source
from .errors import ConvertError

NAMES = ('model.safetensors', 'pytorch_model.bin')


@dataclass
class Source:
    """Tensors by name (of Keras: <layer>/<variable>, in Keras's layouts) and what config.json says, or Keras's model_config."""

    path: Path
    tensors: dict
    config: dict | None = None
    folder: Path = field(init=False)  # what else was published stands here

    def __post_init__(self):
        self.folder = self.path if self.path.is_dir() else self.path.parent

    def read_json(self, name):
        """-> the content of a file beside the weights, or None"""
        path = self.folder / name
        return json.loads(path.read_text(encoding='utf-8')) if path.exists() else None


def read_source(path):
    path = Path(path)
    if not path.exists():
        raise ConvertError(f'Expected a file or folder at {path} but there is none.')
    if keras_source.is_keras(path):
        return Source(path, *keras_source.read(path))
    if path.is_dir():
        found = [path / name for name in NAMES if (path / name).exists()]
        if not found:
            raise ConvertError(f'Expected {" or ".join((*NAMES, *keras_source.NAMES))} in {path} but found none of them.')
        path = found[0]
    source = Source(path, _read_tensors(path))
    source.config = source.read_json('config.json')
    return source


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
