"""Files are found, read and replaced whole."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import (
    DatasetFileMissingError,
    DatasetFileUnreadableError,
    DatasetFileUnwritableError,
    UnknownFormatError,
)
from studiolo.datasets.formats import EXTENSIONS, module_of
from studiolo.datasets.formats.errors import FormatCannotHoldError
from studiolo.datasets.reading.files import (
    FileFormat,
    format_of,
    read_dataset,
    read_dataset_bytes,
    write_dataset,
)

NUMBERS = Dataset(table=pa.table({"a": [1, 2]}))
BYTES = Dataset(table=pa.table({"a": [1], "b": [b"x"]}))


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("a.csv", FileFormat.CSV),
        ("A.CSV", FileFormat.CSV),
        ("folder/a.nh.csv", FileFormat.CSV_NO_HEADER),
        ("a.b.tsv", FileFormat.TSV),
        ("a.nh.tsv", FileFormat.TSV_NO_HEADER),
        ("a.csv.zip", FileFormat.ZIP),
        ("a.ndjson", FileFormat.JSON_LINES),
    ],
)
def test_format_of(name: str, format_: FileFormat) -> None:
    assert format_of(name) is format_
    assert format_of(Path(name)) is format_


@pytest.mark.parametrize(
    ("name", "hint"), [("a.cvs", ".csv"), ("a.parkuet", ".parquet"), ("a", None), (".csv", None)]
)
def test_unknown_format(name: str, hint: str | None) -> None:
    with pytest.raises(UnknownFormatError) as caught:
        format_of(name)
    message = str(caught.value)
    assert all(extension in message for extension in EXTENSIONS)
    assert (f'Did you mean "{hint}"' in message) is (hint is not None)


@pytest.mark.parametrize("format_", FileFormat)
def test_every_format_has_a_module(format_: FileFormat) -> None:
    module = module_of(format_)
    assert callable(module.read)
    assert callable(module.write)
    assert format_ in EXTENSIONS.values()


def test_missing_file(tmp_path: Path) -> None:
    (tmp_path / "iris.csv").write_text("a\n")
    with pytest.raises(DatasetFileMissingError, match=r"Did you mean .*iris\.csv") as caught:
        read_dataset(tmp_path / "irs.csv")
    assert caught.value.classic_number == 48
    with pytest.raises(DatasetFileMissingError, match="iris"):
        read_dataset(tmp_path / "nowhere" / "iris.csv")


def test_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DatasetFileUnreadableError, match="directory"):
        read_dataset(tmp_path / "folder.csv")


def test_format_given(tmp_path: Path) -> None:
    path = tmp_path / "data"
    write_dataset(NUMBERS, path, format=FileFormat.CSV)
    assert read_dataset(path, format=FileFormat.CSV).table.equals(NUMBERS.table)


def test_a_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"a\n1\n2\n",))
    writer.start()
    assert read_dataset(path).table.equals(NUMBERS.table)
    writer.join()


@pytest.mark.parametrize("name", ["new.csv", "old.csv"])
def test_a_failed_write_leaves_things_as_they_were(tmp_path: Path, name: str) -> None:
    (tmp_path / "old.csv").write_text("old")
    with pytest.raises(FormatCannotHoldError):
        write_dataset(BYTES, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]
    assert (tmp_path / "old.csv").read_text() == "old"


def test_a_write_that_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "old.csv").write_text("old")
    with pytest.raises(DatasetFileUnwritableError, match="No space left"):
        write_dataset(NUMBERS, tmp_path / "old.csv")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetFileUnwritableError, match="No such file"):
        write_dataset(NUMBERS, tmp_path / "nowhere" / "a.csv")


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    path.chmod(0o600)
    write_dataset(NUMBERS, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == "a\n1\n2\n"


def test_a_dataset_survives_the_replacement_of_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    write_dataset(NUMBERS, path)
    mapped = read_dataset(path)
    write_dataset(Dataset(table=pa.table({"a": [3] * 100})), path)
    assert mapped.table.equals(NUMBERS.table)


def test_strings_reach_pandas_without_a_copy() -> None:
    table = read_dataset_bytes(b"a\nx\ny\n", name="a.csv").table
    array: Any = table.to_pandas()["a"].array
    held = array._pa_array.chunk(0).buffers()
    chunk: Any = table.column("a").chunk(0)
    ours = chunk.buffers()
    assert [buffer.address for buffer in held[1:]] == [
        buffer.address for buffer in ours[1:] if buffer is not None
    ]


def test_importing_loads_no_heavy_format() -> None:
    code = "import sys, studiolo.datasets.reading.files; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "pyarrow" in loaded
    assert not loaded & {"pandas", "openpyxl", "pyarrow.parquet", "pyarrow.dataset", "zipfile"}
