# /// script
# [tool.studiolo]
# name = "Convert to CSV"
# category = ["Data Format Conversions"]
# classic-id = "faa6ba63383c4086ba587abf26b85814"
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
# [tool.studiolo.parameters.file]
# label = "File"
# help = "A file of the workspace to write, such as scored.csv. Empty: none."
#
# [tool.studiolo.exports.dataset]
# file = "file"
# ///
"""Makes a CSV file of a dataset.

In the classic studio you could download a dataset only after converting it. Here you can download
every dataset as CSV, so the module passes its dataset on unchanged, and experiments that contain
it stay as they are. If you give it a file name, the workspace gets that file. Text that contains
commas is quoted, which the classic module did not do.
"""

import pandas as pd


def azureml_main(
    dataset: pd.DataFrame,
    *,
    file: str = "",  # noqa: ARG001  # for the export
) -> pd.DataFrame:
    """Hand on the dataset."""
    return dataset
