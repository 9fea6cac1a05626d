"""Reading a dataset file in a process of its own, which has little memory and little time.

Some files hold far more than their size tells: a Parquet file of kilobytes can be a table of
terabytes. Readers of such formats allocate what a file claims, and no check before reading can
tell what that will be. So another process reads them (`reading_process.py`), within limits that
the kernel keeps. It gives up files and the network before it looks at the content, and hands back
one Arrow stream in a memory file that can't be changed any more.

Formats whose table is bounded by the text in the file are read in this process: to
start another takes longer than to read a small file.
"""

import fcntl
import json
import mmap
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

import pyarrow as pa

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.errors import (
    DatasetError,
    DatasetFileUnreadableError,
    DatasetTooDemandingError,
)
from studiolo.datasets.formats import Content, FileFormat
from studiolo.datasets.formats.errors import DamagedFileError
from studiolo.datasets.formats.opening import read_content
from studiolo.datasets.invariants import MOST_COLUMNS, check_dataset
from studiolo.datasets.reading.forking_reader import ForkingReader
from studiolo.datasets.reading.json_reply import read_reply
from studiolo.datasets.reading.stream_messages import StreamError, check_messages
from studiolo.datasets.reading_limits import (
    MEMORY_SETTING,
    SECONDS_SETTING,
    ReadingLimits,
    limits_for,
)
from studiolo_guest import kernel

#: Formats that can hold more than their size tells.
_EXPANDING: Final = frozenset(
    {
        FileFormat.PARQUET,
        FileFormat.ARROW,
        FileFormat.FEATHER,
        FileFormat.EXCEL,
        FileFormat.ZIP,
        FileFormat.GZIP,
    }
)
#: Text that is read into Python's objects, many times as large as the text.
_BULKY: Final = frozenset({FileFormat.JSON_LINES, FileFormat.ARFF, FileFormat.SVMLIGHT})
#: Bytes of such a text that this process reads itself.
_SMALL: Final = 16 << 20
#: What an honest reading leaves in the report: roles, or an error's facts.
_LONGEST_REPORT: Final = 16 << 20
#: Other allocators reserve address space that they never use, and it is limited. The threads of
#: linear algebra would wait for work that never comes, and not survive a fork.
_ENVIRONMENT: Final = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
#: What all files of this process are read by forks of; see `kept_reader`.
_KEPT: Final[list[ForkingReader]] = []
#: A process may wait, for this machine, this many times as long as it may compute.
_WAIT_FACTOR: Final = 10


def is_confined(file_format: FileFormat, size: int) -> bool:
    """Whether a file of this format and size is read in a process of its own."""
    return file_format in _EXPANDING or (file_format in _BULKY and size > _SMALL)


def forking_reader(formats: Sequence[FileFormat]) -> ForkingReader:
    """A process from which those fork that read files; close it when done.

    Args:
        formats: Those that it is ready for; a fork gets ready for any other itself.

    Raises:
        OSError: It can't be started.
    """
    return ForkingReader(partial(_serving, formats))


@contextmanager
def kept_reader(after: float = 5.0) -> Iterator[None]:
    """Until the block ends, have the files of this process read by forks of one that is ready.

    For servers, which read one file after another: otherwise an interpreter starts for each of them
    and imports Arrow, which takes most of the time.

    Args:
        after: Seconds until it starts: it is not to slow down what a server does first.
    """
    begin = threading.Timer(after, _keep_reader)
    begin.daemon = True
    begin.start()
    try:
        yield
    finally:
        begin.cancel()
        begin.join()
        while _KEPT:
            _KEPT.pop().close()


def read_confined(
    content: Content,
    *,
    limits: ReadingLimits | None = None,
    forking: ForkingReader | None = None,
) -> Dataset:
    """Read a dataset file in a process of its own.

    Args:
        content: The file.
        limits: What the reading may take; by the size of the file if None.
        forking: What the process forks from, if not what a server keeps.

    Raises:
        DatasetTooDemandingError: It takes more memory or time than it may.
        DatasetError: It does not follow its format.
    """
    with _memory_file() as result:
        said = _said(content, result, task="read", given=limits, forking=forking)
        if said.get("plain"):
            # Nothing in it is larger than it looks, so it can be used in place.
            return read_content(content)
        return _dataset(content, result, said)


