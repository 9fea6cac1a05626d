"""How well scored rows fit their labels: the counts that curves and a threshold are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.workspace.studio.errors import NotScoredError

#: The columns that Score Model adds.
_LABELS: Final = "Scored Labels"
_PROBABILITIES: Final = "Scored Probabilities"
#: Points of a curve, and classes of a confusion matrix.
_POINTS: Final = 500
_CLASSES: Final = 100


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """The rows on each side of a threshold, by weight."""

    #: Rows with this probability or more are called positive.
    threshold: float
    true_positives: float
    false_positives: float
    true_negatives: float
    false_negatives: float


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A scored dataset, compared with its label."""

    label: str
    #: In order; the last of two is the positive one.
    classes: Sequence[str]
    #: Weight of rows by the actual class, then by the one that was scored.
    confusion: Sequence[Sequence[float]]
    #: From the highest threshold to the lowest; empty unless there are two classes.
    curve: Sequence[CurvePoint]


def evaluate(dataset: Dataset) -> Evaluation:
    """Compare the scores of a dataset with its label. Rows that lack one of them are left out.

    A row counts with the weight that a column of that role gives it.

    Raises:
        NotScoredError: It has no scores, or no label, or too many classes.
    """
    label = _label(dataset)
    actual, scored = _values(dataset, label), _values(dataset, _LABELS)
    there = np.asarray(pc.and_(pc.is_valid(actual), pc.is_valid(scored)))
    weights = _weights(dataset)
    classes = _classes(actual, scored)
    rows, columns = _codes(actual, classes), _codes(scored, classes)
    counted = there & (rows >= 0) & (columns >= 0)
    cells = rows[counted] * len(classes) + columns[counted]
    confusion = np.bincount(cells, weights=weights[counted], minlength=len(classes) ** 2)
    curve: Sequence[CurvePoint] = ()
    if len(classes) == 2 and _PROBABILITIES in dataset.table.column_names:
        probabilities = _floats(dataset, _PROBABILITIES)
        counted &= np.isfinite(probabilities)
        curve = _curve(rows[counted] == 1, probabilities[counted], weights[counted])
    return Evaluation(
        label=label,
        classes=[str(one) for one in classes],
        confusion=confusion.reshape(len(classes), len(classes)).tolist(),
        curve=curve,
    )


def _curve(
    positive: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> list[CurvePoint]:
    order = np.argsort(-probabilities, kind="stable")
    positive, probabilities, weights = positive[order], probabilities[order], weights[order]
    # The last row of each probability: all rows of one are on the same side.
    ends = np.flatnonzero(np.append(np.diff(probabilities) != 0, [True]))[: len(probabilities)]
    if not len(probabilities):
        return []
    if len(ends) > _POINTS:
        ends = ends[np.unique(np.linspace(0, len(ends) - 1, _POINTS).astype(int))]
    hits, misses = np.cumsum(weights * positive), np.cumsum(weights * ~positive)
    return [
        CurvePoint(
            threshold=float(probabilities[end]),
            true_positives=float(hits[end]),
            false_positives=float(misses[end]),
            true_negatives=float(misses[-1] - misses[end]),
            false_negatives=float(hits[-1] - hits[end]),
        )
        for end in ends.tolist()
    ]


def _label(dataset: Dataset) -> str:
    names = [name for name, role in dataset.roles.items() if role is ColumnRole.LABEL]
    if _LABELS not in dataset.table.column_names:
        raise NotScoredError(reason=f'it has no column "{_LABELS}", which Score Model adds')
    if len(names) != 1:
        found = "no column has" if not names else "several columns have"
        raise NotScoredError(reason=f"{found} the role label")
    return names[0]


def _values(dataset: Dataset, name: str) -> "pa.ChunkedArray[Any]":
    column: Any = dataset.table.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
        # 1 and 1.0 are the same class.
        column = column.cast(pa.int64()).cast(pa.float64(), safe=False)
    elif pa.types.is_floating(column.type):
        column = column.cast(pa.float64(), safe=False)
    values: pa.ChunkedArray[Any] = column
    return values


def _classes(actual: "pa.ChunkedArray[Any]", scored: "pa.ChunkedArray[Any]") -> list[Any]:
    both: list[Any] = [*pc.unique(actual).to_pylist(), *pc.unique(scored).to_pylist()]
    found: set[Any] = {value for value in both if value is not None}
    if len(found) > _CLASSES:
        raise NotScoredError(reason=f"its label has more than {_CLASSES} values")
    try:
        return [_plain(one) for one in sorted(found)]
    except TypeError as error:
        raise NotScoredError(reason="its label and its scores are of different types") from error


def _codes(column: "pa.ChunkedArray[Any]", classes: Sequence[Any]) -> np.ndarray:
    try:
        known = pa.array(classes).cast(column.type)
    except pa.ArrowException as error:
        raise NotScoredError(reason="its label and its scores are of different types") from error
    found: Any = pc.index_in(column, value_set=known)
    codes: np.ndarray = np.asarray(pc.fill_null(found, -1)).astype(np.int64)
    return codes


def _weights(dataset: Dataset) -> np.ndarray:
    names = [name for name, role in dataset.roles.items() if role is ColumnRole.WEIGHT]
    if not names:
        return np.ones(dataset.table.num_rows)
    weights: np.ndarray = np.nan_to_num(_floats(dataset, names[0]))
    return weights


def _floats(dataset: Dataset, name: str) -> np.ndarray:
    try:
        floats: Any = dataset.table.column(name).cast(pa.float64(), safe=False)
    except pa.ArrowException as error:
        raise NotScoredError(reason=f'its column "{name}" has no numbers') from error
    return np.asarray(pc.fill_null(floats, np.nan))


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
