# /// script
# [tool.studiolo]
# name = "Cross Validate Model"
# category = ["Machine Learning", "Evaluate"]
# classic-id = "75fb875d6b864d468bcc74261ade5826"
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
# help = "What the model shall predict. Left empty: the column that has the role label."
# kind = "column"
# port = "dataset"
#
# [tool.studiolo.parameters.random_seed]
# label = "Random seed"
# help = "Which rows come into which fold."
# minimum = 0
# maximum = 4294967295
#
# [tool.studiolo.parameters.number_of_folds]
# label = "Number of folds"
# minimum = 2
# ///
"""Trains a model on parts of a dataset and scores the rest, so that each row is scored once.

The rows are dealt into folds at random: ten, the classic default, or as many as there are rows if
that is less. Each fold is scored by a model that was trained on all the others. What becomes a
feature, and how, is as in Train Model; means and scales are those of the rows trained on.

Scored results are the rows that have a label, with the columns "Fold Assignments" (from 0) and
those that Score Model adds. Evaluation results have a row a fold, "Mean" and "Standard Deviation"
over the folds, with the figures of Evaluate Model. A figure that is not defined for a fold, such
as the precision where nothing was called positive, is missing there and left out of the mean.

Differs: the folds of a classification have the classes in equal shares (the classic ones were
plainly random), so that no model misses a class that has two rows; the number of folds is a
parameter, where the classic module took other partitions from Partition and Sample.
"""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn import metrics
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.model_selection import PredefinedSplit, cross_val_predict
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


def deal(target: pd.Series, folds: int, *, seed: int, stratified: bool) -> np.ndarray:
    """Give each row the number of its fold."""
    order = np.random.default_rng(seed).permutation(len(target))
    if stratified:
        order = order[np.argsort(target.to_numpy()[order], kind="stable")]
    assignments = np.empty(len(target), dtype="int64")
    assignments[order] = np.arange(len(target)) % folds
    return assignments


def two_class_figures(actual: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """The figures of Evaluate Model for a fold."""
    probability = probabilities[:, 1]
    predicted = probability > 0.5
    share = actual.mean()
    both = 0 < share < 1
    loss = metrics.log_loss(actual, probability, labels=[0, 1])
    of_shares = metrics.log_loss(actual, np.full(len(actual), share), labels=[0, 1])
    undefined: dict[str, Any] = {"zero_division": np.nan}
    return {
        "Accuracy": metrics.accuracy_score(actual, predicted),
        "Precision": metrics.precision_score(actual, predicted, **undefined),
        "Recall": metrics.recall_score(actual, predicted, **undefined),
        "F1 Score": metrics.f1_score(actual, predicted, **undefined),
        "AUC": metrics.roc_auc_score(actual, probability) if both else np.nan,
        "Average Log Loss": loss,
        "Training Log Loss": 100 * (1 - loss / of_shares) if both else np.nan,
    }


def multiclass_figures(actual: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """The figures of Evaluate Model for a fold."""
    predicted = probabilities.argmax(axis=1)
    each = metrics.multilabel_confusion_matrix(actual, predicted)
    overall = metrics.accuracy_score(actual, predicted)
    undefined: dict[str, Any] = {"average": None, "zero_division": np.nan}
    return {
        "Overall Accuracy": overall,
        "Average Accuracy": each.trace(axis1=1, axis2=2).mean() / len(actual),
        "Micro-averaged Precision": overall,
        "Macro-averaged Precision": metrics.precision_score(actual, predicted, **undefined).mean(),
        "Micro-averaged Recall": overall,
        "Macro-averaged Recall": metrics.recall_score(actual, predicted, **undefined).mean(),
    }


def regression_figures(actual: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """The figures of Evaluate Model for a fold."""
    error, spread = predicted - actual, actual - actual.mean()
    # All values alike: there is nothing to relate errors to.
    absolute, squared = np.abs(spread).sum() or np.nan, (spread**2).sum() or np.nan
    return {
        "Mean Absolute Error": np.abs(error).mean(),
        "Root Mean Squared Error": np.sqrt((error**2).mean()),
        "Relative Absolute Error": np.abs(error).sum() / absolute,
        "Relative Squared Error": (error**2).sum() / squared,
        "Coefficient of Determination": 1 - (error**2).sum() / squared,
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
    target, classes = target_of(labelled[label], task)
    if classes and target.value_counts().nlargest(2).min() < 2:
        raise ValueError(
            f'Of the classes in the column "{label}" fewer than two have two rows or more. '
            "Each model has to see two classes; use more rows."
        )
    roles = {
        name: role for name, role in dataset.attrs.get("roles", {}).items() if name in labelled
    }
    frame = features_of(labelled.drop(columns={label, *roles}))
    count = min(number_of_folds, len(frame))
    if count < 2:
        raise ValueError("The dataset has one row with a label; two are the least for two folds.")
    fold = deal(target, count, seed=random_seed, stratified=bool(classes))

    # scikit-learn also warns where a model misses a class that has a single row: its share is 0.
    with warnings.catch_warnings(record=True, action="always") as said:
        predicted = cross_val_predict(
            pipeline(untrained_model, frame),
            frame,
            target.to_numpy(),
            cv=PredefinedSplit(fold),
            method="predict_proba" if classes else "predict",
        )
    if any(issubclass(warning.category, ConvergenceWarning) for warning in said):
        print("A training ended at its limit of iterations, before it had converged.")

    added = {"Fold Assignments": fold} | score_columns(task, classes, predicted)
    scored = labelled.assign(**added)
    others = {name: role for name, role in roles.items() if role != "label"}
    scored.attrs["roles"] = {**others, label: "label", **dict.fromkeys(added, "score")}

    figures_of = FIGURES[task]
    by_fold = pd.DataFrame(
        figures_of(target[fold == number].to_numpy(), predicted[fold == number])
        for number in range(count)
    )
    summary = pd.DataFrame([by_fold.mean(), by_fold.std()])
    results = pd.concat([by_fold, summary], ignore_index=True)
    results.insert(0, "Fold Number", [*map(str, range(count)), "Mean", "Standard Deviation"])
    results.insert(1, "Number of Examples in Fold", [*np.bincount(fold), len(frame), len(frame)])
    results.insert(2, "Model", untrained_model["learner"])
    print(f"{untrained_model['learner']}: {count} folds of {len(frame)} rows.")
    return scored, results
