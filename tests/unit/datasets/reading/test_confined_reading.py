"""Files that hold far more than their size tells, and the process that reads them."""

import datetime as dt
import gzip
import io
import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.errors import (
    DatasetError,
    DatasetLimitError,
    DatasetTooDemandingError,
    SparseTableError,
)
from studiolo.datasets.formats import Content, FileFormat
from studiolo.datasets.formats.errors import (
    DamagedFileError,
    RaggedRowError,
    SheetMissingError,
)
from studiolo.datasets.reading import confined_reading
from studiolo.datasets.reading.confined_reading import (
    forking_reader,
    kept_reader,
    read_beginning,
    read_confined,
    row_groups,
)
from studiolo.datasets.reading.files import read_dataset, read_dataset_bytes, write_dataset
from studiolo.datasets.reading_limits import ReadingLimits
from studiolo.datasets.reading_options import ReadingOptions

_SHEET = "xl/worksheets/sheet1.xml"
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: Reads a file with the limits of the environment; says the error and the peaks of memory of this
#: process and of the one that it started, in KiB.
_PROBE = """
import json, pathlib, re, resource, sys
from studiolo.datasets.reading.files import read_dataset
from studiolo.errors import StudioloError
try:
    read_dataset(sys.argv[1])
    code = None
except StudioloError as error:
    code = error.code
status = pathlib.Path("/proc/self/status").read_text()
own = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1])
print(json.dumps([code, own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


def zeros(rows: int) -> pa.Table:
    array = pa.Array.from_buffers(pa.int64(), rows, [None, pa.py_buffer(bytes(8 * rows))])
    return pa.table({"a": array})


def many_rows_in_parquet(path: Path) -> None:
    table = zeros(1 << 22)
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(64):
            writer.write_table(table)


def a_long_word_a_million_times(path: Path) -> None:
    indices: Any = pa.array([0] * (1 << 20), pa.int8())
    words = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * (1 << 20)]))
    pq.write_table(pa.table({"a": words}), path, compression="zstd", store_schema=False)


def one_long_run(path: Path) -> None:
    runs: Any = pa.RunEndEncodedArray.from_arrays(
        pa.array([2**31 - 2], pa.int32()), pa.array(["x" * 1000])
    )
    table = pa.table({"a": runs})
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


def compressed_zeros(path: Path) -> None:
    table = zeros(1 << 22)
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(str(path), table.schema, options=options) as writer:
        for _ in range(64):
            writer.write_table(table)


def views_of_one_word(path: Path) -> None:
    word = pa.array(["x" * (1 << 20)], pa.string_view())
    view = cast("pa.Array[Any]", word)
    buffers = view.buffers()
    views = pa.py_buffer(cast("pa.Buffer", buffers[1]).to_pybytes() * (1 << 14))
    column = pa.Array.from_buffers(pa.string_view(), 1 << 14, [None, views, *buffers[2:]])
    table = pa.table({"a": column})
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


def workbook(path: Path, sheet: bytes) -> None:
    book = openpyxl.Workbook()
    whole = io.BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == _SHEET else old.read(name))


def a_cell_far_away(path: Path) -> None:
    cell = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    cell += b'<row r="900000000"><c r="XFD900000000"><v>1</v></c></row>'
    workbook(
        path,
        f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>'.encode()
        + cell
        + b"</sheetData></worksheet>",
    )


def a_packed_text(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w") as member,
    ):
        for _ in range(512):
            member.write(b"1\n" * (1 << 19))


BOMBS = {
    "rows.parquet": many_rows_in_parquet,
    "word.parquet": a_long_word_a_million_times,
    "run.arrow": one_long_run,
    "views.arrow": views_of_one_word,
    "zeros.feather": compressed_zeros,
    "far.xlsx": a_cell_far_away,
    "text.csv.zip": a_packed_text,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_its_limits(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    BOMBS[name](path)
    limit = 400 << 20
    assert path.stat().st_size < limit // 8
    environment = {"STUDIOLO_DATASET_MEMORY": "400MiB", "STUDIOLO_DATASET_SECONDS": "20"}
    said = subprocess.check_output([sys.executable, "-c", _PROBE, str(path)], env=environment)
    code, own, other = json.loads(said)
    assert code == "dataset-too-demanding"
    assert own << 10 < 250 << 20
    assert other << 10 < limit + (250 << 20)


def test_a_workbook_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"<row><c><v>1</v></c></row>" * 400_000
    path = tmp_path / "rows.xlsx"
    workbook(
        path,
        f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>'.encode()
        + rows
        + b"</sheetData></worksheet>",
    )
    monkeypatch.setenv("STUDIOLO_DATASET_SECONDS", "2")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(DatasetTooDemandingError, match="2 seconds of processor time"):
        read_dataset(path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 6


def test_the_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "zeros.parquet"
    pq.write_table(zeros(1 << 25), path, compression="zstd")
    monkeypatch.setenv("STUDIOLO_DATASET_MEMORY", "200MiB")
    with pytest.raises(DatasetTooDemandingError) as caught:
        read_dataset(path)
    sentence = str(caught.value)
    assert f'"{path}" takes more than 200 MiB of memory' in sentence
    assert f"{path.stat().st_size:,} bytes" in sentence
    assert "STUDIOLO_DATASET_MEMORY=400MiB" in sentence
    monkeypatch.setenv("STUDIOLO_DATASET_MEMORY", "1GiB")
    assert read_dataset(path).table.num_rows == 1 << 25


@pytest.mark.parametrize("word", ["much", "0GiB", "8", "-1GiB"])
def test_a_setting_that_is_none(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOLO_DATASET_MEMORY", word)
    with pytest.raises(DatasetLimitError, match="such as 8GiB"):
        read_dataset_bytes(b"", name="a.parquet")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wide.jsonl", "".join(f'{{"k{number}": 1}}\n' for number in range(20_000))),
        ("wide.svmlight", "1 1:1\n" * 300 + "0 99999:1\n"),
        (
            "wide.arff",
            "@relation x\n"
            + "".join(f"@attribute a{number} numeric\n" for number in range(5_000))
            + "@data\n"
            + "{4 1}\n" * 5_000,
        ),
    ],
)
def test_sparse_text(name: str, text: str) -> None:
    with pytest.raises(SparseTableError, match="rows and"):
        read_dataset_bytes(text.encode(), name=name)


TABLE = pa.table(
    {
        "number": pa.array([1, 2, None], pa.int64()),
        "text": pa.array(["x", "äö", None], pa.large_string()),
        "time": pa.array([0, 1_000_000, None], pa.timestamp("us")),
        "day": pa.array([dt.date(2020, 1, 31), None, dt.date(2021, 2, 3)], pa.date32()),
        "truth": pa.array([True, None, False]),
    }
)


@pytest.mark.parametrize(
    "ending",
    [
        *("parquet", "arrow", "feather", "xlsx", "csv.gz", "csv.zip", "tsv.gz"),
        *("jsonl.gz", "parquet.zip", "xlsx.zip", "arrow.gz"),
    ],
)
def test_what_another_process_reads(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    write_dataset(Dataset(table=TABLE, roles={"number": ColumnRole.LABEL}), path)
    read = read_dataset(path)
    assert read.table.to_pydict() | {"day": None} == TABLE.to_pydict() | {"day": None}
    keeps_roles = ending in ("parquet", "arrow", "feather", "parquet.zip", "arrow.gz")
    assert read.roles == ({"number": ColumnRole.LABEL} if keeps_roles else {})


def test_categories_and_no_rows(tmp_path: Path) -> None:
    words = pa.array(["b", "a", "b"]).dictionary_encode()
    for table in (pa.table({"word": words}), pa.table({"a": pa.array([], pa.int64())})):
        for ending in ("parquet", "arrow", "feather"):
            path = tmp_path / f"a.{ending}"
            write_dataset(Dataset(table=table), path)
            assert read_dataset(path).table.to_pydict() == table.to_pydict()


def test_an_uncompressed_arrow_file_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    write_dataset(Dataset(table=zeros(1 << 21)), path)
    before = pa.total_allocated_bytes()
    table = read_dataset(path).table
    assert table.num_rows == 1 << 21
    assert pa.total_allocated_bytes() - before < 1 << 20


def test_mistakes_keep_their_place_and_facts(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "a\n1,2\n")
    with pytest.raises(RaggedRowError, match=r"data\.zip/a\.csv, line 2") as ragged:
        read_dataset_bytes(packed.getvalue(), name="data.zip")
    assert (ragged.value.line, ragged.value.found, ragged.value.expected) == (2, 2, 1)
    book: Any = openpyxl.Workbook()
    book.active.append(["a"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(SheetMissingError) as missing:
        read_dataset(tmp_path / "a.xlsx", options=ReadingOptions(sheet="None"))
    assert missing.value.sheets == ("Sheet",)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.feather", "a.xlsx"])
def test_what_is_no_such_file(name: str) -> None:
    with pytest.raises(DamagedFileError, match=name):
        read_dataset_bytes(b"nothing of the kind", name=name)


def test_what_declares_entities(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    declared = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    cell = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a&e;</t></is></c></row>'
    workbook(
        path,
        declared
        + f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>'.encode()
        + cell
        + b"</sheetData></worksheet>",
    )
    with pytest.raises(DamagedFileError, match="cannot be read"):
        read_dataset(path)


@pytest.fixture
def instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets other code read than ours, as a library would that a file has taken over."""
    attempt = tmp_path / "attempt.py"
    popen = subprocess.Popen

    def started(command: list[str], **options: Any) -> Any:
        return popen([command[0], "-I", str(attempt), command[-1]], **options)

    def replace_with(outcome: str) -> None:
        attempt.write_text(
            "import os, socket, sys\n"
            "import pyarrow as pa\n"
            "from studiolo.datasets.reading import reading_process\n"
            f"def outcome(content, task):\n{textwrap.indent(textwrap.dedent(outcome), '    ')}\n"
            "reading_process._outcome = outcome\n"
            "reading_process.main()\n"
        )
        monkeypatch.setattr(subprocess, "Popen", started)

    return replace_with


