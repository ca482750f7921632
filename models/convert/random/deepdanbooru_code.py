"""DeepDanbooru's own code for its networks, of the package deepdanbooru, without what else that imports (it wants libraries for
training and reading pictures, which are not installed)."""

import importlib
import importlib.util
import sys
import types


def load():
    """-> deepdanbooru.model"""
    if 'deepdanbooru' not in sys.modules:
        package = types.ModuleType('deepdanbooru')
        package.__path__ = list(importlib.util.find_spec('deepdanbooru').submodule_search_locations)
        sys.modules['deepdanbooru'] = package
    return importlib.import_module('deepdanbooru.model')
