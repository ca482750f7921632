"""Writes originals/: small files of weights as the frameworks write them, files that are refused, and in expected.json what the frameworks
say is in them. Needs the converters' environment."""

import base64
import io
import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

os.environ['TF_USE_LEGACY_KERAS'] = '1'  # tf.keras is Keras 3 otherwise
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import safetensors.torch  # noqa: E402
import tensorflow as tf  # noqa: E402
import torch  # noqa: E402
from convert import keras_source  # noqa: E402

OUT = Path(__file__).parent / 'originals'
DTYPES = {
    torch.float64: 'F64',
    torch.float32: 'F32',
    torch.float16: 'F16',
    torch.bfloat16: 'BF16',
    torch.int64: 'I64',
    torch.int32: 'I32',
    torch.int16: 'I16',
    torch.int8: 'I8',
    torch.uint8: 'U8',
    torch.bool: 'BOOL',
}

torch.manual_seed(13)
expected = {}


def raw(tensor):
    return bytes(tensor.detach().contiguous().reshape(-1).view(torch.uint8).tolist())


def expect(name, tensors, config=None):
    rows = [[key, DTYPES[t.dtype], list(t.shape), base64.b64encode(raw(t)).decode()] for key, t in tensors.items()]
    expected[name] = {'tensors': rows, **({'config': config} if config else {})}


def state_dict():
    """Every dtype, and every way in which a tensor can lie in its storage."""
    words, base, image = torch.randn(5, 3), torch.randn(6, 4), torch.randn(2, 3, 4, 2)
    return {
        'words.weight': torch.nn.Parameter(words),
        'tied.weight': words,
        'row 1 to 2': base[1:3],
        'every second row': base[::2],
        'every second column': base[:, 1::2],
        'transposed': torch.randn(3, 4).t(),
        'channels last': image.to(memory_format=torch.channels_last),
        'permuted': torch.arange(24, dtype=torch.int16).reshape(2, 3, 4).permute(2, 0, 1),
        'expanded': torch.arange(3).expand(2, 3),
        'position_ids': torch.arange(7).expand(1, -1),
        'double': torch.randn(2, dtype=torch.float64),
        'half': torch.randn(3).half(),
        'half, transposed': torch.randn(3, 2).half().t(),
        'bfloat': torch.randn(1, 3).bfloat16(),
        'int': torch.tensor([1, -2], dtype=torch.int32),
        'char': torch.tensor([-128, 127], dtype=torch.int8),
        'byte': torch.tensor([0, 255, 7], dtype=torch.uint8),
        'bool': torch.tensor([True, False, True]),
        'bool, transposed': torch.tensor([[True, False], [True, True]]).t(),
        'one value': torch.tensor(2.5),
        'nothing': torch.zeros(0, 4),
        'a "name" \\ 字': torch.randn(2),
    }


def saved(content, **options):
    file = io.BytesIO()
    torch.save(content, file, **options)
    return file.getvalue()


def sorted_by_text(archive):
    """As PyTorch before 2.0 wrote it: the storages in the order of their keys as texts, no byte order."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as whole:
        records = {name.split('/', 1)[1]: whole.read(name) for name in whole.namelist()}
    writer = torch._C.PyTorchFileWriter(file)
    for name in ['data.pkl', *sorted(name for name in records if name.startswith('data/'))]:
        writer.write_record(name, records[name], len(records[name]))
    writer.write_end_of_file()
    return file.getvalue()


class Script(torch.nn.Module):
    """A tree of modules, as OpenAI's archives have one."""

    def __init__(self):
        super().__init__()
        self.visual = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ModuleDict({'ln': torch.nn.LayerNorm(2)})['ln']).half()
        self.text_projection = torch.nn.Parameter(torch.randn(2, 2))
        self.register_buffer('input_resolution', torch.tensor(224))
        self.sizes, self.scale, self.name, self.nothing = [1, 2], 0.5, 'a name', None

    def forward(self, x):
        return self.visual(x.half()).float() @ self.text_projection


