"""Values of a column as JSON has them, with nothing lost.

What JSON has no word for is text: decimals with all their digits, bytes in base64, dates, times and
durations in ISO 8601, and the two infinities. NaN is a missing value, as it is to pandas.
"""

import base64
import math
from typing import Any

import pyarrow as pa
from pyarrow import types

from studiolo.datasets.arrow import Column, Values
from studiolo.datasets.profile.plain_values import temporal_text

JsonValue = None | bool | int | float | str

INFINITY = "Infinity"


def plain_json_type(kind: pa.DataType) -> dict[str, str] | None:
    """The type of a column's values in a JSON schema; None where JSON has only text for them."""
    if types.is_boolean(kind):
        return {"type": "boolean"}
    if types.is_integer(kind):
        return {"type": "integer", "format": str(kind)}
    if types.is_floating(kind):
        return {"type": "number", "format": "float" if types.is_float32(kind) else "double"}
    return None


def json_values(column: Column | Values) -> list[JsonValue]:
    """The values of a column in the order of its rows."""
    kind: pa.DataType = column.type
    if isinstance(kind, pa.DictionaryType):
        return json_values(column.cast(kind.value_type))
    if types.is_floating(kind):
        return [_float(value) for value in column.to_pylist()]
    if types.is_decimal(kind):
        return [None if value is None else f"{value:f}" for value in column.to_pylist()]
    if types.is_binary(kind) or types.is_large_binary(kind):
        return [None if v is None else base64.b64encode(v).decode() for v in column.to_pylist()]
    if types.is_temporal(kind):
        return [None if v is None else temporal_text(v, kind) for v in units_of(column)]
    values: list[JsonValue] = column.to_pylist()
    return values


def units_of(column: Column | Values) -> list[int | None]:
    """Dates, times and durations as their distances from zero in units of their type."""
    narrow = types.is_date32(column.type) or types.is_time32(column.type)
    whole: Any = column.cast(pa.int32() if narrow else pa.int64())
    units: list[int | None] = whole.to_pylist()
    return units


def _float(value: float | None) -> JsonValue:
    if value is None or math.isfinite(value):
        return value
    if math.isnan(value):
        return None
    return INFINITY if value > 0 else f"-{INFINITY}"
