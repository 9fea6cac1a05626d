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

from ..parts.columns.column_types import kind_of, plain, type_of
from ..parts.columns.joined_columns import together


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
