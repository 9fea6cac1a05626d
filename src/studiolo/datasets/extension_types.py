"""Extension types of Arrow that a dataset reads: what their stored values mean.

A file may name an extension type in a column's metadata, and hold numbers or bytes that mean
nothing without it. Types that only mark their values, such as ``arrow.json``, are read as they are
stored.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from studiolo.datasets.arrow import Column

_NAME = b"ARROW:extension:name"
_METADATA = b"ARROW:extension:metadata"
_EPOCH = dt.datetime(1970, 1, 1)  # periods have no zone


def extension_of(field: "pa.Field[Any]") -> tuple[str, bytes] | None:
    """The name and the parameters of a column's extension type, if it has one."""
    kind: Any = field.type
    if isinstance(kind, pa.BaseExtensionType):
        # Arrow's own types, which say nothing more of themselves, lack the method.
        serialize = getattr(kind, "__arrow_ext_serialize__", bytes)
        return str(kind.extension_name), bytes(serialize())
    metadata = field.metadata or {}
    if _NAME in metadata:
        return metadata[_NAME].decode("utf-8", "replace"), metadata.get(_METADATA, b"")
    return None


def stored_values(column: Column) -> Column:
    """The values of a column as they are stored, without its extension type."""
    kind: Any = column.type
    return column.cast(kind.storage_type) if isinstance(kind, pa.BaseExtensionType) else column


def meaning(column: Column, name: str, parameters: bytes) -> tuple[Column, str] | None:
    """The stored values of an extension type as values of a plain type, and what they became.

    Returns:
        The column, with a few words such as "text such as 2020-01", or "" where nothing is lost;
        None for a type whose values have no plain form.
    """
    if name == "pandas.period":
        words = _period_words(parameters)
        if words is None or not pa.types.is_integer(column.type):
            return None
        try:
            values = [None if value is None else words(value) for value in column.to_pylist()]
        except (OverflowError, ValueError):  # before the year 1 or after 9999
            return None
        return pa.chunked_array([pa.array(values, pa.large_string())]), "text"
    if name == "arrow.bool8":
        return column.cast(pa.bool_()), ""
    if name == "arrow.uuid":
        ids = [
            None if value is None else str(uuid.UUID(bytes=value)) for value in column.to_pylist()
        ]
        return pa.chunked_array([pa.array(ids, pa.large_string())]), "text"
    return column, ""


def extension_label(name: str, parameters: bytes) -> str:
    """The name of an extension type in messages, such as period[W-SUN]."""
    return f"period[{_frequency(parameters)}]" if name == "pandas.period" else name


def _frequency(parameters: bytes) -> str:
    try:
        return str(json.loads(parameters)["freq"])
    except (ValueError, KeyError, TypeError):
        return "?"


def _moment(since: dt.timedelta, precision: str) -> str:
    return (_EPOCH + since).isoformat(sep=" ", timespec=precision)


def _period_words(parameters: bytes) -> Callable[[int], str] | None:
    """How pandas spells the periods of a frequency, which are counted from 1970."""
    frequency = _frequency(parameters)
    if frequency in ("A", "Y", "A-DEC", "Y-DEC"):
        return lambda count: f"{1970 + count:04d}"
    if frequency in ("Q", "Q-DEC"):
        return lambda count: f"{1970 + count // 4:04d}Q{count % 4 + 1}"
    if frequency == "M":
        return lambda count: f"{1970 + count // 12:04d}-{count % 12 + 1:02d}"
    if frequency == "D":
        return lambda count: (_EPOCH + dt.timedelta(days=count)).date().isoformat()
    if frequency in ("h", "H"):
        return lambda count: _moment(dt.timedelta(hours=count), "minutes")
    if frequency in ("min", "T"):
        return lambda count: _moment(dt.timedelta(minutes=count), "minutes")
    if frequency in ("s", "S"):
        return lambda count: _moment(dt.timedelta(seconds=count), "seconds")
    return None
