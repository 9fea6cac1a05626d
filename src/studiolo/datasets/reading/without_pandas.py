"""Arrow without pandas, for processes of our own that have no use for it."""

import sys
from importlib.abc import MetaPathFinder

import pyarrow as pa


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(name=fullname)


def leave_pandas_out() -> None:
    """Keep Arrow from loading pandas, which it does to see whether a value is one of pandas' own.

    Loading takes longer than to write a file, and a Ctrl-C that comes meanwhile is lost. Arrow
    asks once and remembers that pandas is not there.
    """
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)
