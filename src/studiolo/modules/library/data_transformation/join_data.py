# /// script
# [tool.studiolo]
# name = "Join Data"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "124865f7e9014656adacf4cb08248099"
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
#
# [tool.studiolo.parameters.left_key_columns]
# label = "Join key columns for left dataset"
# kind = "columns"
# port = "dataset1"
#
# [tool.studiolo.parameters.right_key_columns]
# label = "Join key columns for right dataset"
# kind = "columns"
# port = "dataset2"
# help = "As many as for the left dataset, in the same order."
#
# [tool.studiolo.parameters.match_case]
# label = "Match case"
# help = "On: A1000 and a1000 are different keys."
#
# [tool.studiolo.parameters.join_type]
# label = "Join type"
#
# [tool.studiolo.parameters.keep_right_key_columns]
# label = "Keep right key columns in joined table"
# used-if = { join_type = ["Inner Join", "Left Outer Join", "Full Outer Join"] }
# ///
"""Joins the rows of two datasets that have equal keys.

Inner Join gives a row for each matching pair. Left Outer Join adds the left rows that have no
match; Full Outer Join also adds the right rows that have none, at the end. Left Semi-Join gives
each left row that has a match once, without columns of the right dataset. Rows are in the order of
the left dataset.

A missing key matches no other key, as in SQL. Numbers of different types are compared exactly: an
integer never equals a float to which it would have to be rounded. If the left dataset has a column
of the same name, the right column gets a number: "Month (1)". If you leave out the right key
columns, a right row without a match has its key in the left key column.

Differs: keys of several columns are allowed; the classic module allowed one. The gaps of an outer
join are missing values, never a category of their own.
"""

from itertools import count
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..parts.columns.column_types import kind_of, plain, type_of
from ..parts.columns.joined_columns import together

#: Stands for no row.
_NO_ROW = -1


def azureml_main(
    dataset1: pd.DataFrame,
    dataset2: pd.DataFrame,
    *,
    left_key_columns: list[str],
    right_key_columns: list[str],
    match_case: bool = True,
    join_type: Literal[
        "Inner Join", "Left Outer Join", "Full Outer Join", "Left Semi-Join"
    ] = "Inner Join",
    keep_right_key_columns: bool = True,
) -> pd.DataFrame:
    """Return the joined rows."""
    if not left_key_columns or len(left_key_columns) != len(right_key_columns):
        raise ValueError(
            f"{len(left_key_columns)} key columns are selected for the left dataset and "
            f"{len(right_key_columns)} for the right one. Select as many for each, at least one."
        )
    left_keys, right_keys = pd.DataFrame(), pd.DataFrame()
    for place, names in enumerate(zip(left_key_columns, right_key_columns, strict=True)):
        left_keys[place], right_keys[place] = _comparable(
            dataset1[names[0]], dataset2[names[1]], match_case=match_case
        )
    outer = join_type in {"Left Outer Join", "Full Outer Join"}
    left_keys["left"] = np.arange(len(dataset1))
    right_keys["right"] = np.arange(len(dataset2))
    pairs = left_keys.merge(
        right_keys.dropna(),
        on=list(range(len(left_key_columns))),
        how="left" if outer else "inner",
    )[["left", "right"]]
    if join_type == "Left Semi-Join":
        return dataset1[left_keys["left"].isin(pairs["left"])]

    left = pairs["left"].to_numpy()
    right = pairs["right"].fillna(_NO_ROW).to_numpy(np.int64)
    if join_type == "Full Outer Join":
        alone = np.setdiff1d(right_keys["right"], right)
        left = np.concatenate([left, np.full(len(alone), _NO_ROW)])
        right = np.concatenate([right, alone])

    columns = {name: _taken(dataset1[name], left) for name in dataset1.columns}
    if not keep_right_key_columns:
        for left_name, right_name in zip(left_key_columns, right_key_columns, strict=True):
            columns[left_name] = _filled(columns[left_name], left, dataset2[right_name], right)
    kept = [
        name for name in dataset2.columns if keep_right_key_columns or name not in right_key_columns
    ]
    new_names = _new_names(dataset1.columns, kept)
    columns |= {new_names[name]: _taken(dataset2[name], right) for name in kept}
    joined = pd.DataFrame(columns, index=pd.RangeIndex(len(left)))
    joined.attrs["roles"] = dict(dataset1.attrs.get("roles", {})) | {
        new_names[name]: role
        for name, role in dataset2.attrs.get("roles", {}).items()
        if name in new_names
    }
    return joined


def _comparable(left: Any, right: Any, *, match_case: bool) -> tuple[Any, Any]:
    """Two key columns as values that are equal if and only if they mean the same."""
    left, right = plain(left), plain(right)
    kinds = kind_of(left), kind_of(right)
    # The decimal 0.1 has no exact counterpart among floats.
    inexact = kinds[0] == kinds[1] and {left.dtype.kind, right.dtype.kind} == {"O", "f"}
    # A column without any value is text, and has no key to compare.
    if (kinds[0] != kinds[1] or inexact) and left.notna().any() and right.notna().any():
        raise ValueError(
            f'The key "{left.name}" of the left dataset is of the type {type_of(left)} and the '
            f'key "{right.name}" of the right one {type_of(right)}, which are never equal. '
            "Change one of them with Edit Metadata."
        )
    if kinds[0] == "text" == kinds[1] and not match_case:
        return left.str.casefold(), right.str.casefold()
    if kinds[0] == "number" == kinds[1] and left.dtype.kind == right.dtype.kind != "O":
        dtype = {"i": "Int64", "u": "UInt64", "f": "Float64"}[left.dtype.kind]
        return left.astype(dtype), right.astype(dtype)
    if kinds[0] == "number" or kinds[0] != kinds[1]:
        # Python compares integers, floats and decimals without rounding.
        return left.astype(object), right.astype(object)
    return left, right


def _taken(column: Any, rows: Any) -> Any:
    """The values of those rows, missing where there is none; integers stay integers."""
    gaps = (rows == _NO_ROW).any()
    if gaps and column.dtype.kind in "iub":
        column = column.convert_dtypes()
    return column.array.take(rows, allow_fill=True) if gaps else column.array.take(rows)


def _filled(values: Any, left: Any, right_keys: Any, right: Any) -> Any:
    """The left key, and the right one where there is no left row."""
    gaps = left == _NO_ROW
    if not gaps.any():
        return values
    own, others = plain(pd.Series(values, name=right_keys.name)), plain(right_keys)
    below = pd.Series(_taken(others, right[gaps]))
    return together(own[~gaps], below)


def _new_names(left: pd.Index, right: list[str]) -> dict[str, str]:
    """A name for each right column that no other column has."""
    taken = {*left, *right}
    names = {}
    for name in right:
        names[name] = name
        if name in left:
            names[name] = next(new for n in count(1) if (new := f"{name} ({n})") not in taken)
            taken.add(names[name])
    return names
