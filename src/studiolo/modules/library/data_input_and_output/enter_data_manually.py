# /// script
# [tool.studiolo]
# name = "Enter Data Manually"
# category = ["Data Input and Output"]
# classic-id = "4fbef0ab2c8e4a25b5c47be76eac33d6"
# nullable = true
# random = false
#
# [tool.studiolo.outputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.parameters.data_format]
# label = "DataFormat"
#
# [tool.studiolo.parameters.has_header]
# label = "HasHeader"
# help = "CSV and TSV only: the first line names the columns. Off: they are Col1, Col2 …"
# used-if = { data_format = ["CSV", "TSV"] }
#
# [tool.studiolo.parameters.data]
# label = "Data"
# kind = "data"
# format = "data_format"
# header = "has_header"
# help = "The rows, one per line."
# ///
"""Makes a dataset of rows that you type in.

The text is read like a file of that format: the type of a column is decided from all of its
values, an empty field is missing, and SvmLight gives the columns Col1, Col2 and so on and Labels.
The module gets the finished dataset and passes it on.
"""

from typing import Literal

import pandas as pd


def azureml_main(
    *,
    data_format: Literal["ARFF", "CSV", "SvmLight", "TSV"] = "CSV",  # noqa: ARG001  # for `data`
    has_header: bool = True,  # noqa: ARG001  # for `data`
    data: pd.DataFrame,
) -> pd.DataFrame:
    """Hand on what was typed in."""
    return data
