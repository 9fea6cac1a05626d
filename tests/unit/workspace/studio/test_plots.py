"""The data of plots is bounded, and right where it can be checked by hand."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import confusion_matrix, roc_curve

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.workspace.studio.errors import NotScoredError, RowFilterError
from studiolo.workspace.studio.evaluation import evaluate
from studiolo.workspace.studio.tables.comparing_columns import (
    Boxes,
    Crosstab,
    Scatter,
    compare_columns,
)


def scored(rows: int = 2_000) -> Dataset:
    draw = np.random.default_rng(1)
    actual = draw.integers(0, 2, rows)
    probability = np.round(np.clip(actual * 0.3 + draw.random(rows) * 0.7, 0, 1), 3)
    table: dict[str, Any] = {
        "y": actual,
        "Scored Labels": (probability > 0.5).astype("int64"),
        "Scored Probabilities": probability,
    }
    return Dataset(table=pa.table(table), roles={"y": ColumnRole.LABEL})


def test_a_curve_is_that_of_the_field() -> None:
    dataset = scored()
    found = evaluate(dataset)
    actual = dataset.table.column("y").to_numpy()
    positives, negatives = actual.sum(), (1 - actual).sum()
    false, true, _ = roc_curve(
        actual, dataset.table.column("Scored Probabilities").to_numpy(), drop_intermediate=False
    )
    expected = set(
        zip((true[1:] * positives).round(), (false[1:] * negatives).round(), strict=True)
    )
    assert {(p.true_positives, p.false_positives) for p in found.curve} <= expected
    assert len(found.curve) <= 500
    last = found.curve[-1]
    assert (last.true_positives, last.false_positives) == (positives, negatives)
    matrix = confusion_matrix(actual, dataset.table.column("Scored Labels").to_numpy())
    assert found.confusion == matrix.tolist()
    assert found.classes == ["0", "1"]


def test_rows_count_by_their_weights_and_text_is_a_class() -> None:
    table = pa.table(
        {
            "y": ["no", "yes", "yes", None],
            "Scored Labels": ["no", "no", "yes", "yes"],
            "Scored Probabilities": [0.1, 0.4, 0.9, 0.8],
            "w": [1, 2, 3, 4],
        }
    )
    roles = {"y": ColumnRole.LABEL, "w": ColumnRole.WEIGHT}
    found = evaluate(Dataset(table=table, roles=roles))
    assert found.confusion == [[1, 0], [2, 3]]
    assert [point.true_positives for point in found.curve] == [3, 5, 5]


@pytest.mark.parametrize(
    "dataset",
    [
        Dataset(table=pa.table({"x": [1]})),
        Dataset(table=pa.table({"Scored Labels": [1]})),
        Dataset(table=pa.table({"y": ["a"], "Scored Labels": [1]}), roles={"y": ColumnRole.LABEL}),
        Dataset(
            table=pa.table({"y": range(200), "Scored Labels": range(200)}),
            roles={"y": ColumnRole.LABEL},
        ),
    ],
)
def test_what_was_not_scored_says_so(dataset: Dataset) -> None:
    with pytest.raises(NotScoredError):
        evaluate(dataset)


def test_no_rows_are_no_curve() -> None:
    assert evaluate(scored(0)).curve == ()


def test_numbers_are_points_of_which_not_too_many_are_sent() -> None:
    rows = 10_000
    columns: dict[str, Any] = {
        "a": np.arange(rows),
        "b": np.where(np.arange(rows) % 2, np.nan, 1.0),
    }
    found = compare_columns(Dataset(table=pa.table(columns)), "a", "b")
    assert isinstance(found, Scatter)
    assert (found.rows, len(found.points)) == (5_000, 3_000)
    assert all(x % 2 == 0 and y == 1 for x, y in found.points)


def test_a_number_and_a_text_are_boxes() -> None:
    table = pa.table({"n": [1, 2, 3, 10], "t": ["a", "a", "a", "b"]})
    found = compare_columns(Dataset(table=table), "n", "t")
    assert isinstance(found, Boxes)
    assert found.by_second
    assert [(box.value, box.median, box.maximum) for box in found.boxes] == [
        ("a", 2, 3),
        ("b", 10, 10),
    ]


def test_two_texts_are_counts() -> None:
    many = [str(n) for n in range(100)]
    table = pa.table(
        {"t": ["x", *many], "u": pa.array(["x", *many]).dictionary_encode(), "d": [True] * 101}
    )
    found = compare_columns(Dataset(table=table), "t", "u")
    assert isinstance(found, Crosstab)
    assert (len(found.first), len(found.second)) == (30, 30)
    assert found.counts[0][0] == 1
    flags = compare_columns(Dataset(table=table), "d", "d")
    assert isinstance(flags, Crosstab)
    assert flags.counts == [[101]]


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(RowFilterError, match="nothing"):
        compare_columns(Dataset(table=pa.table({"x": [1]})), "x", "nothing")


def test_values_that_are_not_text_are_told_apart_as_the_page_writes_them() -> None:
    table = pa.table(
        {
            "b": [b"\x00\xff", None],
            "d": pa.array([90_000, 1], pa.duration("s")),
            # In the same minute.
            "t": pa.array([1, 2], pa.timestamp("s")),
        }
    )
    found = compare_columns(Dataset(table=table), "b", "d")
    assert isinstance(found, Crosstab)
    assert (found.first, found.second) == (["00ff"], ["P1DT1H", "PT1S"])
    moments = compare_columns(Dataset(table=table), "t", "d")
    assert isinstance(moments, Crosstab)
    assert moments.first == ["1970-01-01T00:00:01", "1970-01-01T00:00:02"]
