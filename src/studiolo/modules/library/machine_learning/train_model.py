# /// script
# [tool.studiolo]
# name = "Train Model"
# category = ["Machine Learning", "Train"]
# classic-id = "5cc7053eaa30450d96c0dae4be720977"
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
# help = "What the model shall predict. Left empty: the column that has the role label."
# kind = "column"
# port = "dataset"
# ///
"""Trains a classification or regression model on a dataset whose outcomes are known.

Rows without a label are left out, as in the classic studio. Features are all other columns without
a role of their own (label, score, weight): numbers, booleans (as 0 and 1), texts and categories.
What is left out of them, such as dates or columns without a value, is printed.

A missing number is taken for the column's mean. A text or category becomes an indicator for each
of its values; where it is missing, or unknown when scoring, none of them is set. Numbers are
standardised for the learners that want it. All of this is part of the trained model, so that Score
Model repeats it.

The label of a classification may be of any type; a regression's is a number. The classic module
refused labels that were not categorical for some learners; ours takes the values as they are.

Left out: "Model explanations", which the classic studio did not have.
"""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import get_tags


def labelled_rows(dataset: pd.DataFrame, label_column: str | None) -> tuple[pd.DataFrame, str]:
    """The rows that have a label, and the label column: the chosen one, or the one of that role."""
    roles = dataset.attrs.get("roles", {})
    label = label_column or next((name for name, role in roles.items() if role == "label"), None)
    if label is None:
        raise ValueError(
            "No label column is chosen, and no column of the dataset has the role label. "
            "Choose the column that the model shall learn to predict."
        )
    labelled = dataset[dataset[label].notna()].reset_index(drop=True)
    if len(labelled) < len(dataset):
        print(f"Rows left out for want of a label: {len(dataset) - len(labelled)}.")
    if labelled.empty:
        raise ValueError(f'The label column "{label}" holds no value in any row.')
    return labelled, label


def target_of(labels: pd.Series, task: str) -> tuple[pd.Series, list[Any]]:
    """What is to be learned: numbers, or each row's position in the list of classes."""
    if task == "regression":
        if not is_numeric_dtype(labels.dtype):
            raise ValueError(
                f'The label column "{labels.name}" holds {labels.dtype} values, but a regression '
                "predicts numbers. Choose a column of numbers, or a classification learner."
            )
        return labels.astype("float64"), []
    classes = sorted(labels.unique().tolist())
    if len(classes) < 2 or (task == "two-class" and len(classes) > 2):
        wanted = "exactly two" if task == "two-class" else "two or more"
        shown = ", ".join(map(str, classes[:5])) + (", …" if len(classes) > 5 else "")
        raise ValueError(
            f'Number of different values in the label column "{labels.name}": {len(classes)} '
            f"({shown}). The learner tells {wanted} classes apart; choose another column or "
            "another learner."
        )
    return labels.map({value: code for code, value in enumerate(classes)}).astype("int64"), classes


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


def azureml_main(
    untrained_model: dict[str, Any], dataset: pd.DataFrame, *, label_column: str | None = None
) -> dict[str, Any]:
    """Fit the learner, and note what Score Model has to know."""
    if untrained_model["task"] == "clustering":
        raise ValueError("Train Model needs labels; use Train Clustering Model for a clustering.")
    if "features" in untrained_model:
        raise ValueError("The model is trained already; connect a learner module's output.")
    labelled, label = labelled_rows(dataset, label_column)
    target, classes = target_of(labelled[label], untrained_model["task"])
    with_role = [name for name in dataset.attrs.get("roles", {}) if name in labelled]
    frame = features_of(labelled.drop(columns={label, *with_role}))

    estimator = pipeline(untrained_model, frame)
    with warnings.catch_warnings(record=True, action="always", category=ConvergenceWarning) as said:
        estimator.fit(frame, target.to_numpy())
    print(f"{untrained_model['learner']}: {len(frame)} rows, {frame.shape[1]} features.")
    if said:
        print("The training ended at its limit of iterations, before it had converged.")

    return untrained_model | {
        "estimator": estimator,
        "label": label,
        "features": frame.dtypes.astype(str).to_dict(),
        "categories": {
            name: sorted(frame[name].dropna().unique())
            for name in frame.select_dtypes(exclude="float64")
        },
        "classes": classes or None,
    }
