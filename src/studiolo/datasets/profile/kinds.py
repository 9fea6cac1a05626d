"""The facts that a profile can give about a column, by the column's type."""

import re
from enum import StrEnum
from typing import Any

import pyarrow as pa
from pyarrow import types

from studiolo.datasets.dataset import ColumnRole


class ColumnKind(StrEnum):
    """The kind of a column's values, by its type."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    STRING = "string"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date-time"
    TIME_SPAN = "time-span"
    BINARY = "binary"
    EMPTY = "empty"


#: Words of the classic studio, which called timestamps DateTime and durations TimeSpan.
_WORDS = {ColumnKind.DATE_TIME: "DateTime", ColumnKind.TIME_SPAN: "TimeSpan"}

_TESTS = (
    (types.is_dictionary, ColumnKind.CATEGORICAL),
    (types.is_boolean, ColumnKind.BOOLEAN),
    (types.is_integer, ColumnKind.NUMERIC),
    (types.is_floating, ColumnKind.NUMERIC),
    (types.is_decimal, ColumnKind.NUMERIC),
    (types.is_string, ColumnKind.STRING),
    (types.is_large_string, ColumnKind.STRING),
    (types.is_string_view, ColumnKind.STRING),
    (types.is_binary, ColumnKind.BINARY),
    (types.is_large_binary, ColumnKind.BINARY),
    (types.is_binary_view, ColumnKind.BINARY),
    (types.is_fixed_size_binary, ColumnKind.BINARY),
    (types.is_date, ColumnKind.DATE),
    (types.is_time, ColumnKind.TIME),
    (types.is_timestamp, ColumnKind.DATE_TIME),
    (types.is_duration, ColumnKind.TIME_SPAN),
    (types.is_null, ColumnKind.EMPTY),
)

_TYPE_TEXTS = {
    "halffloat": "float16",
    "float": "float32",
    "double": "float64",
    "bool": "boolean",
    "large_string": "string",
    "string_view": "string",
    "large_binary": "binary",
    "binary_view": "binary",
    "date32[day]": "date",
    "date64[ms]": "date",
}

_TYPES = {
    _TYPE_TEXTS.get(str(plain), str(plain)): plain
    for plain in (
        *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
        *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
        *(pa.float32(), pa.float64(), pa.bool_(), pa.large_string(), pa.large_binary()),
        pa.date32(),
    )
}
_DECIMAL = re.compile(r"decimal\((\d{1,2}), (\d{1,2})\)", re.ASCII)
_TIME = re.compile(r"(timestamp|duration)\[(s|ms|us|ns)(?:, tz=([A-Za-z0-9+:_/-]{1,100}))?\]")


def kind_of(data_type: pa.DataType) -> ColumnKind | None:
    """Tell the kind of a column; None for a type that no dataset can have, such as a list."""
    return next((kind for test, kind in _TESTS if test(data_type)), None)


def type_text(data_type: pa.DataType) -> str:
    """Name a type without the details of how Arrow stores it."""
    if isinstance(data_type, pa.DictionaryType):
        return f"categorical of {type_text(data_type.value_type)}"
    if types.is_decimal(data_type):
        return f"decimal({data_type.precision}, {data_type.scale})"
    if types.is_fixed_size_binary(data_type):
        return "binary"
    return _TYPE_TEXTS.get(str(data_type), str(data_type))


def type_named(text: str) -> pa.DataType:
    """The type of a dataset's column that `type_text` names so; for plain types only.

    Raises:
        ValueError: There is none.
    """
    if text in _TYPES:
        return _TYPES[text]
    if found := _DECIMAL.fullmatch(text):
        precision, scale = int(found[1]), int(found[2])
        if scale <= precision:  # Arrow itself checks the precision
            return (pa.decimal128 if precision <= 38 else pa.decimal256)(precision, scale)
    elif found := _TIME.fullmatch(text):
        unit: Any = found[2]  # which the stubs know as one of four words
        if found[1] == "timestamp":
            return pa.timestamp(unit, found[3])
        if found[3] is None:
            return pa.duration(unit)
    raise ValueError(f'"{text}" is not a type')


def feature_type(kind: ColumnKind, role: ColumnRole) -> str:
    """Join kind and role as the classic studio did: ``Numeric Feature``, ``String Label``."""
    return f"{_WORDS.get(kind, kind.value.title())} {role.value.title()}"
