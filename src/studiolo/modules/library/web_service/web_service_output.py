# /// script
# [tool.studiolo]
# name = "Web Service Output"
# category = ["Web Service"]
# nullable = true
# random = false
# row-wise = true
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.inputs.trained_model]
# label = "Trained model"
# kind = "model"
#
# [tool.studiolo.outputs.dataset]
# label = "Dataset"
# optional = true
#
# [tool.studiolo.parameters.name_for_callers]
# label = "Name for callers"
# help = "What callers call this output. Left empty: the name of the node."
# ///
"""Marks what a web service returns to its caller.

In an experiment it passes on the connected dataset. A service that was published from
the experiment returns that dataset for each request. With a trained model in the place of a
dataset, batch jobs of the service return the model that they have trained.
"""

import pandas as pd


def azureml_main(
    dataset: pd.DataFrame | None = None,
    trained_model: object = None,  # noqa: ARG001  # for the service
    *,
    name_for_callers: str = "",  # noqa: ARG001  # for the service
) -> pd.DataFrame | None:
    """Hand on the dataset."""
    return dataset
