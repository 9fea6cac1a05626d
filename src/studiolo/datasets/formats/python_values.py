"""Columns of Python values, for the formats whose readers hand out one value after the other."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from studiolo.datasets.arrow import Values

#: What a JSON or Excel reader hands out.
Value = None | bool | int | float | str | dt.datetime | dt.date | dt.time | dt.timedelta

_INTEGERS = (-(2**63), 2**63)


def column_of(values: Sequence[Value]) -> Values:
    """Make a column of values of any scalar types.

    Values of one type keep it. Integers among floats become floats if none is rounded; integers
    beyond 64 bits, and values of several types, become text.
    """
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str}:
        return pa.array(values, pa.large_string())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {dt.date}:
        return pa.array(values, pa.date32())
    if kinds == {dt.datetime}:
        return pa.array(values, pa.timestamp("us"))
    if kinds == {dt.timedelta}:
        return pa.array(values, pa.duration("us"))
    return _numbers(values, kinds) or pa.array(
        [None if value is None else word_of(value) for value in values], pa.large_string()
    )


def _numbers(values: Sequence[Value], kinds: set[type]) -> Values | None:
    integers = [value for value in values if type(value) is int]
    if kinds == {int} and all(_INTEGERS[0] <= value < _INTEGERS[1] for value in integers):
        return pa.array(values, pa.int64())
    if kinds in ({float}, {int, float}):
        exact = all(abs(value) < 2**63 and int(float(value)) == value for value in integers)
        floats: Sequence[Any] = values
        return pa.array(floats, pa.float64()) if exact else None
    return None


def word_of(value: Value) -> str:
    """Spell a value as text, as the text formats do."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date | dt.time):  # a datetime is a date, too
        return value.isoformat()
    return str(value)