#: What a process that reads is not allowed to do.
_ATTEMPTS = [
    "open('/etc/passwd')",
    "socket.socket()",
    "os.kill(os.getppid(), 0)",
    "os.setpriority(os.PRIO_PROCESS, 0, 5)",
    "os.fork()",
    "os.execv('/bin/true', ['true'])",
    "os.stat('/etc/passwd')",
    "os.chmod('/etc/passwd', 0o644)",
]


@pytest.mark.parametrize("attempt", _ATTEMPTS)
def test_the_process_can_reach_nothing(attempt: str, instead: Callable[[str], None]) -> None:
    instead(
        f"""
        try:
            {attempt}
        except OSError as error:
            return {{"error": f"stopped: {{error.strerror}}"}}
        return {{"error": "it could"}}
        """
    )
    with pytest.raises(DamagedFileError, match="stopped"):
        read_dataset_bytes(b"x", name="a.parquet")


def test_a_fork_that_reads_a_piece_can_reach_nothing(
    tmp_path: Path, instead: Callable[[str], None]
) -> None:
    tries = [
        f"try:\n    {attempt}\n    return {{'error': 'it could'}}\nexcept OSError:\n    pass\n"
        for attempt in (*_ATTEMPTS, "os.close(0); os.dup(1)", "os.waitpid(-1, 0)")
    ]
    instead("".join([*tries, "return {'error': 'nothing'}"]))
    path = tmp_path / "a.parquet"
    path.write_bytes(b"x")
    content = content_of(path)
    with forking_reader([]) as forking, pytest.raises(DamagedFileError, match="nothing"):
        read_confined(content, forking=forking)


