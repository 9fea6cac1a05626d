# /// script
# [tool.studiolo]
# name = "Remove Duplicate Rows"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "02016f47e4c34a069ae516c747389e34"
# nullable = true
# random = false
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.key_columns]
# label = "Key column selection filter expression"
# kind = "columns"
# port = "dataset"
# help = "Rows are duplicates if they agree in all of these columns."
#
# [tool.studiolo.parameters.retain_first_duplicate_row]
# label = "Retain first duplicate row"
# help = "Off: the last row is retained."
# ///
"""Removes rows that repeat the key columns of another row.

As in the classic module, a missing value equals only another missing value, text is compared with
its case, and the first of several equal rows is retained. The remaining rows keep their order.

Differs: without a selection, all columns are keys; the classic module required a selection.
"""

from typing import Literal

import pandas as pd


def azureml_main(
    dataset: pd.DataFrame,
    *,
    key_columns: list[str] | Literal["all"] = "all",
    retain_first_duplicate_row: bool = True,
) -> pd.DataFrame:
    """Return one row of each set of equal ones."""
    if not key_columns:
        raise ValueError("The selection of key columns matches no column. Select at least one.")
    keep: Literal["first", "last"] = "first" if retain_first_duplicate_row else "last"
    return dataset.drop_duplicates(list(key_columns), keep=keep)
