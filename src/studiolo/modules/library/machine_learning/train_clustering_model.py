# /// script
# [tool.studiolo]
# name = "Train Clustering Model"
# category = ["Machine Learning", "Train"]
# classic-id = "bb43c744f7fa41d0ae6774ae75da3ffd"
#
# [tool.studiolo.inputs.untrained_model]
# label = "Untrained model"
# kind = "model"
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.trained_model]
# label = "Trained model"
# kind = "model"
#
# [tool.studiolo.outputs.results_dataset]
# label = "Results dataset"
#
# [tool.studiolo.parameters.column_set]
# label = "Column set"
# help = "The columns by which rows are grouped; leave out identifiers."
# kind = "columns"
# port = "dataset"
#
# [tool.studiolo.parameters.check_for_append_or_uncheck_for_result_only]
# label = "Check for Append or Uncheck for Result Only"
# help = "Off: the results have the columns about clusters only."
# ///
"""Trains a clustering on the chosen columns and says which cluster each row of them is in.

The results are those of Assign Data to Clusters: "Assignments" (from 0) and a
"DistancesToClusterCenter no.n" for each cluster, after the columns of the dataset or alone. The
picture shows the rows in the plane of their first two principal components, at most two thousand
of them.

Numbers, booleans (as 0 and 1), texts and categories can be used; others that were chosen, such as
dates, are left out, which is printed. A missing number is taken for the column's mean; a text
becomes an indicator for each of its values.
"""

import warnings
from typing import Any, Literal

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import get_tags

#: More would hide each other.
MOST_POINTS_DRAWN = 2000


def features_of(dataset: pd.DataFrame) -> pd.DataFrame:
    """Give the features as the learner gets them: as numbers (float64) or as texts (str)."""
    kinds, left_out = {}, []
    for name, column in dataset.items():
        if column.isna().all():
            left_out.append(f"{name} (no values)")
        elif is_numeric_dtype(column.dtype):  # booleans too
            kinds[str(name)] = "float64"
        elif isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype):
            kinds[str(name)] = "str"
        else:
            left_out.append(f"{name} ({column.dtype})")
    if left_out:
        print("Not used as features:", ", ".join(left_out))
    if not kinds:
        raise ValueError(
            "The dataset has no column to learn from: features are numbers, booleans, texts and "
            "categories that hold at least one value."
        )
    frame = dataset[list(kinds)].astype(kinds)
    for name in frame.select_dtypes("float64"):
        if np.isinf(frame[name]).any():
            raise ValueError(
                f'The column "{name}" holds an infinite number, from which no learner can learn. '
                "Replace it, or leave out its rows."
            )
    return frame


def pipeline(model: dict[str, Any], frame: pd.DataFrame) -> Pipeline:
    """The learner behind what it needs: means for missing numbers, an indicator for each text."""
    numbers = list(frame.select_dtypes("float64"))
    texts = list(frame.select_dtypes(exclude="float64"))
    means = SimpleImputer(keep_empty_features=True)
    filled = make_pipeline(means, StandardScaler()) if model["scale"] else means
    indicators = OneHotEncoder(
        categories=[sorted(frame[name].dropna().unique()) for name in texts],
        handle_unknown="ignore",  # no indicator is set for an unknown or a missing value
    )
    columns = ColumnTransformer(
        [("numbers", filled, numbers), ("texts", indicators, texts)],
        # Many different texts need much memory, which a sparse matrix saves where it is understood.
        sparse_threshold=0.3 if get_tags(model["estimator"]).input_tags.sparse else 0.0,
    )
    return make_pipeline(columns, clone(model["estimator"]))


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


def assigned(
    estimator: Pipeline, dataset: pd.DataFrame, frame: pd.DataFrame, *, append: bool
) -> pd.DataFrame:
    """The columns that say which cluster each row is in and how far the centres are."""
    distances = estimator.transform(frame)
    columns = {"Assignments": distances.argmin(axis=1)} | {
        f"DistancesToClusterCenter no.{cluster}": distances[:, cluster]
        for cluster in range(distances.shape[1])
    }
    draw_clusters(estimator[:-1].transform(frame), columns["Assignments"])
    if not append:
        result, roles = pd.DataFrame(columns), {}
    else:
        result, roles = dataset.assign(**columns), dataset.attrs.get("roles", {})
    result.attrs["roles"] = {**roles, **dict.fromkeys(columns, "score")}
    return result


def azureml_main(
    untrained_model: dict[str, Any],
    dataset: pd.DataFrame,
    *,
    column_set: list[str] | Literal["all"] = "all",
    check_for_append_or_uncheck_for_result_only: bool = True,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Fit the clustering, and assign the rows it was fitted to."""
    if untrained_model["task"] != "clustering":
        raise ValueError("The model is not a clustering; use Train Model.")
    if "features" in untrained_model:
        raise ValueError("The model is trained already; connect a clustering module's output.")
    frame = features_of(dataset if column_set == "all" else dataset[column_set])
    clusters = untrained_model["estimator"].get_params()["n_clusters"]
    if len(frame) < clusters:
        raise ValueError(
            f"{clusters} clusters need as many rows at least, and the dataset has {len(frame)}."
        )

    estimator = pipeline(untrained_model, frame)
    with warnings.catch_warnings(record=True, action="always", category=ConvergenceWarning) as said:
        estimator.fit(frame)
    print(f"{untrained_model['learner']}: {len(frame)} rows, {frame.shape[1]} features.")
    if said:
        print("There are fewer different rows than clusters: some clusters are the same.")

    trained = untrained_model | {
        "estimator": estimator,
        "label": None,
        "features": frame.dtypes.astype(str).to_dict(),
        "categories": {
            name: sorted(frame[name].dropna().unique())
            for name in frame.select_dtypes(exclude="float64")
        },
        "classes": None,
    }
    append = check_for_append_or_uncheck_for_result_only
    return trained, assigned(estimator, dataset, frame, append=append)