def test_a_fork_that_dies_is_an_error_of_its_piece(
    tmp_path: Path, instead: Callable[[str], None]
) -> None:
    instead(
        """
        if content.rows == (1, 2):
            os.abort()
        if content.rows == (2, 3):
            while True: pass
        return {"error": "the next one"}
        """
    )
    path = tmp_path / "a.parquet"
    path.write_bytes(b"x")
    limits = ReadingLimits(memory=1 << 30, seconds=1)
    with forking_reader([FileFormat.PARQUET]) as forking:
        for rows, what in (((1, 2), "1,024 MiB"), ((2, 3), "1 seconds"), ((3, 4), None)):
            with pytest.raises(DatasetError) as caught:
                read_confined(content_of(path, rows), limits=limits, forking=forking)
            if what is None:
                assert "the next one" in str(caught.value)
            else:
                assert isinstance(caught.value, DatasetTooDemandingError)
                assert what in str(caught.value)


def test_a_fork_that_is_waited_for_no_longer_is_ended_and_others_are_not(
    tmp_path: Path, instead: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(
        """
        while content.rows == (0, 1): pass
        return {"error": "the other one"}
        """
    )
    monkeypatch.setattr(confined_reading, "_WAIT_FACTOR", 0.01)
    path = tmp_path / "a.parquet"
    path.write_bytes(b"x")
    limits = ReadingLimits(memory=1 << 30, seconds=60)
    own = processes_of(os.getpid())
    with forking_reader([FileFormat.PARQUET]) as forking:
        (reader,) = processes_of(os.getpid()) - own
        with pytest.raises(DatasetTooDemandingError, match="60 seconds"):
            read_confined(content_of(path, (0, 1)), limits=limits, forking=forking)
        while processes_of(reader):
            time.sleep(0.01)
        monkeypatch.undo()
        instead('return {"error": "not this process"}')
        with pytest.raises(DamagedFileError, match="the other one"):
            read_confined(content_of(path, (1, 2)), limits=limits, forking=forking)


def test_forks_read_pieces_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": range(100)}), path, row_group_size=10)
    with forking_reader([FileFormat.PARQUET]) as forking, ThreadPoolExecutor(4) as pool:
        assert row_groups(content_of(path), forking) == ([10] * 10, False)
        pieces = [(first, first + 7) for first in range(0, 91, 7)]
        tables = pool.map(
            lambda rows: read_confined(content_of(path, rows), forking=forking).table, pieces
        )
        found = [table["a"].to_pylist() for table in tables]
    assert found == [list(range(*rows)) for rows in pieces]


def test_a_server_keeps_a_process_that_reads_its_files_and_starts_it_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": range(10)}), path)
    own = processes_of(os.getpid())
    with kept_reader(after=0):
        while not (kept := processes_of(os.getpid()) - own):
            time.sleep(0.01)
        (first,) = kept
        assert read_dataset(path).table["a"].to_pylist() == list(range(10))
        assert processes_of(os.getpid()) - own == {first}
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
        for _ in range(2):
            assert read_dataset(path).table.num_rows == 10
        (second,) = processes_of(os.getpid()) - own
        assert second != first
        # It was not ready for this format.
        (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a\n1\n"))
        assert read_dataset(tmp_path / "a.csv.gz").table.num_rows == 1
    assert processes_of(os.getpid()) == own


def processes_of(parent: int) -> set[int]:
    found = Path(f"/proc/{parent}/task").glob("*/children")
    return {int(pid) for children in found for pid in children.read_text().split()}


def content_of(path: Path, rows: tuple[int, int] | None = None) -> Content:
    data = pa.py_buffer(path.read_bytes())
    return Content(data=data, name=path.name, format=FileFormat.PARQUET, rows=rows, file=path)


_WRITTEN = """
table = pa.table({"a": ["x" * 1000] * 1000})
sink = pa.BufferOutputStream()
with pa.ipc.new_stream(sink, table.schema, options=OPTIONS) as writer:
    writer.write_table(table)
os.write(1, sink.getvalue())
MORE
return {"roles": {}, "notes": []}
"""


@pytest.mark.parametrize(
    ("options", "more", "why"),
    [
        ("compression='zstd'", "", "compressed"),
        ("", "os.ftruncate(1, 1 << 30)", "holes"),
        ("", "os.ftruncate(1, 100_000)", "cut off"),
    ],
)
def test_a_reply_is_checked_like_a_result(
    options: str, more: str, why: str, instead: Callable[[str], None]
) -> None:
    written = _WRITTEN.replace("OPTIONS", f"pa.ipc.IpcWriteOptions({options})")
    instead(written.replace("MORE", more))
    with pytest.raises(DamagedFileError, match=why):
        read_dataset_bytes(b"x", name="a.parquet")
    instead(_WRITTEN.replace("OPTIONS", "None").replace("MORE", ""))
    assert read_dataset_bytes(b"x", name="a.parquet").table.num_rows == 1000


@pytest.mark.parametrize("total", ["999", "'many'", "None", "1e9"])
def test_a_file_has_as_many_rows_as_its_beginning(
    total: str, instead: Callable[[str], None]
) -> None:
    written = _WRITTEN.replace("OPTIONS", "None").replace("MORE", "")
    instead(written.replace('"notes": []', f'"notes": [], "total": {total}'))
    content = Content(data=pa.py_buffer(b"x"), name="a.parquet", format=FileFormat.PARQUET)
    with pytest.raises(DamagedFileError, match="more rows than it says"):
        read_beginning(content)


def test_a_report_of_many_values_is_not_read(instead: Callable[[str], None]) -> None:
    instead("return [[]] * 1_000_000")
    with pytest.raises(DamagedFileError, match="ended with the status 0"):
        read_dataset_bytes(b"x", name="a.parquet")
