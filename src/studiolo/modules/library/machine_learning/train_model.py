# /// script
# [tool.studiolo]
# name = "Train Model"
# category = ["Machine Learning", "Train"]
# classic-id = "5cc7053eaa30450d96c0dae4be720977"
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
# [tool.studiolo.parameters.label_column]
# label = "Label column"
# help = "What the model is to predict. Empty: the column with the role label."
# kind = "column"
# port = "dataset"
# ///
"""Trains a classification or regression model on a dataset whose outcomes are known.

Rows without a label are left out, as in the classic studio. All other columns without a role
(label, score, weight) are features: numbers, decimals and booleans, as floating point numbers,
texts and categories. The module prints which columns can't be used, such as dates or columns
without a value.

If a column has the role weight, each row counts with its weight, for every learner: a row of
weight 2 counts as two rows, one of weight 0 as none. Two columns with that role are refused, and
so are two with the role label unless you choose the label column.

A missing number counts as the column's mean. A text or category becomes one indicator for each of
its values; if it is missing, or unknown when scoring, no indicator is set. Numbers are
standardised for the learners that need it. The trained model includes all of this, so that Score
Model repeats it. Boosted trees need memory for every 0 of the indicators; if that is too much, the
message names the column with the most different values.

The label of a classification may have any type; that of a regression is a number. For some
learners the classic module refused labels that were not categorical; ours takes the values as they
are.

Left out: "Model explanations", which the classic studio did not have.
"""

import warnings
from typing import Any

import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from ..parts.learning.features import features_of, fit_parameters, pipeline
from ..parts.learning.labels import labelled_rows, target_of
from ..parts.learning.weights import weights_of


def azureml_main(
    untrained_model: dict[str, Any], dataset: pd.DataFrame, *, label_column: str | None = None
) -> dict[str, Any]:
    """Fit the learner, and note what Score Model has to know."""
    if untrained_model["task"] == "clustering":
        raise ValueError("Train Model needs labels; use Train Clustering Model for a clustering.")
    if "features" in untrained_model:
        raise ValueError("The model is trained already; connect a learner module's output.")
    labelled, label = labelled_rows(dataset, label_column)
    weights = weights_of(labelled.drop(columns=label))
    target, classes = target_of(labelled[label], untrained_model["task"])
    with_role = [name for name in dataset.attrs.get("roles", {}) if name in labelled]
    kinds = features_of(labelled.drop(columns={label, *with_role}))

    estimator = pipeline(untrained_model, kinds)
    with warnings.catch_warnings(record=True, action="always", category=ConvergenceWarning) as said:
        estimator.fit(labelled, target, **fit_parameters(weights))
    rows = f"{len(labelled)} row{'s' * (len(labelled) != 1)}"
    features = f"{len(kinds)} feature{'s' * (len(kinds) != 1)}"
    print(f"{untrained_model['learner']}: {rows}, {features}.")
    if said:
        print("The training ended at its limit of iterations, before it had converged.")

    return untrained_model | {
        "estimator": estimator,
        "label": label,
        "features": kinds,
        "classes": classes or None,
    }
