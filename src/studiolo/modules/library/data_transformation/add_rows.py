# /// script
# [tool.studiolo]
# name = "Add Rows"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "b2ebdabd217d491586cc5b05972f7270"
# nullable = true
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

Both need the same columns, of types that go together: integers and floats become floats, categories
of both sides are joined, and a column without any value goes with everything. The order of the
columns, and the roles, are those of the first dataset; differs: the classic module wanted the
second one to have the same order.
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
        return _with_missing_below(first, len(second)).array
    if not first.notna().any():
        return _with_missing_below(second[::-1], len(first))[::-1].array
    if isinstance(first.dtype, pd.CategoricalDtype) and first.dtype == second.dtype:
        return pd.concat([first, second]).array
    both_categorical = hasattr(first, "cat") and hasattr(second, "cat")
    first_plain, second_plain = _plain(first), _plain(second)
    if _kind(first_plain.dtype) != _kind(second_plain.dtype):
        raise ValueError(
            f'The column "{first.name}" is of the type {first_plain.dtype} in the first dataset '
            f"and {second_plain.dtype} in the second, which do not go together. Change one of them "
            "with Edit Metadata."
        )
    if both_categorical and first.cat.categories.dtype == second.cat.categories.dtype:
        return union_categoricals([first, second], ignore_order=True)
    return pd.concat([first_plain, second_plain]).array


def _with_missing_below(column: Any, count: int) -> Any:
    """The column and as many missing values of its own type; integers stay integers."""
    if not count:
        return column
    if column.dtype.kind in "iub":
        column = column.convert_dtypes()
    return pd.concat([column, column.iloc[:0].reindex(range(count))])


def _plain(column: Any) -> Any:
    """A categorical column as the values that it stands for."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    values = column.cat.categories.to_series()
    gaps = column.isna().any() and values.dtype.kind in "iub"
    return column.astype(values.convert_dtypes().dtype if gaps else values.dtype)


def _kind(dtype: Any) -> str:
    """Types of one kind can stand in one column without loss."""
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_numeric_dtype(dtype):
        return "number"
    if isinstance(dtype, pd.StringDtype):
        return "text"
    return f"{dtype.kind} {getattr(dtype, 'tz', '')}"
