"""SVMLight, JSON lines and plain text."""

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.errors import DatasetError
from studiolo.datasets.formats.errors import (
    EmptyFileError,
    EncodingError,
    FormatCannotHoldError,
    MalformedLineError,
    ValueNotAllowedError,
)
from studiolo.datasets.reading.files import FileFormat, read_dataset_bytes, write_dataset_to


def read(data: bytes, name: str) -> pa.Table:
    return read_dataset_bytes(data, name=name).table


def written(
    table: pa.Table, format_: FileFormat, roles: dict[str, ColumnRole] | None = None
) -> str:
    sink = pa.BufferOutputStream()
    dataset = Dataset(table=table, roles=roles or {})
    write_dataset_to(dataset, sink, name="out", format=format_)  # type: ignore[arg-type]  # a stream
    return sink.getvalue().to_pybytes().decode()


def test_svmlight() -> None:
    data = b"# comment\n+1 1:0.5 3:2 # more\n\n-1 2:1e1\r\n0\n"
    dataset = read_dataset_bytes(data, name="data.svm")
    assert dataset.table.to_pydict() == {
        "Col1": [0.5, 0.0, 0.0],
        "Col2": [0.0, 10.0, 0.0],
        "Col3": [2.0, 0.0, 0.0],
        "Labels": [1, -1, 0],
    }
    assert dataset.roles == {"Labels": ColumnRole.LABEL}


def test_svmlight_as_other_programs_write_it() -> None:
    zero = read_dataset_bytes(b"1 0:0.5 2:1\n-1 1:3\n", name="data.svm")
    assert zero.table.to_pydict() == {
        "Col1": [0.5, 0.0],
        "Col2": [0.0, 3.0],
        "Col3": [1.0, 0.0],
        "Labels": [1, -1],
    }
    assert "from 0" in zero.notes[0]
    assert read(b"1 3:0.5 1:1\n", "data.svm").to_pydict() == {
        "Col1": [1.0],
        "Col2": [0.0],
        "Col3": [0.5],
        "Labels": [1],
    }
    assert read(b"2 qid:10 1:0.5 # x\n0 1:1\n", "data.svm").to_pydict() == {
        "Col1": [0.5, 1.0],
        "qid": [10, None],
        "Labels": [2, 0],
    }


def test_svmlight_with_only_labels() -> None:
    assert read(b"1.5\n2\n", "data.svmlight").to_pydict() == {"Labels": [1.5, 2.0]}


@pytest.mark.parametrize(
    ("data", "line", "text"),
    [
        (b"1 1:2\nx 1:2\n", 2, "x"),
        (b"1 1:2 1:3\n", 1, "1:3"),
        (b"1 -1:2\n", 1, "-1:2"),
        (b"1 2:1\n1 100001:2\n", 2, "100001:2"),
        (b" 1:2\n", 1, "1:2"),
        (b"1 1\n", 1, "1"),
        (b"1 1:x\n", 1, "1:x"),
        (b"1 1:2 qid:3\n", 1, "qid:3"),
        (b"1 qid:x 1:2\n", 1, "qid:x"),
        (b"1,2 1:1\n", 1, "1,2"),
        (b"1 999999999999:1\n", 1, "999999999999:1"),
    ],
)
def test_malformed_svmlight(data: bytes, line: int, text: str) -> None:
    with pytest.raises(MalformedLineError) as caught:
        read(data, "data.svm")
    assert (caught.value.line, caught.value.text) == (line, text)


def test_written_svmlight() -> None:
    table = pa.table({"y": [1, -1], "age": [0.0, 7.0], "smokes": [True, False]})
    text = written(table, FileFormat.SVMLIGHT, {"y": ColumnRole.LABEL})
    assert text == '# columns: ["age", "smokes"]\n1 2:1.0\n-1 1:7.0\n'
    assert read(text.encode(), "data.svm").column_names == ["age", "smokes", "Labels"]


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"a": [1]}, "0 label columns"),
        ({"a": ["x"], "Labels": [1]}, "large_string"),
        ({"a": [None, 1], "Labels": [1, 2]}, "missing"),
        ({"a": [1], "Labels": ["x"]}, "large_string"),
    ],
)
def test_what_svmlight_cannot_hold(columns: dict[str, list[Any]], what: str) -> None:
    with pytest.raises(FormatCannotHoldError, match=what):
        written(pa.table(columns), FileFormat.SVMLIGHT)


def test_json_lines() -> None:
    data = b"""{"a": 1, "s": "007", "d": "2020-01-31", "mixed": 1, "f": 1}

{"s": "NA", "a": null, "b": true, "mixed": "x", "f": 2.5}
"""
    assert read(data, "data.jsonl").to_pydict() == {
        "a": [1, None],
        "s": ["007", "NA"],
        "d": [dt.date(2020, 1, 31), None],
        "mixed": ["1", "x"],
        "f": [1.0, 2.5],
        "b": [None, True],
    }


