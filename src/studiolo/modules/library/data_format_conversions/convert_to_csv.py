# /// script
# [tool.studiolo]
# name = "Convert to CSV"
# category = ["Data Format Conversions"]
# classic-id = "faa6ba63383c4086ba587abf26b85814"
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
# help = "A file of the workspace to write as well, such as scored.csv. Empty: none."
#
# [tool.studiolo.exports.dataset]
# file = "file"
# ///
"""Makes a CSV file of a dataset.

In the classic studio a dataset could only be downloaded once it was converted. Here every dataset
can be downloaded as CSV, so the module hands its dataset on unchanged, which keeps experiments that
contain it as they are; if it is given a file name, the workspace gets that file. Text with commas
is quoted, which the classic module did not do.
"""

import pandas as pd


def azureml_main(
    dataset: pd.DataFrame,
    *,
    file: str = "",  # noqa: ARG001  # for the export
) -> pd.DataFrame:
    """Hand on the dataset."""
    return dataset
