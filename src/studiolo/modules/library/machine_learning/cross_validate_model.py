# /// script
# [tool.studiolo]
# name = "Cross Validate Model"
# category = ["Machine Learning", "Evaluate"]
# classic-id = "75fb875d6b864d468bcc74261ade5826"
# nullable = true
#
# [tool.studiolo.inputs.untrained_model]
# label = "Untrained model"
# kind = "model"
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.scored_results]
# label = "Scored results"
#
# [tool.studiolo.outputs.evaluation_results_by_fold]
# label = "Evaluation results by fold"
#
# [tool.studiolo.parameters.label_column]
# label = "Label column"
# help = "What the model is to predict. Empty: the column with the role label."
# kind = "column"
# port = "dataset"
#
# [tool.studiolo.parameters.random_seed]
# label = "Random seed"
# help = "Determines which rows go into which fold."
# minimum = 0
# maximum = 4294967295
#
# [tool.studiolo.parameters.number_of_folds]
# label = "Number of folds"
# minimum = 2
# ///
"""Trains a model on parts of a dataset and scores the rest, so that each row is scored once.

The rows are divided into folds at random: ten, the classic default, or as many as there are rows
if there are fewer. Each fold is scored by a model that was trained on all the others. Columns
become features as in Train Model, with the means, scales and values of the rows that the model is
trained on. Weights count in training and in the figures.

Scored results are the rows that have a label, with the column "Fold Assignments" (from 0) and
those that Score Model adds. Evaluation results have one row per fold, and then "Mean" and
"Standard Deviation" over the folds, with the figures of Evaluate Model. A figure that is not
defined for a fold, such as the precision if no row was called positive, is missing there and left
out of the mean.

Differs: in a classification, the folds have equal shares of the classes (the classic folds were
purely random), so that each model sees every class that has two rows. The number of folds is a
parameter; the classic module took other partitions from Partition and Sample.
"""

import re
import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import entropy
from sklearn import metrics
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from ..parts.learning.features import features_of, fit_parameters, pipeline
from ..parts.learning.labels import labelled_rows, target_of
from ..parts.learning.weights import weights_of

#: What Score Model has added to a dataset, which new scores replace.
SCORE_COLUMN = re.compile(r'Scored (Labels|Probabilities( for Class ".*")?)', re.DOTALL)


def deal(target: np.ndarray, folds: int, *, seed: int, stratified: bool) -> np.ndarray:
    """Give each row the number of its fold."""
    order = np.random.default_rng(seed).permutation(len(target))
    if stratified:
        order = order[np.argsort(target[order], kind="stable")]
    assignments = np.empty(len(target), dtype="int64")
    assignments[order] = np.arange(len(target)) % folds
    return assignments


