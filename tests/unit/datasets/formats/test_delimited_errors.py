"""Each mistake in a delimited file is named with its line and column."""

import pytest

from studiolo.datasets.errors import DuplicateColumnNameError
from studiolo.datasets.formats.errors import (
    EmptyFileError,
    EncodingError,
    NulByteError,
    RaggedRowError,
    UnterminatedQuoteError,
)
from studiolo.datasets.reading.files import read_dataset_bytes
from studiolo.datasets.reading_options import ReadingOptions


@pytest.mark.parametrize(
    ("data", "line", "found"),
    [
        (b"a,b\n1,2\n3\n", 3, 1),
        (b"a,b\n1,2\n3,4,5\n", 3, 3),
        (b'a,b\n"x\ny",2\n3\n', 4, 1),
        (b"a,b\r1,2\r3\r", 3, 1),
        (b"a,b\r\n\r\n1,2\r\n3\r\n", 4, 1),
        (b'a,b\n1, "x, y", z\n', 2, 3),
        (b"a,b\n" + b"1,2\n" * 3_000_000 + b"1\n", 3_000_002, 1),
    ],
)
def test_ragged_row(data: bytes, line: int, found: int) -> None:
    with pytest.raises(RaggedRowError) as caught:
        read_dataset_bytes(data, name="data.csv")
    assert (caught.value.line, caught.value.found, caught.value.expected) == (line, found, 2)
    assert caught.value.classic_number == 49


def test_ragged_row_shows_the_field_too_many() -> None:
    with pytest.raises(RaggedRowError, match=r'line 2: the row has 3 fields.*"zz"'):
        read_dataset_bytes(b"a,b\n1,2,zz\n", name="data.csv")


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b'a,b\n1,"2', 2, 2),
        (b'a,b\n1,"2\n', 2, 2),
        (b'a,b\n1,"2\n3,4\n', 2, 2),
        (b'a,b\n"1,2\n3,4\n', 2, 1),
        (b'a,b\n1,"\n', 2, 2),
        (b'a,b\n1,"', 2, 2),
        (b'a,b\n1,"x""', 2, 2),
        (b'a,b\n"x\ny","2', 3, 2),
        (b'a\n1\n"2\n3\n', 3, 1),
    ],
)
def test_unterminated_quote(data: bytes, line: int, column: int) -> None:
    with pytest.raises(UnterminatedQuoteError) as caught:
        read_dataset_bytes(data, name="data.csv")
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.name == "ab"[column - 1]


def test_unterminated_quote_in_the_header() -> None:
    with pytest.raises(UnterminatedQuoteError) as caught:
        read_dataset_bytes(b'a,"b\n1,2\n', name="data.csv")
    assert (caught.value.line, caught.value.column, caught.value.name) == (1, 2, None)


@pytest.mark.parametrize(
    ("data", "name", "numbers", "line"),
    [
        (b"a,b,a\n1,2,3\n", "a", (1, 3), 1),
        (b"\n\na, b,b\n1,2,3\n", "b", (2, 3), 3),
        (b'"x\ny",z,z\n1,2,3\n', "z", (2, 3), 1),
    ],
)
def test_duplicate_name(data: bytes, name: str, numbers: tuple[int, ...], line: int) -> None:
    with pytest.raises(DuplicateColumnNameError, match="rename") as caught:
        read_dataset_bytes(data, name="data.csv")
    assert (caught.value.name, caught.value.numbers, caught.value.line) == (name, numbers, line)


@pytest.mark.parametrize("name", ["data.csv", "data.nh.csv", "data.tsv", "data.nh.tsv"])
@pytest.mark.parametrize("data", [b"", b"\n\r\n\n", b"\xef\xbb\xbf"])
def test_empty_file(data: bytes, name: str) -> None:
    with pytest.raises(EmptyFileError, match=name):
        read_dataset_bytes(data, name=name)


@pytest.mark.parametrize(
    ("data", "line", "offset", "encoding", "shown"),
    [
        (b"a,b\n1,x\n2,caf\xe9\n", 3, 13, "windows-1252", "2,café"),
        (b"a,\xe9\n1,2\n", 1, 2, "windows-1252", "a,é"),
        (b"a,b\n1,caf\x8e\n", 2, 9, "mac-roman", "1,café"),
        ("名前,値\n森,1\n".encode("shift_jis"), 1, 0, "shift_jis", "名前,値"),
        ("a,b\n1,서울\n".encode("euc-kr"), 2, 6, "euc-kr", "1,서울"),
        ("a,b\n1,2\n".encode("utf-16"), 1, 0, "utf-16", ""),
        ("a,b\n1,2\n".encode("utf-32"), 1, 0, "utf-32", ""),
    ],
)
def test_other_encoding(data: bytes, line: int, offset: int, encoding: str, shown: str) -> None:
    with pytest.raises(EncodingError, match="UTF-8") as caught:
        read_dataset_bytes(data, name="data.csv")
    assert (caught.value.line, caught.value.offset) == (line, offset)
    assert caught.value.candidates[encoding] == shown
    for candidate in caught.value.candidates:  # what is advised works
        read_dataset_bytes(data, name="data.csv", options=ReadingOptions(encoding=candidate))


def test_no_encoding_is_advised_that_the_file_is_not_in() -> None:
    with pytest.raises(EncodingError) as caught:
        read_dataset_bytes(b"a,b\n1,x\x81y\n", name="data.csv")
    assert "windows-1252" not in caught.value.candidates
    with pytest.raises(EncodingError, match="ask the person who made it"):
        read_dataset_bytes(b"a,b\n1,\x01\xff\n", name="data.csv")


@pytest.mark.parametrize(
    ("data", "line", "offset"),
    [(b"a,b\n1,x\n2,\0\n", 3, 10), (b"a,\0\n1,2\n", 1, 2), (b"a,b\n1,0\n2,\x000\n", 3, 10)],
)
def test_nul_byte(data: bytes, line: int, offset: int) -> None:
    with pytest.raises(NulByteError) as caught:
        read_dataset_bytes(data, name="data.csv")
    assert (caught.value.line, caught.value.offset) == (line, offset)


def test_utf16_without_mark_is_recognised() -> None:
    with pytest.raises(NulByteError, match="utf-16"):
        read_dataset_bytes("a,b\n1,2\n".encode("utf-16-le"), name="data.csv")
