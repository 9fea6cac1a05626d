# /// script
# [tool.studiolo]
# name = "Assign Data to Clusters"
# category = ["Machine Learning", "Score"]
# classic-id = "20a0683a07f94a08a89b44b3bbaae382"
# nullable = true
# random = false
# row-wise = true
#
# [tool.studiolo.inputs.trained_model]
# label = "Trained model"
# kind = "model"
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.check_for_append_or_uncheck_for_result_only]
# label = "Check for Append or Uncheck for Result Only"
# help = "Off: the results have only the columns about clusters."
# ///
"""Says which cluster of a trained clustering each row belongs to.

Adds "Assignments", the number of the nearest cluster from 0, and a "DistancesToClusterCenter no.n"
for each cluster: the Euclidean distance, in standardised units if the clustering normalises. These
columns get the role score and replace those of an earlier clustering, even of one with more
clusters. The picture shows at most two thousand rows in the plane of their first two principal
components.

The dataset must have the columns that the clustering was trained with, by name; it may have
others. A missing number counts as the column's mean in the training; a missing text sets no
indicator. Values are compared by their meaning, as in Score Model.
"""

from typing import Any

import pandas as pd

from ..parts.learning.drawn_clusters import assigned


def azureml_main(
    trained_model: dict[str, Any],
    dataset: pd.DataFrame,
    *,
    check_for_append_or_uncheck_for_result_only: bool = True,
) -> pd.DataFrame:
    """Assign the rows."""
    if trained_model["task"] != "clustering":
        raise ValueError("The model is not a clustering; use Score Model.")
    if "features" not in trained_model:
        raise ValueError("The model is not trained yet; connect Train Clustering Model.")
    if dataset.empty:
        raise ValueError("The dataset has no rows to assign.")
    append = check_for_append_or_uncheck_for_result_only
    return assigned(trained_model["estimator"], dataset, append=append)
