# /// script
# [tool.studiolo]
# name = "Train Clustering Model"
# category = ["Machine Learning", "Train"]
# classic-id = "bb43c744f7fa41d0ae6774ae75da3ffd"
# nullable = true
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
# help = "The columns by which to group the rows. Leave out identifiers."
# kind = "columns"
# port = "dataset"
#
# [tool.studiolo.parameters.check_for_append_or_uncheck_for_result_only]
# label = "Check for Append or Uncheck for Result Only"
# help = "Off: the results have only the columns about clusters."
# ///
"""Trains a clustering on the chosen columns and says which cluster each row belongs to.

The results are those of Assign Data to Clusters: "Assignments" (from 0) and a
"DistancesToClusterCenter no.n" for each cluster, after the columns of the dataset or alone. They
replace those of an earlier clustering. The picture shows at most two thousand rows in the plane of
their first two principal components.

You can use numbers, decimals, booleans (as 0 and 1), texts and categories. Other columns that you
chose, such as dates, are left out, and the module prints their names. If all columns are chosen,
as by default, columns with a role are left out as well: labels, weights and scores, such as the
assignments of an earlier clustering. A missing number counts as the column's mean; a text becomes
one indicator for each of its values. If a column has the role weight, each row counts with its
weight.
"""

import warnings
from typing import Any, Literal

import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from ..parts.learning.drawn_clusters import assigned
from ..parts.learning.features import features_of, fit_parameters, pipeline
from ..parts.learning.weights import weights_of


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
    chosen = list(dataset) if column_set == "all" else column_set
    if len(chosen) == dataset.shape[1]:
        # All columns is the default and does not mean to group by outcomes or by earlier results.
        with_role = [name for name in dataset.attrs.get("roles", {}) if name in chosen]
        if with_role:
            print("Not used as features, because of their role:", ", ".join(with_role))
        chosen = [name for name in chosen if name not in with_role]
    kinds = features_of(dataset[chosen])
    weights = weights_of(dataset)
    clusters = untrained_model["estimator"].get_params()["n_clusters"]
    if len(dataset) < clusters:
        raise ValueError(
            f"{clusters} clusters need at least as many rows, and the dataset has {len(dataset)}."
        )

    estimator = pipeline(untrained_model, kinds)
    with warnings.catch_warnings(record=True, action="always", category=ConvergenceWarning) as said:
        estimator.fit(dataset, **fit_parameters(weights))
    rows = f"{len(dataset)} row{'s' * (len(dataset) != 1)}"
    features = f"{len(kinds)} feature{'s' * (len(kinds) != 1)}"
    print(f"{untrained_model['learner']}: {rows}, {features}.")
    if said:
        print("There are fewer different rows than clusters: some clusters are the same.")

    trained = untrained_model | {
        "estimator": estimator,
        "label": None,
        "features": kinds,
        "classes": None,
    }
    append = check_for_append_or_uncheck_for_result_only
    return trained, assigned(estimator, dataset, append=append)
