"""Reading and writing of CSV and TSV."""

import csv
import io
import time
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiolo.datasets.arrow import Values
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import DatasetError, OptionNotApplicableError
from studiolo.datasets.formats import delimited
from studiolo.datasets.formats.errors import (
    DecimalNotAllowedError,
    DelimiterNotAllowedError,
    EncodingUnknownError,
    FormatCannotHoldError,
    GivenEncodingError,
    RaggedRowError,
)
from studiolo.datasets.reading.files import (
    FileFormat,
    read_dataset_bytes,
    write_csv,
    write_dataset_to,
)
from studiolo.datasets.reading_options import ReadingOptions


def read(data: bytes, name: str = "data.csv") -> dict[str, list[Any]]:
    table = read_dataset_bytes(data, name=name).table
    assert all(column.num_chunks == 1 for column in table.columns)
    return table.to_pydict()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends(end: bytes, last: bool, mark: bytes) -> None:
    data = mark + end.join([b"a,b", b"1,x", b"2,y"]) + (end if last else b"")
    assert read(data) == {"a": [1, 2], "b": ["x", "y"]}


def test_quoted_fields() -> None:
    data = b'"a","b ""c"""\n"x, y","line 1\r\nline 2"\n"""",z\n'
    assert read(data) == {"a": ["x, y", '"'], 'b "c"': ["line 1\r\nline 2", "z"]}


def test_missing_and_empty() -> None:
    assert read(b'a,b\n,x\n"",y\nz,""\n') == {"a": [None, "", "z"], "b": ["x", "y", ""]}


def test_spaces_after_the_comma_are_skipped_in_csv() -> None:
    data = b'a, b,  c\n1,  2, "x, y"\n3, ," z"\n'
    assert read(data) == {"a": [1, 3], "b": [2, None], "c": ["x, y", " z"]}


def test_spaces_stay_in_tsv() -> None:
    assert read(b"a\t b\n1\t x\n", "data.tsv") == {"a": [1], " b": [" x"]}


def test_without_header() -> None:
    assert read(b"1,x\n2,y\n", "data.nh.csv") == {"Col1": [1, 2], "Col2": ["x", "y"]}
    assert read(b"\xef\xbb\xbf1\tx\n", "data.nh.tsv") == {"Col1": [1], "Col2": ["x"]}


def test_blank_lines() -> None:
    assert read(b"\na,b\n\n1,2\n\n") == {"a": [1], "b": [2]}
    assert read(b"a\n\n1\n\n") == {"a": [None, 1]}
    assert read(b"a,b\n1,2\n  \n\t\n3,4\n ") == {"a": [1, 3], "b": [2, 4]}
    assert read(b'a,b\n1,"\n \n"\n \n') == {"a": [1], "b": ["\n \n"]}
    assert read(b"a\tb\n1\t2\n  \n\t\n", "data.tsv") == {"a": [1, None], "b": [2, None]}


@pytest.mark.parametrize("name", ["data.csv", "data.tsv"])
def test_one_column(name: str) -> None:
    assert read(b"x\n1\n2\n\n\n\n", name) == {"x": [1, 2]}
    assert read(b"x\r\n1\r\n\r\n2\r\n\r\n", name) == {"x": [1, None, 2]}
    assert read(b"x\r\r\n1\r\r\n3\r\r\n", name) == {"x": [1, 3]}
    assert read(b"x\ny\n \n", name) == {"x": ["y", None]}
    assert read(b"x\n\n\n", name) == {"x": []}
    assert read(b'x\n"a\n\n"\n\n', name) == {"x": ["a\n\n"]}


def test_the_end_mark_of_dos() -> None:
    assert read(b"a,b\n1,2\n\x1a") == {"a": [1], "b": [2]}
    assert read(b"a\n1\n\x1a\x1a") == {"a": [1]}


