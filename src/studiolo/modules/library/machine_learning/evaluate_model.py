# /// script
# [tool.studiolo]
# name = "Evaluate Model"
# category = ["Machine Learning", "Evaluate"]
# classic-id = "927d65ac3b504694990320f6c1672089"
# nullable = true
# random = false
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
"""Measures how well a model did on a scored dataset, or compares two models.

The figures are the classic ones, one row per dataset in the order of the inputs:

- two classes: the counts of the confusion matrix, Accuracy, Precision, Recall, F1 Score, AUC,
  Average Log Loss and Training Log Loss, and pictures of the ROC, precision/recall and lift
  curves. Training Log Loss says by how many percent the log loss is less than if the answer were
  always the share of the positive class (the classic documentation calls it the advantage over a
  random prediction);
- several classes: overall and average accuracy, micro- and macro-averaged precision and recall,
  and a picture of the confusion matrix;
- regression: mean absolute and root mean squared error, both errors relative to those of always
  answering with the mean, the coefficient of determination, and a histogram of the errors;
- clustering: for all rows, then for each cluster, the mean distance to the own centre, the mean
  distance to the others, the number of rows and the greatest distance to the own centre.

The label is the column with that role, which Score Model sets; the scores are found by their
classic names. Rows without a label or score are left out. If a column has the role weight, each
row counts with its weight in all figures and curves: a row of weight 2 counts as two rows. The
positive class is the greater of the two values. A figure that is not defined, such as the
precision if no row was called positive, is missing.

Labels and scores are compared by value: 1 equals 1.0. If the labels are text and the scores are
numbers, they can't be compared, and the module stops. Distances are assigned to clusters by the
number in the column's name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pandas.api.types import is_numeric_dtype
from scipy.stats import entropy
from sklearn import metrics

from ..parts.columns.floats import floats_of
from ..parts.learning.weights import weights_of

#: One a dataset; calm, and told apart by people who are colour-blind.
COLOURS = ("#2f6690", "#d98032")
NAMES = ("Scored dataset", "Scored dataset to compare")
OF_CLASS = 'Scored Probabilities for Class "'
DISTANCE = re.compile(r"DistancesToClusterCenter no\.(\d+)")
#: A confusion matrix of more classes has no room for numbers.
MOST_CLASSES_WRITTEN = 12


@dataclass(frozen=True, kw_only=True)
class TwoClassScores:
    """The rows of a scored dataset, as a curve needs them."""

    actual: np.ndarray
    predicted: np.ndarray
    probability: np.ndarray
    weights: np.ndarray

    @property
    def has_both_classes(self) -> bool:
        """Whether curves are defined."""
        counted = self.actual[self.weights > 0]
        return bool(counted.any() and not counted.all())


def task_of(dataset: pd.DataFrame) -> str:
    """The kind of model that scored the dataset, judging by its columns."""
    roles = dataset.attrs.get("roles", {})
    distances = any(DISTANCE.fullmatch(str(name)) for name in dataset)
    found = [
        name
        for name, there in (("Scored Labels", True), ("Assignments", distances))
        if there and name in dataset
    ]
    if len(found) > 1:
        # A clustering may have made features for the model that scored the rows.
        found = [name for name in found if roles.get(name) == "score"]
        if len(found) != 1:
            raise ValueError(
                'The dataset has both "Scored Labels" and "Assignments". Leave out those that are '
                "not to be evaluated, with Select Columns in Dataset."
            )
    if not found:
        raise ValueError(
            'The dataset has no column "Scored Labels" or "Assignments". Connect the output of '
            "Score Model or Assign Data to Clusters."
        )
    if found == ["Assignments"]:
        return "clustering"
    is_multiclass = any(str(name).startswith(OF_CLASS) for name in dataset)
    if "Scored Probabilities" in dataset:
        if is_multiclass:
            raise ValueError(
                'The dataset has "Scored Probabilities" of two classes and of several, from '
                "different models. Leave out those that are not to be evaluated, with Select "
                "Columns in Dataset."
            )
        return "two-class"
    numeric = is_numeric_dtype(dataset["Scored Labels"].dtype)
    return "regression" if numeric and not is_multiclass else "multiclass"


def judged_rows(dataset: pd.DataFrame, *scores: str) -> tuple[pd.DataFrame, str, np.ndarray]:
    """The rows that have both label and scores, the name of the label column, and the weights."""
    roles = dataset.attrs.get("roles", {})
    labels = [name for name, role in roles.items() if role == "label" and name in dataset]
    if len(labels) > 1:
        raise ValueError(
            f"Several columns have the role label: {', '.join(labels)}. Leave it to the one that "
            "the model predicts, with Edit Metadata."
        )
    if not labels:
        raise ValueError(
            "The scored dataset has no label column. Score rows that hold the column which the "
            "model predicts, or give it the role label with Edit Metadata."
        )
    label = labels[0]
    rows = dataset[dataset[[label, *scores]].notna().all(axis=1)]
    if rows.empty:
        raise ValueError(f'No row of the scored dataset has both a label ("{label}") and a score.')
    if len(rows) < len(dataset):
        print(f"Rows left out because they have no label or score: {len(dataset) - len(rows)}.")
    weights = weights_of(rows)
    return rows, label, np.ones(len(rows), dtype="int64") if weights is None else weights


def classes_of(rows: pd.DataFrame, label: str) -> tuple[list[Any], list[Any], list[Any]]:
    """The actual and the predicted class of each row, and all classes in order."""
    actual, predicted = rows[label], rows["Scored Labels"]
    sides = [actual.tolist(), predicted.tolist()]
    floats = [floats_of(actual), floats_of(predicted)]
    if all(one is not None for one in floats) and "O" in {actual.dtype.kind, predicted.dtype.kind}:
        sides = [one.tolist() for one in floats]  # decimals, or categories of numbers
    try:
        return sides[0], sides[1], sorted({*sides[0], *sides[1]})
    except TypeError as error:  # such as text and numbers, which have no order
        raise ValueError(
            f'The label column "{label}" holds {actual.dtype} values, but "Scored Labels" '
            f"{predicted.dtype} values. Score rows whose label is of the type that the model was "
            "trained with: convert it with Edit Metadata."
        ) from error


def ratio(part: Any, whole: Any) -> Any:
    """Divide, number by number; what is divided by zero is not defined."""
    whole = np.asarray(whole, dtype="float64")
    return part / np.where(whole == 0, np.nan, whole)


def two_class_scores(dataset: pd.DataFrame) -> TwoClassScores:
    """Turn labels into true and false."""
    rows, label, weights = judged_rows(dataset, "Scored Labels", "Scored Probabilities")
    actual, predicted, values = classes_of(rows, label)
    probability = floats_of(rows["Scored Probabilities"])
    if probability is None or not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError(
            'The column "Scored Probabilities" holds other values than numbers from 0 to 1. '
            "Connect the output of Score Model."
        )
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
        weights=weights,
    )


def two_class_figures(scores: TwoClassScores) -> dict[str, float]:
    """The figures for a threshold of one half."""
    actual, predicted, probability = scores.actual, scores.predicted, scores.probability
    weights, both = scores.weights, scores.has_both_classes
    true_positive, true_negative = weights @ (actual & predicted), weights @ (~actual & ~predicted)
    false_positive, false_negative = (
        weights @ (~actual & predicted),
        weights @ (actual & ~predicted),
    )
    share = (true_positive + false_negative) / weights.sum()
    weighted: dict[str, Any] = {"sample_weight": weights}
    loss = metrics.log_loss(actual, probability, labels=[False, True], **weighted)
    return {
        "True Positive": true_positive,
        "False Negative": false_negative,
        "False Positive": false_positive,
        "True Negative": true_negative,
        "Accuracy": (true_positive + true_negative) / weights.sum(),
        "Precision": ratio(true_positive, true_positive + false_positive),
        "Recall": ratio(true_positive, true_positive + false_negative),
        "F1 Score": ratio(2 * true_positive, 2 * true_positive + false_positive + false_negative),
        "AUC": metrics.roc_auc_score(actual, probability, **weighted) if both else np.nan,
        "Average Log Loss": loss,
        "Training Log Loss": 100 * (1 - loss / entropy([share, 1 - share])) if both else np.nan,
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
        judged = scores.actual, scores.probability
        weighted: dict[str, Any] = {"sample_weight": scores.weights}
        area = metrics.roc_auc_score(*judged, **weighted)
        false_rate, true_rate, _ = metrics.roc_curve(*judged, **weighted)
        roc.plot(false_rate, true_rate, color=colour, label=f"{name}, AUC {area:.3f}")
        precision, recall, _ = metrics.precision_recall_curve(*judged, **weighted)
        precision_recall.plot(recall, precision, color=colour, label=name)
        order = np.argsort(-scores.probability, kind="stable")
        order = order[scores.weights[order] > 0]
        found = np.cumsum(scores.weights[order] * scores.actual[order])
        share = np.cumsum(scores.weights[order]) / scores.weights.sum()
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
    rows, label, weights = judged_rows(dataset, "Scored Labels")
    actual_classes, predicted_classes, values = classes_of(rows, label)
    codes = {value: code for code, value in enumerate(values)}
    matrix = np.zeros((len(values), len(values)), dtype=weights.dtype)
    down = [codes[value] for value in actual_classes]
    across = [codes[value] for value in predicted_classes]
    np.add.at(matrix, (down, across), weights)
    draw_confusion(matrix, [str(value) for value in values], name)

    hits, actual, predicted = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    overall = hits.sum() / weights.sum()
    return {
        "Overall Accuracy": overall,
        "Average Accuracy": (1 - (actual + predicted - 2 * hits) / weights.sum()).mean(),
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


def regression_figures(dataset: pd.DataFrame, title: str, colour: str) -> dict[str, float]:
    """The figures, and a histogram of the errors."""
    rows, label, weights = judged_rows(dataset, "Scored Labels")
    actual, predicted = floats_of(rows[label]), floats_of(rows["Scored Labels"])
    if actual is None or rows[label].dtype == "category":
        raise ValueError(
            f'The label column "{label}" holds {rows[label].dtype} values, but the scores are '
            "numbers. Score with a model that was trained to predict that column."
        )
    for name, values in ((label, actual), ("Scored Labels", predicted)):
        if np.isinf(values).any():
            raise ValueError(f'The column "{name}" holds an infinite number. Leave out its row.')
    error = predicted - actual
    if np.abs(error).max() < 1e9 * max(1, np.ptp(error)):
        axes = new_axes(f"Errors: {title}", "Scored minus actual value", "Rows")
        axes.hist(error, bins=20, weights=weights, color=colour, edgecolor="white")
    else:
        print("The errors are too large beside their differences for a histogram.")

    shares = weights / weights.sum()
    # All values alike: there is nothing to relate errors to.
    spread = actual - shares @ actual if np.ptp(actual) else np.zeros(len(actual))
    relative = ratio(shares @ error**2, shares @ spread**2)
    return {
        "Mean Absolute Error": shares @ np.abs(error),
        "Root Mean Squared Error": np.sqrt(shares @ error**2),
        "Relative Absolute Error": ratio(shares @ np.abs(error), shares @ np.abs(spread)),
        "Relative Squared Error": relative,
        "Coefficient of Determination": 1 - relative,
    }


def clustering_figures(dataset: pd.DataFrame) -> pd.DataFrame:
    """The figures of all rows, then of each cluster."""
    columns = {int(match[1]): name for name in dataset if (match := DISTANCE.fullmatch(str(name)))}
    names = [columns[cluster] for cluster in sorted(columns)]
    rows = dataset[dataset[["Assignments", *names]].notna().all(axis=1)]
    if rows.empty:
        raise ValueError("No row of the dataset is assigned to a cluster.")
    numbers = [floats_of(rows[name]) for name in ("Assignments", *names)]
    if any(column is None for column in numbers):
        raise ValueError("The columns about clusters hold other values than numbers.")
    assignments, distances = numbers[0], np.column_stack(numbers[1:])
    lost = set(assignments) - columns.keys()
    if lost:
        raise ValueError(
            f"Rows are in the cluster {min(lost):g}, but the dataset has no column "
            f'"DistancesToClusterCenter no.{min(lost):g}". Connect the output of Assign Data to '
            "Clusters."
        )
    given = weights_of(rows)
    weights = np.ones(len(rows), dtype="int64") if given is None else given
    own = distances[np.arange(len(rows)), np.searchsorted(sorted(columns), assignments)]
    other = ratio(distances.sum(axis=1) - own, len(names) - 1)
    parts = {"Combined Evaluation": np.full(len(rows), fill_value=True)} | {
        f"Evaluation For Cluster No.{cluster}": assignments == cluster
        for cluster in sorted(columns)
    }
    return pd.DataFrame(
        {
            "Result Description": description,
            "Average Distance to Cluster Center": ratio(
                weights[part] @ own[part], weights[part].sum()
            ),
            "Average Distance to Other Center": ratio(
                weights[part] @ other[part], weights[part].sum()
            ),
            "Number of Points": weights[part].sum(),
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
