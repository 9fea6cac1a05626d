"""Changes to libraries, made as soon as a script imports them."""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

Adapters = Mapping[str, Callable[[ModuleType], None]]


def adapt_after_import(adapters: Adapters) -> None:
    """Adapt modules now, if they are imported, or else as soon as the script imports them."""
    for name, adapt in adapters.items():
        if name in sys.modules:
            adapt(sys.modules[name])
    if not set(adapters) <= set(sys.modules):
        sys.meta_path.insert(0, _AfterImport(adapters))


class _AfterImport(importlib.abc.MetaPathFinder):
    """Finds modules as everyone does, and adapts them once they have been executed."""

    def __init__(self, adapters: Adapters) -> None:
        self._adapters = adapters

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._adapters:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _AdaptingLoader(spec.loader, self._adapters[fullname])
        return spec


class _AdaptingLoader(importlib.abc.Loader):
    def __init__(self, loader: Any, adapt: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._adapt = adapt

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        created: ModuleType | None = self._loader.create_module(spec)
        return created

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._adapt(module)
