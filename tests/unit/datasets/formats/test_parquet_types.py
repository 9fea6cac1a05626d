"""What Parquet and Arrow files hold beyond plain values: old times, extensions, categories."""

import datetime as dt
import io
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import UnsupportedColumnTypeError
from studiolo.datasets.formats import column_metadata
from studiolo.datasets.formats.errors import DamagedFileError, FormatCannotHoldError
from studiolo.datasets.invariants import check_dataset
from studiolo.datasets.reading.files import FileFormat, read_dataset_bytes, write_dataset_to

BINARY = [FileFormat.PARQUET, FileFormat.ARROW, FileFormat.FEATHER]


def int96_file(column: "pa.Array[Any]") -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"t": column}), sink, use_deprecated_int96_timestamps=True)
    return sink.getvalue()


def int96_of_days(*days: tuple[int, int]) -> bytes:
    """A file of days since 1970 and nanoseconds of the day, which Arrow itself does not write."""
    zero = (0).to_bytes(8, "little") + (2_440_588).to_bytes(4, "little")
    sink = io.BytesIO()
    pq.write_table(
        pa.table({"t": pa.array([0] * len(days), pa.timestamp("ns"))}),
        sink,
        use_deprecated_int96_timestamps=True,
        use_dictionary=False,
        compression="none",
        write_statistics=False,
    )
    data = sink.getvalue()
    new = b"".join(
        nanos.to_bytes(8, "little") + (2_440_588 + day).to_bytes(4, "little") for day, nanos in days
    )
    assert data.count(zero * len(days)) == 1
    return data.replace(zero * len(days), new)


def written(dataset: Dataset, format_: FileFormat) -> bytes:
    sink = io.BytesIO()
    write_dataset_to(dataset, sink, name="out", format=format_)
    return sink.getvalue()


def read(data: bytes, format_: FileFormat = FileFormat.PARQUET) -> Dataset:
    return read_dataset_bytes(data, name="in", format=format_)


def test_int96_of_other_centuries() -> None:
    far = (dt.date(9999, 12, 31) - dt.date(1970, 1, 1)).days
    old = (dt.date(1000, 1, 1) - dt.date(1970, 1, 1)).days
    table = read(int96_of_days((far, 0), (old, 1_000), (0, 3_000))).table
    assert table["t"].to_pylist() == [
        dt.datetime(9999, 12, 31),
        dt.datetime(1000, 1, 1, 0, 0, 0, 1),
        dt.datetime(1970, 1, 1, 0, 0, 0, 3),
    ]


def test_int96_keeps_nanoseconds_where_all_are_near() -> None:
    column = pa.array([1, None, 10**18 + 7], pa.timestamp("ns"))
    assert read(int96_file(column)).table["t"].equals(pa.chunked_array([column]))


def test_int96_is_refused_where_no_type_holds_it() -> None:
    with pytest.raises(DamagedFileError, match=r'"t" has times finer than a microsecond'):
        read(int96_of_days((2_000_000, 0), (0, 1)))


@pytest.mark.parametrize("format_", ["parquet", "feather"])
@pytest.mark.parametrize(
    ("frequency", "start"),
    [
        *[
            (frequency, "1969-11-03 05:06:07")
            for frequency in ("Y", "Q", "M", "D", "h", "min", "s")
        ],
        ("D", "0900-01-01"),
    ],
)
def test_periods_are_the_text_that_pandas_shows(format_: str, frequency: str, start: str) -> None:
    periods = pd.period_range(start, periods=30, freq=frequency)
    sink = io.BytesIO()
    frame = pd.DataFrame({"p": [*periods, pd.NaT]})
    if format_ == "parquet":
        frame.to_parquet(sink)
    else:
        frame.to_feather(sink)
    dataset = read_dataset_bytes(sink.getvalue(), name=f"p.{format_}")
    assert dataset.table["p"].to_pylist() == [*map(str, periods), None]
    assert len(dataset.notes) == 1
    assert '"p" of the type period[' in dataset.notes[0]


def test_periods_without_a_plain_form_are_refused() -> None:
    sink = io.BytesIO()
    pd.DataFrame({"p": pd.period_range("2020", periods=3, freq="W")}).to_parquet(sink)
    with pytest.raises(UnsupportedColumnTypeError, match=r"period\[W-SUN\]"):
        read(sink.getvalue())


def test_other_extension_types() -> None:
    ids = pa.array([b"\x00" * 15 + b"\x01", None], pa.uuid())
    flags = pa.array([1, 0], pa.int8()).cast(pa.bool8())
    dataset = check_dataset(pa.table({"id": ids, "flag": flags}))
    assert dataset.table.to_pydict() == {
        "id": ["00000000-0000-0000-0000-000000000001", None],
        "flag": [True, False],
    }
    assert dataset.notes == ('Column "id" of the type arrow.uuid was read as text.',)


