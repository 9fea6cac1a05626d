"""Columns of two datasets, put together without a change of their values."""

from typing import Any

import pandas as pd

from .column_types import is_decimal


def together(first: Any, second: Any) -> Any:
    """One column after the other, in a type that holds the values of both exactly."""
    both = [first, second]
    for place, other in ((0, second), (1, first)):
        if len(both[place]) and not both[place].notna().any():
            # It takes the type of the other one, whatever its own was.
            nullable = other.convert_dtypes() if other.dtype.kind in "iub" else other
            both[place] = nullable.iloc[:0].reindex(range(len(both[place])))
    decimals = [is_decimal(column) for column in both]
    floats = [column.dtype.kind == "f" for column in both]
    signs = {column.dtype.kind for column in both}
    if any(decimals) and any(floats):
        raise ValueError(
            f'The column "{first.name}" holds decimals in one dataset and floating point numbers '
            "in the other; no type holds both exactly. Change one of them with Edit Metadata."
        )
    if any(decimals) and not all(decimals):
        both = [column.astype(object) for column in both]
    elif any(floats) and not all(floats):
        whole = both[floats.index(False)]
        if (whole.dropna().astype("float64").astype(object) != whole.dropna().astype(object)).any():
            raise ValueError(
                f'The column "{first.name}" holds integers beyond 2**53 in one dataset and '
                "floating point numbers, which would round them, in the other. Change one of them "
                "with Edit Metadata."
            )
    elif signs == {"i", "u"}:
        values = pd.concat([column.dropna().astype(object) for column in both])
        # Beyond the integers of 64 bits they leave the module as decimals.
        dtype: Any = "Int64" if values.max() < 2**63 else "UInt64" if values.min() >= 0 else object
        both = [column.astype(dtype) for column in both]
    return pd.concat(both).array
