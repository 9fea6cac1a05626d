import math
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.datasets.change import Change
from studiolo.datasets.comparison import CellChange, ColumnChange, TableComparison, compare_tables
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.invariants import check_dataset


def dataset(**columns: Any) -> Dataset:
    return check_dataset(pa.table(columns))


def compared(before: Any, after: Any) -> TableComparison:
    """How two datasets differ of which each has this one column."""
    return compare_tables(dataset(a=before), dataset(a=after))


@pytest.mark.parametrize(
    "values",
    [
        [1, None, 3],
        [0.5, math.nan, None],
        ["x", None, ""],
        [b"x", None],
        [True, None],
        [Decimal("1.50"), None],
        [datetime(2025, 1, 31), None],
        pa.array(["x", "y", None]).dictionary_encode(),
        pa.array([1, None], pa.duration("us")),
        [],
        [None, None],
    ],
)
def test_what_is_the_same_does_not_differ(values: Any) -> None:
    assert not compared(values, values).differs


def test_cells_are_counted_and_the_first_are_named() -> None:
    assert compared([1, 2, 3, 4, 5, 6], [1, 0, 3, 0, 0, 0]).cells == [
        ColumnChange(
            name="a",
            cells=4,
            first=[
                CellChange(row=2, before="2", after="0"),
                CellChange(row=4, before="4", after="0"),
                CellChange(row=5, before="5", after="0"),
            ],
        )
    ]


def test_a_missing_value_is_none_that_could_be_there() -> None:
    (column,) = compared([0.0, None, math.nan, None], [None, math.nan, None, 0.0]).cells
    assert column.cells == 4
    assert column.first[0] == CellChange(row=1, before="0.0", after=None)
    assert column.first[1] == CellChange(row=2, before=None, after="nan")


def test_categories_are_compared_by_what_they_stand_for() -> None:
    one = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["x", "y"]))
    other = pa.DictionaryArray.from_arrays(pa.array([1, 0, None]), pa.array(["y", "x"]))
    assert not compared(one, other).differs


def test_chunks_make_no_difference() -> None:
    one, other = (
        Dataset(table=pa.table([pa.chunked_array(chunks)], names=["a"]))
        for chunks in ([[1], [2, 3]], [[1, 2], [4]])
    )
    (column,) = compare_tables(one, other).cells
    assert column.first == [CellChange(row=3, before="3", after="4")]


def test_a_year_that_python_does_not_know_is_told() -> None:
    far = pa.array([400_000_000_000], pa.timestamp("s"))
    (column,) = compared(far, pa.array([0], pa.timestamp("s"))).cells
    assert column.first[0].before == "14645-06-30 15:06:40"


def test_columns_types_roles_and_order_are_compared() -> None:
    before = Dataset(
        table=pa.table({"a": [1], "b": [1], "c": [1], "gone": [1]}),
        roles={"a": ColumnRole.LABEL},
    )
    after = Dataset(table=pa.table({"c": ["1"], "new": [1], "b": [1], "a": [1]}))
    found = compare_tables(before, after)
    assert found.differs
    assert (found.added, found.removed) == (["new"], ["gone"])
    assert found.types == {"c": Change(before="int64", after="string")}
    assert found.roles == {"a": Change(before="label", after="feature")}
    assert found.reordered
    assert (found.rows, found.cells) == (None, [])


def test_cells_of_tables_of_different_lengths_are_not_compared() -> None:
    found = compared([1, 2], [3])
    assert (found.rows, found.cells) == (Change(before=2, after=1), [])
    assert found.differs


def test_columns_that_are_known_to_be_the_same_are_not_looked_at() -> None:
    before, after = dataset(a=[1], b=[1]), dataset(a=[2], b=[2])
    assert [it.name for it in compare_tables(before, after, same=["a"]).cells] == ["b"]


@given(st.lists(st.tuples(*[st.none() | st.floats(width=32)] * 2)))
def test_as_many_cells_differ_as_python_says(
    pairs: list[tuple[float | None, float | None]],
) -> None:
    before, after = ([pair[side] for pair in pairs] for side in (0, 1))
    found = compared(pa.array(before, pa.float64()), pa.array(after, pa.float64()))
    # As text NaN equals NaN; zeros of both signs are the same number.
    texts = [[str(0.0 if value == 0 else value) for value in pair] for pair in pairs]
    expected = [row for row, (one, other) in enumerate(texts, start=1) if one != other]
    assert sum(column.cells for column in found.cells) == len(expected)
    assert [cell.row for column in found.cells for cell in column.first] == expected[:3]


def test_large_categories_are_not_written_out() -> None:
    words = pa.array(["x" * (4 << 20), "y" * (4 << 20)], pa.large_string())

    def column(numbers: Sequence[int | None]) -> Any:
        return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), words)

    before = dataset(a=column([0, 1, None] * 1000))
    after = dataset(a=column([0, 1, 1] + [0, 1, None] * 999))
    allocated = pa.default_memory_pool().bytes_allocated()
    (found,) = compare_tables(before, after).cells
    assert found.cells == 1
    assert found.first[0].before is None
    assert found.first[0].after == "y" * 10_000 + "…"
    peak = pa.default_memory_pool().max_memory() or 0
    assert peak - allocated < 1 << 30