CATEGORIES: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.uint8(), st.integers(0, 255)),
    (pa.float64(), st.floats(allow_nan=False).map(lambda value: value + 0.0)),
    (pa.bool_(), st.booleans()),
    (pa.date32(), st.dates()),
    (pa.timestamp("us"), st.datetimes()),
    (pa.duration("us"), st.timedeltas(dt.timedelta(-99), dt.timedelta(99))),
    (pa.large_string(), st.text(st.characters(codec="utf-8"), max_size=5)),
    (pa.large_binary(), st.binary(max_size=5)),
]


@pytest.mark.parametrize("format_", BINARY)
@given(kind=st.sampled_from(CATEGORIES), ordered=st.booleans(), data=st.data())
@settings(max_examples=60, deadline=None)
def test_categories_of_every_type(
    format_: FileFormat,
    kind: tuple[pa.DataType, st.SearchStrategy[Any]],
    ordered: bool,
    data: st.DataObject,
) -> None:
    type_, values = kind
    words = data.draw(st.lists(values, min_size=1, max_size=5, unique=True))
    places = data.draw(st.lists(st.none() | st.integers(0, len(words) - 1), max_size=6))
    column: Any = pa.DictionaryArray.from_arrays(
        pa.array(places, pa.int32()), pa.array(words, type_), ordered=ordered
    )
    back = read(written(Dataset(table=pa.table({"c": column})), format_), format_).table["c"]
    assert back.type == column.type
    assert back.to_pylist() == column.to_pylist()
    if places:
        assert categories_of(back) == words


def categories_of(column: Any) -> Sequence[object]:
    listed: Sequence[object] = column.chunk(0).dictionary.to_pylist()
    return listed


def test_categories_that_another_program_changed() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array([10, 20]))
    data = written(Dataset(table=pa.table({"c": column})), FileFormat.PARQUET)
    table = pq.read_table(io.BytesIO(data))
    changed = table.set_column(0, table.schema.field(0), pa.chunked_array([pa.array([10, 99])]))
    sink = io.BytesIO()
    pq.write_table(changed, sink)
    assert read(sink.getvalue()).table["c"].to_pylist() == [10, 99]


def test_too_many_categories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_metadata, "LARGEST_CATEGORIES", 100)
    numbers = pa.array(range(1000)).dictionary_encode()
    with pytest.raises(FormatCannotHoldError, match='"c"'):
        written(Dataset(table=pa.table({"c": numbers})), FileFormat.PARQUET)
    words = pa.array(["b", "a"], pa.large_string()).dictionary_encode()
    data = written(Dataset(table=pa.table({"c": words})), FileFormat.PARQUET)
    assert read(data).table["c"].to_pylist() == ["b", "a"]


def test_categories_of_numbers_in_json_lines() -> None:
    table = pa.table(
        {
            "n": pa.array([10, None]).dictionary_encode(),
            "b": pa.array([True, False]).dictionary_encode(),
            "f": pa.array([0.5, 1.0]).dictionary_encode(),
        }
    )
    data = written(Dataset(table=table), FileFormat.JSON_LINES)
    assert data == b'{"n": 10, "b": true, "f": 0.5}\n{"n": null, "b": false, "f": 1.0}\n'


@pytest.mark.parametrize("type_", [pa.float64(), pa.float32()])
@pytest.mark.parametrize(
    "format_", [*BINARY, FileFormat.CSV, FileFormat.TSV, FileFormat.ARFF, FileFormat.JSON_LINES]
)
def test_nan_is_written_as_missing(format_: FileFormat, type_: pa.DataType) -> None:
    table = pa.table({"f": pa.array([1.5, math.nan, None], type_), "x": [1, 2, 3]})
    back = read(written(Dataset(table=table), format_), format_).table["f"]
    assert back.to_pylist() == [1.5, None, None]


@pytest.mark.parametrize("format_", sorted(set(FileFormat) - {FileFormat.ZIP, FileFormat.GZIP}))
@pytest.mark.parametrize("names", [["Col1"], ["Col1", "Col2"]])
def test_one_row_without_a_value(format_: FileFormat, names: list[str]) -> None:
    """It comes back, or the format says that it can't hold it."""
    table = pa.table({name: pa.array([None], pa.float64()) for name in names})
    try:
        data = written(Dataset(table=table), format_)
    except FormatCannotHoldError:
        assert format_ not in BINARY
        return
    assert read(data, format_).table.to_pydict() == {name: [None] for name in names}
