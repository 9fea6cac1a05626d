"""How large a table is once it is written out, where each row has its own copy of its category."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: Rows that are looked at together.
_PART = 1 << 20


def written_size(column: "pa.ChunkedArray[Any]") -> int:
    """Bytes of all values; a value of a category counts in each row that has it."""
    if not isinstance(column.type, pa.DictionaryType):
        # A bit each, which becomes at least a byte.
        return len(column) if pa.types.is_boolean(column.type) else column.nbytes
    chunks: Any = column.chunks
    return sum(map(_size_of_categories, chunks))


def pieces(table: pa.Table, *, rows: int, size: int) -> Iterator[pa.Table]:
    """The table in pieces that have at most so many rows, and bytes once they are written out.

    A row that is larger is a piece of its own.
    """
    for start in range(0, table.num_rows, rows):
        yield from _halved(table.slice(start, rows), size)


def _halved(table: pa.Table, size: int) -> Iterator[pa.Table]:
    if table.num_rows < 2 or sum(map(written_size, table.columns)) <= size:
        yield table
        return
    middle = table.num_rows // 2
    yield from _halved(table.slice(0, middle), size)
    yield from _halved(table.slice(middle), size)


def _size_of_categories(column: Any) -> int:
    words: Any = column.dictionary
    if not len(words):
        return len(column)
    wide = pa.types.is_large_string(words.type) or pa.types.is_large_binary(words.type)
    if not (wide or pa.types.is_string(words.type) or pa.types.is_binary(words.type)):
        # Numbers and times: all are of one length.
        return len(column) * max(1, int(words.nbytes) // len(words))
    offsets: Any = pa.Array.from_buffers(
        pa.int64() if wide else pa.int32(),
        len(words) + 1,
        [None, words.buffers()[1]],
        offset=words.offset,
    )
    # In parts: what is taken can be eight times as large as the column.
    parts = (column.indices.slice(start, _PART) for start in range(0, len(column), _PART))
    return len(column) + sum(_total(offsets[1:], p) - _total(offsets, p) for p in parts)


def _total(numbers: Any, indices: Any) -> int:
    taken: Any = pc.sum(pc.take(numbers, indices)).as_py()
    return int(taken or 0)
