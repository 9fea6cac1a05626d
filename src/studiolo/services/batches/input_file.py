"""The file that a batch scores, read in pieces where its format allows that."""

import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import pyarrow as pa

from studiolo.datasets.errors import DatasetFileMissingError, DatasetFileUnreadableError
from studiolo.datasets.formats import Content, FileFormat, delimited, json_lines
from studiolo.datasets.formats.delimited_guess import find_dialect
from studiolo.datasets.formats.delimited_scan import first_record
from studiolo.datasets.formats.encoding import text_start
from studiolo.datasets.invariants import MOST_COLUMNS
from studiolo.datasets.reading.confined_reading import (
    forking_reader,
    read_confined,
    row_groups,
)
from studiolo.datasets.reading.files import format_of, read_content_of
from studiolo.datasets.reading.forking_reader import ForkingReader
from studiolo.services.batches.text_cuts import text_cuts
from studiolo.services.schema import PortSchema
from studiolo.services.validation import Cells

#: Bytes of a piece of text, and about as many that a piece of Parquet takes once it is read.
_TEXT_SIZE = 8 << 20
_TABLE_SIZE = 64 << 20
#: The rows of a piece of Parquet or Arrow. Its usual groups have the most.
_FEWEST_ROWS, _MOST_ROWS = 10_000, 1 << 20
#: How much larger a table is than its Parquet file.
_EXPANSION = 4
#: Bytes in which the header of a file must end.
_HEADER = 16 << 20


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of an input: from where to where, in bytes of a text, or in rows."""

    first: int
    end: int


#: Formats of which rows can be read without the rest, each time in a process of its own.
_OF_ROWS = (FileFormat.PARQUET, FileFormat.ARROW)


class InputFile:
    """A dataset file of a batch; it must not change while the batch runs.

    In a `with` statement its pieces are read by forks of one process, where that saves time.
    """

    #: All of it as one piece.
    WHOLE: ClassVar = Piece(first=0, end=-1)

    def __init__(self, path: Path, *, name: str | None = None, port: PortSchema) -> None:
        """Look at nothing yet.

        Args:
            path: The file.
            name: What errors call it, and where its format is seen; its path if not given.
            port: The schema of the input, which knows the types of columns.

        Raises:
            UnknownFormatError: Its extension does not belong to a format.
        """
        self.path = path
        self.name = name or str(path)
        self.format = format_of(self.name)
        self._port = port
        self._forking: ForkingReader | None = None

    def __enter__(self) -> Self:
        if self.format in _OF_ROWS and self.state()[0]:
            try:
                self._forking = forking_reader([self.format])
            except OSError as error:
                reason = f"no process can be started to read it ({error.strerror})"
                raise DatasetFileUnreadableError(file=self.name, reason=reason) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._forking is not None:
            self._forking.close()
            self._forking = None

    def state(self) -> Sequence[int]:
        """The state of the file, which tells a changed one: its size, and when it was written.

        Raises:
            DatasetFileMissingError, DatasetFileUnreadableError: It can't be looked at.
        """
        try:
            status = self.path.stat()
        except FileNotFoundError as error:
            raise DatasetFileMissingError(file=self.name) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise DatasetFileUnreadableError(file=self.name, reason=reason) from error
        return [status.st_size, status.st_mtime_ns]

    def pieces(self) -> Sequence[Piece]:
        """The pieces of the file in order; one for all if its format has no pieces.

        Raises:
            DatasetError: The file can't be read.
        """
        if self.format in delimited.DIALECTS or self.format is FileFormat.JSON_LINES:
            return [Piece(first=first, end=end) for first, end in self._text_pieces()]
        if self.format in _OF_ROWS and self.state()[0]:
            sizes, divisible = row_groups(self._content(), self._forking)
            rows = sum(sizes)
            if rows:
                per_row = max(1, _EXPANSION * self.state()[0] // rows)
                target = min(max(_TABLE_SIZE // per_row, _FEWEST_ROWS), _MOST_ROWS)
                groups = sizes if not divisible else [rows]
                return list(_row_pieces(groups, target))
        return [self.WHOLE]

    def rows_total(self, pieces: Sequence[Piece]) -> int | None:
        """How many rows the file has; None where only reading it tells."""
        known = self.format in _OF_ROWS and pieces != [self.WHOLE]
        return pieces[-1].end if known else None

    def read(self, piece: Piece) -> pa.Table | Cells:
        """The rows of a piece; of text, as it is written.

        Raises:
            DatasetError: They can't be read.
        """
        if self.format in delimited.DIALECTS:
            return delimited.read_texts(self._text(piece)).table
        if self.format is FileFormat.JSON_LINES:
            return self._cells(self._text(piece))
        rows = None if piece == self.WHOLE else (piece.first, piece.end)
        if self.format in _OF_ROWS:
            return read_confined(self._content(rows), forking=self._forking).table
        return read_content_of(self._content()).table

    def place(self, piece: Piece) -> str:
        """Where a piece is in the file, to begin a sentence with; empty if it is all of it."""
        if piece == self.WHOLE:
            return ""
        if self.format in _OF_ROWS:
            return f"Rows {piece.first + 1:,} to {piece.end:,} of {self.name}, counted from there"
        with self._mapped() as text:
            starts = range(0, piece.first, _TEXT_SIZE)
            ends = (min(start + _TEXT_SIZE, piece.first) for start in starts)
            line = 1 + sum(text[a:b].count(b"\n") for a, b in zip(starts, ends, strict=True))
        return f"The rows from line {line:,} of {self.name} on, counted from there"

    def _content(self, rows: tuple[int, int] | None = None) -> Content:
        data = pa.py_buffer(b"")
        if self.state()[0]:
            with pa.memory_map(str(self.path)) as file:
                data = file.read_buffer()
        return Content(data=data, name=self.name, format=self.format, rows=rows, file=self.path)

    def _mapped(self) -> mmap.mmap:
        try:
            with self.path.open("rb") as file:
                return mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        except OSError as error:
            reason = error.strerror or str(error)
            raise DatasetFileUnreadableError(file=self.name, reason=reason) from error

    def _text_pieces(self) -> Iterator[tuple[int, int]]:
        if not self.state()[0]:
            yield 0, -1
            return
        with self._mapped() as text:
            start = self._header_end
            if start >= len(text):
                yield 0, -1
            quoted = self.format is not FileFormat.JSON_LINES
            yield from text_cuts(text, start=start, size=_TEXT_SIZE, quoted=quoted)

    @cached_property
    def _header_end(self) -> int:
        """Where the first row begins; looked for once, as a copy of 16 MiB takes its time."""
        dialect = delimited.DIALECTS.get(self.format)
        if dialect is None or not dialect.header:
            return 0
        with self._mapped() as text:
            size, beginning = len(text), bytes(text[:_HEADER])
        guess = find_dialect(
            pa.py_buffer(beginning), dialect, text_start(pa.py_buffer(beginning)), None
        )
        header = first_record(beginning, guess.dialect, start=guess.start)
        return size if header is None else header.end

    def _text(self, piece: Piece) -> Content:
        """A piece of text as a file of its own, with the header of the whole."""
        if piece == self.WHOLE:
            return self._content()
        with self._mapped() as text:
            header = bytes(text[: self._header_end])
            body = bytes(text[piece.first : piece.end])
        return Content(data=pa.py_buffer(header + body), name=self.name, format=self.format)

    def _cells(self, content: Content) -> Cells:
        """Objects as cells; a key that none of these has is a missing value in each."""
        found = json_lines.read_cells(content)
        rows = max(map(len, found.values()), default=0)
        for name in self._port.names()[:MOST_COLUMNS]:
            found.setdefault(name, [None] * rows)
        return Cells(names=list(found), columns=list(found.values()))


def _row_pieces(groups: Sequence[int], target: int) -> Iterator[Piece]:
    """Pieces of about so many rows, which have whole groups where these are not too large."""
    first = end = 0
    for size in groups:
        if end > first and end + size - first > target:
            yield Piece(first=first, end=end)
            first = end
        end += size
        while end - first > 2 * target:
            yield Piece(first=first, end=first + target)
            first += target
    if end > first:
        yield Piece(first=first, end=end)
