"""What a dataset holds, and what it refuses."""

import datetime as dt
import decimal
import uuid
from typing import Any

import pyarrow as pa
import pytest

from studiolo.datasets.dataset import ColumnRole
from studiolo.datasets.errors import (
    DuplicateColumnNameError,
    TooManyColumnsError,
    UnknownRoleColumnError,
    UnsupportedColumnTypeError,
)
from studiolo.datasets.invariants import MOST_COLUMNS, check_dataset, check_table
from studiolo.datasets.reading.files import read_dataset_bytes


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.array(["x", None], pa.string()), pa.large_string()),
        (pa.array(["x"], pa.string_view()), pa.large_string()),
        (pa.array([b"x"], pa.binary()), pa.large_binary()),
        (pa.array([b"xy"], pa.binary(2)), pa.large_binary()),
        (pa.array([None, None]), pa.large_string()),
        (pa.array([1.5], pa.float16()), pa.float32()),
        (pa.array([dt.date(2020, 1, 31)], pa.date64()), pa.date32()),
        (pa.array([decimal.Decimal("1.5")], pa.decimal32(3, 1)), pa.decimal128(3, 1)),
        (
            pa.array(["x", "y", "x"]).dictionary_encode(),
            pa.dictionary(pa.int32(), pa.large_string()),
        ),
        (pa.array([1, 1, None]).dictionary_encode(), pa.dictionary(pa.int32(), pa.int64())),
        (pa.array([1], pa.uint8()), pa.uint8()),
        (pa.array([1], pa.duration("ns")), pa.duration("ns")),
    ],
    ids=str,
)
def test_types_in_one_spelling(column: Any, kind: pa.DataType) -> None:
    checked = check_table(pa.table({"a": column})).column("a")
    assert checked.type == kind
    assert checked.to_pylist() == column.to_pylist()


def test_run_lengths_and_extension_types_are_unwrapped() -> None:
    runs: Any = pa.RunEndEncodedArray.from_arrays(pa.array([2, 3]), pa.array(["x", "y"]))
    ids = pa.array([uuid.UUID(int=7).bytes], pa.uuid())
    assert check_table(pa.table({"a": runs})).column("a").to_pylist() == ["x", "x", "y"]
    assert check_table(pa.table({"a": ids})).column("a").to_pylist() == [str(uuid.UUID(int=7))]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1]]),
        pa.array([{"x": 1}]),
        pa.array([[1]], pa.list_(pa.int64(), 1)),
        pa.array([dt.time(1, 2)]),
        pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
    ],
    ids=str,
)
def test_refused_types(column: Any) -> None:
    with pytest.raises(UnsupportedColumnTypeError) as caught:
        check_table(pa.table({"fine": [1], "odd": column}), source="data.parquet")
    assert (caught.value.column, caught.value.number) == ("odd", 2)
    assert "data.parquet" in str(caught.value)
    assert str(column.type) in str(caught.value)


def test_columns_are_joined() -> None:
    words = [pa.array(part).dictionary_encode() for part in (["x", "y"], ["z", "x"])]
    columns = [pa.chunked_array([[1], [2, 3, 4]]), pa.chunked_array(words)]
    table = pa.Table.from_arrays(columns, names=["n", "w"])
    checked = check_table(table)
    assert [column.num_chunks for column in checked.columns] == [1, 1]
    assert checked.to_pydict() == table.to_pydict()


def test_schema_metadata_is_dropped() -> None:
    table = pa.table({"a": [1]}).replace_schema_metadata({"pandas": "{}"})
    assert check_table(table).schema.metadata is None


def test_names() -> None:
    ones = [pa.array([1])] * 3
    with pytest.raises(DuplicateColumnNameError) as caught:
        check_table(pa.Table.from_arrays(ones, names=["a", "b", "a"]))
    assert caught.value.numbers == (1, 3)
    changes: list[str] = []
    unnamed = check_table(pa.Table.from_arrays(ones, names=["a", "", " \t"]), changes=changes)
    assert unnamed.column_names == ["a", "Col2", "Col3"]
    assert len(changes) == 1


def test_roles() -> None:
    table = pa.table({"class": [1], "b": [2]})
    roles = {"class": ColumnRole.LABEL}
    assert check_dataset(table, roles=roles).roles == roles
    with pytest.raises(UnknownRoleColumnError, match='Did you mean "class"'):
        check_dataset(table, roles={"clas": ColumnRole.LABEL})


def test_too_many_columns_are_refused_before_they_are_read() -> None:
    line = b",".join(b"c%d" % number for number in range(MOST_COLUMNS + 1))
    with pytest.raises(TooManyColumnsError) as caught:
        read_dataset_bytes(line + b"\n" + line + b"\n", name="wide.csv")
    assert caught.value.columns == MOST_COLUMNS + 1
