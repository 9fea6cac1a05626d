"""The whole layer, put over the libraries: at once where they are loaded, or when they will be."""

import importlib
import importlib.abc
import importlib.machinery
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, Final

from studiolo_guest.classic import (
    azure,
    matplotlib_calls,
    numpy_scipy,
    python2,
    sklearn_calls,
    sklearn_defaults,
    sklearn_modules,
    standard_library,
    xgboost_calls,
)
from studiolo_guest.classic.pandas import calls as pandas_calls
from studiolo_guest.classic.pandas import modules as pandas_modules
from studiolo_guest.contract import bundle
from studiolo_guest.contract.dialect import Dialect

#: By module: what gives it back the calls that it no longer has.
_ADAPTED: Final[Mapping[str, Callable[[Any], None]]] = {
    "pandas": pandas_calls.adapt,
    "matplotlib.pyplot": matplotlib_calls.adapt,
    "matplotlib.mlab": matplotlib_calls.adapt_mlab,
    "numpy": numpy_scipy.adapt_numpy,
    "scipy": numpy_scipy.adapt_scipy,
    "scipy.misc": numpy_scipy.adapt_misc,
    "scipy.stats": numpy_scipy.adapt_stats,
    "sklearn": sklearn_calls.adapt_package,
    "sklearn.base": sklearn_calls.adapt_base,
    "sklearn.calibration": sklearn_defaults.adapt_calibration,
    "sklearn.cluster": sklearn_defaults.adapt_cluster,
    "sklearn.datasets": sklearn_calls.adapt_datasets,
    "sklearn.decomposition": sklearn_calls.adapt_decomposition,
    "sklearn.ensemble": sklearn_defaults.adapt_ensemble,
    "sklearn.feature_selection": sklearn_defaults.adapt_feature_selection,
    "sklearn.linear_model": sklearn_calls.adapt_linear_model,
    "sklearn.metrics": sklearn_calls.adapt_metrics,
    "sklearn.preprocessing": sklearn_calls.adapt_preprocessing,
    "sklearn.svm": sklearn_defaults.adapt_svm,
    "sklearn.tree": sklearn_defaults.adapt_tree,
    "xgboost": xgboost_calls.adapt,
}
#: By module that is gone: what fills one in its place.
_RESTORED: Final[Mapping[str, Callable[[Any], None]]] = {
    **pandas_modules.MODULES,
    **sklearn_modules.MODULES,
    **azure.MODULES,
    **python2.MODULES,
}


def install() -> None:
    """Put the layer over the libraries of this process."""
    Dialect.translate = staticmethod(python2.translate)
    standard_library.adapt()
    _silence()
    for name, adapt in _ADAPTED.items():
        if name in sys.modules:
            adapt(sys.modules[name])
    sys.meta_path.insert(0, _Restoring())


def _silence() -> None:
    """Keep the warnings about retired calls off the console: the run's log names the calls.

    Not what only a run can find out: that a statistic leaves out columns of text.
    """
    for category in (FutureWarning, DeprecationWarning, PendingDeprecationWarning):
        warnings.simplefilter("ignore", category)
    warnings.filterwarnings("default", ".*(numeric_only|nuisance columns)", FutureWarning)


class _Restoring(importlib.abc.MetaPathFinder):
    """Finds modules that are gone, and adapts others once they have been executed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in _RESTORED:
            loader = _Filling(_RESTORED[fullname])
            inner = any(name.startswith(f"{fullname}.") for name in _RESTORED)
            return importlib.machinery.ModuleSpec(fullname, loader, is_package=inner)
        if fullname in _ADAPTED:
            spec = _found_by_others(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Adapting(spec.loader, _ADAPTED[fullname])
            return spec
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or not _is_bundled(spec.origin):
            return None
        spec.loader = python2.BundleLoader(fullname, spec.origin)
        return spec


def _found_by_others(
    fullname: str, path: Sequence[str] | None, target: ModuleType | None
) -> importlib.machinery.ModuleSpec | None:
    for finder in sys.meta_path:
        if not isinstance(finder, _Restoring) and hasattr(finder, "find_spec"):
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                return spec
    return None


def _is_bundled(origin: str) -> bool:
    return origin.endswith(".py") and f"/{bundle.FOLDER}/" in origin


class _Filling(importlib.abc.Loader):
    def __init__(self, fill: Callable[[Any], None]) -> None:
        self._fill = fill

    def exec_module(self, module: ModuleType) -> None:
        self._fill(module)


class _Adapting(importlib.abc.Loader):
    def __init__(self, loader: Any, adapt: Callable[[Any], None]) -> None:
        self._loader = loader
        self._adapt = adapt

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        created: ModuleType | None = self._loader.create_module(spec)
        return created

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._adapt(module)
