# Writes fixtures/safetensors.*: a small file as the format's own library saves it, and what is in it. Needs torch, safetensors.
import random

import safetensors.torch
import torch

from fixture_writer import FixtureSet

random.seed(5)
torch.manual_seed(5)


tensors = {
    'layer.weight': torch.randn(3, 5),
    'layer.bias': torch.randn(3, dtype=torch.float16),
    'a name with "quotes", \\ and \u5b57': torch.randn(2, 1, 2, 2).to(torch.bfloat16),
    'quantised': torch.randint(-127, 128, (3, 4), dtype=torch.int8),
    'bytes': torch.randint(0, 256, (7,), dtype=torch.uint8),
    'one value': torch.tensor(2.5),
    'nothing': torch.zeros(0, 4),
    'positions': torch.arange(3, dtype=torch.int64),
    'ids': torch.tensor([[1, -2, 2**31 - 1]], dtype=torch.int32),
}
metadata = {'format': 'pt', 'activation': 'quick_gelu', 'a "key"': 'two\nlines'}
names = {
    torch.float32: 'F32',
    torch.float16: 'F16',
    torch.bfloat16: 'BF16',
    torch.int8: 'I8',
    torch.uint8: 'U8',
    torch.int32: 'I32',
    torch.int64: 'I64',
}


def raw(tensor):
    return bytes(tensor.contiguous().reshape(-1).view(torch.uint8).tolist())


made = FixtureSet()
made.table('files', [('all', safetensors.torch.save(tensors, metadata))])
made.table('tensors', [(name, names[t.dtype], t.dim(), *t.shape, raw(t)) for name, t in tensors.items()])
made.table('metadata', [(key.encode(), value.encode()) for key, value in metadata.items()])
made.write(__file__)