def read_beginning(content: Content) -> tuple[Dataset, int] | None:
    """Read the first rows of a file in a process of its own, without the rest.

    Args:
        content: The file; its `rows` say how many.

    Returns:
        These rows, and how many there are in all, as the file has it; None if only the whole file
        can be read.

    Raises:
        DatasetError: As for `read_confined`.
    """
    with _memory_file() as result:
        said = _said(content, result, task="beginning")
        if "total" not in said:
            return None
        dataset, total = _dataset(content, result, said), said["total"]
    if not isinstance(total, int) or total < dataset.table.num_rows:
        raise _damaged(content, "it has more rows than it says")
    return dataset, total


def check_confined(content: Content) -> None:
    """See in a process of its own whether a workbook has the sheet that its options name.

    Raises:
        DatasetError: It has none of that name, or can't be read.
    """
    with _memory_file() as result:
        _said(content, result, task="check")


def row_groups(content: Content, forking: ForkingReader | None = None) -> tuple[list[int], bool]:
    """How many rows can be read of a file without the rest of it, group by group.

    Args:
        content: The file.
        forking: As for `read_confined`.

    Returns:
        The sizes of the groups, and whether a group can be divided without reading all of it;
        nothing if only the whole file can be read.

    Raises:
        DatasetError: The file can't be read.
    """
    with _memory_file() as result:
        said = _said(content, result, task="groups", forking=forking)
    sizes = [said["rows"]] if "rows" in said else said.get("groups", [])
    if not isinstance(sizes, list) or not all(isinstance(n, int) and n >= 0 for n in sizes):
        raise _damaged(content, "its groups of rows have no sizes")
    return sizes, "rows" in said


def _said(
    content: Content,
    result: int,
    *,
    task: str,
    given: ReadingLimits | None = None,
    forking: ForkingReader | None = None,
) -> dict[str, Any]:
    """The report of the process on its task; raises the error that it reports."""
    limits = given or limits_for(content.data.size)
    with _memory_file() as report:
        status = _run(content, limits, result, report, task, forking)
        said = _report(report)
    if said is None:
        raise _ended(content, limits, status)
    if "error" in said:
        raise _error(content, limits, said["error"])
    return said


@contextmanager
def _source(content: Content) -> Iterator[int]:
    """A descriptor from which the process reads the file."""
    if content.file is not None:
        # A piece of a file that may be larger than the memory.
        descriptor = os.open(content.file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
        return
    with _memory_file() as descriptor:
        _write(descriptor, content.data)
        yield descriptor


@contextmanager
def _memory_file() -> Iterator[int]:
    descriptor = os.memfd_create("dataset", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: pa.Buffer) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest[: 1 << 30]) :]


def _run(
    content: Content,
    limits: ReadingLimits,
    result: int,
    report: int,
    task: str,
    forking: ForkingReader | None,
) -> int:
    """Let a process read; its exit status, negative for the signal that ended it."""
    request = {
        "task": task,
        "rows": content.rows,
        "memory": limits.memory,
        "seconds": limits.seconds,
        "format": content.format.value,
        "name": content.name,
        "options": content.options.given(),
    }
    patience = _WAIT_FACTOR * limits.seconds
    forking = forking or next(iter(_KEPT), None)
    with _source(content) as source:
        try:
            if forking is not None:
                status = forking.run(request, [source, result, report], patience)
                if status is not None:
                    return status
                # It is gone, with what it forked: a process of the file's own begins again.
                _empty(result, report)
            process = _started({**request, "report": report}, source, result, report)
        except OSError as error:
            raise _not_started(content, error) from error
    with process:
        try:
            # `wait` with a timeout would look only every 50 milliseconds.
            return process.wait() if _has_ended(process.pid, patience) else -signal.SIGXCPU
        finally:
            process.kill()


def _has_ended(process: int, seconds: float) -> bool:
    """Whether a child ends within a time."""
    descriptor = os.pidfd_open(process)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def _keep_reader() -> None:
    # If it can't be started, each file has a process of its own, or an error that says why not.
    with suppress(OSError):
        _KEPT.append(forking_reader([FileFormat.PARQUET, FileFormat.ARROW, FileFormat.FEATHER]))


def _empty(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)


