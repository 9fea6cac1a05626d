"""A batch is scored in pieces, in order, each piece once, and its input is what was sent."""

import gc
import re
import resource
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from studiolo.datasets.errors import DatasetError
from studiolo.sandbox.exchange.job import Failure
from studiolo.services.batches import input_file
from studiolo.services.batches.batch import Batch
from studiolo.services.batches.errors import BatchFolderError, BatchHeldError, BatchInputError
from studiolo.services.batches.input_file import InputFile
from studiolo.services.batches.outcome import BatchFailed, BatchProgress
from studiolo.services.batches.parts import Parts
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema
from studiolo.services.scoring import RequestRefused, ScoringFailed, ScoringReply, ScoringRequest

PORT = PortSchema(
    columns=(
        ColumnSchema(name="n", type=pa.int64()),
        ColumnSchema(name="text", type=pa.large_string(), missing=True),
    )
)
ROWS = 500
FRAME = pd.DataFrame(
    {
        "n": range(ROWS),
        "text": [None if n % 7 == 3 else f'line {n},\n"{"x" * (n % 5)}"' for n in range(ROWS)],
    }
)


@dataclass
class Scorer:
    """Doubles the numbers; counts what it is asked, and may be told to fail or to stop."""

    schema: ServiceSchema = field(
        default_factory=lambda: ServiceSchema(inputs={"input1": PORT}, outputs={"output1": PORT})
    )
    scored: list[int] = field(default_factory=list)
    fails_at: int | None = None
    stops_at: int | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def wait_until_ready(self) -> None: ...

    def score(
        self,
        request: ScoringRequest,
        *,
        cancelled: threading.Event | None = None,  # noqa: ARG002
    ) -> ScoringReply | ScoringFailed:
        table = request.inputs["input1"]
        numbers: list[Any] = table["n"].to_pylist()
        if self.fails_at in numbers:
            failure = Failure(code="script-error", classic_number=None, message="wrong")
            return ScoringFailed(failure=failure, node="add")
        if self.stops_at in numbers:
            self.stop.set()
        self.scored += numbers
        doubled = table.set_column(0, "n", pa.array([2 * n for n in numbers]))
        return ScoringReply(outputs={"output1": doubled})

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_file, "_TEXT_SIZE", 1000)
    monkeypatch.setattr(input_file, "_MOST_ROWS", 60)
    monkeypatch.setattr(input_file, "_FEWEST_ROWS", 10)


def written(folder: Path, name: str) -> InputFile:
    path = folder / name
    if name.endswith((".csv", ".tsv")):
        FRAME.to_csv(path, index=False, sep="," if name.endswith(".csv") else "\t")
    elif name.endswith(".jsonl"):
        FRAME.to_json(path, orient="records", lines=True)
    elif name.endswith(".parquet"):
        FRAME.to_parquet(path, row_group_size=25)
    elif name.endswith(".xlsx"):
        FRAME.to_excel(path, index=False)
    else:
        FRAME.to_feather(path, compression="uncompressed")
    return InputFile(path, port=PORT)


@contextmanager
def parts_of(folder: Path, file: InputFile) -> Iterator[Parts]:
    work = {"file": [str(file.path), *file.state()]}
    with Parts.open(folder / "batch", work, file.pieces) as parts:
        yield parts


def run(
    folder: Path,
    file: InputFile,
    scorer: Scorer,
    *,
    told: list[BatchProgress] | None = None,
    parallel: int = 2,
) -> BatchFailed | pa.Table | None:
    with file, parts_of(folder, file) as parts:
        failed = Batch(
            scorer=scorer,
            files={"input1": file},
            parts=parts,
            parameters={},
            parallel=parallel,
            on_progress=(told if told is not None else []).append,
            cancelled=scorer.stop,
        ).run()
        return failed if failed or scorer.stop.is_set() else parts.table(0, output="output1")


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("a.csv", 8),
        ("a.tsv", 8),
        ("a.jsonl", 8),
        ("a.parquet", 8),
        ("a.arrow", 8),
        ("a.xlsx", 1),
    ],
)
def test_every_row_is_scored_once_and_in_order(tmp_path: Path, name: str, least: int) -> None:
    told: list[BatchProgress] = []
    scorer = Scorer()
    table = run(tmp_path, written(tmp_path, name), scorer, told=told)
    assert isinstance(table, pa.Table), table
    assert table["n"].to_pylist() == [2 * n for n in range(ROWS)]
    assert table["text"].to_pylist() == [None if pd.isna(t) else t for t in FRAME.text]
    assert sorted(scorer.scored) == list(range(ROWS))
    assert told[-1].rows_done == told[-1].rows_total == ROWS
    assert least <= told[-1].pieces_total == told[-1].pieces_done
    if name.endswith((".parquet", ".arrow")):
        assert told[0] == BatchProgress(
            rows_done=0, rows_total=ROWS, pieces_done=0, pieces_total=told[-1].pieces_total
        )


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    file = written(tmp_path, "a.parquet")
    first, second = Scorer(stops_at=200), Scorer()
    assert run(tmp_path, file, first, parallel=1) is None
    assert 0 < len(first.scored) < ROWS
    table = run(tmp_path, file, second)
    assert isinstance(table, pa.Table)
    assert table["n"].to_pylist() == [2 * n for n in range(ROWS)]
    # The one that was interrupted may have been finished before its result was put down.
    assert len(first.scored) + len(second.scored) <= ROWS + 60
    assert sorted({*first.scored, *second.scored}) == list(range(ROWS))


