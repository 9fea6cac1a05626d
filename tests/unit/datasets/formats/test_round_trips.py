"""What is written is read again, for every format and every type that it holds."""

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiolo.datasets.arrow import Values
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.reading.files import FileFormat, read_dataset_bytes, write_dataset_to

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
NAMES = TEXT.filter(lambda name: bool(name.strip()))
INT64 = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False)
MOMENTS = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31))

#: A type, a first value that decides it in formats without types, and values.
Kind = tuple[pa.DataType, Any, st.SearchStrategy[Any]]

BOOLEAN: Kind = (pa.bool_(), True, st.booleans())
INTEGER: Kind = (pa.int64(), 7, INT64)
FLOAT: Kind = (pa.float64(), 0.5, FLOATS)
FINITE: Kind = (pa.float64(), 0.5, st.floats(allow_nan=False, allow_infinity=False))
STRING: Kind = (pa.large_string(), "word", TEXT)
DATE: Kind = (pa.date32(), dt.date(2020, 1, 31), st.dates())
TIMESTAMP: Kind = (pa.timestamp("us"), dt.datetime(2020, 1, 31, 12, 30), MOMENTS)
MILLISECONDS: Kind = (
    pa.timestamp("us"),
    dt.datetime(2020, 1, 31, 12, 30),
    MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)),
)
INSTANT: Kind = (
    pa.timestamp("us", "UTC"),
    dt.datetime(2020, 1, 31, 12, 30, tzinfo=dt.UTC),
    MOMENTS.map(lambda moment: moment.replace(tzinfo=dt.UTC)),
)
BYTES: Kind = (pa.large_binary(), b"\x00", st.binary(max_size=8))
DURATION: Kind = (
    pa.duration("us"),
    dt.timedelta(1),
    st.timedeltas(dt.timedelta(-(10**6)), dt.timedelta(10**6)),
)
DECIMAL: Kind = (pa.decimal128(20, 3), 1, st.decimals(-(10**15), 10**15, places=3))
SMALL: Kind = (pa.uint8(), 1, st.integers(0, 255))
SINGLE: Kind = (pa.float32(), 0.5, st.floats(width=32, allow_nan=False))

TEXT_KINDS = [BOOLEAN, INTEGER, FLOAT, STRING, DATE, TIMESTAMP, INSTANT]
ALL_KINDS = [*TEXT_KINDS, BYTES, DURATION, DECIMAL, SMALL, SINGLE]


def columns(kind: Kind, rows: int) -> st.SearchStrategy[Values]:
    type_, first, values = kind
    rest = st.lists(st.none() | values, min_size=rows, max_size=rows)
    return rest.map(lambda drawn: pa.array([first, *drawn], type_))


@st.composite
def tables(draw: st.DrawFn, kinds: list[Kind]) -> pa.Table:
    rows = draw(st.integers(0, 5))
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    drawn = [draw(st.sampled_from(kinds).flatmap(lambda kind: columns(kind, rows))) for _ in names]
    return pa.Table.from_arrays(drawn, names=names)


def written(table: pa.Table, format_: FileFormat, roles: dict[str, ColumnRole]) -> bytes:
    sink = pa.BufferOutputStream()
    write_dataset_to(
        Dataset(table=table, roles=roles),
        sink,  # type: ignore[arg-type]  # a binary stream, which the stubs do not know
        name="out",
        format=format_,
    )
    return sink.getvalue().to_pybytes()


def assert_same(read: pa.Table, expected: pa.Table) -> None:
    """The same names, types and values; -0.0 is unlike 0.0."""
    assert read.schema == expected.schema
    assert repr(read.to_pylist()) == repr(expected.to_pylist())


def assert_round_trip(table: pa.Table, format_: FileFormat) -> None:
    data = written(table, format_, {})
    assert_same(read_dataset_bytes(data, name="in", format=format_).table, table)


