"""ARFF files: what the header declares is what is read."""

import datetime as dt
import io

import pyarrow as pa
import pytest

from studiolo.datasets.arrow import Values
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.errors import DatasetError, DuplicateColumnNameError
from studiolo.datasets.formats.errors import (
    EmptyFileError,
    FormatCannotHoldError,
    MalformedLineError,
    RaggedRowError,
    ValueNotAllowedError,
)
from studiolo.datasets.reading.files import FileFormat, read_dataset_bytes, write_dataset_to

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
        (pa.array([1], pa.timestamp("us")), "finer than a millisecond"),
        (pa.array([1, 2]).dictionary_encode(), "categories of the type int64"),
    ],
)
def test_what_arff_cannot_hold(column: Values, what: str) -> None:
    with pytest.raises(FormatCannotHoldError, match=what) as caught:
        written(column)
    assert caught.value.column == "a b"


def columns(text: str) -> dict[str, list[object]]:
    table: dict[str, list[object]] = read(text.encode()).to_pydict()
    return table


ROW = "@relation r\n@attribute a numeric\n@attribute b {no,yes}\n"


@pytest.mark.parametrize("rows", ["@data 1,no\n2,yes\n", "@DATA\t1,no % x\n2,yes"])
def test_a_row_on_the_line_of_data(rows: str) -> None:
    assert columns(ROW + rows) == {"a": [1.0, 2.0], "b": ["no", "yes"]}


def test_a_mistake_in_a_row_on_the_line_of_data() -> None:
    with pytest.raises(ValueNotAllowedError, match="line 4, column 1"):
        columns(ROW + "@data x,no\n")


@pytest.mark.parametrize(
    "rows",
    [
        "1,no % first\n2,yes\n",
        "1 no\n2\tyes\n",
        "1,no,\n2,yes,\n",
        "1 , 'no'\n2, \"yes\" %,'\n",
        " 1   no \n\n%\n2,yes",
    ],
)
def test_rows_as_weka_reads_them(rows: str) -> None:
    assert columns(f"{ROW}@data\n{rows}") == {"a": [1.0, 2.0], "b": ["no", "yes"]}


def test_a_percent_sign_inside_of_a_word() -> None:
    text = "@attribute a string\n@attribute b string\n@data\n50%,'x % y'\n'%',z%z % c\n"
    assert columns(text) == {"a": ["50%", "%"], "b": ["x % y", "z%z"]}


def test_weights_of_rows() -> None:
    data = f"{ROW}@data\n1,no,{{0.5}}\n2,yes\n{{0 3, 1 yes}}, {{2}}\n".encode()
    dataset = read_dataset_bytes(data, name="a.arff")
    assert dataset.table.to_pydict() == {
        "a": [1.0, 2.0, 3.0],
        "b": ["no", "yes", "yes"],
        "weight": [0.5, 1.0, 2.0],
    }
    assert dataset.roles == {"weight": ColumnRole.WEIGHT}
    assert "weight" in dataset.notes[0]


@pytest.mark.parametrize(
    ("declared", "type_"),
    [
        ("numeric % in years", pa.float64()),
        ("INTEGER [0,9]", pa.int64()),
        ("real[4.3, 7.9]", pa.float64()),
        ("{1,2} %{<=50K, >50K}", pa.dictionary(pa.int32(), pa.large_string())),
        ("{1 2}", pa.dictionary(pa.int32(), pa.large_string())),
        ("{1, ?} [x]", pa.dictionary(pa.int32(), pa.large_string())),
        ("string", pa.large_string()),
    ],
)
def test_declarations_of_other_programs(declared: str, type_: pa.DataType) -> None:
    table = read(f"@relation r\n@inputs a\n@attribute a {declared}\n@data\n1\n?\n".encode())
    assert table.schema.types == [type_]
    assert table["a"].null_count == 1


def test_words_and_nothing_else() -> None:
    assert columns("@attribute a {?}\n@attribute b numeric\n@data\n?,1\n")["a"] == [None]


