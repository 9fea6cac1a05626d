# /// script
# [tool.studiolo]
# name = "Import Data"
# category = ["Data Input and Output"]
# classic-id = "4e1b0fe6aded4b3fa36f39b8862b9004"
# nullable = true
# random = false
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.file]
# label = "File"
# kind = "file"
# help = "A dataset file of the workspace."
# ///
"""Brings a dataset file of the workspace into the experiment.

The classic module also read web addresses, Azure storage and databases. A run here has no network,
so ours reads files of the workspace, in every dataset format. It runs again only when the file's
content has changed, which is what "Use cached results" was for in the classic studio.
"""

import pandas as pd


def azureml_main(*, file: pd.DataFrame) -> pd.DataFrame:
    """Hand on the dataset that was read from the file."""
    return file
