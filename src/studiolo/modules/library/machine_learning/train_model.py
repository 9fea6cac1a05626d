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

import re
import warnings
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype, is_bool_dtype, is_numeric_dtype
from scipy.sparse import csr_matrix, hstack
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

#: Text that means a number. "007" is a text, as it is for the reader of CSV.
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
#: A matrix with a smaller share of numbers that are not 0 takes less memory as a sparse one.
MOST_DENSITY = 0.3
#: One GiB of floats; learners make copies of them.
MOST_CELLS = 1 << 27
#: Trees compare floats of 32 bits, and squares must stay finite.
LARGEST = 1e38


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


def weights_of(rows: pd.DataFrame) -> Any:
    """By how much each row counts: the column of the role weight; None if there is none."""
    roles = rows.attrs.get("roles", {})
    names = [name for name, role in roles.items() if role == "weight" and name in rows]
    if not names:
        return None
    if len(names) > 1:
        raise ValueError(
            f"Several columns have the role weight: {', '.join(names)}. Leave it to one of them, "
            "with Edit Metadata."
        )
    weights = floats_of(rows[names[0]])
    if weights is None:
        raise ValueError(
            f'The weight column "{names[0]}" holds {rows[names[0]].dtype} values; weights are '
            "numbers."
        )
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any() or not weights.any():
        row = rows.index[wrong.argmax()]
        value = rows[names[0]][row]
        found = f"{'no value' if pd.isna(value) else value} in row {row + 1}" if wrong.any() else ""
        raise ValueError(
            f'The weight column "{names[0]}" has {found or "no weight above 0"}. A weight is a '
            "number of 0 or more; replace it, or leave out the row."
        )
    print(f'Rows count by the weights in the column "{names[0]}".')
    return weights


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


def features_of(dataset: pd.DataFrame) -> dict[str, str]:
    """The columns that a learner can use, and what they hold: numbers, booleans or values."""
    kinds, left_out, rounded = {}, [], []
    for name, column in dataset.items():
        if column.isna().all():
            left_out.append(f"{name} (no values)")
        elif isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype):
            kinds[str(name)] = "values"
        elif floats_of(column) is not None:
            kinds[str(name)] = "booleans" if is_bool_dtype(column.dtype) else "numbers"
            if column.dtype.kind in "iu" and (column.max() > 2**53 or column.min() < -(2**53)):
                rounded.append(str(name))
        else:
            left_out.append(f"{name} ({column.dtype})")
    if left_out:
        print("Not used as features:", ", ".join(left_out))
    if rounded:
        print("Integers beyond 2**53, which learners round:", ", ".join(rounded))
    if not kinds:
        raise ValueError(
            "The dataset has no column to learn from: features are numbers, booleans, texts and "
            "categories that hold at least one value."
        )
    return kinds


