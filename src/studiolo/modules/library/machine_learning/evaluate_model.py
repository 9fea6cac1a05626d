# /// script
# [tool.studiolo]
# name = "Evaluate Model"
# category = ["Machine Learning", "Evaluate"]
# classic-id = "927d65ac3b504694990320f6c1672089"
#
# [tool.studiolo.inputs.scored_dataset]
# label = "Scored dataset"
#
# [tool.studiolo.inputs.scored_dataset_to_compare]
# label = "Scored dataset to compare"
# optional = true
#
# [tool.studiolo.outputs.evaluation_results]
# label = "Evaluation results"
# ///
"""Measures how well a model did on a scored dataset, or two models against each other.

The figures are the classic ones, a row a dataset in the order of the inputs:

- two classes: the counts of the confusion matrix, Accuracy, Precision, Recall, F1 Score, AUC,
  Average Log Loss, and Training Log Loss: by how many percent the log loss is less than that of
  always answering with the share of the positive class (the classic documentation just calls it
  the advantage over a random prediction); pictures of the ROC, precision/recall and lift curves;
- several classes: overall and average accuracy, micro- and macro-averaged precision and recall, and
  a picture of the confusion matrix;
- regression: mean absolute and root mean squared error, both errors relative to those of always
  answering with the mean, the coefficient of determination, and a histogram of the errors;
- clustering: for all rows, then for each cluster, the mean distance to the own centre, the mean
  distance to the others, the number of rows and the greatest distance to the own centre.

The label is the column with that role, which Score Model sets; the scores are found by their
classic names. Rows without a label or score are left out. The positive class is the greater of the
two values. A figure that is not defined, such as the precision where nothing was called positive,
is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pandas.api.types import is_numeric_dtype
from sklearn import metrics

#: One a dataset; calm, and told apart by people who are colour-blind.
COLOURS = ("#2f6690", "#d98032")
NAMES = ("Scored dataset", "Scored dataset to compare")
OF_CLASS = 'Scored Probabilities for Class "'
DISTANCE = "DistancesToClusterCenter no."
#: A confusion matrix of more classes has no room for numbers.
MOST_CLASSES_WRITTEN = 12


@dataclass(frozen=True, kw_only=True)
class TwoClassScores:
    """The rows of a scored dataset, as a curve needs them."""

    actual: np.ndarray
    predicted: np.ndarray
    probability: np.ndarray

    @property
    def has_both_classes(self) -> bool:
        """Whether curves are defined."""
        return bool(self.actual.any() and not self.actual.all())


def task_of(dataset: pd.DataFrame) -> str:
    """What kind of model scored the dataset, by its columns."""
    if any(str(name).startswith(DISTANCE) for name in dataset) and "Assignments" in dataset:
        return "clustering"
    if "Scored Labels" not in dataset:
        raise ValueError(
            'The dataset has no column "Scored Labels" or "Assignments". Connect the output of '
            "Score Model or Assign Data to Clusters."
        )
    if "Scored Probabilities" in dataset:
        return "two-class"
    is_classified = any(str(name).startswith(OF_CLASS) for name in dataset)
    numeric = is_numeric_dtype(dataset["Scored Labels"].dtype)
    return "regression" if numeric and not is_classified else "multiclass"


def judged_rows(dataset: pd.DataFrame, *scores: str) -> tuple[pd.DataFrame, str]:
    """The rows that have both label and scores, and the name of the label column."""
    roles = dataset.attrs.get("roles", {})
    label = next((name for name, role in roles.items() if role == "label"), None)
    if label not in dataset:
        raise ValueError(
            "The scored dataset has no label column. Score rows that hold the column which the "
            "model predicts, or give it the role label with Edit Metadata."
        )
    rows = dataset[[label, *scores]].dropna()
    if rows.empty:
        raise ValueError(f'No row of the scored dataset has both a label ("{label}") and a score.')
    if len(rows) < len(dataset):
        print(f"Rows left out for want of a label or score: {len(dataset) - len(rows)}.")
    return rows, str(label)


def ratio(part: Any, whole: Any) -> Any:
    """Divide, number by number; what is divided by zero is not defined."""
    whole = np.asarray(whole, dtype="float64")
    return part / np.where(whole == 0, np.nan, whole)


def two_class_scores(dataset: pd.DataFrame) -> TwoClassScores:
    """Turn labels into true and false."""
    rows, label = judged_rows(dataset, "Scored Labels", "Scored Probabilities")
    actual, predicted = rows[label].astype(object), rows["Scored Labels"].astype(object)
    probability = rows["Scored Probabilities"].to_numpy(dtype="float64")
    values = sorted({*actual, *predicted})
    if len(values) > 2:
        raise ValueError(
            f'The columns "{label}" and "Scored Labels" hold {len(values)} different values '
            "together; a two-class model is evaluated on two."
        )
    # A single value says by its probability which class it is.
    positive = values[-1] if len(values) == 2 or probability.mean() > 0.5 else None
    return TwoClassScores(
        actual=np.array([value == positive for value in actual]),
        predicted=np.array([value == positive for value in predicted]),
        probability=probability,
    )


def two_class_figures(scores: TwoClassScores) -> dict[str, float]:
    """The figures for a threshold of one half."""
    actual, predicted, probability = scores.actual, scores.predicted, scores.probability
    true_positive, false_negative = (actual & predicted).sum(), (actual & ~predicted).sum()
    false_positive, true_negative = (~actual & predicted).sum(), (~actual & ~predicted).sum()
    both = scores.has_both_classes
    loss = metrics.log_loss(actual, probability, labels=[False, True])
    shares = np.full(len(actual), actual.mean())
    of_shares = metrics.log_loss(actual, shares, labels=[False, True])
    return {
        "True Positive": true_positive,
        "False Negative": false_negative,
        "False Positive": false_positive,
        "True Negative": true_negative,
        "Accuracy": (actual == predicted).mean(),
        "Precision": ratio(true_positive, true_positive + false_positive),
        "Recall": ratio(true_positive, true_positive + false_negative),
        "F1 Score": ratio(2 * true_positive, 2 * true_positive + false_positive + false_negative),
        "AUC": metrics.roc_auc_score(actual, probability) if both else np.nan,
        "Average Log Loss": loss,
        "Training Log Loss": 100 * (1 - loss / of_shares) if both else np.nan,
    }


def draw_curves(all_scores: Sequence[TwoClassScores]) -> None:
    """Draw ROC, precision/recall and lift, each with a curve a dataset."""
    drawn = [
        (scores, name, colour)
        for scores, name, colour in zip(all_scores, NAMES, COLOURS, strict=False)
        if scores.has_both_classes
    ]
    if len(drawn) < len(all_scores):
        print("A curve needs rows of both classes; a dataset without them has none.")
    if not drawn:
        return
    roc = new_axes("ROC", "False positive rate", "True positive rate")
    precision_recall = new_axes("Precision/recall", "Recall", "Precision")
    lift = new_axes("Lift", "Share of rows, most probable first", "Lift")
    roc.plot([0, 1], [0, 1], color="0.7", linestyle="--", linewidth=1)
    lift.axhline(1, color="0.7", linestyle="--", linewidth=1)
    for scores, name, colour in drawn:
        area = metrics.roc_auc_score(scores.actual, scores.probability)
        false_rate, true_rate, _ = metrics.roc_curve(scores.actual, scores.probability)
        roc.plot(false_rate, true_rate, color=colour, label=f"{name}, AUC {area:.3f}")
        precision, recall, _ = metrics.precision_recall_curve(scores.actual, scores.probability)
        precision_recall.plot(recall, precision, color=colour, label=name)
        found = np.cumsum(scores.actual[np.argsort(-scores.probability, kind="stable")])
        share = np.arange(1, len(found) + 1) / len(found)
        lift.plot(share, found / found[-1] / share, color=colour, label=name)
    for axes in (roc, precision_recall, lift):
        axes.legend(frameon=False)


def new_axes(title: str, across: str, up: str) -> Axes:
    """Begin a picture of a legible size."""
    _, axes = plt.subplots(figsize=(5.6, 4.2), layout="constrained")
    axes.set(title=title, xlabel=across, ylabel=up)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def multiclass_figures(dataset: pd.DataFrame, name: str) -> dict[str, float]:
    """The figures, and the confusion matrix as a picture."""
    rows, label = judged_rows(dataset, "Scored Labels")
    values = sorted({*rows[label].astype(object), *rows["Scored Labels"].astype(object)})
    codes = {value: code for code, value in enumerate(values)}
    matrix = np.zeros((len(values), len(values)), dtype="int64")
    np.add.at(matrix, (rows[label].map(codes), rows["Scored Labels"].map(codes)), 1)
    draw_confusion(matrix, [str(value) for value in values], name)

    hits, actual, predicted = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    overall = hits.sum() / len(rows)
    return {
        "Overall Accuracy": overall,
        "Average Accuracy": (1 - (actual + predicted - 2 * hits) / len(rows)).mean(),
        "Micro-averaged Precision": overall,
        "Macro-averaged Precision": ratio(hits, predicted).mean(),
        "Micro-averaged Recall": overall,
        "Macro-averaged Recall": ratio(hits, actual).mean(),
    }


def draw_confusion(matrix: np.ndarray, values: Sequence[str], name: str) -> None:
    """Draw what the rows of each actual class were taken for, in shares of the class."""
    shares = np.nan_to_num(ratio(matrix, matrix.sum(axis=1, keepdims=True)))
    axes = new_axes(f"Confusion matrix: {name}", "Predicted class", "Actual class")
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if len(values) <= MOST_CLASSES_WRITTEN:
        axes.set_xticks(range(len(values)), values, rotation=30, ha="right")
        axes.set_yticks(range(len(values)), values)
        for (row, column), share in np.ndenumerate(shares):
            colour = "white" if share > 0.5 else "black"
            axes.text(column, row, f"{share:.0%}", ha="center", va="center", color=colour)


def regression_figures(dataset: pd.DataFrame, name: str, colour: str) -> dict[str, float]:
    """The figures, and a histogram of the errors."""
    rows, label = judged_rows(dataset, "Scored Labels")
    if not is_numeric_dtype(rows[label].dtype):
        raise ValueError(
            f'The label column "{label}" holds {rows[label].dtype} values, but the scores are '
            "numbers. Score with a model that was trained to predict that column."
        )
    actual = rows[label].to_numpy(dtype="float64")
    error = rows["Scored Labels"].to_numpy(dtype="float64") - actual
    spread = actual - actual.mean()
    axes = new_axes(f"Errors: {name}", "Scored minus actual value", "Rows")
    axes.hist(error, bins=20, color=colour, edgecolor="white")

    relative = ratio((error**2).sum(), (spread**2).sum())
    return {
        "Mean Absolute Error": np.abs(error).mean(),
        "Root Mean Squared Error": np.sqrt((error**2).mean()),
        "Relative Absolute Error": ratio(np.abs(error).sum(), np.abs(spread).sum()),
        "Relative Squared Error": relative,
        "Coefficient of Determination": 1 - relative,
    }


def clustering_figures(dataset: pd.DataFrame) -> pd.DataFrame:
    """The figures of all rows, then of each cluster."""
    names = [name for name in dataset if str(name).startswith(DISTANCE)]
    rows = dataset[["Assignments", *names]].dropna()
    if rows.empty:
        raise ValueError("No row of the dataset is assigned to a cluster.")
    assignments = rows["Assignments"].to_numpy(dtype="int64")
    distances = rows[names].to_numpy(dtype="float64")
    own = distances[np.arange(len(rows)), assignments]
    other = ratio(distances.sum(axis=1) - own, len(names) - 1)
    parts = {"Combined Evaluation": np.full(len(rows), fill_value=True)} | {
        f"Evaluation For Cluster No.{cluster}": assignments == cluster
        for cluster in range(len(names))
    }
    return pd.DataFrame(
        {
            "Result Description": description,
            "Average Distance to Cluster Center": own[part].mean() if part.any() else np.nan,
            "Average Distance to Other Center": other[part].mean() if part.any() else np.nan,
            "Number of Points": part.sum(),
            "Maximal Distance to Cluster Center": own[part].max() if part.any() else np.nan,
        }
        for description, part in parts.items()
    )


def azureml_main(
    scored_dataset: pd.DataFrame, scored_dataset_to_compare: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Measure one or two scored datasets."""
    datasets = [scored_dataset]
    if scored_dataset_to_compare is not None:
        datasets.append(scored_dataset_to_compare)
    tasks = [task_of(dataset) for dataset in datasets]
    if len(set(tasks)) > 1:
        raise ValueError(
            f"The datasets were scored by models of different kinds: {' and '.join(tasks)}. "
            "Only models of the same kind can be compared."
        )
    if tasks[0] == "clustering":
        return pd.concat([clustering_figures(dataset) for dataset in datasets], ignore_index=True)
    if tasks[0] == "two-class":
        all_scores = [two_class_scores(dataset) for dataset in datasets]
        draw_curves(all_scores)
        return pd.DataFrame(two_class_figures(scores) for scores in all_scores)
    named = zip(datasets, NAMES, COLOURS, strict=False)
    if tasks[0] == "multiclass":
        return pd.DataFrame(multiclass_figures(dataset, name) for dataset, name, _ in named)
    return pd.DataFrame(
        regression_figures(dataset, name, colour) for dataset, name, colour in named
    )