@pytest.mark.parametrize("format_", [FileFormat.CSV, FileFormat.TSV])
@given(table=tables(TEXT_KINDS))
@settings(max_examples=150, deadline=None)
def test_delimited(table: pa.Table, format_: FileFormat) -> None:
    assert_round_trip(table, format_)


@pytest.mark.parametrize("format_", [FileFormat.CSV_NO_HEADER, FileFormat.TSV_NO_HEADER])
@given(table=tables(TEXT_KINDS))
@settings(max_examples=50, deadline=None)
def test_delimited_without_header(table: pa.Table, format_: FileFormat) -> None:
    numbered = table.rename_columns([f"Col{number}" for number in range(1, table.num_columns + 1)])
    assert_round_trip(numbered, format_)


@given(table=tables([INTEGER, FLOAT, STRING, DATE, MILLISECONDS]))
@settings(max_examples=150, deadline=None)
def test_arff(table: pa.Table) -> None:
    assert_round_trip(table, FileFormat.ARFF)


@given(words=st.lists(TEXT, min_size=1, max_size=5, unique=True), data=st.data())
@settings(max_examples=100, deadline=None)
def test_arff_keeps_categories(words: list[str], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.none() | st.integers(0, len(words) - 1), max_size=6))
    column = pa.DictionaryArray.from_arrays(
        pa.array(places, pa.int32()), pa.array(words, pa.large_string())
    )
    assert_round_trip(pa.table({"word": column}), FileFormat.ARFF)


@given(table=tables([BOOLEAN, INTEGER, FINITE, STRING, DATE, TIMESTAMP]))
@settings(max_examples=150, deadline=None)
def test_json_lines(table: pa.Table) -> None:
    assert_round_trip(table, FileFormat.JSON_LINES)


@pytest.mark.parametrize("format_", [FileFormat.PARQUET, FileFormat.ARROW, FileFormat.FEATHER])
@given(table=tables(ALL_KINDS), data=st.data())
@settings(max_examples=60, deadline=None)
def test_binary(table: pa.Table, format_: FileFormat, data: st.DataObject) -> None:
    named = st.dictionaries(st.sampled_from(table.column_names), st.sampled_from(ColumnRole))
    roles = data.draw(named)
    read = read_dataset_bytes(written(table, format_, roles), name="in", format=format_)
    assert_same(read.table, table)
    assert read.roles == roles


@given(
    labels=st.lists(st.integers(-5, 5), min_size=1, max_size=5),
    names=st.lists(NAMES.filter(lambda name: name != "Labels"), unique=True, max_size=3),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_svmlight(labels: list[int], names: list[str], data: st.DataObject) -> None:
    finite = st.floats(allow_nan=False).map(lambda value: value + 0.0)  # no -0.0: it is a zero
    features = {
        name: data.draw(st.lists(finite, min_size=len(labels), max_size=len(labels)))
        for name in names
    }
    table = pa.table({**features, "Labels": labels})
    assert_round_trip(table, FileFormat.SVMLIGHT)


@given(lines=st.lists(TEXT.filter(lambda text: not {"\r", "\n"} & set(text))))
@settings(max_examples=60, deadline=None)
def test_plain_text(lines: list[str]) -> None:
    assert_round_trip(pa.table({"Col1": pa.array(lines, pa.large_string())}), FileFormat.PLAIN_TEXT)


def test_a_chunk_of_rows_after_the_other_is_written() -> None:
    numbers = pa.array(range(150_000), pa.int64())
    texts = pa.array([f"n{place}" for place in range(150_000)])
    table = pa.table({"number": numbers, "text": texts})
    for format_ in (FileFormat.CSV, FileFormat.ARFF, FileFormat.JSON_LINES):
        read = read_dataset_bytes(written(table, format_, {}), name="in", format=format_).table
        assert read["text"].to_pylist() == table["text"].to_pylist()
        assert read["number"].equals(table["number"])
