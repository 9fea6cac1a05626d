"""The first rows of a large Parquet file, read without the rest."""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.errors import DatasetError
from studiolo.datasets.formats import FileFormat
from studiolo.datasets.formats.errors import DamagedFileError
from studiolo.datasets.reading import confined_reading
from studiolo.datasets.reading.confined_reading import forking_reader
from studiolo.datasets.reading.files import read_dataset, read_first_rows, write_dataset

_ROWS = 200_000


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[None]:
    """A process of which all reading in this file is a fork."""
    with forking_reader([FileFormat.PARQUET]) as forking, pytest.MonkeyPatch.context() as patch:
        patch.setattr(confined_reading, "_KEPT", [forking])
        yield


def table(**columns: Any) -> pa.Table:
    random = np.random.default_rng(0).random(_ROWS)
    return pa.table({"random": pa.array(random), "row": pa.array(range(_ROWS)), **columns})


def first_rows(path: Path, rows: int = 200) -> tuple[Dataset, int] | None:
    return read_first_rows(path, name=path.name, rows=rows)


@pytest.mark.parametrize(("group", "rows"), [(10_000, 25_000), (1 << 20, 200)])
def test_they_are_as_in_the_whole_file(tmp_path: Path, group: int, rows: int) -> None:
    path = tmp_path / "a.parquet"
    words = pa.array(["x", None, "한글", "y"] * (_ROWS // 4))
    wide = table(text=words, category=words.dictionary_encode(), empty=pa.nulls(_ROWS))
    dataset = Dataset(table=wide, roles={"row": ColumnRole.LABEL})
    write_dataset(dataset, path)
    pq.write_table(pq.read_table(path), path, row_group_size=group)
    found = first_rows(path, rows)
    assert found is not None
    first, total = found
    whole = read_dataset(path)
    assert (first.roles, total) == (whole.roles, _ROWS)
    assert first.table.schema == whole.table.schema
    assert first.table.to_pylist() == whole.table.slice(0, rows).to_pylist()


def test_a_short_table_of_long_texts_has_all_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [np.random.default_rng(n).bytes(500_000).hex() for n in range(3)]
    pq.write_table(pa.table({"text": texts}), path)
    found = first_rows(path)
    assert found is not None
    assert (found[0].table["text"].to_pylist(), found[1]) == (texts, 3)


def test_it_is_all_or_nothing_where_the_rest_decides_or_takes_no_time(tmp_path: Path) -> None:
    times = pa.array([dt.datetime(2020, 1, 1)] * _ROWS, pa.timestamp("ns"))
    old = tmp_path / "old.parquet"
    pq.write_table(table(t=times), old, use_deprecated_int96_timestamps=True)
    assert first_rows(old) is None
    small = tmp_path / "small.parquet"
    pq.write_table(pa.table({"a": [1]}), small)
    assert first_rows(small) is None
    text = tmp_path / "text.csv"
    text.write_text("a\n" + "1\n" * (1 << 20))
    assert first_rows(text) is None


def damaged_at_the_end() -> bytes:
    """A file of many groups, of which a later one can't be read."""
    sink = io.BytesIO()
    pq.write_table(table(), sink, row_group_size=10_000)
    content = bytearray(sink.getvalue())
    middle = len(content) // 2
    content[middle : middle + 100_000] = bytes(100_000)
    return bytes(content)


def test_damage_behind_them_is_found_when_all_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(damaged_at_the_end())
    found = first_rows(path)
    assert found is not None
    assert found[0].table["row"].to_pylist() == list(range(200))
    with pytest.raises(DamagedFileError):
        read_dataset(path)


def test_a_file_that_can_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(bytes(2 << 20))
    with pytest.raises(DamagedFileError):
        first_rows(path)
    with pytest.raises(DatasetError):
        first_rows(tmp_path / "missing.parquet")
