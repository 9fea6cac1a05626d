"""A dataset as the matrix that learners take."""

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype
from scipy.sparse import csr_matrix, hstack
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from ..columns.floats import floats_of
from ..columns.places import places_of

#: Trees compare floats of 32 bits, and squares must stay finite.
LARGEST = 1e38
#: One GiB of floats; learners make copies of them.
MOST_CELLS = 1 << 27
#: A matrix with a smaller share of numbers that are not 0 takes less memory as a sparse one.
MOST_DENSITY = 0.3


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