def test_json_numbers_lose_nothing() -> None:
    data = b'{"a": 18446744073709551616, "b": 9007199254740993}\n{"a": 1, "b": 0.5}\n'
    assert read(data, "data.ndjson").to_pydict() == {
        "a": ["18446744073709551616", "1"],
        "b": ["9007199254740993", "0.5"],
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"a": ', "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b"7", "not a JSON object"),
        (b'{"a": 1, "b": 2, "b": 3}', '"b" more than once'),
        (b"[" * 100_000, "nested"),
    ],
)
def test_malformed_json(line: bytes, problem: str) -> None:
    with pytest.raises(MalformedLineError, match=problem) as caught:
        read(b'{"a": 1}\n\n' + line + b"\n", "data.jsonl")
    assert caught.value.line == 3


def test_nested_json() -> None:
    with pytest.raises(ValueNotAllowedError) as caught:
        read(b'{"a": 1, "b": 2}\n{"a": 1, "b": {"c": 3}}\n', "data.jsonl")
    assert (caught.value.line, caught.value.column, caught.value.name) == (2, 2, "b")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (rb'{"a": 1, "b": "x\ud83d"}', r'line 1, column 2 \("b"\).*half of a surrogate pair'),
        (rb'{"\udc00": 1}', "line 1.*half of a surrogate pair"),
    ],
)
def test_text_cut_inside_a_character(data: bytes, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        read(data, "data.jsonl")


def test_whole_surrogate_pairs_and_long_numbers() -> None:
    assert read(rb'{"a": "\ud83d\ude00"}', "data.jsonl").to_pydict() == {"a": ["\U0001f600"]}
    digits = "9" * 5000
    table = read(f'{{"a": {digits}}}\n{{"a": 1}}\n'.encode(), "data.jsonl")
    assert table.to_pydict() == {"a": [digits, "1"]}


def test_written_json_lines() -> None:
    table = pa.table({"f": [1.0, float("nan")], "s": ['"é"', None], "w": ["x", "y"]})
    table = table.set_column(2, "w", table.column("w").dictionary_encode())
    assert written(table, FileFormat.JSON_LINES) == (
        '{"f": 1.0, "s": "\\"é\\"", "w": "x"}\n{"f": null, "s": null, "w": "y"}\n'
    )


@pytest.mark.parametrize("columns", [{"a": [float("inf")]}, {"a": [b"x"]}], ids=["inf", "bytes"])
def test_what_json_lines_cannot_hold(columns: dict[str, list[Any]]) -> None:
    with pytest.raises(FormatCannotHoldError):
        written(pa.table(columns), FileFormat.JSON_LINES)


def test_plain_text() -> None:
    assert read(b'a, b\r\n\n "c\n', "data.txt").to_pydict() == {"Col1": ["a, b", "", ' "c']}
    assert read(b"", "data.txt").num_rows == 0


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"a": ["x"], "b": ["y"]}, "2 columns"),
        ({"a": [1]}, "int64"),
        ({"a": ["x", None]}, "missing"),
        ({"a": ["x\ny"]}, "line breaks"),
    ],
)
def test_what_plain_text_cannot_hold(columns: dict[str, list[Any]], what: str) -> None:
    with pytest.raises(FormatCannotHoldError, match=what):
        written(pa.table(columns), FileFormat.PLAIN_TEXT)


@pytest.mark.parametrize("name", ["x.svm", "x.jsonl", "x.arff"])
def test_empty(name: str) -> None:
    with pytest.raises(EmptyFileError):
        read(b"\n\n", name)


@pytest.mark.parametrize("name", ["x.svm", "x.jsonl", "x.arff", "x.txt"])
def test_other_encoding(name: str) -> None:
    with pytest.raises(EncodingError) as caught:
        read(b"a\nb\xe9\n", name)
    assert (caught.value.line, caught.value.offset) == (2, 3)


def test_a_json_number_beyond_the_largest_float_is_refused_by_name() -> None:
    with pytest.raises(ValueNotAllowedError) as caught:
        read_dataset_bytes(b'{"a": 1}\n{"a": -1e400}\n', name="numbers.jsonl")
    assert (caught.value.line, caught.value.name, caught.value.value) == (2, "a", "-1e400")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a b\n1 2\n3 4\n", "2 fields separated by blanks"),
        ("x;1;a\ny;2;b\nz;3.5;c\n", "3 fields separated by semicolons"),
        ("a\tb\n1\tx\n2\ty\n", "2 fields separated by tabs"),
        ("a,b\n1,2\n3,4\n", "rename the file to .csv."),
        ("Hello there\nyou and I\nthree more words\n", None),
        ("one two\nthree four\nfive six\n", None),
        ("1\n2\n3\n", None),
        ("a 1\n", None),
        ("", None),
    ],
)
def test_lines_that_look_like_the_rows_of_a_table_are_said(text: str, said: str | None) -> None:
    dataset = read_dataset_bytes(text.encode(), name="a.txt")
    assert dataset.table.to_pydict() == {"Col1": text.splitlines()}
    assert len(dataset.notes) == (said is not None)
    assert said is None or said in dataset.notes[0]
