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

import re
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

#: More would hide each other.
MOST_POINTS_DRAWN = 2000
#: What an earlier clustering has added to a dataset, which the new one replaces.
CLUSTER_COLUMN = re.compile(r"Assignments|DistancesToClusterCenter no\.\d+")


def draw_clusters(points: Any, assignments: Any) -> None:
    """Draw the rows, as the learner saw them, in the plane that shows the most of their spread."""
    shown = np.random.default_rng(0).permutation(points.shape[0])[:MOST_POINTS_DRAWN]
    points = points[shown].toarray() if issparse(points) else points[shown]
    if min(points.shape) < 2 or not np.ptp(points, axis=0).any():
        return  # a line or a single point has no such plane
    plane = PCA(2, random_state=0).fit_transform(points)
    figure, axes = plt.subplots(figsize=(5.6, 4.2), layout="constrained")
    for cluster in np.unique(assignments):
        of_cluster = plane[assignments[shown] == cluster]
        axes.scatter(
            of_cluster[:, 0], of_cluster[:, 1], s=14, alpha=0.7, label=f"Cluster {cluster}"
        )
    axes.set(title="Clusters", xlabel="Principal component 1", ylabel="Principal component 2")
    figure.legend(loc="outside right upper", frameon=False)


def assigned(estimator: Pipeline, dataset: pd.DataFrame, *, append: bool) -> pd.DataFrame:
    """The columns that say which cluster each row is in and how far the centres are."""
    points = estimator[:-1].transform(dataset)
    distances = estimator[-1].transform(points)
    columns = {"Assignments": distances.argmin(axis=1)} | {
        f"DistancesToClusterCenter no.{cluster}": distances[:, cluster]
        for cluster in range(distances.shape[1])
    }
    draw_clusters(points, columns["Assignments"])
    if not append:
        result, roles = pd.DataFrame(columns), {}
    else:
        kept = [name for name in dataset if not CLUSTER_COLUMN.fullmatch(str(name))]
        result, roles = dataset[kept].assign(**columns), dataset.attrs.get("roles", {})
    result.attrs["roles"] = {**roles, **dict.fromkeys(columns, "score")}
    return result


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
