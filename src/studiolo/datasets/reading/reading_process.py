"""The process that reads one dataset file for another: started by `confined_reading.py`.

It finds the file at its standard input, writes an Arrow stream to its standard output, and says in
its report how that went. The file's author may know of a fault in a library that reads
it, so before it looks at the content the process gives up everything but these three.
"""

import codecs
import errno
import gc
import json
import mmap
import os
import resource
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import DatasetError
from studiolo.datasets.formats import Content, FileFormat, format_of_name, module_of
from studiolo.datasets.formats.errors import ENCODINGS
from studiolo.datasets.formats.opening import check_sheet, read_content
from studiolo.datasets.formats.parquet import beginning, groups
from studiolo.datasets.reading.forking_reader import serve_forks
from studiolo.datasets.reading.without_pandas import leave_pandas_out
from studiolo.datasets.reading_options import ReadingOptions
from studiolo_guest import kernel
from studiolo_guest.frames.arrays import one_array
from studiolo_guest.frames.writing import write_batch
from studiolo_guest.reading_filter import reading_filter

_OUT_OF_MEMORY: Mapping[str, Any] = {"error": {"memory": "exhausted"}}
#: Encodings of zip archives, of XML in workbooks, of our own errors, and those that are advised.
_ENCODINGS = (
    *("ascii", "cp437", "iso8859_1", "utf_16", "utf_16_be", "utf_16_le"),
    "unicode_escape",
    *ENCODINGS,
)
#: Types whose values are written out where a dataset holds them.
_EXPANDED = ("string_view", "binary_view")
_LANDLOCK_FILES = (1 << 13) - 1
_LANDLOCK_TCP = 0b11
_LANDLOCK_TCP_SINCE = 4
_LANDLOCK_SCOPES = 0b11
_LANDLOCK_SCOPES_SINCE = 6


def main() -> None:
    """Read the file, within the limits that were asked for, or fork a process for each."""
    request = json.loads(sys.argv[1])
    if "control" not in request:
        _read(request, int(request["report"]))
        return
    _load()
    for file_format in request["formats"]:
        module_of(FileFormat(file_format))
    # What was imported stays: no fork need look at it, which would copy its memory.
    gc.freeze()
    with socket.socket(fileno=request["control"]) as control:
        serve_forks(control, _read)


def _read(request: Mapping[str, Any], report: int) -> None:
    _load()
    _load_format(FileFormat(request["format"]), request["name"], request["options"].get("encoding"))
    size = os.fstat(0).st_size
    data = pa.py_buffer(mmap.mmap(0, size, mmap.MAP_SHARED, mmap.PROT_READ)) if size else b""
    content = Content(
        data=pa.py_buffer(data),
        name=request["name"],
        format=FileFormat(request["format"]),
        options=ReadingOptions(**request["options"]),
        rows=None if request["rows"] is None else (request["rows"][0], request["rows"][1]),
    )
    _give_up(report, memory=int(request["memory"]), seconds=int(request["seconds"]))
    said = json.dumps(_outcome(content, request["task"])).encode()
    while said:
        said = said[os.write(report, said) :]


def _load() -> None:
    """Import what the reading of any file needs, since nothing can be opened later."""
    leave_pandas_out()
    # They need a pipe for each file that is read.
    pa.enable_signal_handlers(False)
    for each in _ENCODINGS:
        codecs.lookup(each)


def _load_format(file_format: FileFormat, name: str, encoding: str | None) -> None:
    """Import what this format needs besides."""
    with suppress(LookupError):  # which the reading reports
        codecs.lookup(encoding or "ascii")
    module_of(file_format)
    if file_format is FileFormat.GZIP:
        inside = format_of_name(name.lower().removesuffix(".gz"))
        if inside is not None:
            module_of(inside)
    elif file_format is FileFormat.ZIP:  # only the archive tells what is in it
        for inner in FileFormat:
            module_of(inner)


def _give_up(report: int, *, memory: int, seconds: int) -> None:
    kernel.die_with_parent()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    kernel.close_all_except([report])
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limits = {
        resource.RLIMIT_AS: pages * resource.getpagesize() + memory,
        resource.RLIMIT_FSIZE: memory,
        resource.RLIMIT_CORE: 0,
        # No descriptor can be had any more: neither of a file nor of a socket.
        resource.RLIMIT_NOFILE: 0,
    }
    kernel.no_new_privileges()
    _restrict_files()
    for limit, value in limits.items():
        hardest = resource.getrlimit(limit)[1]
        least = value if hardest == resource.RLIM_INFINITY else min(value, hardest)
        resource.setrlimit(limit, (least, least))
    # The first sends SIGXCPU, which says why the process ends; the second kills it in any case.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    # A process without any can't raise the limits again.
    kernel.drop_capabilities()
    # Last: it refuses most of the calls above.
    calls = reading_filter()
    if calls is not None:
        calls.apply()


