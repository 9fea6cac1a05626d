# /// script
# [tool.studiolo]
# name = "Add Columns"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "5714a225befd438a9bb5f6fdc50a4efb"
# nullable = true
# random = false
#
# [tool.studiolo.inputs.left_dataset]
# label = "Left dataset"
#
# [tool.studiolo.inputs.right_dataset]
# label = "Right dataset"
#
# [tool.studiolo.outputs.combined_dataset]
# label = "Combined dataset"
# ///
"""Puts the columns of one dataset beside those of another.

Rows are matched by position: the first row of one dataset is beside the first row of the other. If
one dataset has fewer rows, its columns have missing values in the remaining rows. If the left
dataset already has a column of the same name, the right one gets a number: "TargetOutcome (1)".
"""

from itertools import count

import pandas as pd


def azureml_main(left_dataset: pd.DataFrame, right_dataset: pd.DataFrame) -> pd.DataFrame:
    """Return all columns of the left dataset, then all of the right one."""
    rows = pd.RangeIndex(max(len(left_dataset), len(right_dataset)))
    taken = {*left_dataset.columns, *right_dataset.columns}
    new_names = {}
    for name in left_dataset.columns.intersection(right_dataset.columns):
        new_names[name] = next(new for n in count(1) if (new := f"{name} ({n})") not in taken)
        taken.add(new_names[name])
    combined = pd.concat(
        [_of_length(left_dataset, rows), _of_length(right_dataset, rows).rename(columns=new_names)],
        axis=1,
    )
    roles = dict(left_dataset.attrs.get("roles", {}))
    for name, role in right_dataset.attrs.get("roles", {}).items():
        roles[new_names.get(name, name)] = role
    combined.attrs["roles"] = roles
    return combined


def _of_length(dataset: pd.DataFrame, rows: pd.RangeIndex) -> pd.DataFrame:
    """The dataset with missing values below; integers stay integers."""
    if len(dataset) == len(rows):
        return dataset
    whole = dataset.select_dtypes(["integer", "bool"]).columns
    nullable = dataset[whole].convert_dtypes()
    return dataset.astype(nullable.dtypes.to_dict()).reindex(rows)
