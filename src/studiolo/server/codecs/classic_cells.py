"""Values as the classic services wrote them: every cell is text, and a missing one is null."""

import base64
from collections.abc import Callable
from typing import Any

import pyarrow as pa
from pyarrow import types

from studiolo.datasets.arrow import Column
from studiolo.server.codecs.reply import ReplyError
from studiolo.services.classic_text import (
    date_time_text,
    double_text,
    single_text,
    time_span_text,
)
from studiolo.services.json_values import units_of

_NAMES: dict[pa.DataType, str] = {
    pa.bool_(): "Boolean",
    pa.int8(): "SByte",
    pa.int16(): "Int16",
    pa.int32(): "Int32",
    pa.int64(): "Int64",
    pa.uint8(): "Byte",
    pa.uint16(): "UInt16",
    pa.uint32(): "UInt32",
    pa.uint64(): "UInt64",
    pa.float32(): "Single",
    pa.float64(): "Double",
    pa.date32(): "DateTime",
    pa.large_binary(): "Byte[]",
}


def classic_type(kind: pa.DataType) -> str:
    """The .NET name of a column's type; of a categorical column, that of its categories."""
    if isinstance(kind, pa.DictionaryType):
        return classic_type(kind.value_type)
    if types.is_decimal(kind):
        return "Decimal"
    if types.is_timestamp(kind):
        return "DateTime"
    if types.is_duration(kind):
        return "TimeSpan"
    return _NAMES.get(kind, "String")


def classic_cells(column: Column) -> list[str | None]:
    """The cells of a column in the order of its rows; times with a zone are in UTC.

    Raises:
        ReplyError: A year is not from 1 to 9999.
    """
    try:
        return _cells(column)
    except ValueError as error:
        raise ReplyError(
            f"The result can't be written as the classic services did: {error}. Ask for JSON."
        ) from error


def _cells(column: Column) -> list[str | None]:
    kind: Any = column.type
    if isinstance(kind, pa.DictionaryType):
        return _cells(column.cast(kind.value_type))
    if types.is_large_string(kind):
        texts: list[str | None] = column.to_pylist()
        return texts
    write: Callable[[Any], str] = str  # of whole numbers and booleans it is the same in .NET
    values: list[Any]
    if types.is_date32(kind):
        values, write = units_of(column), lambda days: date_time_text(days * 86_400, "s")
    elif types.is_timestamp(kind):
        values, write = units_of(column), lambda units: date_time_text(units, kind.unit)
    elif types.is_duration(kind):
        values, write = units_of(column), lambda units: time_span_text(units, kind.unit)
    else:
        values = column.to_pylist()
        write = _WRITE.get(kind, write)
        if types.is_decimal(kind):
            write = "{:f}".format
    return [None if value is None else write(value) for value in values]


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


_WRITE: dict[pa.DataType, Callable[[Any], str]] = {
    pa.float64(): double_text,
    pa.float32(): single_text,
    pa.large_binary(): _base64,
}