def _restrict_files() -> None:
    """Where the kernel has Landlock: no file, and no other process, can be reached."""
    abi = kernel.landlock_abi()
    if not abi:
        return
    ruleset = kernel.landlock_ruleset(
        filesystem=_LANDLOCK_FILES,
        network=_LANDLOCK_TCP if abi >= _LANDLOCK_TCP_SINCE else 0,
        scope=_LANDLOCK_SCOPES if abi >= _LANDLOCK_SCOPES_SINCE else 0,
    )
    kernel.landlock_restrict(ruleset)
    os.close(ruleset)


def _outcome(content: Content, task: str) -> Mapping[str, Any]:
    try:
        return _done(content, task)
    except MemoryError:
        return _OUT_OF_MEMORY
    except DatasetError as error:
        if _for_want_of_memory(error):
            return _OUT_OF_MEMORY
        return {"error": _told(error)}
    except Exception as error:  # noqa: BLE001  # readers fail in many ways on hostile bytes
        too_large = isinstance(error, OSError) and error.errno == errno.EFBIG
        return _OUT_OF_MEMORY if too_large else {"error": f"{type(error).__name__}: {error}"}


def _done(content: Content, task: str) -> Mapping[str, Any]:
    if task == "check":
        check_sheet(content)
        return {}
    if task == "groups":
        return _groups(content)
    if task == "beginning":
        return _beginning(content)
    if content.format is FileFormat.ARROW and _is_plain(content.data):
        return {"plain": True}
    return _written(read_content(content))


def _written(dataset: Dataset) -> Mapping[str, Any]:
    arrays = [one_array(column) for column in dataset.table.columns]
    write_batch(1, pa.RecordBatch.from_arrays(arrays, schema=dataset.table.schema))
    roles = {name: role.value for name, role in dataset.roles.items()}
    return {"roles": roles, "notes": list(dataset.notes)}


def _beginning(content: Content) -> Mapping[str, Any]:
    """The first rows, where the file can be read so far without the rest."""
    found = beginning(content) if content.format is FileFormat.PARQUET else None
    if found is None:
        return {}
    dataset, total = found
    return {**_written(dataset), "total": total}


def _groups(content: Content) -> Mapping[str, Any]:
    """Of the file's rows, how many can be read without the rest."""
    if content.format is FileFormat.PARQUET:
        return {"groups": groups(content)}
    if content.format is FileFormat.ARROW and _is_plain(content.data):
        return {"rows": pa.ipc.open_file(pa.BufferReader(content.data)).read_all().num_rows}
    return {}


def _for_want_of_memory(error: BaseException) -> bool:
    """Whether a reader took a failed allocation for a damaged file."""
    cause = error.__cause__ or error.__context__
    return cause is not None and (isinstance(cause, MemoryError) or _for_want_of_memory(cause))


def _told(error: DatasetError) -> Mapping[str, Any]:
    return {
        "class": type(error).__name__,
        "facts": {name: _plain(fact) for name, fact in vars(error).items()},
        "message": str(error),
    }


def _plain(fact: object) -> object:
    if isinstance(fact, list | tuple):
        return [_plain(one) for one in fact]
    if isinstance(fact, dict):
        return {str(name): _plain(one) for name, one in fact.items()}
    return fact if fact is None or isinstance(fact, str | int | float) else str(fact)


def _is_plain(data: pa.Buffer) -> bool:
    """Whether an Arrow file is as large as it looks, so that it can be read in place."""
    try:
        table = pa.ipc.open_file(pa.BufferReader(data)).read_all()
    except (pa.ArrowException, OSError):
        return False
    if table.nbytes > data.size:
        return False
    for column in table.columns:
        kind: Any = column.type
        if isinstance(kind, pa.DictionaryType):
            kind = kind.value_type
        if pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType):
            return False
        if pa.types.is_run_end_encoded(kind) or str(kind) in _EXPANDED:
            return False
        for chunk in column.chunks:
            arrays = [chunk, chunk.dictionary] if isinstance(chunk, pa.DictionaryArray) else [chunk]
            if not all(_lies_in(buffer, data) for array in arrays for buffer in array.buffers()):
                return False
    return True


def _lies_in(buffer: pa.Buffer | None, data: pa.Buffer) -> bool:
    if buffer is None or not buffer.size:
        return True
    end = data.address + data.size
    return data.address <= buffer.address and buffer.address + buffer.size <= end


if __name__ == "__main__":
    main()
