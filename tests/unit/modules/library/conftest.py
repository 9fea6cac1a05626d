"""Loads a module of the library the way the sandbox does: as a text, of no package."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import studiolo.modules
from studiolo.modules.library_source import library_source

LIBRARY = Path(studiolo.modules.__file__).parent / "library"


@pytest.fixture(scope="session")
def load_module() -> Callable[[str], ModuleType]:
    """A function from a file's stem, such as "split_data", to the loaded module."""
    return _load


def _load(name: str) -> ModuleType:
    (path,) = LIBRARY.glob(f"*/{name}.py")
    module = ModuleType(name)
    exec(compile(library_source(path), str(path), "exec"), module.__dict__)
    return module
