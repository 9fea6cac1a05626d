"""Values as short texts, and frames as little tables, at a cost that has a bound."""

import datetime
import decimal
import itertools
import reprlib
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from studiolo_guest.debugging.secrets import HIDDEN, is_secret_name, without_secrets

#: Characters of a value, of a text within one, and of a cell.
_TEXT: Final = 1000
_INNER: Final = 400
_CELL: Final = 80
#: That are looked through for secrets.
_LOOKED_AT: Final = 4000
_ROWS: Final = 5
_COLUMNS: Final = 8
#: Elements of an array, and of a list or dict.
_ELEMENTS: Final = 60
_ITEMS: Final = 20
#: What never runs code of a script to be shown.
_PLAIN: Final = frozenset({bool, int, float, complex, str, bytes, type(None)})
#: What a cell shows as the text that it stands for, and not as Python code.
_AS_TEXT: Final = (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, np.generic)


def is_plain(value: object) -> bool:
    """Whether showing it runs no code but Python's own."""
    return type(value) in _PLAIN


class Shown:
    """Shows values without these secrets. A value's own code may raise whatever it likes."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self._bounded = _Bounded(secrets)

    def __call__(self, value: object) -> dict[str, Any]:
        """A value as a `text`, or as a `table`: its shape, its first columns and rows."""
        if isinstance(value, pd.Series):
            value = value.to_frame("" if value.name is None else value.name)
        if isinstance(value, pd.DataFrame):
            return {"text": "", "table": self._table(value)}
        text = _array(value) if isinstance(value, np.ndarray) else self._bounded.repr(value)
        return {"text": self._safe(text, _TEXT), "table": None}

    def _table(self, frame: pd.DataFrame) -> dict[str, Any]:
        head = frame.iloc[:_ROWS, :_COLUMNS]
        names = [self._cell(name) for name in head.columns]
        columns = [
            [HIDDEN] * len(head)
            if is_secret_name(name)
            else [self._cell(cell) for cell in head.iloc[:, position].tolist()]
            for position, name in enumerate(names)
        ]
        return {
            "rows": frame.shape[0],
            "columns": frame.shape[1],
            "names": names,
            "types": [str(dtype)[:_CELL] for dtype in head.dtypes],
            "index": [self._cell(label) for label in head.index],
            "cells": [list(row) for row in zip(*columns, strict=True)],
        }

    def _cell(self, value: object) -> str:
        if type(value) is str:
            text = value[:_LOOKED_AT]
        elif isinstance(value, _AS_TEXT) or value is pd.NaT or value is pd.NA:
            text = str(value)
        else:
            text = self._bounded.repr(value)
        return self._safe(text, _CELL)

    def _safe(self, text: str, most: int) -> str:
        # What comes from an object's own `repr` can be of any length.
        text = without_secrets(str(text)[:_LOOKED_AT], self._secrets)
        return text if len(text) <= most else f"{text[: most - 1]}…"


class _Bounded(reprlib.Repr):
    """`repr` of the beginning of a value. Frames and arrays within one are named, not printed."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._secrets = secrets
        self.maxlevel = 4
        self.maxlist = self.maxtuple = self.maxdict = _ITEMS
        self.maxset = self.maxfrozenset = self.maxdeque = self.maxarray = _ITEMS
        self.maxlong = self.maxother = _INNER

    def repr_str(self, x: str, level: int) -> str:  # noqa: ARG002  # the base class gives it
        """Its beginning; secrets are looked for before it is cut, as a part of one is none."""
        text = without_secrets(x[:_LOOKED_AT], self._secrets)
        if len(text) <= _INNER and len(x) <= _LOOKED_AT:
            return repr(text)
        return f"{text[:_INNER]!r}… ({len(x):,} characters)"

    def repr_dict(self, x: Mapping[Any, Any], level: int) -> str:
        """In the dict's own order: the base class sorts all of it."""
        if level <= 0 and x:
            return "{…}"
        shown = list(itertools.islice(x, self.maxdict))
        parts = [self._entry(key, x[key], level - 1) for key in shown]
        return "{" + ", ".join(parts) + ", …" * (len(x) > len(shown)) + "}"

    def _entry(self, key: object, value: object, level: int) -> str:
        secret = isinstance(key, str) and is_secret_name(key)
        return f"{self.repr1(key, level)}: {HIDDEN if secret else self.repr1(value, level)}"

    def repr_set(self, x: Iterable[Any], level: int) -> str:
        """Likewise."""
        return self._of_set("{", x, "}", level) if x else "set()"

    def repr_frozenset(self, x: Iterable[Any], level: int) -> str:
        """Likewise."""
        return self._of_set("frozenset({", x, "})", level)

    def _of_set(self, before: str, x: Iterable[Any], after: str, level: int) -> str:
        shown = list(itertools.islice(x, self.maxset + 1))
        parts = [self.repr1(item, level - 1) for item in shown[: self.maxset]]
        return before + ", ".join(parts) + ", …" * (len(shown) > self.maxset) + after

    def repr_instance(self, x: object, level: int) -> str:
        """Everything else."""
        if isinstance(x, pd.DataFrame | pd.Series | np.ndarray):
            return f"<{type(x).__name__} {_size(x.shape)}>"
        # What an object within another raises is no reason to show nothing of that.
        return repr(x) if level == self.maxlevel else super().repr_instance(x, level)


def _array(value: Any) -> str:
    if value.ndim == 2:
        head = value[:_ROWS, :_COLUMNS]
    else:
        head = value.reshape(-1)[:_ELEMENTS] if value.ndim else value
    with np.printoptions(threshold=sys.maxsize, precision=6, linewidth=100):
        text = np.array2string(head, separator=", ")
    size = _size(value.shape) if value.ndim else "a single value"
    return f"{size}, {value.dtype}\n{text}{' …' * (head.size < value.size)}"


def _size(shape: Iterable[int]) -> str:
    return " \N{MULTIPLICATION SIGN} ".join(f"{length:,}" for length in shape)
