"""What the converter in Python reads of a published file, as JSON: tensors with their SHA-256. With a second path, first saves them there
as PyTorch does, half of them transposed; with a third argument in the legacy form."""

import hashlib
import json
import sys
from pathlib import Path

import torch
from convert.source import read_source

path, *to = sys.argv[1:]
source = read_source(Path(path))
if to:
    tensors = {name: t.t().contiguous().t() if t.dim() == 2 and i % 2 else t for i, (name, t) in enumerate(source.tensors.items())}
    torch.save(tensors, to[0], _use_new_zipfile_serialization=len(to) == 1)
told = {
    name: [str(t.dtype).removeprefix('torch.'), list(t.shape), hashlib.sha256(t.detach().contiguous().numpy().tobytes()).hexdigest()]
    for name, t in source.tensors.items()
}
print(json.dumps({'tensors': told, 'config': source.config}))