def test_a_column_that_is_a_table() -> None:
    with pytest.raises(MalformedLineError, match="line 1: the column is a table in itself"):
        columns("@attribute bag relational\n@attribute f numeric\n@end bag\n@data\n'1'\n")


def test_a_row_of_another_length_than_declared() -> None:
    with pytest.raises(RaggedRowError, match=r"3 fields, but the header declares 2 columns"):
        columns(f"{ROW}@data\n1,no,5\n")


@pytest.mark.parametrize(
    ("words", "expected", "type_"),
    [
        ("5\n4.5\n?", [5.0, 4.5, None], pa.float64()),
        ("5.0\n1e3", [5.0, 1000.0], pa.float64()),
        ("+5\n9223372036854775807", [5, 2**63 - 1], pa.int64()),
    ],
)
def test_decimals_under_integer(words: str, expected: list[object], type_: pa.DataType) -> None:
    table = read(f"@attribute a integer\n@data\n{words}\n".encode())
    assert table["a"].type == type_
    assert table["a"].to_pylist() == expected


@pytest.mark.parametrize("words", ["9223372036854775808", "0.5\n9007199254740993"])
def test_integers_are_never_rounded(words: str) -> None:
    with pytest.raises(ValueNotAllowedError, match=words.rpartition("\n")[2]):
        read(f"@attribute a integer\n@data\n{words}\n".encode())


@pytest.mark.parametrize(
    ("form", "word", "expected"),
    [
        ("'yyyy-MM-dd'", "1949-01-31", dt.date(1949, 1, 31)),
        ('\t"yyyy-MM-dd"', "1949-01-31", dt.date(1949, 1, 31)),
        ("dd/MM/yy", "31/01/20", dt.date(2020, 1, 31)),
        ("yyMMdd", "700131", dt.date(1970, 1, 31)),
        ("M/d/yyyy", "1/31/2020", dt.date(2020, 1, 31)),
        ("'d-MMM-yyyy'", "3-Jan-2020", dt.date(2020, 1, 3)),
        ("'EEE, d MMMM yyyy'", "'Fri, 31 january 2020'", dt.date(2020, 1, 31)),
        ("yyyy-DDD", "2020-366", dt.date(2020, 12, 31)),
        ("'d/M/yyyy H:mm'", "'1/2/2020 9:05'", dt.datetime(2020, 2, 1, 9, 5)),
        ("'yyyy-MM-dd hh:mm a'", "'2020-01-31 12:30 AM'", dt.datetime(2020, 1, 31, 0, 30)),
        ("'yyyy-MM-dd h:mm a'", "'2020-01-31 1:30 PM'", dt.datetime(2020, 1, 31, 13, 30)),
        ("'yyyy-MM-dd kk:mm'", "'2020-01-31 24:30'", dt.datetime(2020, 1, 31, 0, 30)),
        (
            "\"yyyy-MM-dd'T'HH:mm:ssXX\"",
            "2020-01-31T12:00:00+0100",
            dt.datetime(2020, 1, 31, 11, tzinfo=dt.UTC),
        ),
    ],
)
def test_patterns_of_dates(form: str, word: str, expected: object) -> None:
    assert columns(f"@attribute a date {form}\n@data\n{word}\n") == {"a": [expected]}


@pytest.mark.parametrize("word", ["31/02/20", "1/13/2020", "x"])
def test_dates_that_do_not_exist(word: str) -> None:
    with pytest.raises(ValueNotAllowedError, match='a date of the form "dd/MM/yy"'):
        columns(f"@attribute a date dd/MM/yy\n@data\n{word}\n")


def test_a_pattern_that_is_not_supported() -> None:
    with pytest.raises(MalformedLineError, match=r'pattern "G yyyy" is not supported.*MMM'):
        columns("@attribute a date 'G yyyy'\n@data\n1\n")


def test_durations_are_texts() -> None:
    sink = io.BytesIO()
    table = pa.table({"d": pa.array([90, None], pa.duration("s"))})
    write_dataset_to(Dataset(table=table), sink, name="out", format=FileFormat.ARFF)
    assert read(sink.getvalue()).to_pydict() == {"d": ["0 days 00:01:30", None]}
