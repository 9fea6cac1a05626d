"""The label column of a dataset that a learner learns from."""

from typing import Any

import numpy as np
import pandas as pd

from ..columns.floats import floats_of
from ..columns.places import places_of
from .features import LARGEST


def labelled_rows(dataset: pd.DataFrame, label_column: str | None) -> tuple[pd.DataFrame, str]:
    """The rows that have a label, and the label column: the chosen one, or the one of that role."""
    roles = dataset.attrs.get("roles", {})
    labels = [name for name, role in roles.items() if role == "label"]
    if not label_column and len(labels) > 1:
        raise ValueError(
            f"Several columns have the role label: {', '.join(labels)}. Choose the one that the "
            "model shall learn to predict."
        )
    label = label_column or next(iter(labels), None)
    if label is None:
        raise ValueError(
            "No label column is chosen, and no column of the dataset has the role label. "
            "Choose the column that the model shall learn to predict."
        )
    labelled = dataset[dataset[label].notna()]
    if len(labelled) < len(dataset):
        print(f"Rows left out because they have no label: {len(dataset) - len(labelled)}.")
    if labelled.empty:
        raise ValueError(f'The label column "{label}" holds no value in any row.')
    return labelled, label


def target_of(labels: pd.Series, task: str) -> tuple[Any, list[Any]]:
    """The target of learning: numbers, or each row's position in the list of classes."""
    if task == "regression":
        floats = None if labels.dtype == "category" else floats_of(labels)
        if floats is None:
            raise ValueError(
                f'The label column "{labels.name}" holds {labels.dtype} values, but a regression '
                "predicts numbers. Choose a column of numbers, or a classification learner."
            )
        if (np.abs(floats) > LARGEST).any():
            raise ValueError(
                f'The label column "{labels.name}" holds an infinite number, or one beyond '
                f"{LARGEST:g}. Replace it, or leave out its row."
            )
        return floats, []
    classes = sorted(labels.unique().tolist())
    if len(classes) < 2 or (task == "two-class" and len(classes) > 2):
        wanted = "exactly two" if task == "two-class" else "two or more"
        shown = ", ".join(map(str, classes[:5])) + (", …" if len(classes) > 5 else "")
        raise ValueError(
            f'Number of different values in the label column "{labels.name}": {len(classes)} '
            f"({shown}). The learner tells {wanted} classes apart; choose another column or "
            "another learner."
        )
    return places_of(labels, classes), classes
