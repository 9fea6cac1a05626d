"""Zip and gzip, Parquet and Arrow, Excel."""

import datetime as dt
import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import feather

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import (
    DatasetError,
    SheetNotApplicableError,
    UnknownFormatError,
    UnsupportedColumnTypeError,
)
from studiolo.datasets.formats import Content, FileFormat, gzip_archive, zip_archive
from studiolo.datasets.formats.errors import (
    ArchiveError,
    ArchiveMembersError,
    DamagedFileError,
    EmptyFileError,
    FormatCannotHoldError,
    RaggedRowError,
    SheetMissingError,
    ValueNotAllowedError,
)
from studiolo.datasets.reading.files import read_dataset, read_dataset_bytes, write_dataset
from studiolo.datasets.reading_options import ReadingOptions


def zipped(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()


def content(data: bytes, *, name: str, format: FileFormat) -> Content:  # noqa: A002
    return Content(data=pa.py_buffer(data), name=name, format=format)


@pytest.mark.parametrize("ending", ["csv.zip", "arff.zip", "tsv.gz", "arrow.gz", "nh.csv.zip"])
def test_archives_round_trip(tmp_path: Path, ending: str) -> None:
    table = pa.table({"Col1": [1, 2], "Col2": pa.array(["x", "y"], pa.large_string())})
    for name in ("a", "b"):
        write_dataset(Dataset(table=table), tmp_path / f"{name}.{ending}")
    assert read_dataset(tmp_path / f"a.{ending}").table.equals(table)
    if ending.endswith(".gz"):
        same = [(tmp_path / f"{name}.{ending}").read_bytes() for name in ("a", "b")]
        assert same[0] == same[1]


def test_zip_with_what_macos_adds() -> None:
    data = zipped({"folder/": b"", "folder/a.csv": b"a\n1\n", "__MACOSX/a.csv": b"", ".x": b""})
    assert read_dataset_bytes(data, name="a.zip").table.to_pydict() == {"a": [1]}


@pytest.mark.parametrize("names", [[], ["a.csv", "b.tsv"]])
def test_zip_without_exactly_one_member(names: list[str]) -> None:
    with pytest.raises(ArchiveMembersError) as caught:
        read_dataset_bytes(zipped(dict.fromkeys(names, b"a\n1\n")), name="data.zip")
    assert list(caught.value.members) == names
    assert all(f'"{name}"' in str(caught.value) for name in names)


@pytest.mark.parametrize("other", ["README.md", "LICENSE", "codebook.pdf", "Thumbs.db"])
def test_what_describes_a_dataset_in_a_zip_is_left_out(other: str) -> None:
    dataset = read_dataset_bytes(zipped({"a.csv": b"a\n1\n", other: b"x"}), name="data.zip")
    assert dataset.table.to_pydict() == {"a": [1]}
    assert f'"{other}"' in dataset.notes[0]


def test_backslashes_in_a_zip() -> None:
    data = zipped({"folder\\": b"", "folder\\a.csv": b"a\n1\n"})
    assert read_dataset_bytes(data, name="data.zip").table.to_pydict() == {"a": [1]}


def test_options_reach_what_is_packed() -> None:
    data = zipped({"a.csv": "a;b,c\né;2\n".encode("windows-1252")})
    dataset = read_dataset_bytes(
        data, name="a.zip", options=ReadingOptions(encoding="windows-1252", delimiter=";")
    )
    assert dataset.table.to_pydict() == {"a": ["é"], "b,c": [2]}


def test_arrow_streams() -> None:
    table = pa.table({"a": [1, 2]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    data = sink.getvalue().to_pybytes()
    assert read_dataset_bytes(data, name="a.arrow").table.equals(table)
    with pytest.raises(DamagedFileError):
        read_dataset_bytes(data[:-30], name="a.arrow")


@pytest.mark.filterwarnings("ignore:Feather V1:DeprecationWarning")
def test_feather_version_1() -> None:
    sink = io.BytesIO()
    feather.write_feather(pa.table({"a": [1, None], "b": ["x", "y"]}), sink, version=1)
    table = read_dataset_bytes(sink.getvalue(), name="a.feather").table
    assert table.to_pydict() == {"a": [1, None], "b": ["x", "y"]}


def test_mistakes_inside_an_archive_name_the_member() -> None:
    with pytest.raises(RaggedRowError, match=r"data\.zip/a\.csv, line 2"):
        read_dataset_bytes(zipped({"a.csv": b"a\n1,2\n"}), name="data.zip")


@pytest.mark.parametrize("name", ["a.docx", "a.zip", "a"])
def test_zip_of_no_dataset(name: str) -> None:
    with pytest.raises(UnknownFormatError):
        read_dataset_bytes(zipped({name: b"x"}), name="data.zip")


def test_damaged_archives() -> None:
    whole = {"z.zip": zipped({"a.csv": b"a\n1\n" * 99}), "z.csv.gz": gzip.compress(b"a\n1\n" * 99)}
    for name, data in whole.items():
        for damaged in (data[:-5], b"x" + data[1:] if name == "z.csv.gz" else b"x", b""):
            with pytest.raises((ArchiveError, EmptyFileError), match=r"z\."):
                read_dataset_bytes(damaged, name=name)


def test_encrypted_zip() -> None:
    data = bytearray(zipped({"a.csv": b"a\n1\n"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ArchiveError, match="encrypted"):
        read_dataset_bytes(bytes(data), name="data.zip")


def test_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_archive, "LARGEST", 100)
    monkeypatch.setattr(gzip_archive, "LARGEST", 100)
    too_large = zipped({"a.csv": b"a\n" * 51})
    with pytest.raises(ArchiveError, match="at most 100"):
        zip_archive.read(content(too_large, name="data.zip", format=FileFormat.ZIP))
    too_large = gzip.compress(b"a\n" * 51)
    with pytest.raises(ArchiveError, match="more than 100"):
        gzip_archive.read(content(too_large, name="data.csv.gz", format=FileFormat.GZIP))
    allowed = content(gzip.compress(b"a\n" * 50), name="data.csv.gz", format=FileFormat.GZIP)
    assert gzip_archive.read(allowed).table.num_rows == 49


def test_write_archive_of_unknown_content(tmp_path: Path) -> None:
    for name in ("data.zip", "data.gz", "data.csv.gz.zip"):
        with pytest.raises(UnknownFormatError):
            write_dataset(Dataset(table=pa.table({"a": [1]})), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["parquet", "arrow", "feather", "xlsx"])
def test_damaged_binary_files(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    write_dataset(Dataset(table=pa.table({"a": list(range(1000))})), path)
    data = path.read_bytes()
    for damaged in (data[: len(data) // 2], data[:-1], b"x" * 100, b""):
        path.write_bytes(damaged)
        with pytest.raises(DamagedFileError, match=f"a.{ending}"):
            read_dataset(path)


def test_nested_parquet(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [1], "b": [[1, 2]]}), path)
    with pytest.raises(UnsupportedColumnTypeError, match=r'Column 2 \("b"\).*list') as caught:
        read_dataset(path)
    assert caught.value.classic_number == 17


def test_pandas_index_does_not_return(tmp_path: Path) -> None:
    import pandas as pd

    path = tmp_path / "a.parquet"
    pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key")).to_parquet(path)
    frame = read_dataset(path).table.to_pandas()
    assert list(frame.columns) == ["a", "key"]
    assert list(frame.index) == [0, 1]


def test_arrow_files_are_mapped(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    write_dataset(Dataset(table=pa.table({"a": list(range(100_000))})), path)
    before = pa.total_allocated_bytes()
    table = read_dataset(path).table
    assert pa.total_allocated_bytes() - before < 100_000
    assert table.column("a").num_chunks == 1
    assert table.column("a")[99_999].as_py() == 99_999


def workbook(tmp_path: Path, rows: list[list[Any]], sheet: str = "Sheet") -> Path:
    book = openpyxl.Workbook()
    first: Any = book.active
    first.title = "First"
    first.append(["only"])
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    path = tmp_path / "a.xlsx"
    book.save(path)
    return path


def test_excel(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["i", "f", "s", "t", "m", 2020],
        [1, 1, "x", dt.datetime(2020, 1, 31, 12), 7, True],
        [None, 2.5, None, None, "y", None],
        ["#N/A", 3, "007", None, 1.5, False],
        [None, None],
    ]
    table = read_dataset(workbook(tmp_path, rows), options=ReadingOptions(sheet="Sheet")).table
    assert table.to_pydict() == {
        "i": [1, None, None],
        "f": [1.0, 2.5, 3.0],
        "s": ["x", None, "007"],
        "t": [dt.datetime(2020, 1, 31, 12), None, None],
        "m": ["7", "y", "1.5"],
        "2020": [True, None, False],
    }


def test_excel_reads_the_first_sheet(tmp_path: Path) -> None:
    assert read_dataset(workbook(tmp_path, [["a"], [1]])).table.column_names == ["only"]


@pytest.mark.parametrize(
    ("rows", "sheet", "error", "words"),
    [
        ([["a"]], "Shet", SheetMissingError, '"First", "Sheet"'),
        ([], "Sheet", EmptyFileError, "a.xlsx"),
        ([["a", "a"]], "Sheet", DatasetError, "more than once"),
        ([["a", "b"], [1, 2], [1, "=A2+B2"]], "Sheet", ValueNotAllowedError, "line 3, column 2"),
    ],
)
def test_excel_mistakes(
    tmp_path: Path, rows: list[list[Any]], sheet: str, error: type[DatasetError], words: str
) -> None:
    with pytest.raises(error, match=words):
        read_dataset(workbook(tmp_path, rows), options=ReadingOptions(sheet=sheet))


def test_a_sheet_of_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")
    with pytest.raises(SheetNotApplicableError):
        read_dataset(path, options=ReadingOptions(sheet="Sheet"))


def test_excel_round_trip(tmp_path: Path) -> None:
    table = pa.table(
        {
            "i": [1, None],
            "f": [0.1, -1e300],
            "s": pa.array(["x\ny", None], pa.large_string()),
            "b": [True, False],
            "t": pa.array([dt.datetime(2020, 1, 31, 12, 30, 1, 500000), None], pa.timestamp("us")),
            "d": pa.array([dt.timedelta(hours=30, seconds=1), None], pa.duration("us")),
        }
    )
    write_dataset(Dataset(table=table), tmp_path / "a.xlsx")
    read = read_dataset(tmp_path / "a.xlsx").table
    assert read.to_pydict() == table.to_pydict()
    assert read.schema == table.schema


@pytest.mark.parametrize(
    ("column", "what"),
    [
        (pa.array([2**53 + 1]), "2\\^53"),
        (pa.array([float("inf")]), "infinite"),
        (pa.array([""]), "empty texts"),
        (pa.array(["=1+1"]), "start with ="),
        (pa.array(["#N/A"]), "names of errors"),
        (pa.array(["\x07"]), "control"),
        (pa.array(["x" * 32768]), "32767"),
        (pa.array(["x" * 32768, "y"] * 9).dictionary_encode(), "32767"),
        (pa.array([b"x"]), "binary"),
        (pa.array([-30000], pa.date32()), "1900"),
        (pa.array([0], pa.timestamp("s", "UTC")), "time zone"),
        (pa.array([1], pa.timestamp("us")), "finer"),
        (pa.array([-(2**40)], pa.timestamp("s")), "1900"),
        (pa.array(["", "x"]).dictionary_encode(), "empty texts"),
    ],
)
def test_what_excel_cannot_hold(tmp_path: Path, column: Any, what: str) -> None:
    with pytest.raises(FormatCannotHoldError, match=what):
        write_dataset(Dataset(table=pa.table({"a": column})), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []
