# /// script
# [tool.studiolo]
# name = "Export Data"
# category = ["Data Input and Output"]
# deterministic = false
# nullable = true
# random = false
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.file]
# label = "File"
# help = "A file of the workspace, such as scored.csv. The extension determines the format."
#
# [tool.studiolo.parameters.write_mode]
# label = "Write mode"
# help = "What to do if the file exists."
#
# [tool.studiolo.exports.dataset]
# file = "file"
# mode = "write_mode"
# ///
"""Writes a dataset to a file of the workspace.

The classic module wrote to Azure storage and databases. Its write modes, Error and Overwrite, and
their default are the same here. It had no output; ours passes the dataset on, so that you can look
at it. The file is written once the module has succeeded, and in every run: the module always runs,
even if a kept result exists.
"""

from typing import Literal

import pandas as pd


def azureml_main(
    dataset: pd.DataFrame,
    *,
    file: str,
    write_mode: Literal["Error", "Overwrite"] = "Error",  # noqa: ARG001  # for the export
) -> pd.DataFrame:
    """Hand on the dataset that is written."""
    if not file.strip():
        raise ValueError("No file is given. Name a file of the workspace, such as scored.csv.")
    return dataset