def test_padded_names() -> None:
    data = b'age ,income ,"x "\n39 ,50000 , Oslo \n'
    assert read(data) == {"age": [39], "income": [50000], "x ": ["Oslo "]}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'"a b";"c"\n7.4;5\n', {"a b": [7.4], "c": [5]}),
        (b"d;w\n01.02.2020;1,5\n", {"d": ["01.02.2020"], "w": ["1,5"]}),
        (b"a\tb\n1\t2\n", {"a": [1], "b": [2]}),
        (b"a|b\n1|x;y\n", {"a": [1], "b": ["x;y"]}),
        (b"a;b", {"a": [], "b": []}),
    ],
)
def test_another_delimiter_is_found_and_said(data: bytes, expected: dict[str, Any]) -> None:
    dataset = read_dataset_bytes(data, name="data.csv")
    assert dataset.table.to_pydict() == expected
    assert "instead of commas" in dataset.notes[0]


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"a;b\n1;2;3\n", "data.csv", {"a;b": ["1;2;3"]}),
        (b'"a;b"\n"1;2"\n', "data.csv", {"a;b": ["1;2"]}),
        (b"a;b,c\n1;2,3\n", "data.csv", {"a;b": ["1;2"], "c": [3]}),
        (b"Hello; world\n", "data.nh.csv", {"Col1": ["Hello; world"]}),
        (b"City, State\nBoston, MA\n", "data.tsv", {"City, State": ["Boston, MA"]}),
    ],
)
def test_no_other_delimiter(data: bytes, name: str, expected: dict[str, Any]) -> None:
    dataset = read_dataset_bytes(data, name=name)
    assert dataset.table.to_pydict() == expected
    assert not dataset.notes


def test_the_line_in_which_excel_names_the_delimiter() -> None:
    assert read(b"sep=;\r\na;b\r\n1;2\r\n") == {"a": [1], "b": [2]}
    assert read(b"sep=,\na\n1\n") == {"a": [1]}


@pytest.mark.parametrize("given_delimiter", [";", "semicolon"])
def test_a_named_delimiter(given_delimiter: str) -> None:
    table = read_dataset_bytes(
        b"a;b,c\n1;2\n", name="x.csv", options=ReadingOptions(delimiter=given_delimiter)
    ).table
    assert table.to_pydict() == {"a": [1], "b,c": [2]}
    with pytest.raises(DelimiterNotAllowedError, match="one character"):
        read_dataset_bytes(b"a", name="x.csv", options=ReadingOptions(delimiter="ab"))
    with pytest.raises(OptionNotApplicableError, match="delimited"):
        read_dataset_bytes(b"{}", name="x.jsonl", options=ReadingOptions(delimiter=";"))


def test_a_named_encoding() -> None:
    def read_in(encoding: str, name: str = "x.csv") -> pa.Table:
        text = "a,b\n1,né\n"
        return read_dataset_bytes(
            text.encode(encoding), name=name, options=ReadingOptions(encoding=encoding)
        ).table

    for encoding in ("windows-1252", "mac-roman", "utf-16", "utf-16-le", "utf-8-sig"):
        assert read_in(encoding).to_pydict() == {"a": [1], "b": ["né"]}
    with pytest.raises(EncodingUnknownError, match='Did you mean "windows-1252"'):
        read_dataset_bytes(b"a\n1\n", name="x.csv", options=ReadingOptions(encoding="window-1252"))
    with pytest.raises(GivenEncodingError, match="line 2, byte 4"):
        read_dataset_bytes(
            b"a,b\n\x81,1\n", name="x.csv", options=ReadingOptions(encoding="windows-1252")
        )
    with pytest.raises(OptionNotApplicableError, match="text file"):
        read_in("utf-8", "x.parquet")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b",Name\n0,Martin\n", {"Col1": [0], "Name": ["Martin"]}),
        (b'"","b"\n"x",1\n', {"Col1": ["x"], "b": [1]}),
        (b"a, ,Col2\n1,2,3\n", {"a": [1], "Col2 (1)": [2], "Col2": [3]}),
    ],
)
def test_columns_without_a_name(data: bytes, expected: dict[str, Any]) -> None:
    dataset = read_dataset_bytes(data, name="data.csv")
    assert dataset.table.to_pydict() == expected
    assert "without a name" in dataset.notes[0]


def test_row_names_of_r() -> None:
    data = b'"a";"b"\n"x";1;2.5\n"y";3;4.5\n'
    dataset = read_dataset_bytes(data, name="data.csv")
    assert dataset.table.to_pydict() == {"Col1": ["x", "y"], "a": [1, 3], "b": [2.5, 4.5]}
    assert any("as R writes them" in note for note in dataset.notes)
    spaced = read(b'"a","b"\n"x y", 1,2\n"z",3, 4\n')
    assert read(b'"a" "b"\n"x y" 1 "u"\n"z" 3 NA\n') == {
        "Col1": ["x y", "z"],
        "a": [1, 3],
        "b": ["u", "NA"],
    }
    assert spaced == {"Col1": ["x y", "z"], "a": [1, 3], "b": [2, 4]}


