"""Names for Arrow's types, and its functions on text as the type checker can follow them."""

import itertools
import struct
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:  # generic in the stubs, not at run time
    Column = pa.ChunkedArray[Any]
    Values = pa.Array[Any]
else:
    Column = pa.ChunkedArray
    Values = pa.Array


@cache
def text(word: str) -> "pa.Scalar[Any]":
    """A word as Arrow's functions take it beside a ``large_string`` column."""
    one: pa.Scalar[Any] = array_of([word], pa.large_string())[0]
    return one


def array_of(words: Iterable[str], kind: pa.DataType) -> Values:
    """Some words as an array of a string type.

    Put together by hand, because `pa.array` and `pa.scalar` import pandas, for 0.3 seconds, only to
    see that what they are given is nothing of its making.
    """
    encoded = [word.encode() for word in words]
    ends = [0, *itertools.accumulate(map(len, encoded))]
    offsets = pa.py_buffer(struct.pack(f"={len(ends)}q", *ends))
    buffers = [None, offsets, pa.py_buffer(b"".join(encoded))]
    return cast("Values", pa.Array.from_buffers(pa.large_string(), len(encoded), buffers)).cast(
        kind
    )


def joined(*parts: "Values | pa.Scalar[Any]", separator: str = "") -> Values:
    """Join ``large_string`` columns value by value; a missing part makes the whole missing."""
    strings: Any = (*parts, text(separator))
    return cast("Values", pc.binary_join_element_wise(*strings))


def ends_of(values: Column | Values) -> tuple[Any, Any] | None:
    """The smallest and the largest value, or None where there is no value."""
    ends: Any = pc.min_max(values).as_py()
    return None if ends["min"] is None else (ends["min"], ends["max"])


def bytes_of(buffer: pa.Buffer | None) -> npt.NDArray[np.uint8]:
    """A buffer's bytes as numbers, without a copy."""
    return np.frombuffer(memoryview(buffer) if buffer is not None else b"", np.uint8)


def text_of(strings: Values) -> npt.NDArray[np.uint8]:
    """The bytes of all strings of an array, one after the other."""
    starts, ends, data = string_places(strings)
    # The buffer may be longer than the strings in it.
    return data[starts[0] : ends[-1]] if len(starts) else data


def string_places(
    chunk: Values,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Where each string of a chunk starts and ends, and the bytes of all of them."""
    _, offset_buffer, data_buffer = chunk.buffers()
    if not len(chunk) or offset_buffer is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8)
    wide = pa.types.is_large_string(chunk.type)
    raw = bytes_of(offset_buffer)
    offsets: npt.NDArray[Any] = raw.view(np.int64) if wide else raw.view(np.int32)
    offsets = offsets[chunk.offset : chunk.offset + len(chunk) + 1]
    return offsets[:-1], offsets[1:], bytes_of(data_buffer)
