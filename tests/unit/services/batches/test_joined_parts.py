"""The results of pieces are joined to what one piece would have given."""

from typing import Any

import pyarrow as pa
import pytest

from studiolo.services.batches.errors import BatchPiecesDifferError
from studiolo.services.batches.joined_parts import joined_parts


def joined(*columns: Any) -> Any:
    table = joined_parts([pa.table({"c": column}) for column in columns], output="output1")
    return table.column("c")


def categories(*values: str | None, known: list[str]) -> Any:
    places = pa.array([None if v is None else known.index(v) for v in values], pa.int32())
    return pa.DictionaryArray.from_arrays(places, pa.array(known, pa.large_string()))


def test_whole_numbers_are_numbers_if_one_piece_has_a_fraction() -> None:
    column = joined(pa.array([1, 2]), pa.array([0.5, None]))
    assert (column.type, column.to_pylist()) == (pa.float64(), [1.0, 2.0, 0.5, None])


def test_a_piece_without_a_value_has_the_type_of_the_others() -> None:
    column = joined(pa.array([None], pa.float64()), pa.array(["a"], pa.large_string()))
    assert (column.type, column.to_pylist()) == (pa.large_string(), [None, "a"])
    column = joined(pa.nulls(2), pa.nulls(1))
    assert column.to_pylist() == [None, None, None]


def test_categories_are_those_of_all_pieces() -> None:
    column = joined(categories("b", None, known=["b"]), categories("a", "c", known=["a", "c"]))
    assert column.to_pylist() == ["b", None, "a", "c"]
    known = {tuple(chunk.dictionary.to_pylist()) for chunk in column.chunks}
    assert known == {("a", "b", "c")}
    column = joined(categories("b", known=["z", "b"]), categories("a", known=["z", "a"]))
    assert column.chunk(0).dictionary.to_pylist() == ["z", "b", "a"]


def test_a_piece_without_rows_changes_nothing() -> None:
    table = joined_parts([pa.table({"a": [1]}), pa.table({}), pa.table({"a": [2]})], output="o")
    assert table.to_pydict() == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (pa.table({"b": [1]}), "one has the columns ['a'], and another ['b']"),
        (pa.table({"a": pa.array(["x"], pa.large_string())}), 'the column "a" is int64 and'),
    ],
)
def test_pieces_that_do_not_fit_together(second: pa.Table, problem: str) -> None:
    with pytest.raises(BatchPiecesDifferError) as caught:
        joined_parts([pa.table({"a": [1]}), second], output="output1")
    assert problem in str(caught.value)


def test_no_number_is_rounded_to_fit() -> None:
    with pytest.raises(BatchPiecesDifferError):
        joined(pa.array([2**60 + 1]), pa.array([0.5]))
