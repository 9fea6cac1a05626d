"""Rows, each with its cluster, and the picture of the clusters."""

import re
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

#: What an earlier clustering has added to a dataset, which the new one replaces.
CLUSTER_COLUMN = re.compile(r"Assignments|DistancesToClusterCenter no\.\d+")
#: More would hide each other.
MOST_POINTS_DRAWN = 2000


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
