# Writes safetensors_fixtures.h: a small file as the format's own library saves it, and what is in it. Needs torch, safetensors.
import random
from pathlib import Path

import safetensors.torch
import torch

random.seed(5)
torch.manual_seed(5)


def array(data):
    lines, line = [], ''
    for value in data:
        if len(line) + len(str(value)) > 120:
            lines.append(line)
            line = ''
        line += f'{value},'
    return '{\n' + '\n'.join([*lines, line.rstrip(',')]) + '}'


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


def c_string(text):
    return '"' + ''.join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\' else f'\\{b:03o}' for b in text.encode()) + '"'


def raw(tensor):
    return (
        list(tensor.contiguous().view(torch.uint8).flatten().tolist())
        if tensor.dim()
        else list(tensor.reshape(1).view(torch.uint8).tolist())
    )


out = [
    '// Written by safetensors_fixtures.py, which says how; not to be edited.',
    '#ifndef UNIT_SAFETENSORS_FIXTURES_H',
    '#define UNIT_SAFETENSORS_FIXTURES_H',
    '',
    '#include "core/dtype.h"',
    '',
    f'static const uint8_t fixture_file[] = {array(safetensors.torch.save(tensors, metadata))};',
    '',
]
table = []
for i, (name, tensor) in enumerate(tensors.items()):
    out.append(f'static const uint8_t fixture_{i}[] = {array(raw(tensor) or [0])};')
    dims = ', '.join(map(str, tensor.shape)) or '0'
    table.append(
        f'    {{{c_string(name)}, DTYPE_{names[tensor.dtype]}, {tensor.dim()}, {{{dims}}}, '
        f'{tensor.numel() * tensor.element_size()}, fixture_{i}}},'
    )
out += [
    '',
    'static const struct FixtureTensor {',
    '    const char *name;',
    '    Dtype dtype;',
    '    int n_dims;',
    '    size_t dims[4];',
    '    size_t bytes;',
    '    const uint8_t *data;',
    '} fixture_tensors[] = {',
    *table,
    '};',
    '',
    'static const char *const fixture_metadata[][2] = {',
    *(f'    {{{c_string(key)}, {c_string(value)}}},' for key, value in metadata.items()),
    '};',
    '',
    '#endif',
    '',
]
Path(__file__).with_suffix('.h').write_text('\n'.join(out))
