# /// script
# [tool.studiolo]
# name = "Web Service Input"
# category = ["Web Service"]
# nullable = true
# random = false
# row-wise = true
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.parameters.name_for_callers]
# label = "Name for callers"
# help = "What callers call this input. Left empty: the name of the node."
# ///
"""Marks where the rows of a caller enter a web service.

In an experiment it passes on the dataset that is connected to it. In a service that was published
from the experiment, the rows of each request take the place of that dataset, which says what they
look like: the columns, their types and a sample.
"""

import pandas as pd


def azureml_main(
    dataset: pd.DataFrame,
    *,
    name_for_callers: str = "",  # noqa: ARG001  # for the service
) -> pd.DataFrame:
    """Hand on the dataset."""
    return dataset