def two_class_figures(
    actual: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> dict[str, float]:
    """The figures of Evaluate Model for a fold."""
    probability = probabilities[:, 1]
    predicted = probability > 0.5
    share = np.average(actual, weights=weights) if weights.any() else np.nan
    both = 0 < share < 1
    weighted: dict[str, Any] = {"sample_weight": weights}
    loss = metrics.log_loss(actual, probability, labels=[0, 1], **weighted)
    undefined: dict[str, Any] = {"zero_division": np.nan, **weighted}
    return {
        "Accuracy": metrics.accuracy_score(actual, predicted, **weighted),
        "Precision": metrics.precision_score(actual, predicted, **undefined),
        "Recall": metrics.recall_score(actual, predicted, **undefined),
        "F1 Score": metrics.f1_score(actual, predicted, **undefined),
        "AUC": metrics.roc_auc_score(actual, probability, **weighted) if both else np.nan,
        "Average Log Loss": loss,
        "Training Log Loss": 100 * (1 - loss / entropy([share, 1 - share])) if both else np.nan,
    }


def multiclass_figures(
    actual: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> dict[str, float]:
    """The figures of Evaluate Model for a fold."""
    predicted = probabilities.argmax(axis=1)
    weighted: dict[str, Any] = {"sample_weight": weights}
    each = metrics.multilabel_confusion_matrix(actual, predicted, **weighted)
    overall = metrics.accuracy_score(actual, predicted, **weighted)
    undefined: dict[str, Any] = {"average": None, "zero_division": np.nan, **weighted}
    return {
        "Overall Accuracy": overall,
        "Average Accuracy": each.trace(axis1=1, axis2=2).mean() / weights.sum(),
        "Micro-averaged Precision": overall,
        "Macro-averaged Precision": metrics.precision_score(actual, predicted, **undefined).mean(),
        "Micro-averaged Recall": overall,
        "Macro-averaged Recall": metrics.recall_score(actual, predicted, **undefined).mean(),
    }


def regression_figures(
    actual: np.ndarray, predicted: np.ndarray, weights: np.ndarray
) -> dict[str, float]:
    """The figures of Evaluate Model for a fold."""
    weights = weights / weights.sum()
    error, spread = predicted - actual, actual - weights @ actual
    # All values alike: there is nothing to relate errors to.
    absolute = weights @ np.abs(spread) if np.ptp(actual) else np.nan
    squared = weights @ spread**2 if np.ptp(actual) else np.nan
    return {
        "Mean Absolute Error": weights @ np.abs(error),
        "Root Mean Squared Error": np.sqrt(weights @ error**2),
        "Relative Absolute Error": weights @ np.abs(error) / absolute,
        "Relative Squared Error": weights @ error**2 / squared,
        "Coefficient of Determination": 1 - weights @ error**2 / squared,
    }


FIGURES = {
    "two-class": two_class_figures,
    "multiclass": multiclass_figures,
    "regression": regression_figures,
}


def score_columns(task: str, classes: list[Any], predicted: np.ndarray) -> dict[str, Any]:
    """The columns that Score Model would add."""
    if task == "regression":
        return {"Scored Labels": predicted}
    labels = {"Scored Labels": [classes[code] for code in predicted.argmax(axis=1)]}
    if task == "two-class":
        return labels | {"Scored Probabilities": predicted[:, 1]}
    return {
        f'Scored Probabilities for Class "{value}"': predicted[:, code]
        for code, value in enumerate(classes)
    } | labels


def azureml_main(
    untrained_model: dict[str, Any],
    dataset: pd.DataFrame,
    *,
    label_column: str | None = None,
    random_seed: int = 0,
    number_of_folds: int = 10,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Train and score fold by fold."""
    if untrained_model["task"] == "clustering":
        raise ValueError(
            "Cross Validate Model needs labels; use Train Clustering Model for a clustering."
        )
    if "features" in untrained_model:
        raise ValueError("The model is trained already; connect a learner module's output.")
    task = untrained_model["task"]
    labelled, label = labelled_rows(dataset, label_column)
    weights = weights_of(labelled.drop(columns=label))
    target, classes = target_of(labelled[label], task)
    if classes and np.sort(np.bincount(target))[-2] < 2:
        raise ValueError(
            f'Of the classes in the column "{label}" fewer than two have two rows or more. '
            "Each model has to see two classes; use more rows."
        )
    roles = {
        name: role for name, role in dataset.attrs.get("roles", {}).items() if name in labelled
    }
    kinds = features_of(labelled.drop(columns={label, *roles}))
    count = min(number_of_folds, len(labelled))
    if count < 2:
        raise ValueError(
            "Only one row of the dataset has a label. Two folds need at least two such rows."
        )
    fold = deal(target, count, seed=random_seed, stratified=bool(classes))

    # scikit-learn also warns where a model misses a class that has a single row: its share is 0.
    with warnings.catch_warnings(record=True, action="always") as said:
        predicted = cross_val_predict(
            pipeline(untrained_model, kinds),
            labelled,
            target,
            cv=PredefinedSplit(fold),
            method="predict_proba" if classes else "predict",
            params=fit_parameters(weights),
        )
    if any(issubclass(warning.category, ConvergenceWarning) for warning in said):
        print("A training ended at its limit of iterations, before it had converged.")

    added = {"Fold Assignments": fold} | score_columns(task, classes, predicted)
    kept = [name for name in labelled if not SCORE_COLUMN.fullmatch(str(name))]
    scored = labelled[kept].assign(**added).reset_index(drop=True)
    others = {name: role for name, role in roles.items() if role != "label"}
    scored.attrs["roles"] = {**others, label: "label", **dict.fromkeys(added, "score")}

    counts = np.ones(len(labelled)) if weights is None else weights
    by_fold = pd.DataFrame(
        FIGURES[task](target[part], predicted[part], counts[part])
        for part in (fold == number for number in range(count))
    )
    summary = pd.DataFrame([by_fold.mean(), by_fold.std()])
    results = pd.concat([by_fold, summary], ignore_index=True)
    results.insert(0, "Fold Number", [*map(str, range(count)), "Mean", "Standard Deviation"])
    results.insert(1, "Number of Examples in Fold", [*np.bincount(fold), len(fold), len(fold)])
    results.insert(2, "Model", untrained_model["learner"])
    print(f"{untrained_model['learner']}: {count} folds, {len(fold)} rows in all.")
    return scored, results
