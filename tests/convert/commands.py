"""The converter's commands as a user calls them, and what they wrote. They run in this process: to load PyTorch and TensorFlow anew
for each takes far longer than most of them."""

import contextlib
import io
import json
import runpy
import sys
from types import SimpleNamespace
from unittest import mock

import safetensors.torch
from safetensors import safe_open


def run(module, *args):
    """`python -m module args…` -> what subprocess.run tells: returncode, stdout, stderr"""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with mock.patch.object(sys, 'argv', [module, *map(str, args)]), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_module(module, run_name='__main__')
        except SystemExit as ended:
            code = ended.code or 0
            if isinstance(code, str):
                print(code, file=sys.stderr)
                code = 1
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


def convert(*args):
    done = run('convert', *args)
    assert done.returncode == 0, done.stderr
    return done


def read(path):
    return safetensors.torch.load_file(path)


def metadata(path):
    with safe_open(path, 'pt') as file:
        return file.metadata()


def header(path):
    with open(path, 'rb') as file:
        return json.loads(file.read(int.from_bytes(file.read(8), 'little')))
