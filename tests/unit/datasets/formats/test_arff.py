"""ARFF files: what the header declares is what is read."""

import datetime as dt

import pyarrow as pa
import pytest

from studiolo.datasets.arrow import Values
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import DatasetError, DuplicateColumnNameError
from studiolo.datasets.files import FileFormat, read_dataset_bytes, write_dataset_to
from studiolo.datasets.formats.errors import (
    EmptyFileError,
    FormatCannotHoldError,
    MalformedLineError,
    RaggedRowError,
    ValueNotAllowedError,
)

WEATHER = rb"""% A comment
@RELATION weather

@attribute 'out look' {sunny, 'light rain', "it's"}
@Attribute temperature  REAL
@attribute humidity integer
@attribute day date "yyyy-MM-dd"
@attribute seen DATE
@attribute at date "dd.MM.yyyy HH:mm XXX"
@attribute note string
@data
sunny, 85.5, 85, 2020-01-31, 2020-01-31T12:30:00, "31.01.2020 12:30 +01:00", plain
% between the rows
'light rain', ?, ?, ?, ?, ?, ?
"it's",-1e3,-7,'1999-12-31',?,?,'a, \'b\' \\ \n %'
{1 5, 2 7, 6 '?'}
"""


def read(data: bytes) -> pa.Table:
    return read_dataset_bytes(data, name="data.arff").table


def test_types_and_values() -> None:
    table = read(WEATHER)
    assert table.to_pydict() == {
        "out look": ["sunny", "light rain", "it's", "sunny"],
        "temperature": [85.5, None, -1000.0, 5.0],
        "humidity": [85, None, -7, 7],
        "day": [dt.date(2020, 1, 31), None, dt.date(1999, 12, 31), None],
        "seen": [dt.datetime(2020, 1, 31, 12, 30), None, None, None],
        "at": [dt.datetime(2020, 1, 31, 11, 30, tzinfo=dt.UTC), None, None, None],
        "note": ["plain", None, "a, 'b' \\ \n %", "?"],
    }
    assert table.schema.types == [
        pa.dictionary(pa.int32(), pa.large_string()),
        pa.float64(),
        pa.int64(),
        pa.date32(),
        pa.timestamp("us"),
        pa.timestamp("us", "UTC"),
        pa.large_string(),
    ]


def test_words_that_no_row_has_stay_categories() -> None:
    column = read(b"@attribute a {x,y,z}\n@data\ny\n").column(0).chunk(0)
    assert isinstance(column, pa.DictionaryArray)
    assert column.dictionary.to_pylist() == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("declared", "value", "allowed"),
    [
        ("numeric", "1,5e", "a number"),
        ("numeric", "'1_0'", "a number"),
        ("integer", "1.5", "an integer"),
        ("integer", "9223372036854775808", "64 bits"),
        ("{x,y}", "z", 'one of "x", "y"'),
        ("{x,y}", "''", 'one of "x", "y"'),
        ("date", "2020-01-31", "yyyy-MM-dd'T'HH:mm:ss"),
        ("date yyyy-MM-dd", "2020-02-30", "yyyy-MM-dd"),
        ("date yyyy-MM-dd", "''", "yyyy-MM-dd"),
    ],
)
def test_a_value_of_another_type(declared: str, value: str, allowed: str) -> None:
    extra = "@attribute b numeric\n" if "," in value else ""
    data = f"@attribute a numeric\n@attribute v {declared}\n{extra}@data\n1,?\n%\n1,{value}\n"
    data = data.replace("1,?\n", "1,?,1\n") if extra else data
    with pytest.raises(ValueNotAllowedError) as caught:
        read(data.encode())
    error = caught.value
    assert error.line == len(data.splitlines())
    assert (error.column, error.name) in ((2, "v"), (3, "b"))
    assert allowed in error.allowed


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"@attribute a foo\n@data\n", 1),
        (b"\n@attribute a relational\n@data\n", 2),
        (b"@attribute a {x,x}\n@data\n", 1),
        (b"@attribute a {x,?}\n@data\n", 1),
        (b"@attribute a date qqq\n@data\n", 1),
        (b"@attribute a date yyyy-yyyy\n@data\n", 1),
        (b"@attribute\n@data\n", 1),
        (b"@attribute 'a numeric\n@data\n", 1),
        (b"% c\nhello\n", 2),
        (b"@relation r\n@data\n1\n", 2),
        (b"@relation r\n@attribute a numeric\n", 2),
        (b"@attribute a string\n@data\nx\n'y\n", 4),
        (b"@attribute a string\n@data\n'x'y\n", 3),
        (b"@attribute a numeric\n@data\n{0 1\n", 3),
        (b"@attribute a numeric\n@data\n{1 1}\n", 3),
        (b"@attribute a numeric\n@data\n{0 1, 0 2}\n", 3),
        (b"@attribute a numeric\n@data\n{x 1}\n", 3),
    ],
)
def test_malformed_line(data: bytes, line: int) -> None:
    with pytest.raises(MalformedLineError) as caught:
        read(data)
    assert caught.value.line == line


def test_ragged_row() -> None:
    with pytest.raises(RaggedRowError) as caught:
        read(b"@attribute a numeric\n@data\n1\n% c\n1,2\n")
    assert (caught.value.line, caught.value.found, caught.value.expected) == (5, 2, 1)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFileError),
        (b"% nothing\n", EmptyFileError),
        (b"@attribute a real\n@attribute a real\n@data\n", DuplicateColumnNameError),
    ],
)
def test_other_mistakes(data: bytes, error: type[DatasetError]) -> None:
    with pytest.raises(error):
        read(data)


def written(column: Values) -> str:
    sink = pa.BufferOutputStream()
    dataset = Dataset(table=pa.table({"a b": column}))
    write_dataset_to(dataset, sink, name="out", format=FileFormat.ARFF)  # type: ignore[arg-type]  # a stream
    return sink.getvalue().to_pybytes().decode()


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([True, None]), "{false,true}\n\n@data\ntrue\n?\n"),
        (pa.array(["?", "x y", "", None]), "string\n\n@data\n'?'\n'x y'\n''\n?\n"),
        (pa.array([2**64 - 1], pa.uint64()), "numeric\n\n@data\n18446744073709551615\n"),
        (pa.array([], pa.float32()), "numeric\n\n@data\n"),
    ],
)
def test_written(column: Values, expected: str) -> None:
    assert written(column) == f"@relation dataset\n\n@attribute 'a b' {expected}"


@pytest.mark.parametrize(
    ("column", "what"),
    [
        (pa.array([b"x"]), "binary"),
        (pa.array([1], pa.duration("s")), "durations"),
        (pa.array([1], pa.timestamp("us")), "finer than a millisecond"),
        (pa.array([1, 2]).dictionary_encode(), "categories of the type int64"),
    ],
)
def test_what_arff_cannot_hold(column: Values, what: str) -> None:
    with pytest.raises(FormatCannotHoldError, match=what) as caught:
        written(column)
    assert caught.value.column == "a b"
