"""The values that travel between the steps of a program, inside its process."""

import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
from pyarrow import ipc

from studiolo_guest.contract import script
from studiolo_guest.contract.outputs import pickled, roles_of, too_large, write_bytes
from studiolo_guest.frames.columns_in import Memory
from studiolo_guest.frames.opening import InputFrame, map_file
from studiolo_guest.frames.output import OutputTable, frame_to_output
from studiolo_guest.frames.writing import is_small, stream_of, write_batch

_OPTIONS: Final = ipc.IpcWriteOptions(use_threads=False)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A dataset in memory of this process, before a step makes a frame of it."""

    memories: Sequence[Memory]
    places: Sequence[tuple[int, int, str]] | None
    roles: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Bytes:
    """A file, a zip, or a pickled model or transform, before a step opens it."""

    kind: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A model or transform that was opened before any call, for one step alone."""

    value: Any


Value = Dataset | Bytes | Opened | None


def mapped(entry: Mapping[str, Any], files: Sequence[int]) -> Dataset:
    """The dataset that ``entry`` describes, whose columns are in the files."""
    memories = [map_file(file) for file in files]
    return Dataset(memories=memories, places=entry["places"], roles=entry["roles"])


def held(entry: Mapping[str, Any], content: bytes) -> Dataset:
    """The dataset that ``entry`` describes, which is in these bytes."""
    return Dataset(memories=[_private(content)], places=entry["places"], roles=entry["roles"])


def private(value: Value) -> Value:
    """The same value in memory of its own: a script may write to the frames that it gets."""
    if not isinstance(value, Dataset):
        return value
    return replace(value, memories=[_copy(memory) for memory in value.memories])


def handed_on(value: Any, kind: str, inputs: Sequence[InputFrame], log: list[str]) -> Value:
    """A result as it would leave a sandbox: the next step gets what it would get in one."""
    if value is None:
        return None
    if kind == "zip":
        return Bytes(kind=kind, content=value)
    if kind != "dataset":
        return Bytes(kind=kind, content=pickled(value, script.MODULE_NAME))
    output = frame_to_output(value, inputs, log=log.append)
    memory = _in_memory(_whole(output, inputs))
    roles = roles_of(value, [source.name for source in output.sources])
    return Dataset(memories=[memory], places=None, roles=roles)


def _whole(output: OutputTable, inputs: Sequence[InputFrame]) -> pa.RecordBatch:
    """All columns of a result, also those that are an input's."""
    columns = [
        output.batch.column(source.column)
        if source.input is None
        else inputs[source.input].columns[source.column].array
        for source in output.sources
    ]
    return pa.RecordBatch.from_arrays(columns, names=[source.name for source in output.sources])


def _copy(memory: Memory) -> Memory:
    if isinstance(memory.mapping, bytearray):
        return _private(memory.mapping)
    mapping = mmap.mmap(-1, len(memory.mapping))
    mapping.write(memory.mapping)
    return Memory(mapping=mapping, buffer=pa.py_buffer(mapping))


def _private(content: bytes | bytearray) -> Memory:
    """A copy of a few bytes that a step may write to."""
    copy = bytearray(content)
    return Memory(mapping=copy, buffer=pa.py_buffer(copy))


def _in_memory(batch: pa.RecordBatch) -> Memory:
    """The batch in memory of its own that the next step may write to."""
    if is_small(batch):
        return _private(stream_of(batch))
    size = pa.MockOutputStream()
    with ipc.new_stream(size, batch.schema, options=_OPTIONS) as writer:
        writer.write_batch(batch)
    mapping = mmap.mmap(-1, size.size())
    buffer = pa.py_buffer(mapping)
    sink = pa.FixedSizeBufferWriter(buffer)
    sink.set_memcopy_threads(1)
    with ipc.new_stream(sink, batch.schema, options=_OPTIONS) as writer:
        writer.write_batch(batch)
    return Memory(mapping=mapping, buffer=buffer)


def write(value: Value, file: int) -> None:
    """Write an output of the program, if it is not empty."""
    if isinstance(value, Dataset):
        _write_dataset(value, file)
    elif value is not None:
        assert isinstance(value, Bytes)
        write_bytes(value.content, file)


def content_of(value: Value, most: int) -> bytes | None:
    """An output of the program, if it is not more than ``most`` bytes; None if it may be more."""
    if value is None:
        return b""
    assert not isinstance(value, Opened)
    if isinstance(value, Bytes):
        return value.content if len(value.content) <= most else None
    if value.places is None:
        mapping = value.memories[0].mapping
        return bytes(mapping) if len(mapping) <= most else None
    batch = _whole_batch(value)
    content = stream_of(batch) if is_small(batch) else b""
    return content if 0 < len(content) <= most else None


def _write_dataset(value: Dataset, file: int) -> None:
    if value.places is None:
        # The one stream that it is.
        write_bytes(value.memories[0].mapping, file)
        return
    batch = _whole_batch(value)
    try:
        write_batch(file, batch)
    except OSError as error:
        raise too_large(error, batch.nbytes) from error


def _whole_batch(value: Dataset) -> pa.RecordBatch:
    """The columns of a dataset that are in different files."""
    assert value.places is not None
    batches = [_batch_of(memory) for memory in value.memories]
    columns = [batches[number].column(column) for number, column, _ in value.places]
    return pa.RecordBatch.from_arrays(columns, names=[name for _, _, name in value.places])


def _batch_of(memory: Memory) -> pa.RecordBatch:
    with ipc.open_stream(memory.buffer) as reader:
        table = reader.read_all().combine_chunks()
    return (table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)])[0]
