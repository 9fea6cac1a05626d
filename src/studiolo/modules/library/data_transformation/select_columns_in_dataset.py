# /// script
# [tool.studiolo]
# name = "Select Columns in Dataset"
# category = ["Data Transformation", "Manipulation"]
# classic-id = "1ec722fab6234e26a44ea50c6d726223"
# nullable = true
# random = false
# row-wise = true
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.select_columns]
# label = "Select columns"
# kind = "columns"
# port = "dataset"
# ///
"""Keeps the selected columns of a dataset.

The columns keep their types and roles and are in the order in which you select them.
"""

import pandas as pd


def azureml_main(dataset: pd.DataFrame, *, select_columns: list[str]) -> pd.DataFrame:
    """Return the selected columns."""
    if not select_columns:
        raise ValueError("The selection matches no column of the dataset. Select at least one.")
    return dataset[select_columns]
