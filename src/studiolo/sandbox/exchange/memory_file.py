"""Sealed memory files: how datasets reach a script without a copy."""

import fcntl
import math
import mmap
import os
import struct
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, Self

import pyarrow as pa
import pyarrow.compute as pc

from studiolo_guest.frames.writing import is_small, stream_of, write_batch

_F_ADD_SEALS = 1033
_F_GET_SEALS = 1034
#: SEAL | SHRINK | GROW | WRITE: the content can't be changed, nor the seals removed.
_ALL_SEALS = 0x1 | 0x2 | 0x4 | 0x8
_PIECE = 1 << 30
#: Bytes of a memory file's name; see memfd_create(2).
_LONGEST_NAME = 249
_making = threading.Lock()


class MemoryFile:
    """Bytes in memory that other processes can map, and that can't be changed once sealed.

    It owns its descriptor, which is closed with the last reference to the file; use it as a context
    manager, or call ``close``, to have that sooner. A few bytes that most likely go elsewhere in a
    message have none until it is asked for.
    """

    _descriptor = -1

    def __init__(
        self, descriptor: int, *, content: bytes | None = None, name: str = "content"
    ) -> None:
        self._descriptor = descriptor
        self._name = name
        #: The sealed content, where it is in this process; None where it is in the file alone.
        self.content = content
        #: The dataset it holds, if it was made from one; what a script returns unchanged is this.
        self.table: pa.Table | None = None

    @classmethod
    def empty(cls, name: str) -> Self:
        """A file to be written by another process; lists of open files show its name."""
        # Whatever it is named after, such as a dataset, can have a longer name.
        encoded = name.replace("\0", "?").encode("utf-8", "replace")[:_LONGEST_NAME]
        shown = encoded.decode("utf-8", "ignore")
        return cls(os.memfd_create(shown, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING))

    @classmethod
    def holding(cls, content: bytes, name: str) -> Self:
        """A sealed file with this content, which is made when its descriptor is asked for."""
        return cls(-1, content=content, name=name)

    @classmethod
    def of_bytes(cls, content: bytes | memoryview, name: str) -> Self:
        """A sealed file with this content."""
        file = cls.empty(name)
        try:
            file.write(content)
            file.seal()
        except BaseException:
            file.close()
            raise
        return file

    @classmethod
    def of_table(cls, table: pa.Table, name: str = "dataset") -> Self:
        """A sealed file with ``table`` as an Arrow stream of one record batch, uncompressed.

        One batch, because only then each column is one range of memory that a data frame can be a
        view of. For the same reason a missing number among floats is a NaN in it, which is what a
        frame has for it in any case; ``table`` stays as it is.
        """
        batch = _with_nan_for_null(_single_batch(table))
        if is_small(batch):
            file = cls.holding(stream_of(batch), name)
            file.table = table
            return file
        file = cls.empty(name)
        try:
            write_batch(file.descriptor, batch)
            file.seal()
        except BaseException:
            file.close()
            raise
        file.table = table
        return file

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, object]]) -> Self:
        """A sealed file with a small table, given by its rows."""
        return cls.of_table(pa.Table.from_pylist([dict(row) for row in rows]))

    @property
    def descriptor(self) -> int:
        """Its descriptor; -1 once it is closed."""
        if self._descriptor < 0 and self.content is not None:
            with _making:
                if self._descriptor < 0:
                    self._descriptor = self._made(self.content, self._name)
        return self._descriptor

    @property
    def size(self) -> int:
        """Bytes."""
        return os.fstat(self.descriptor).st_size if self.content is None else len(self.content)

    @property
    def allocated(self) -> int:
        """Bytes of memory that it takes: those that were written to, whatever its size."""
        return self.size if self.content is not None else os.fstat(self.descriptor).st_blocks * 512

    def seal(self) -> bool:
        """Make the content final; False while another process has it mapped for writing."""
        if self.content is not None:
            return True
        try:
            fcntl.fcntl(self.descriptor, _F_ADD_SEALS, _ALL_SEALS)
        except OSError:
            return bool(fcntl.fcntl(self.descriptor, _F_GET_SEALS) & 0x8)
        return True

    def read(self, limit: int) -> bytes:
        """The content up to ``limit`` bytes."""
        if self.content is not None:
            return self.content[:limit]
        return os.pread(self.descriptor, min(self.size, limit), 0)

    def map(self) -> mmap.mmap | bytes:
        """The content, shared and read-only; it outlives this object."""
        if self.content is not None:
            return self.content
        return mmap.mmap(self.descriptor, 0, mmap.MAP_SHARED, mmap.PROT_READ)

    def close(self) -> None:
        """Let go of it; maps and other processes keep what they have."""
        self.content = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        # A copy elsewhere would close whatever has the descriptor's number there.
        raise TypeError("a memory file belongs to the process that has it open")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, content: bytes | memoryview) -> int:
        """Add to the content; how many bytes."""
        rest = memoryview(content).cast("B")
        size = len(rest)
        while rest:
            rest = rest[os.write(self.descriptor, rest[:_PIECE]) :]
        return size

    @staticmethod
    def _made(content: bytes, name: str) -> int:
        made = MemoryFile.of_bytes(content, name)
        descriptor, made._descriptor = made._descriptor, -1
        return descriptor


def _single_batch(table: pa.Table) -> pa.RecordBatch:
    combined: Sequence[pa.RecordBatch] = table.combine_chunks().to_batches()
    if combined:
        return combined[0]
    return pa.RecordBatch.from_pylist([], schema=table.schema)


def _with_nan_for_null(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [
        _filled(column) if pa.types.is_floating(column.type) and column.null_count else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _filled(column: "pa.Array[Any]") -> "pa.Array[Any]":
    # Not `pa.scalar`, which would import pandas to see whether it is given one of its values.
    nan = pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(struct.pack("d", math.nan))])
    missing: Any = nan.cast(column.type)[0]
    return pc.fill_null(column, missing)
