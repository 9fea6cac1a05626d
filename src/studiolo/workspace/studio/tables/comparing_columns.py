"""Two columns of a dataset against each other: the data of a plot, whatever their size."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.profile.plain_values import plain_value
from studiolo.workspace.studio.errors import RowFilterError

#: Points of a scatter plot, and values of a column that are told apart.
_POINTS: Final = 3_000
_VALUES: Final = 30


@dataclass(frozen=True, kw_only=True)
class Scatter:
    """Rows as points; a sample where there are more."""

    points: Sequence[tuple[float, float]]
    #: Rows that have both values, of which the points are a sample.
    rows: int


@dataclass(frozen=True, kw_only=True)
class Box:
    """The spread of a numeric column within the rows that have one value of another."""

    value: str
    count: int
    minimum: float
    first_quartile: float
    median: float
    third_quartile: float
    maximum: float


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """A numeric column for each of the most frequent values of another."""

    boxes: Sequence[Box]
    #: Whether the values are those of the second column.
    by_second: bool


@dataclass(frozen=True, kw_only=True)
class Crosstab:
    """How often the most frequent values of two columns come together."""

    first: Sequence[str]
    second: Sequence[str]
    #: By the first, then by the second.
    counts: Sequence[Sequence[int]]


def compare_columns(dataset: Dataset, first: str, second: str) -> Scatter | Boxes | Crosstab:
    """The content of a plot of two columns: points, boxes, or counts.

    Raises:
        RowFilterError: There is no such column.
    """
    one, other = _column(dataset, first), _column(dataset, second)
    numbers, others = _numbers(one), _numbers(other)
    if numbers is not None and others is not None:
        return _scatter(numbers, others)
    if numbers is not None:
        return Boxes(boxes=_boxes(other, numbers), by_second=True)
    if others is not None:
        return Boxes(boxes=_boxes(one, others), by_second=False)
    return _crosstab(one, other)


def _scatter(first: np.ndarray, second: np.ndarray) -> Scatter:
    there = np.flatnonzero(np.isfinite(first) & np.isfinite(second))
    chosen = there
    if len(there) > _POINTS:
        # The same each time.
        chosen = np.sort(np.random.default_rng(0).choice(there, _POINTS, replace=False))
    points = list(zip(first[chosen].tolist(), second[chosen].tolist(), strict=True))
    return Scatter(points=points, rows=len(there))


def _boxes(column: "pa.Array[Any]", numbers: np.ndarray) -> list[Box]:
    values, codes = _most_frequent(column)
    boxes = []
    for number, value in enumerate(values):
        found = numbers[(codes == number) & np.isfinite(numbers)]
        if len(found):
            low, first, median, third, high = np.quantile(found, [0, 0.25, 0.5, 0.75, 1]).tolist()
            boxes.append(
                Box(
                    value=value,
                    count=len(found),
                    minimum=low,
                    first_quartile=first,
                    median=median,
                    third_quartile=third,
                    maximum=high,
                )
            )
    return boxes


def _crosstab(first: "pa.Array[Any]", second: "pa.Array[Any]") -> Crosstab:
    rows, row_codes = _most_frequent(first)
    columns, column_codes = _most_frequent(second)
    there = (row_codes >= 0) & (column_codes >= 0)
    cells = row_codes[there] * len(columns) + column_codes[there]
    counts = np.bincount(cells, minlength=len(rows) * len(columns))
    return Crosstab(
        first=rows, second=columns, counts=counts.reshape(len(rows), len(columns)).tolist()
    )


def _most_frequent(column: "pa.Array[Any]") -> tuple[list[str], np.ndarray]:
    """The most frequent values, and for each row which of them it has; -1 for any other."""
    encoded = column.dictionary_encode()
    indices: Any = encoded.indices
    codes = np.asarray(pc.fill_null(indices, -1)).astype(np.int64)
    values = encoded.dictionary
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    kept = np.argsort(-counts, kind="stable")[:_VALUES]
    places = np.full(len(values) + 1, -1, dtype=np.int64)
    places[kept] = np.arange(len(kept))
    return [_text(values[place]) for place in kept.tolist()], places[codes]


def _text(value: "pa.Scalar[Any]") -> str:
    plain = plain_value(value)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def _column(dataset: Dataset, name: str) -> "pa.Array[Any]":
    if name not in dataset.table.column_names:
        raise RowFilterError(reason=f'there is no column "{name[:100]}"')
    column: Any = dataset.table.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    array: pa.Array[Any] = column.combine_chunks()
    return array


def _numbers(column: "pa.Array[Any]") -> np.ndarray | None:
    kind = column.type
    if pa.types.is_boolean(kind) or not (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    ):
        return None
    floats: Any = column.cast(pa.float64(), safe=False)
    return np.asarray(pc.fill_null(floats, np.nan))