def _serving(formats: Sequence[FileFormat], control: int) -> subprocess.Popen[bytes]:
    request = {"formats": [each.value for each in formats], "control": control}
    return _started(request, subprocess.DEVNULL, subprocess.DEVNULL, control)


def _started(
    request: Mapping[str, Any], source: int, result: int, passed: int
) -> subprocess.Popen[bytes]:
    module = "studiolo.datasets.reading.reading_process"
    return subprocess.Popen(
        [sys.executable, "-I", "-m", module, json.dumps(request)],
        stdin=source,
        stdout=result,
        stderr=subprocess.DEVNULL,
        pass_fds=[passed],
        env=_ENVIRONMENT,
    )


def _not_started(content: Content, error: OSError) -> DatasetFileUnreadableError:
    reason = f"no process can be started to read it ({error.strerror})"
    return DatasetFileUnreadableError(file=content.name, reason=reason)


def _report(descriptor: int) -> dict[str, Any] | None:
    """The report that the process made at its end; None if it did not get that far."""
    text = os.pread(descriptor, _LONGEST_REPORT, 0)
    try:
        said = read_reply(text)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _ended(content: Content, limits: ReadingLimits, status: int) -> DatasetError:
    if status == -signal.SIGXCPU:
        return _too_slow(content, limits)
    # C++ aborts where it has no memory; the kernel kills where the whole machine has none.
    if status in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGXFSZ):
        return _too_large(content, limits)
    return _damaged(content, f"the process that read it ended with the status {status}")


def _too_slow(content: Content, limits: ReadingLimits) -> DatasetError:
    return DatasetTooDemandingError(
        file=content.name,
        size=content.data.size,
        what=f"{limits.seconds} seconds of processor time",
        setting=f"{SECONDS_SETTING}={2 * limits.seconds}",
    )


def _too_large(content: Content, limits: ReadingLimits) -> DatasetError:
    mebibytes = limits.memory >> 20
    return DatasetTooDemandingError(
        file=content.name,
        size=content.data.size,
        what=f"{mebibytes:,} MiB of memory",
        setting=f"{MEMORY_SETTING}={2 * mebibytes}MiB",
    )


def _error(content: Content, limits: ReadingLimits, said: object) -> DatasetError:
    """The error that the reading ended with: one of ours, with its facts and its sentence."""
    match said:
        case {"memory": _}:
            return _too_large(content, limits)
        case {"class": str(name), "facts": dict(facts), "message": str(message)}:
            kind = next((kind for kind in _kinds(DatasetError) if kind.__name__ == name), None)
            if kind is not None:
                error = kind.__new__(kind, message)
                error.__dict__.update(
                    {
                        str(key): tuple(fact) if isinstance(fact, list) else fact
                        for key, fact in facts.items()
                    }
                )
                return error
    return _damaged(content, said if isinstance(said, str) else "its reading failed")


def _kinds(root: type[DatasetError]) -> Iterator[type[DatasetError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _kinds(kind)


def _dataset(content: Content, result: int, said: dict[str, Any]) -> Dataset:
    """The dataset in the memory file: checked in full, since a hostile file may have written it."""
    known = {role.value: role for role in ColumnRole}
    try:
        table = _sealed_table(result)
        roles = {str(name): known[role] for name, role in said["roles"].items()}
        notes = [str(note) for note in said["notes"]]
    except (
        pa.ArrowException,
        StreamError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OSError,
    ) as error:
        raise _damaged(content, str(error)) from error
    return check_dataset(table, roles=roles, source=content.name, notes=notes)


def _sealed_table(descriptor: int) -> pa.Table:
    fcntl.fcntl(descriptor, kernel.F_ADD_SEALS, kernel.ALL_SEALS)
    status = os.fstat(descriptor)
    if status.st_blocks * 512 < status.st_size:
        # Reading a hole fills it, with memory that the process never had.
        raise ValueError("what was read has holes")
    data = pa.py_buffer(mmap.mmap(descriptor, 0, mmap.MAP_SHARED, mmap.PROT_READ))
    check_messages(memoryview(data), columns=MOST_COLUMNS)
    with pa.ipc.open_stream(data) as reader:
        table = reader.read_all()
    table.validate(full=True)
    return table


def _damaged(content: Content, reason: str) -> DatasetError:
    format_name = f"a file of the format {content.format}"
    return DamagedFileError(file=content.name, format_name=format_name, reason=reason)
