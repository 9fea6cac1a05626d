"""An input dataset as a frame of the script's own: opened without copying what can be shared."""

import mmap
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import ipc

from studiolo_guest.frames.arrays import ArrowArray
from studiolo_guest.frames.columns_in import (
    Extents,
    Memory,
    is_instants,
    shared_extents,
    values_of,
    view_of,
)
from studiolo_guest.frames.gaps import has_gaps

#: Above this many arrays of its own a frame is copied into one array a type: pandas warns about
#: fragmentation from 100 on, and the script must be able to add columns.
_MOST_PIECES: Final = 50
_PANDAS_3: Final = int(pd.__version__.split(".", maxsplit=1)[0]) >= 3
# pandas 2 copies unless told not to; pandas 3 never does and warns about being told.
_WITHOUT_COPY: Final[dict[str, Any]] = {} if _PANDAS_3 else {"copy": False}

# No threads: the first conversion happens in the zygote, which must stay single-threaded.
_OPTIONS: Final = ipc.IpcReadOptions(use_threads=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class InputColumn:
    """The original properties of an input's column, as the script got it."""

    name: str
    array: ArrowArray
    #: The pandas dtype that the script sees.
    dtype: Any
    #: Where pandas shows the input's own bytes; empty when the script got a copy.
    extents: Extents
    #: Whether these are integers with gaps that the script sees as floats.
    as_floats: bool = False

    @property
    def type(self) -> pa.DataType:
        """Its Arrow type."""
        kind: pa.DataType = self.array.type
        return kind

    @property
    def integers(self) -> ArrowArray | None:
        """The integers that the script sees as floats; None for every other column."""
        return self.array if self.as_floats else None


@dataclass(frozen=True, kw_only=True, eq=False)
class InputFrame:
    """An input of `azureml_main`, and enough to recognise its columns when they come back."""

    #: Private to this process: writing to it copies the pages that are written, never the input.
    frame: pd.DataFrame
    columns: tuple[InputColumn, ...]
    rows: int
    #: Keeps the addresses of ``columns`` from being used for anything else.
    memories: tuple[Memory, ...]


#: Up to this many columns a frame is made of them one by one, which takes a third of the time.
_FEW: Final = 16


def open_frame(
    files: Sequence[int],
    places: Sequence[tuple[int, int, str]] | None = None,
    *,
    nullable: bool = False,
    log: Callable[[str], None] = lambda _: None,
) -> InputFrame:
    """Map sealed memory files, each with an Arrow IPC stream, and show columns of them as a frame.

    See `open_memories` for the other arguments.
    """
    return open_memories([map_file(file) for file in files], places, nullable=nullable, log=log)


def open_memories(
    memories: Sequence[Memory],
    places: Sequence[tuple[int, int, str]] | None = None,
    *,
    nullable: bool = False,
    log: Callable[[str], None] = lambda _: None,
) -> InputFrame:
    """Show columns of private mappings, each with an Arrow IPC stream, as a frame.

    ``places`` says for each column in which file it is, which column of it that is, and what it is
    called; without it the frame is the only file's content. ``nullable`` asks for pandas' nullable
    types for integers with gaps. ``log`` is told which column got one without being asked.

    Numbers, timestamps without a zone and durations that have no nulls are writable views of
    the files; large strings are shared under pandas 3. Everything else is converted to the dtype
    that holds it and goes back as the same type.
    """
    memories = tuple(memories)
    batches = [_read(memory.buffer) for memory in memories]
    if places is None:
        places = [(0, number, name) for number, name in enumerate(batches[0].schema.names)]
    arrays: list[Any] = []
    columns: list[InputColumn] = []
    for file, number, name in places:
        column, memory = batches[file].column(number), memories[file]
        view = view_of(column, memory)
        values = values_of(column, nullable=nullable) if view is None else view
        gaps = has_gaps(column)
        as_floats = gaps and values.dtype == np.float64
        if gaps and not as_floats and not nullable:
            log(
                f"The column {name!r} has missing values, and integers that a float64 would "
                f"round: it arrives as {values.dtype}."
            )
        if is_instants(column.type) and values.dtype == object:
            log(
                f"The column {name!r} has times that datetime64[ns] can't hold, before 1677 or "
                "after 2262: it arrives as objects."
            )
        if isinstance(values.dtype, pd.BooleanDtype) and not nullable:
            log(
                f"The column {name!r} has missing values: it arrives as boolean, in which a "
                "missing value is neither true nor false."
            )
        arrays.append(values)
        columns.append(
            InputColumn(
                name=name,
                array=column,
                dtype=values.dtype,
                extents=shared_extents(column, view, memory),
                as_floats=as_floats,
            )
        )
    rows = batches[0].num_rows
    frame = _frame(arrays, [column.name for column in columns], rows, memories)
    return InputFrame(frame=frame, columns=tuple(columns), rows=rows, memories=memories)


def map_file(descriptor: int) -> Memory:
    """Map a sealed memory file, privately."""
    mapping = mmap.mmap(
        descriptor,
        os.fstat(descriptor).st_size,
        flags=mmap.MAP_PRIVATE,
        prot=mmap.PROT_READ | mmap.PROT_WRITE,
    )
    return Memory(mapping=mapping, buffer=pa.py_buffer(mapping))


def _read(buffer: pa.Buffer) -> pa.RecordBatch:
    with ipc.open_stream(buffer, options=_OPTIONS) as reader:
        batches = list(reader)
        schema = reader.schema
    for batch in batches:
        # Costs no look at the data, and turns a crash into an error.
        batch.validate()
    if len(batches) == 1:
        return batches[0]
    table = pa.Table.from_batches(batches, schema).combine_chunks()
    # A table without rows has no batch either.
    return (table.to_batches() or [pa.RecordBatch.from_pylist([], schema=schema)])[0]


def _frame(
    arrays: list[Any], names: list[str], rows: int, memories: Sequence[Memory]
) -> pd.DataFrame:
    """One frame over the arrays; they are copied only when it would be in shreds."""
    index = pd.RangeIndex(rows)
    if 0 < len(arrays) <= _FEW and len(set(names)) == len(names):
        return pd.DataFrame(dict(zip(names, arrays, strict=True)), index=index, copy=False)
    frame = _of_pieces(arrays, index, memories)
    frame.columns = pd.Index(names)
    return frame


def _of_pieces(arrays: list[Any], index: pd.RangeIndex, memories: Sequence[Memory]) -> pd.DataFrame:
    """A frame whose columns are numbered, made of few blocks of many columns where that goes."""
    runs = _runs(arrays)
    shreds = sum(isinstance(arrays[first], np.ndarray) for first, _ in runs)
    if shreds > _MOST_PIECES:
        return pd.DataFrame(dict(enumerate(arrays)), index=index, copy=True)
    if not runs:
        return pd.DataFrame(index=index)
    pieces = [
        _piece(arrays[first:last], range(first, last), index, memories) for first, last in runs
    ]
    frame: pd.DataFrame = pd.concat(pieces, axis=1, **_WITHOUT_COPY)
    return frame


def _runs(arrays: list[Any]) -> list[tuple[int, int]]:
    """Stretches of neighbouring columns that one two-dimensional view can cover."""
    runs: list[tuple[int, int]] = []
    first = 0
    for position in range(1, len(arrays) + 1):
        if position < len(arrays) and _continues(arrays, first, position):
            continue
        runs.append((first, position))
        first = position
    return runs


def _continues(arrays: list[Any], first: int, position: int) -> bool:
    start, before, here = arrays[first], arrays[position - 1], arrays[position]
    if not (_is_view(start) and _is_view(here)) or start.dtype != here.dtype:
        return False
    if start.base is not here.base:
        return False
    stride: int = here.ctypes.data - before.ctypes.data
    first_stride: int = arrays[first + 1].ctypes.data - start.ctypes.data
    return 0 < stride == first_stride


def _is_view(values: Any) -> bool:
    return isinstance(values, np.ndarray) and isinstance(values.base, (mmap.mmap, bytearray))


def _piece(
    arrays: list[Any], positions: range, index: pd.RangeIndex, memories: Sequence[Memory]
) -> pd.DataFrame:
    first = arrays[0]
    if len(arrays) == 1:
        return pd.DataFrame({positions[0]: first}, index=index, copy=False)
    stride = arrays[1].ctypes.data - first.ctypes.data
    memory = next(memory for memory in memories if memory.mapping is first.base)
    block = np.ndarray(
        (len(arrays), len(first)),
        first.dtype,
        memory.mapping,
        first.ctypes.data - memory.buffer.address,
        (stride, first.itemsize),
    )
    return pd.DataFrame(block.T, index=index, columns=list(positions), copy=False)