def test_rows_that_are_longer_for_another_reason_are_refused() -> None:
    with pytest.raises(RaggedRowError, match="line 2: the row has 3 fields, but the first row"):
        read(b"a,b\n1,2,3\n4,5,6\n")
    with pytest.raises(RaggedRowError, match="line 2"):
        read(b"a,b\n1,2,\n4,5,\n")
    with pytest.raises(RaggedRowError, match=r"line 100: the row has 2 fields, but .* has 3"):
        read(b'"a","b"\n' + b'"x",1,2\n' * 98 + b'"y",1\n')


def test_decimal_commas() -> None:
    data = b"a;b;c;d\n3,14;1;x,y;1.234\n;2;z;5.678\n"
    dataset = read_dataset_bytes(data, name="data.csv")
    assert dataset.table.column("a").to_pylist() == ["3,14", None]
    assert 'The column "a" has decimal commas' in dataset.notes[-1]
    given = read_dataset_bytes(data, name="data.csv", options=ReadingOptions(decimal=","))
    assert given.table.to_pydict() == {
        "a": [3.14, None],
        "b": [1, 2],
        "c": ["x,y", "z"],
        # The points may divide thousands.
        "d": ["1.234", "5.678"],
    }
    assert not any("decimal" in note for note in given.notes)
    with pytest.raises(DecimalNotAllowedError, match="the comma"):
        read_dataset_bytes(data, name="data.csv", options=ReadingOptions(decimal=";"))
    with pytest.raises(OptionNotApplicableError, match="decimal mark"):
        read_dataset_bytes(data, name="data.jsonl", options=ReadingOptions(decimal=","))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), min_size=1))
def test_floats_with_a_comma_are_the_floats_with_a_point(values: list[float | None]) -> None:
    words = ["" if value is None else repr(value) for value in values]
    points = ";1\n".join(["a;b", *words]).encode().replace(b";b;1", b";b") + b";1\n"
    with_commas = ReadingOptions(decimal=",")
    table = read_dataset_bytes(
        points.replace(b".", b","), name="data.csv", options=with_commas
    ).table
    assert table.equals(read_dataset_bytes(points, name="data.csv").table)


def test_rows_that_blanks_seem_to_separate_are_named() -> None:
    data = b"name size\nKim 1\nLee 2\n"
    dataset = read_dataset_bytes(data, name="data.csv")
    assert dataset.table.num_columns == 1
    assert "--delimiter space" in dataset.notes[0]
    advised = read_dataset_bytes(data, name="data.csv", options=ReadingOptions(delimiter="space"))
    assert advised.table.to_pydict() == {"name": ["Kim", "Lee"], "size": [1, 2]}
    assert not read_dataset_bytes(b"city\nNew York\nLos Angeles\n", name="data.csv").notes


@pytest.mark.parametrize("format_", [FileFormat.CSV, FileFormat.TSV, FileFormat.CSV_NO_HEADER])
@given(
    name=st.text("a;,|\t sep=", min_size=1, max_size=6).filter(lambda name: name.strip()),
    values=st.lists(st.none() | st.text('a;,|\t "', max_size=4), max_size=5),
)
@settings(max_examples=200, deadline=None)
def test_a_column_alone_comes_back(
    format_: FileFormat, name: str, values: list[str | None]
) -> None:
    if format_ is FileFormat.CSV_NO_HEADER:
        name, values = "Col1", ["word", *values]
    sink = io.BytesIO()
    table = pa.table({name: pa.array(values, pa.large_string())})
    write_dataset_to(Dataset(table=table), sink, name="out", format=format_)
    back = read_dataset_bytes(sink.getvalue(), name="in", format=format_)
    assert back.table.to_pydict() == table.to_pydict()
    assert not back.notes


def test_only_a_header() -> None:
    table = read_dataset_bytes(b"a,b", name="data.csv").table
    assert table.schema == pa.schema({"a": pa.large_string(), "b": pa.large_string()})
    assert table.num_rows == 0


def test_a_row_longer_than_a_block() -> None:
    long = b"x" * (5 << 20)
    data = b'a,b\n1,y\n2,"' + long + b'\n"\n3,z\n'
    assert read(data)["b"] == ["y", long.decode() + "\n", "z"]


def test_a_header_longer_than_its_first_look() -> None:
    names = [f"column {number}" for number in range(20_000)]
    row = b",".join(b"%d" % number for number in range(20_000))
    table = read_dataset_bytes(",".join(names).encode() + b"\n" + row, name="data.csv").table
    assert table.column_names == names
    assert table.column(19_999).to_pylist() == [19_999]