def test_a_changed_file_is_scored_from_the_beginning(tmp_path: Path) -> None:
    first, second = Scorer(stops_at=200), Scorer()
    run(tmp_path, written(tmp_path, "a.parquet"), first, parallel=1)
    (tmp_path / "a.parquet").unlink()
    assert run(tmp_path, written(tmp_path, "a.parquet"), second) is not None
    assert sorted(second.scored) == list(range(ROWS))


def test_two_processes_are_not_at_work_on_one_batch(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv")
    with parts_of(tmp_path, file), pytest.raises(BatchHeldError), parts_of(tmp_path, file):
        pass


def test_a_row_that_does_not_fit_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n,text\n" + "".join(f"{n},{'x' * 90}\n" for n in range(40)) + "seven,x\n")
    answer = run(tmp_path, InputFile(path, port=PORT), Scorer())
    assert isinstance(answer, BatchFailed)
    assert isinstance(answer.answer, RequestRefused)
    (problem,) = answer.answer.problems
    lines = path.read_text().splitlines()
    assert answer.place.startswith("The rows from line ")
    start = int(answer.place.split()[4])
    assert problem.row is not None
    assert lines[start - 1 + problem.row - 1] == "seven,x"


def test_a_script_that_fails_ends_the_batch(tmp_path: Path) -> None:
    answer = run(tmp_path, written(tmp_path, "a.parquet"), Scorer(fails_at=130))
    assert isinstance(answer, BatchFailed)
    assert isinstance(answer.answer, ScoringFailed)
    assert answer.place.startswith("Rows ")


def test_a_quote_that_is_never_closed_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{n},{'x' * 90}\n" for n in range(40)]
    rows[20] = '20,"x\n'
    path.write_text("n,text\n" + "".join(rows))
    with pytest.raises((BatchInputError, DatasetError), match="quote"):
        run(tmp_path, InputFile(path, port=PORT), Scorer())


def test_a_full_disk_is_an_error_and_leaves_no_half(tmp_path: Path) -> None:
    file = written(tmp_path, "a.parquet")
    with parts_of(tmp_path, file):
        pass
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, usual[1]))
    try:
        with pytest.raises(BatchFolderError, match="No output was written"):
            run(tmp_path, file, Scorer())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert list((tmp_path / "batch" / "parts").iterdir()) == []
    table = run(tmp_path, file, Scorer())
    assert isinstance(table, pa.Table)
    assert table.num_rows == ROWS


@pytest.mark.parametrize("text", ["n,text\n", "n,text"])
def test_a_file_without_rows_is_scored_too(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    table = run(tmp_path, InputFile(path, port=PORT), Scorer())
    assert isinstance(table, pa.Table)
    assert (table.num_rows, table.column_names) == (0, ["n", "text"])


def test_blank_lines_at_the_end_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n,text\n" + "".join(f"{n},{'x' * 90}\n" for n in range(40)) + "\n" * 3000)
    table = run(tmp_path, InputFile(path, port=PORT), Scorer())
    assert isinstance(table, pa.Table)
    assert table["n"].to_pylist() == [2 * n for n in range(40)]


@dataclass
class Watching(Scorer):
    """Notes how much memory tables have while a piece is scored."""

    most: int = 0

    def score(self, request: ScoringRequest, **rest: Any) -> ScoringReply | ScoringFailed:
        self.most = max(self.most, memory_of_tables())
        return super().score(request, **rest)


def memory_of_tables() -> int:
    """Bytes in Arrow's own pool, and in the memory files of tables that were read in a process."""
    status = Path("/proc/self/status").read_text()
    shared = re.search(r"^RssShmem:\s+(\d+) kB$", status, re.MULTILINE)
    assert shared is not None
    return pa.total_allocated_bytes() + 1024 * int(shared[1])


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A row has 4,000 bytes, a piece about 50 rows."""
    monkeypatch.setattr(input_file, "_TEXT_SIZE", 200_000)
    monkeypatch.setattr(input_file, "_HEADER", 200_000)
    monkeypatch.setattr(input_file, "_MOST_ROWS", 50)
    monkeypatch.setattr(input_file, "_FEWEST_ROWS", 50)

    def most(rows: int) -> tuple[int, int]:
        folder = tmp_path / str(rows)
        folder.mkdir()
        frame = pd.DataFrame({"n": range(rows), "text": ["x" * 4000] * rows})
        path = folder / name
        if name.endswith(".csv"):
            frame.to_csv(path, index=False)
        else:
            frame.to_parquet(path, row_group_size=50)
        del frame
        gc.collect()
        before, scorer = memory_of_tables(), Watching()
        tracemalloc.start()
        try:
            table = run(folder, InputFile(path, port=PORT), scorer, parallel=1)
            python = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert isinstance(table, pa.Table)
        assert table.num_rows == len(scorer.scored) == rows
        return python, scorer.most - before

    most(40)  # what is loaded once
    (python, tables), larger = most(50), most(200)
    # Neither has the 600 kB that the second file has more than the first.
    assert larger[0] < python + 300_000
    assert larger[1] < tables + 300_000