def write_torch():
    tensors = state_dict()
    checkpoint = {'epoch': 3, 'lr': 0.5, 'betas': (0.9, 1e300), 'model_state_dict': tensors, 'names': ['x'], 'large': 2**70}
    files = {
        'torch.pth': saved(tensors),
        'torch_sorted.pth': sorted_by_text(saved(tensors)),
        'torch_legacy.pth': saved(tensors, _use_new_zipfile_serialization=False),
        'torch_checkpoint.pth': saved({**checkpoint, 'optimizer': {0: {'step': torch.tensor(1.0), 'exp_avg': torch.randn(3)}}}),
        'torch_basicsr.pth': saved({'params_ema': torch.nn.Linear(2, 2).state_dict()}),
    }
    for name, content in files.items():
        (OUT / name).write_bytes(content)
        loaded = torch.load(io.BytesIO(content), weights_only=True)
        expect(name, next((loaded[key] for key in ('model_state_dict', 'params_ema') if key in loaded), loaded))
    torch.jit.script(Script()).save(OUT / 'torch_script.pt')
    expect('torch_script.pt', torch.jit.load(OUT / 'torch_script.pt').state_dict())


def write_safetensors():
    tensors = {name: tensor.detach().contiguous().clone() for name, tensor in state_dict().items()}
    safetensors.torch.save_file(tensors, OUT / 'all.safetensors', {'format': 'pt'})
    expect('all.safetensors', safetensors.torch.load_file(OUT / 'all.safetensors'))


def keras_model():
    """A network in a network, and the state of an optimizer."""
    layers = tf.keras.layers
    inner = tf.keras.Sequential(
        [layers.Conv2D(2, 3, name='conv', input_shape=(4, 4, 3)), layers.BatchNormalization(name='norm')], name='inner'
    )
    model = tf.keras.Sequential([inner, layers.Flatten(), layers.Dense(2, name='dense')], name='outer')
    model.compile('adam', 'mse')
    model.fit(np.ones((2, 4, 4, 3)), np.zeros((2, 2)), verbose=0)
    return model


def write_keras():
    model = keras_model()
    model.save(OUT / 'keras.h5')
    model.save_weights(OUT / 'keras_weights.h5')
    for name in ('keras.h5', 'keras_weights.h5'):
        expect(name, *keras_source._read_hdf5(OUT / name))
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder, save_format='tf')
        expect('saved_model', keras_source._read_saved_model(Path(folder)))
        (OUT / 'saved_model').mkdir()
        for name in ('variables.index', 'variables.data-00000-of-00001'):
            shutil.copyfile(Path(folder) / 'variables' / name, OUT / 'saved_model' / name)


def write_zip():
    """A release: what is large in it is compressed."""
    with zipfile.ZipFile(OUT / 'release.zip', 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('release/tags.txt', '1girl\nsolo\n')
        archive.write(OUT / 'keras.h5', 'release/model.h5')
        archive.write(OUT / 'torch_basicsr.pth', 'release/model.pth', zipfile.ZIP_STORED)
        archive.mkdir('release/empty')


def write_refused():
    """HDF5 of other forms than Keras's."""
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    forms = {
        'chunked': {'data': values, 'chunks': (1, 3)},
        'compressed': {'data': values, 'compression': 'gzip'},
        'big_endian': {'data': values.astype('>f4')},
        'complex': {'data': values.astype(np.complex64)},
        'unsigned': {'data': values.astype(np.uint16)},
        'no_values': {'shape': (2, 3), 'dtype': 'f4'},
    }
    for name, options in forms.items():
        with h5py.File(OUT / f'refused_{name}.h5', 'w') as file:
            file.create_dataset('layer/kernel:0', **options)
    with h5py.File(OUT / 'refused_latest.h5', 'w', libver='latest') as file:
        file['layer/kernel:0'] = values
    with h5py.File(OUT / 'refused_link.h5', 'w') as file:
        file['layer/kernel:0'] = values
        file['other'] = h5py.SoftLink('/layer')
    with h5py.File(OUT / 'refused_hard_link.h5', 'w') as file:
        file['layer/kernel:0'] = values
        file['other'] = file['layer']


shutil.rmtree(OUT, ignore_errors=True)
OUT.mkdir()
write_torch()
write_safetensors()
write_keras()
write_zip()
write_refused()
(OUT / 'expected.json').write_text(json.dumps(expected, ensure_ascii=False, indent=1) + '\n', encoding='utf-8')