def floats_of(column: Any) -> Any:
    """Numbers or booleans as floats, NaN where missing; None if a column holds anything else."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return column.to_numpy("float64")
    if isinstance(column.dtype, pd.CategoricalDtype):
        floats = floats_of(column.cat.categories.to_series())
        return None if floats is None else np.append(floats, np.nan)[column.cat.codes]
    if column.isna().all():
        return np.full(len(column), np.nan)
    is_decimal = column.dtype == object and infer_dtype(column) == "decimal"
    if is_numeric_dtype(column.dtype) or is_decimal:
        return column.to_numpy("float64", na_value=np.nan)
    return None


def meaning(value: Any, *, read: bool) -> Any:
    """The key that equal values of different types share: 1, 1.0, true, and "1" read as text."""
    if read and isinstance(value, str):
        truth = {"true": "1", "false": "0"}.get(value.lower(), value)
        return Decimal(truth) if NUMBER.fullmatch(truth) else value
    if isinstance(value, int | float | Decimal):
        return Decimal(str(+value))
    return value


def places_of(column: Any, known: Sequence[Any]) -> Any:
    """The position of each value among the known ones; -1 if it is missing or unknown.

    Values are compared by what they mean, whatever their types.
    """
    codes, different = pd.factorize(column)
    values = different.tolist()
    numbers = (bool, int, float, Decimal)
    sides = [side[0] for side in (known, values) if side]
    kinds = {"number" if isinstance(value, numbers) else type(value) for value in sides}
    read = kinds == {"number", str}
    if len(kinds) > 1 and not read:
        raise ValueError(
            f'The column "{column.name}" holds {column.dtype} values, such as {values[0]}, where '
            f"values such as {known[0]} are known. Convert it with Edit Metadata."
        )
    places: dict[Any, list[int]] = {}
    for place, value in enumerate(known):
        places.setdefault(meaning(value, read=read), []).append(place)
    found = [places.get(meaning(value, read=read), [-1]) for value in values]
    for value, candidates in zip(values, found, strict=True):
        if len(candidates) > 1:
            texts = " or ".join(f'"{known[place]}"' for place in candidates)
            raise ValueError(
                f'The column "{column.name}" holds {value}, which may mean {texts}: these are '
                "different texts. Make the column String with Edit Metadata, spelled as they are."
            )
    return np.array([*(candidates[0] for candidates in found), -1])[codes]


def mean_and_scale(floats: Any, weights: Any, scale: str) -> tuple[float, float, float]:
    """The value used for missing numbers, and the offset and divisor that scale a column."""
    known = ~np.isnan(floats) & (weights > 0)
    mean = float(np.average(floats[known], weights=weights[known])) if known.any() else 0.0
    filled = np.where(np.isnan(floats), mean, floats)
    spread = float(np.ptp(filled)) if len(filled) else 0.0
    if scale == "none" or not spread:
        return mean, 0.0 if scale == "none" else mean, 1.0
    if scale == "range":
        return mean, float(filled.min()), spread
    deviation = float(np.sqrt(np.average((filled - mean) ** 2, weights=weights)))
    return mean, mean, deviation or 1.0


class Features(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A dataset as the matrix of floats that a learner sees.

    Each column of numbers is a column of the matrix; each value of a column of texts or categories
    is one too, which is 1 in its rows. A value that fewer rows have than ``rarest`` gets no column.
    What is learned, a row of weight 2 counting twice, is also done to other datasets, in which a
    value is found by what it means: 1 is 1.0, and "1" if the training had texts.
    """

    def __init__(
        self, *, kinds: dict[str, str], scale: str = "none", sparse: bool = False, rarest: int = 1
    ) -> None:
        self.kinds = kinds
        self.scale = scale
        self.sparse = sparse
        self.rarest = rarest

    def fit(self, dataset: pd.DataFrame, target: Any = None, sample_weight: Any = None) -> Any:
        """Learn the means, the scales and the values."""
        del target  # scikit-learn hands it to every step of a pipeline
        weights = np.ones(len(dataset)) if sample_weight is None else sample_weight
        self.numbers_: dict[str, tuple[float, float, float]] = {}
        #: By column, its values in order, and the column of the matrix of each, or -1.
        self.values_: dict[str, tuple[list[Any], Any]] = {}
        width = sum(kind != "values" for kind in self.kinds.values())
        for name, kind in self.kinds.items():
            if kind != "values":
                self.numbers_[name] = mean_and_scale(
                    self._floats(dataset, name), weights, self.scale
                )
                continue
            counts = dataset[name].value_counts()
            counts = counts[counts > 0].sort_index()
            kept = (counts >= self.rarest).to_numpy()
            columns = np.where(kept, width + kept.cumsum() - 1, -1)
            self.values_[name] = counts.index.tolist(), np.append(columns, -1)
            width += int(kept.sum())
        self.width_ = max(width, 1)  # a learner needs one, if only of zeros
        # Many different texts need much memory, which a sparse matrix saves where it is understood.
        self.sparse_output_ = self.sparse and len(self.kinds) < MOST_DENSITY * width
        if not self.sparse_output_ and width * len(dataset) > MOST_CELLS:
            widest = max(self.kinds, key=lambda name: len(self.values_.get(name, [[]])[0]))
            raise ValueError(
                f'The column "{widest}" has {len(self.values_[widest][0]):,} different values. '
                f"With an indicator for each, {len(dataset):,} rows of {width:,} numbers do not "
                "fit into the memory of this learner. Leave the column out with Select Columns in "
                "Dataset, or group its values."
            )
        return self

    def fit_transform(self, dataset: pd.DataFrame, target: Any = None, **weights: Any) -> Any:
        """Learn, and give the matrix of the same rows."""
        return self.fit(dataset, target, **weights).transform(dataset)

    def transform(self, dataset: pd.DataFrame) -> Any:
        """The matrix of a dataset."""
        numbers = np.empty((len(dataset), len(self.numbers_)))
        for place, (name, (mean, subtracted, divisor)) in enumerate(self.numbers_.items()):
            floats = self._floats(dataset, name)
            numbers[:, place] = (np.where(np.isnan(floats), mean, floats) - subtracted) / divisor
        rows, places = [], []
        for name, (values, columns) in self.values_.items():
            indicators = columns[places_of(self._column(dataset, name), values)]
            rows.append(np.flatnonzero(indicators >= 0))
            places.append(indicators[indicators >= 0])
        shape = (len(dataset), self.width_)
        if self.sparse_output_:
            ones = np.ones(sum(map(len, rows)))
            matrix = csr_matrix((ones, (np.concatenate(rows), np.concatenate(places))), shape)
            return hstack([numbers, matrix[:, numbers.shape[1] :]], format="csr")
        dense = np.zeros(shape)
        dense[:, : numbers.shape[1]] = numbers
        for those, indicators in zip(rows, places, strict=True):
            dense[those, indicators] = 1
        return dense

    def unknown_values(self, dataset: pd.DataFrame) -> dict[str, Any]:
        """By column, what a dataset holds there that the training did not know."""
        unknown = {}
        for name, (values, _) in self.values_.items():
            column = self._column(dataset, name)
            new = column[(places_of(column, values) < 0) & column.notna().to_numpy()]
            if len(new):
                unknown[name] = new
        return unknown

    def _column(self, dataset: pd.DataFrame, name: str) -> Any:
        if name not in dataset:
            raise ValueError(
                f'The dataset has no column "{name}", which the model was trained with. '
                "Connect a dataset that holds all columns of the training."
            )
        return dataset[name]

    def _floats(self, dataset: pd.DataFrame, name: str) -> Any:
        column = self._column(dataset, name)
        floats = floats_of(column)
        if floats is None:
            raise ValueError(
                f'The column "{name}" holds {column.dtype} values, but the model was trained with '
                "numbers there. Convert it with Edit Metadata."
            )
        if (np.abs(floats) > LARGEST).any():
            raise ValueError(
                f'The column "{name}" holds an infinite number, or one beyond {LARGEST:g}, which '
                "no learner can use. Replace it, or leave out its rows."
            )
        known = floats[~np.isnan(floats)]
        if self.kinds[name] == "booleans" and not np.isin(known, (0, 1)).all():
            raise ValueError(
                f'The column "{name}" holds numbers other than 0 and 1, but the model was trained '
                "with true and false there. Convert it with Edit Metadata."
            )
        return floats


def pipeline(model: dict[str, Any], kinds: dict[str, str]) -> Pipeline:
    """The learner, after the step that makes a matrix of a dataset."""
    features = Features(
        kinds=kinds,
        scale=model["scale"],
        sparse=get_tags(model["estimator"]).input_tags.sparse,
        rarest=model.get("rarest", 1),
    )
    return Pipeline([("features", features), ("learner", clone(model["estimator"]))])


def fit_parameters(weights: Any) -> dict[str, Any]:
    """The weights for each step of the pipeline."""
    steps = ("features", "learner")
    return {} if weights is None else {f"{step}__sample_weight": weights for step in steps}


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
