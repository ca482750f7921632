"""The converter's commands as a user calls them, and what they wrote."""

import json
import subprocess
import sys

import safetensors.torch
from safetensors import safe_open


def run(*args):
    return subprocess.run([sys.executable, '-m', *map(str, args)], capture_output=True, text=True)


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
