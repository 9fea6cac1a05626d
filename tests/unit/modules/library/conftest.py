"""Loads a module of the library the way the sandbox does: as a file, of no package."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import studiolo.modules

LIBRARY = Path(studiolo.modules.__file__).parent / "library"


@pytest.fixture(scope="session")
def load_module() -> Callable[[str], ModuleType]:
    """A function from a file's stem, such as "split_data", to the loaded module."""
    return _load


def _load(name: str) -> ModuleType:
    (path,) = LIBRARY.glob(f"*/{name}.py")
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
