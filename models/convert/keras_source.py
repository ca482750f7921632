"""Reads Keras's HDF5 files, DeepDanbooru's project folders (one of those and texts) and TensorFlow's SavedModel folders: variables
alone, as <layer>/<variable>. Builds no network and runs nothing, so custom layers do not matter."""

import json
import os
import re

import numpy as np
import torch

from .errors import ConvertError

NAMES = ('model-….h5', 'saved_model.pb')
SUFFIXES = ('.h5', '.hdf5')
OBJECT_GRAPH = '_CHECKPOINTABLE_OBJECT_GRAPH'
OF_OPTIMIZER = re.compile(r'\.OPTIMIZER_SLOT|(^|/)optimizer/')


def is_keras(path):
    return path.suffix in SUFFIXES or (path / 'saved_model.pb').exists() or bool(_project_files(path))


def read(path):
    """-> (tensors by name, the model's configuration or None)"""
    if (path / 'saved_model.pb').exists():
        return _read_saved_model(path), None
    if path.is_dir():
        path = _project_files(path)[0]
    return _read_hdf5(path)


def input_side(config):
    """The side of the square input that a model's configuration tells, or None."""
    if isinstance(config, dict):
        shape = config.get('batch_input_shape') or config.get('batch_shape')
        if shape and len(shape) == 4 and shape[1]:
            return shape[1]
    parts = config.values() if isinstance(config, dict) else config if isinstance(config, list) else ()
    return next((side for side in map(input_side, parts) if side), None)


def _project_files(path):
    return sorted(path.glob('model-*.h5')) if path.is_dir() else []


def _read_hdf5(path):
    import h5py

    try:
        with h5py.File(path) as file:
            tensors = {}
            file.get('model_weights', file).visititems(lambda name, item: _collect(tensors, name, item, h5py.Dataset))
            config = file.attrs.get('model_config')
    except OSError as error:
        raise ConvertError(f'{path} could not be read: it is no HDF5 file.') from error
    return tensors, json.loads(config) if config else None


def _collect(tensors, name, item, kind):
    """Under Keras's groups of a layer and of networks inside it, the last two words are the layer and its variable."""
    if isinstance(item, kind) and not name.startswith('optimizer_weights'):
        tensors[_short(name)] = _tensor(item[()])


def _read_saved_model(path):
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')  # its words are not ours
    import tensorflow as tf
    from tensorflow.core.protobuf.trackable_object_graph_pb2 import TrackableObjectGraph

    try:
        reader = tf.train.load_checkpoint(str(path / 'variables/variables'))
        graph = TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH))
    except (tf.errors.OpError, ValueError, KeyError) as error:
        raise ConvertError(f'{path} could not be read: its folder of variables is missing or damaged.') from error
    keys = {attribute.checkpoint_key: attribute.full_name for node in graph.nodes for attribute in node.attributes}
    return {
        _short(name): _tensor(reader.get_tensor(key))
        for key, name in keys.items()
        if '/' in name and reader.get_variable_to_dtype_map()[key] == tf.float32 and not OF_OPTIMIZER.search(key)
    }


def _short(name):
    return '/'.join(name.split(':')[0].split('/')[-2:])


def _tensor(values):
    return torch.from_numpy(np.ascontiguousarray(values))
