"""An output that is written while pieces are still scored is the whole one, or is given up."""

import errno
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import FileFormat, Target, module_of
from studiolo.datasets.reading.files import format_of
from studiolo.files import whole_file
from studiolo.services.batches import early_output
from studiolo.services.batches.early_output import EarlyOutput
from studiolo.services.batches.input_file import Piece
from studiolo.services.batches.parts import Parts


@contextmanager
def parts_of(folder: Path, pieces: int) -> Iterator[Parts]:
    cut = [Piece(first=number, end=number + 1) for number in range(pieces)]
    with Parts.open(folder, {}, lambda: cut) as parts:
        yield parts


def table(number: int) -> pa.Table:
    return pa.table({"n": [number, number + 0.5], "text": [str(number), None]})


def put(parts: Parts, tables: Sequence[pa.Table], order: Sequence[int], early: EarlyOutput) -> None:
    for number in order:
        parts.put(number, [tables[number]], rows=tables[number].num_rows)
        early.advance()


def test_groups_are_written_in_order_as_pieces_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_output, "GROUP_ROWS", 4)
    tables = [*map(table, range(4)), pa.table({}), table(5), table(6)]
    with parts_of(tmp_path, 7) as parts:
        with closing(EarlyOutput(parts, 0, FileFormat.PARQUET)) as first:
            put(parts, tables, [1, 0, 2], first)
            assert (tmp_path / "output-0.parquet").exists()
        assert not (tmp_path / "output-0.parquet").exists()
        # As after a kill: what is done is written again, and the rest behind it.
        with closing(EarlyOutput(parts, 0, FileFormat.PARQUET)) as early:
            put(parts, tables, [4, 6, 3, 5], early)
            finished = early.finish()
            assert finished is not None
            path, rows, columns = finished
            assert (rows, columns) == (12, 2)
            with pq.ParquetFile(path) as file:
                groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
                assert file.read().equals(parts.table(0, output="output1"))
            assert groups == [4, 4, 4]


@pytest.mark.parametrize(
    "other",
    [
        pa.table({"n": [1, 2], "text": ["a", "b"]}),
        pa.table({"n": [0.5], "other": ["a"]}),
        pa.table({"n": [0.5], "text": pa.array(["a"]).dictionary_encode()}),
    ],
)
def test_it_is_given_up_where_a_piece_has_other_columns(
    tmp_path: Path, other: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_output, "GROUP_ROWS", 1)
    with (
        parts_of(tmp_path, 3) as parts,
        closing(EarlyOutput(parts, 0, FileFormat.PARQUET)) as early,
    ):
        put(parts, [table(0), table(1), other], [0, 1, 2], early)
        assert early.finish() is None
        assert not (tmp_path / "output-0.parquet").exists()


CATEGORIES = pa.array(["x", None]).dictionary_encode()
MOMENTS = pa.array([0, 1], pa.timestamp("us"))


@pytest.mark.parametrize(
    ("name", "columns", "is_early"),
    [
        ("a.csv", {"category": CATEGORIES}, True),
        ("a.nh.csv", {}, True),
        ("a.tsv", {}, True),
        ("a.jsonl", {"category": CATEGORIES, "moment": MOMENTS}, True),
        # Whether they are dates is known when the last one is.
        ("a.csv", {"moment": MOMENTS}, False),
        ("a.csv", {"n": None}, False),
        # These tell the end that they can't be written.
        ("a.csv", {"bytes": pa.array([b"a", b"b"])}, False),
        ("a.jsonl", {"infinite": pa.array([0.5, float("inf")])}, False),
    ],
)
def test_text_is_the_one_that_is_written_at_once(
    tmp_path: Path, name: str, columns: Mapping[str, Any], *, is_early: bool
) -> None:
    def piece(number: int) -> pa.Table:
        made = table(number)
        for column, values in columns.items():
            made = made.drop([column]) if values is None else made.append_column(column, values)
        return made

    chosen = format_of(name)
    tables = [*map(piece, range(3)), pa.table({}), piece(4)]
    with parts_of(tmp_path, 5) as parts, closing(EarlyOutput(parts, 0, chosen)) as early:
        put(parts, tables, [1, 0, 2, 4, 3], early)
        finished = early.finish()
        assert (finished is not None) == is_early
        if finished is None:
            assert not list(tmp_path.glob("output-*"))
            return
        whole = io.BytesIO()
        target = Target(sink=whole, name=name, format=chosen)
        module_of(chosen).write(Dataset(table=parts.table(0, output="output1")), target)
        path, rows, width = finished
        assert path.read_bytes() == whole.getvalue()
        assert (rows, width) == (8, 2 + len(columns))


def test_it_is_given_up_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(early_output, "group_writer", full)
    with (
        parts_of(tmp_path, 1) as parts,
        closing(EarlyOutput(parts, 0, FileFormat.PARQUET)) as early,
    ):
        put(parts, [table(0)], [0], early)
        assert early.finish() is None
        assert not (tmp_path / "output-0.parquet").exists()


def test_a_file_moves_with_the_permissions_of_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("new")
    old = tmp_path / "old"
    old.write_text("old")
    old.chmod(0o640)
    (tmp_path / "link").symlink_to(old)
    whole_file.move_to(tmp_path / "new", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (old.read_text(), old.stat().st_mode & 0o777) == ("new", 0o640)
    assert not (tmp_path / "new").exists()


def test_a_file_moves_to_another_file_system_and_into_a_device(tmp_path: Path) -> None:
    shared = Path("/dev/shm")
    if shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one file system only")
    target = shared / f"studiolo-{tmp_path.name}"
    try:
        (tmp_path / "new").write_text("new")
        whole_file.move_to(tmp_path / "new", target)
        assert target.read_text() == "new"
    finally:
        target.unlink(missing_ok=True)
    (tmp_path / "new").write_text("new")
    whole_file.move_to(tmp_path / "new", Path("/dev/null"))
    assert Path("/dev/null").is_char_device()
    assert not (tmp_path / "new").exists()
