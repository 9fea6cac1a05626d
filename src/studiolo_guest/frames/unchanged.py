"""Which columns of a result are an input's own bytes, untouched, so that nothing is copied."""

import mmap
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from studiolo_guest.frames.columns_in import Extents
from studiolo_guest.frames.opening import InputFrame

#: Below this many bytes a copy costs less than asking the kernel.
LEAST_BYTES: Final = 64 * 1024
#: The kernel's information on this process's pages; a sandbox without /proc does not have it.
PAGEMAP: Final = "/proc/self/pagemap"
# Documentation/admin-guide/mm/pagemap.rst
_PRESENT: Final = np.uint64(1 << 63)
_SWAPPED: Final = np.uint64(1 << 62)
_OF_A_FILE: Final = np.uint64(1 << 61)

_Key = tuple[str, int, Extents]


def columns_by_reference(
    frame: pd.DataFrame, inputs: Sequence[InputFrame]
) -> dict[int, tuple[int, int]]:
    """Positions in ``frame`` and the (input, column) each of them still is, byte for byte.

    A column counts when it has the place of the input's column, with its dtype and length, and
    none of its pages was written: the first write to a page of the private mapping replaces it
    by memory of the process, which the kernel tells. Without that knowledge nothing counts.
    """
    origins = _origins(inputs)
    found: dict[int, tuple[int, int]] = {}
    extents: dict[int, Extents] = {}
    for position, (_, series) in enumerate(frame.items() if origins else ()):
        key = _key_of(series)
        if key is not None and key in origins:
            found[position] = origins[key]
            extents[position] = key[2]
    if _bytes_of(extents.values()) < LEAST_BYTES:
        return {}
    try:
        with open(PAGEMAP, "rb", buffering=0) as pagemap:  # unbuffered
            written = {
                position for position, parts in extents.items() if _written(pagemap.fileno(), parts)
            }
    except OSError:
        return {}
    return {position: origin for position, origin in found.items() if position not in written}


def _origins(inputs: Sequence[InputFrame]) -> Mapping[_Key, tuple[int, int]]:
    if _bytes_of(column.extents for opened in inputs for column in opened.columns) < LEAST_BYTES:
        return {}
    return {
        (str(column.dtype), opened.rows, column.extents): (number, position)
        for number, opened in enumerate(inputs)
        for position, column in enumerate(opened.columns)
        if column.extents and opened.rows
    }


def _bytes_of(columns: Iterable[Extents]) -> int:
    return sum(size for parts in columns for _, size in parts)


def _key_of(series: pd.Series) -> _Key | None:
    dtype: Any = series.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "iufmM":
        values = series.to_numpy()
        if values.flags.c_contiguous:
            return str(dtype), len(values), ((values.ctypes.data, values.nbytes),)
    if isinstance(dtype, pd.StringDtype):
        text = pa.array(series.array)
        if isinstance(text, pa.ChunkedArray) and text.num_chunks == 1:
            text = text.chunk(0)
        if isinstance(text, pa.Array) and text.offset == 0:
            parts = [part for part in text.buffers() if part is not None]
            return str(dtype), len(text), tuple((part.address, part.size) for part in parts)
    return None


def _written(pagemap: int, parts: Extents) -> bool:
    """Whether a page under these bytes is the process's own and no longer the file's."""
    for address, size in parts:
        first = address // mmap.PAGESIZE
        last = (address + size - 1) // mmap.PAGESIZE if size else first - 1
        wanted = (last - first + 1) * 8
        read = os.pread(pagemap, wanted, first * 8)
        if len(read) != wanted:
            return True
        pages = np.frombuffer(read, np.uint64)
        if np.any((pages & (_PRESENT | _SWAPPED) != 0) & (pages & _OF_A_FILE == 0)):
            return True
    return False
