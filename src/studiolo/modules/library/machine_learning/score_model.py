# /// script
# [tool.studiolo]
# name = "Score Model"
# category = ["Machine Learning", "Score"]
# classic-id = "401b4f92e7244d5abe81d5b0ff9bdb33"
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
# [tool.studiolo.outputs.scored_dataset]
# label = "Scored dataset"
#
# [tool.studiolo.parameters.append_score_columns_to_output]
# label = "Append score columns to output"
# help = "Off: the output has only the score columns."
# ///
"""Predicts with a trained classification or regression model.

Adds the columns that the classic module added:

- two classes: "Scored Labels", and "Scored Probabilities" of the positive class, which is the
  greater of the two label values; a row is called positive if its probability is more than one
  half;
- several classes: 'Scored Probabilities for Class "x"' for each, then "Scored Labels";
- regression: "Scored Labels".

They replace the score columns of an earlier model and get the role score. The column that the
model learned to predict, if the dataset has it, gets the role label. That is how Evaluate Model
finds them.

The dataset must have the columns that the model was trained with, by name, in any order; it may
have others. Values are compared by their meaning, whatever the types of the two columns: 1 equals
1.0, the text "1" or "1.50" in the training equals the number 1 or 1.5, and the text "true" equals
true. The module stops at a column whose values can't be compared or could mean two different texts
of the training.

A missing number counts as the column's mean in the training. A missing text, or a text that the
training did not have, sets no indicator; the module prints how many of the latter there are. The
classic studio gave many of these rows no score.
"""

import re
from typing import Any

import numpy as np
import pandas as pd

#: 128 MiB of floats.
MOST_CELLS = 1 << 24
#: What Score Model has added to a dataset, which new scores replace.
SCORE_COLUMN = re.compile(r'Scored (Labels|Probabilities( for Class ".*")?)', re.DOTALL)


def say_unknown(unknown: dict[str, pd.Series]) -> None:
    """Print which values the model can't take into account."""
    for name, values in unknown.items():
        print(
            f'Values of the column "{name}" that the training did not have, and that count as '
            f'none: {len(values)}, such as "{values.iloc[0]}".'
        )


def scores(model: dict[str, Any], dataset: pd.DataFrame) -> dict[str, Any]:
    """The score columns."""
    features, learner = model["estimator"]
    predict = learner.predict if model["task"] == "regression" else learner.predict_proba
    say_unknown(features.unknown_values(dataset))
    # Part by part: with indicators for many texts the whole matrix may be too large.
    step = max(1, MOST_CELLS // features.width_)
    parts = [dataset.iloc[start : start + step] for start in range(0, len(dataset), step)]
    predicted = np.concatenate([predict(features.transform(part)) for part in parts])
    if model["task"] == "regression":
        return {"Scored Labels": predicted}
    probabilities = predicted
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
    columns = scores(trained_model, dataset)
    label = trained_model["label"]
    if not append_score_columns_to_output:
        result, roles, has_label = pd.DataFrame(columns), {}, label in columns
    else:
        # To choose columns, or to look one up in a new frame, takes longer than to predict a row.
        old = [name for name in dataset if SCORE_COLUMN.fullmatch(str(name))]
        kept = dataset.drop(columns=old) if old else dataset
        result, roles = kept.assign(**columns), dataset.attrs.get("roles", {})
        has_label = label in kept or label in columns
    if has_label:
        others = {name: role for name, role in roles.items() if role != "label"}
        roles = {**others, label: "label"}
    result.attrs["roles"] = {**roles, **dict.fromkeys(columns, "score")}
    return result
