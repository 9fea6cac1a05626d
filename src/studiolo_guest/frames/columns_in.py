"""One Arrow column of an input as the pandas values that hold it without loss."""

import mmap
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from studiolo_guest.frames.arrays import ArrowArray, Values
from studiolo_guest.frames.gaps import as_floats, has_gaps

#: The places of a column's parts in memory: pairs of address and length in bytes.
Extents = tuple[tuple[int, int], ...]

_NULLABLE_INTEGERS: Final[dict[pa.DataType, Any]] = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}


def _text_dtype() -> Any:
    """The dtype that pandas 3 gives to text, over Arrow's own memory; None before."""
    inferred: Any = pd.Series(pa.array([""], pa.large_string()).to_pandas()).dtype
    return inferred if isinstance(inferred, pd.StringDtype) else None


_TEXT: Final = _text_dtype()
#: pandas 1 has instants in nanoseconds only, which reach from 1677 to 2262.
_NANOSECONDS_ONLY: Final = int(pd.__version__.split(".", maxsplit=1)[0]) < 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Memory:
    """The private, writable memory of an input's Arrow stream."""

    #: A write to a mapping copies the page for this process; the memory file never changes. A few
    #: bytes are a copy from the start.
    mapping: mmap.mmap | bytearray
    #: The whole mapping as an Arrow buffer; keeps it mapped.
    buffer: pa.Buffer

    def offset_of(self, part: pa.Buffer) -> int | None:
        """How far into the mapping a buffer begins, or None if it is not in the mapping."""
        offset = part.address - self.buffer.address
        inside = offset >= 0 and offset + part.size <= self.buffer.size
        return offset if inside else None


def view_of(column: ArrowArray, memory: Memory) -> Values | None:
    """A writable array over the column's own bytes, or None where pandas needs a copy.

    NumPy has no missing integers, Arrow packs booleans into bits, and a zone is pandas' own: only
    plain numbers, timestamps and durations without nulls can be viewed.
    """
    if column.null_count or len(column) == 0 or not _is_plain(column.type):
        return None
    if _NANOSECONDS_ONLY and is_instants(column.type) and column.type.unit != "ns":
        return None
    data = column.buffers()[1]
    offset = None if data is None else memory.offset_of(data)
    if offset is None:
        return None
    dtype = np.dtype(column.type.to_pandas_dtype())
    start = offset + column.offset * dtype.itemsize
    return np.ndarray((len(column),), dtype, memory.mapping, start)


def values_of(column: ArrowArray, *, nullable: bool = False) -> Any:
    """The column as pandas values that hold every value, and its nulls.

    Integers with nulls are float64 with NaN, as in the classic studio, unless ``nullable`` or a
    float64 would round one of them: then they have pandas' nullable type.
    """
    kind = column.type
    if has_gaps(column):
        floats = None if nullable else as_floats(column)
        return _NULLABLE_INTEGERS[kind].__from_arrow__(column) if floats is None else floats
    if column.null_count and pa.types.is_boolean(kind):
        boolean: Any = pd.BooleanDtype()
        return boolean.__from_arrow__(column)
    if pa.types.is_dictionary(kind):
        return _categorical(column)
    if _NANOSECONDS_ONLY and is_instants(kind):
        return _nanoseconds(column)
    if pa.types.is_date32(kind):
        # What a classic script expects of a date, and fifty times as fast as Python's own objects.
        # Where it is still at midnight it goes out as a date again.
        return column.cast(pa.timestamp("s")).to_numpy(zero_copy_only=False).copy()
    if pa.types.is_large_string(kind) and _TEXT is not None:
        return _TEXT.__from_arrow__(column)
    try:
        series: Any = column.to_pandas()
    except ValueError:
        # Python's dates end with the year 9999, Arrow's do not.
        series = column.to_pandas(types_mapper=pd.ArrowDtype)
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        # pandas would show Arrow's read-only memory.
        series = series.copy()
    if isinstance(series.dtype, np.dtype):
        values = np.asarray(series)
        return values if values.flags.writeable else values.copy()
    return series.array


def shared_extents(column: ArrowArray, view: Values | None, memory: Memory) -> Extents:
    """The places of the bytes that pandas shows without a copy; empty if it copied them.

    ``view`` is what `view_of` gave for the column.
    """
    if view is not None:
        return ((view.ctypes.data, view.nbytes),)
    if not pa.types.is_large_string(column.type):
        return ()
    parts = [part for part in column.buffers() if part is not None]
    if any(memory.offset_of(part) is None for part in parts):
        return ()
    return tuple((part.address, part.size) for part in parts)


def is_instants(kind: pa.DataType) -> bool:
    """Whether these are dates, timestamps or durations."""
    return bool(
        pa.types.is_date32(kind) or pa.types.is_timestamp(kind) or pa.types.is_duration(kind)
    )


def _nanoseconds(column: Any) -> Any:
    """Instants in nanoseconds; Python's own objects, or text, where nanoseconds can't hold one."""
    kind = column.type
    target = pa.duration("ns") if pa.types.is_duration(kind) else pa.timestamp("ns")
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        target = pa.timestamp("ns", kind.tz)
    try:
        if pa.types.is_date32(kind):
            column = column.cast(pa.timestamp("s"))
        series = column.cast(target).to_pandas()
    except pa.ArrowInvalid:
        pass
    else:
        # One with a zone is pandas' own; each shows Arrow's read-only memory.
        copied = series.copy()
        return copied.to_numpy() if isinstance(copied.dtype, np.dtype) else copied.array
    try:
        objects = column.cast(kind).to_pylist()
    except (ValueError, OverflowError):
        # Python's dates end with the year 9999.
        objects = column.cast(kind).cast(pa.string()).to_pylist()
    values = np.empty(len(objects), dtype=object)
    values[:] = objects
    return values


def _is_plain(kind: pa.DataType) -> bool:
    return (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_duration(kind)
        or (pa.types.is_timestamp(kind) and kind.tz is None)
    )


def _categorical(column: Any) -> Any:
    dictionary = column.dictionary
    if dictionary.null_count or len(dictionary.unique()) != len(dictionary):
        # pandas allows neither a missing nor a repeated category.
        column = column.dictionary_decode().dictionary_encode()
    codes = column.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    categories = values_of(column.dictionary)
    return pd.Categorical.from_codes(codes, categories=categories, ordered=column.type.ordered)