@pytest.mark.parametrize("size", [7, 16, 31, 64])
@given(rows=st.lists(st.tuples(*[st.text('ab"\n\r, ', max_size=5)] * 2), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_blocks_cut_anywhere_change_nothing(size: int, rows: list[tuple[str, str]]) -> None:
    sink = io.StringIO(newline="")
    csv.writer(sink, quoting=csv.QUOTE_ALL).writerows([("x", "y"), ("word", "word"), *rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_BLOCK", size)
        table = read(sink.getvalue().encode())
    assert list(zip(*table.values(), strict=True)) == [("word", "word"), *rows]


@given(data=st.text('ab"\n\r, 1', max_size=40), size=st.integers(1, 30))
@settings(max_examples=600, deadline=None)
@pytest.mark.parametrize("name", ["data.csv", "data.nh.csv", "data.tsv"])
def test_the_size_of_blocks_decides_nothing(data: str, size: int, name: str) -> None:
    def outcome() -> str:
        try:
            table = read_dataset_bytes(data.encode(), name=name).table
        except DatasetError as error:
            return repr(error)
        return repr((table.schema.types, table.to_pydict()))

    whole = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_BLOCK", size)
        assert outcome() == whole


def written(table: pa.Table) -> str:
    sink = io.BytesIO()
    write_csv(table, sink)
    return sink.getvalue().decode()


def test_write_csv() -> None:
    table = pa.table(
        {
            "a,b": ["x", "", None, 'q"', " s", "two\nlines"],
            "f": [1.0, 0.1, None, float("nan"), float("-inf"), 1e300],
            "t": [True, False, None, True, True, True],
        }
    )
    assert written(table) == (
        '"a,b",f,t\nx,1.0,true\n"",0.1,false\n,,\n"q""",,true\n" s",-inf,true\n'
        '"two\nlines",1e+300,true\n'
    )


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@given(counts=st.lists(st.none() | st.integers(-(10**18), 10**18), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_durations_are_written_as_pandas_spells_them(unit: Any, counts: list[int | None]) -> None:
    if unit in ("s", "ms"):
        counts = [None if count is None else count // 10**6 for count in counts]
    column = pa.array([0, *counts], pa.duration(unit))
    spelled = [pd.NaT if count is None else pd.Timedelta(count, unit) for count in counts]
    rows = written(pa.table({"d": column, "x": [1] * len(column)})).splitlines()[2:]
    assert rows == ["," + "1" if word is pd.NaT else f"{word},1" for word in spelled]


def test_write_times() -> None:
    moments = pa.array([0, 1_500_000], pa.timestamp("us"))
    table = pa.table(
        {
            "date": pa.array([0, 1], pa.date32()),
            "time": moments,
            "instant": moments.cast(pa.timestamp("us", "Europe/Berlin")),
        }
    )
    assert written(table) == (
        "date,time,instant\n1970-01-01,1970-01-01T00:00:00,1970-01-01T00:00:00Z\n"
        "1970-01-02,1970-01-01T00:00:01.500000,1970-01-01T00:00:01.500000Z\n"
    )


@pytest.mark.parametrize(
    ("column", "what"),
    [
        (pa.array([b"x"]), "binary"),
        (pa.array(["a\0b"]), "NUL"),
        (pa.array([10**12], pa.timestamp("s")), "outside the years"),
        (pa.array([10**7], pa.date32()), "outside the years"),
    ],
)
def test_what_csv_cannot_hold(column: Values, what: str) -> None:
    with pytest.raises(FormatCannotHoldError, match=f'{what}.*column "odd".*Parquet') as caught:
        written(pa.table({"fine": [1], "odd": column}))
    assert caught.value.column == "odd"


def test_a_dataset_without_columns_is_an_empty_file() -> None:
    assert not written(pa.table({}))


def test_tsv_quotes_tabs() -> None:
    sink = io.BytesIO()
    dataset = Dataset(table=pa.table({"a": ["x\ty", "x,y"]}))
    write_dataset_to(dataset, sink, name="out", format=FileFormat.TSV)
    assert sink.getvalue() == b'a\n"x\ty"\nx,y\n'


def test_the_work_grows_with_the_columns_and_not_faster() -> None:
    def seconds(count: int) -> float:
        header = ",".join(f"g{number}" for number in range(count))
        row = ",".join(str(number / 8) for number in range(count))
        data = f"{header}\n{row}\n{row}\n".encode()
        started = time.process_time()
        dataset = read_dataset_bytes(data, name="data.csv")
        sink = io.BytesIO()
        write_dataset_to(dataset, sink, name="out", format=FileFormat.CSV)
        spent = time.process_time() - started
        assert sink.getvalue().count(b",") == 3 * (count - 1)
        return spent

    seconds(100)
    assert seconds(8_000) < 10 * seconds(2_000)
