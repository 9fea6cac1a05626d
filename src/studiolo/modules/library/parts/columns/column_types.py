"""Columns of any type: decimals, their plain values, and what they are in comparisons."""

import re
from typing import Any

import pandas as pd


def plain(column: Any) -> Any:
    """A categorical column as the values that it stands for; integers stay integers."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    values, codes = column.cat.categories.to_series(), column.cat.codes
    gaps = bool((codes < 0).any())
    if gaps and values.dtype.kind in "iub":
        values = values.convert_dtypes()
    taken = values.array.take(codes, allow_fill=True) if gaps else values.array.take(codes)
    return pd.Series(taken, column.index, name=column.name)


def kind_of(column: Any) -> str:
    """The kind of a column's values; values of one kind can be compared and share a column."""
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_numeric_dtype(dtype) or is_decimal(column):
        return "number"
    if isinstance(dtype, pd.StringDtype):
        return "text"
    return f"{dtype.kind} {'with' if getattr(dtype, 'tz', None) else 'without'} zone"


def is_decimal(column: Any) -> bool:
    """Whether a column holds decimals, which pandas keeps as objects."""
    return column.dtype == object and pd.api.types.infer_dtype(column) == "decimal"


def type_of(column: Any) -> str:
    """The name of a column's type, for messages."""
    return "decimal" if is_decimal(column) else str(column.dtype)


def duration_of(text: str) -> pd.Timedelta:
    """A text as a duration. pandas would take a number without a unit for nanoseconds."""
    if text.strip() != "0" and not re.search("[A-Za-z:]", text):
        raise ValueError(f"{text} has no unit")
    return pd.Timedelta(text)
