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
# help = "A file of the workspace, such as scored.csv; its extension says in which format."
#
# [tool.studiolo.parameters.write_mode]
# label = "Write mode"
# help = "What happens if there is such a file already."
#
# [tool.studiolo.exports.dataset]
# file = "file"
# mode = "write_mode"
# ///
"""Writes a dataset to a file of the workspace.

The classic module wrote to Azure storage and databases; its write modes, Error and Overwrite, and
the default of them are kept. It had no output: ours hands the dataset on, so that it can be looked
at. The file is written once the module has succeeded, and in every run: a kept result never stands
in for it.
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
        raise ValueError("No file is named. Name one of the workspace, such as scored.csv.")
    return dataset
