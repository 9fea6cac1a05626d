# /// script
# [tool.studiolo]
# name = "Score Model"
# category = ["Machine Learning", "Score"]
# classic-id = "401b4f92e7244d5abe81d5b0ff9bdb33"
#
# [tool.studiolo.inputs.trained_model]
# label = "Trained model"
# kind = "model"
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.scored_dataset]
# label = "Scored dataset"
#
# [tool.studiolo.parameters.append_score_columns_to_output]
# label = "Append score columns to output"
# help = "Off: the output has the score columns only."
# ///
"""Predicts with a trained classification or regression model.

Adds the columns that the classic module added:

- two classes: "Scored Labels", and "Scored Probabilities" of the positive class, which is the
  greater of the two label values; a row is called positive if that is more than one half;
- several classes: 'Scored Probabilities for Class "x"' for each, then "Scored Labels";
- regression: "Scored Labels".

Columns of those names that the dataset has already are replaced. The scores get the role score,
and the column that the model learned to predict, where the dataset has it, the role label: that is
how Evaluate Model finds them.

The dataset needs the columns that the model was trained with, by name, in any order, among any
others. Where a value is missing, a number counts as the mean of the training and a text as none;
the classic studio gave no score to many of such rows.
"""

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype


def feature_frame(dataset: pd.DataFrame, features: dict[str, str]) -> pd.DataFrame:
    """The features as the learner got them in training."""
    for name, kind in features.items():
        if name not in dataset:
            raise ValueError(
                f'The dataset has no column "{name}", which the model was trained with. '
                "Connect a dataset that holds all columns of the training."
            )
        column = dataset[name]
        if kind == "float64" and not is_numeric_dtype(column.dtype) and column.notna().any():
            raise ValueError(
                f'The column "{name}" holds {column.dtype} values, but the model was trained with '
                "numbers there. Convert it with Edit Metadata."
            )
    frame = dataset[list(features)].astype(features)
    for name, kind in features.items():
        if kind == "float64" and np.isinf(frame[name]).any():
            raise ValueError(f'The column "{name}" holds an infinite number. Replace it.')
    return frame


def scores(model: dict[str, Any], frame: pd.DataFrame) -> dict[str, Any]:
    """The score columns."""
    if model["task"] == "regression":
        return {"Scored Labels": model["estimator"].predict(frame)}
    probabilities = model["estimator"].predict_proba(frame)
    labels = [model["classes"][code] for code in probabilities.argmax(axis=1)]
    if model["task"] == "two-class":
        return {"Scored Labels": labels, "Scored Probabilities": probabilities[:, 1]}
    return {
        f'Scored Probabilities for Class "{value}"': probabilities[:, code]
        for code, value in enumerate(model["classes"])
    } | {"Scored Labels": labels}


def azureml_main(
    trained_model: dict[str, Any],
    dataset: pd.DataFrame,
    *,
    append_score_columns_to_output: bool = True,
) -> pd.DataFrame:
    """Score the rows."""
    if trained_model["task"] == "clustering":
        raise ValueError("The model is a clustering; use Assign Data to Clusters.")
    if "features" not in trained_model:
        raise ValueError("The model is not trained yet; connect the output of Train Model.")
    if dataset.empty:
        raise ValueError("The dataset has no rows to score.")
    columns = scores(trained_model, feature_frame(dataset, trained_model["features"]))
    if not append_score_columns_to_output:
        result, roles = pd.DataFrame(columns), {}
    else:
        result = dataset.drop(columns=columns, errors="ignore").assign(**columns)
        roles = dataset.attrs.get("roles", {})
    if (label := trained_model["label"]) in result:
        others = {name: role for name, role in roles.items() if role != "label"}
        roles = {**others, label: "label"}
    result.attrs["roles"] = {**roles, **dict.fromkeys(columns, "score")}
    return result
