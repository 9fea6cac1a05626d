# /// script
# [tool.studiolo]
# name = "Add Rows"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "b2ebdabd217d491586cc5b05972f7270"
# nullable = true
# random = false
#
# [tool.studiolo.inputs.dataset1]
# label = "Dataset1"
#
# [tool.studiolo.inputs.dataset2]
# label = "Dataset2"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
# ///
"""Puts the rows of one dataset below those of another.

Both need the same columns, of types that can be combined: integers and floats become floats, the
categories of both sides are merged, and a column without any value fits every type. Nothing is
rounded: integers and decimals become decimals, signed and unsigned integers become the type that
holds all of them, and the module stops if integers that no float can hold meet floats. The order
of the columns, and the roles, are those of the first dataset.

Differs: the classic module required the same order of columns in the second dataset.
"""

from typing import Any

import pandas as pd
from pandas.api.types import union_categoricals


def azureml_main(dataset1: pd.DataFrame, dataset2: pd.DataFrame) -> pd.DataFrame:
    """Return all rows of the first dataset, then all of the second."""
    for one, other, which in ((dataset1, dataset2, "second"), (dataset2, dataset1, "first")):
        lacking = [f'"{name}"' for name in one.columns if name not in other.columns]
        if lacking:
            raise ValueError(
                f"Both datasets must have the same columns, but the {which} one has no "
                f"{', '.join(lacking)}. Rename columns with Edit Metadata, or leave some out with "
                "Select Columns in Dataset."
            )
    below = {name: _joined(dataset1[name], dataset2[name]) for name in dataset1.columns}
    rows = pd.RangeIndex(len(dataset1) + len(dataset2))
    combined = pd.DataFrame(below, index=rows, columns=dataset1.columns)
    combined.attrs["roles"] = dict(dataset1.attrs.get("roles", {}))
    return combined


def _joined(first: Any, second: Any) -> Any:
    """The values of a column, one series after the other."""
    if not second.notna().any():
        return together(first, second) if len(second) else first.array
    if not first.notna().any():
        return together(first, second) if len(first) else second.array
    if isinstance(first.dtype, pd.CategoricalDtype) and first.dtype == second.dtype:
        return pd.concat([first, second]).array
    both_categorical = hasattr(first, "cat") and hasattr(second, "cat")
    first_plain, second_plain = plain(first), plain(second)
    if kind_of(first_plain) != kind_of(second_plain):
        raise ValueError(
            f'The column "{first.name}" is of the type {type_of(first_plain)} in the first dataset '
            f"and {type_of(second_plain)} in the second, which do not go together. Change one of "
            "them with Edit Metadata."
        )
    if both_categorical and first.cat.categories.dtype == second.cat.categories.dtype:
        return union_categoricals([first, second], ignore_order=True)
    return together(first_plain, second_plain)


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
