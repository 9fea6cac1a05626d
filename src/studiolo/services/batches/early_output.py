"""The file of an output, written while pieces are still scored."""

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import FileFormat, Target, module_of
from studiolo.datasets.formats.errors import FormatCannotHoldError
from studiolo.datasets.formats.parquet import GROUP_ROWS, group_writer
from studiolo.services.batches.parts import Parts

#: Text with a line for each row, by how its rows are written behind the first ones.
_CONTINUED: Final = {
    FileFormat.CSV: FileFormat.CSV_NO_HEADER,
    FileFormat.CSV_NO_HEADER: FileFormat.CSV_NO_HEADER,
    FileFormat.TSV: FileFormat.TSV_NO_HEADER,
    FileFormat.TSV_NO_HEADER: FileFormat.TSV_NO_HEADER,
    FileFormat.JSON_LINES: FileFormat.JSON_LINES,
}
#: The formats that can be written table by table.
EARLY_FORMATS: Final = frozenset({FileFormat.PARQUET, *_CONTINUED})


class EarlyOutput:
    """Writes what is scored in order, as long as each piece has the same columns and types.

    Where one has others, only the end tells the types of the output. The file is then given up,
    and the output written as any other is. For any number of threads.
    """

    def __init__(self, parts: Parts, place: int, file_format: FileFormat) -> None:
        """Write nothing yet.

        Args:
            parts: What is scored.
            place: Of the outputs, which.
            file_format: One of `EARLY_FORMATS`.
        """
        self._parts = parts
        self._place = place
        self._format = file_format
        self._path = parts.folder / f"output-{place}.{file_format}"
        #: Rows that are written together.
        self._rows_together = GROUP_ROWS if file_format is FileFormat.PARQUET else 1
        self._lock = threading.Lock()
        self._next = 0
        self._waiting: list[pa.Table] = []
        self._schema: pa.Schema | None = None
        self._sink: BinaryIO | None = None
        self._writer: _TableWriter | None = None
        self._given_up = False
        self._rows = 0

    def advance(self) -> None:
        """Write the groups of rows that are complete; or nothing, if another thread is at it."""
        if self._lock.acquire(blocking=False):
            try:
                self._advance()
            finally:
                self._lock.release()

    def finish(self) -> tuple[Path, int, int] | None:
        """The file, its rows and its columns, once all is scored; None if it is given up."""
        with self._lock:
            self._advance()
            if self._given_up or self._schema is None:
                return None
            try:
                sink, writer = self._write()
                writer.close()
                sink.close()
            except _CANT_BE_WRITTEN:
                self._give_up()
                return None
            return self._path, self._rows, len(self._schema.names)

    def close(self) -> None:
        """Close the file, which is removed with the folder of its batch."""
        with self._lock:
            self._give_up()

    def _advance(self) -> None:
        try:
            while not self._given_up and self._next < len(self._parts.pieces):
                table = self._parts.part(self._next, self._place)
                if table is None:
                    return
                self._next += 1
                self._take(table)
        except _CANT_BE_WRITTEN:
            # Such as for a type that the format has not, or a full disk: the end will tell.
            self._give_up()

    def _take(self, table: pa.Table) -> None:
        if not table.num_columns:  # of a piece without rows
            return
        if self._schema is None:
            self._schema = table.schema
        if table.schema != self._schema or _depends_on_all_rows(table.schema, self._format):
            self._give_up()
            return
        self._waiting.append(table)
        if sum(waiting.num_rows for waiting in self._waiting) >= self._rows_together:
            self._write()

    def _write(self) -> tuple[BinaryIO, "_TableWriter"]:
        assert self._schema is not None
        if self._sink is None or self._writer is None:
            self._sink = self._path.open("wb")
            self._writer = (
                group_writer(self._schema, self._sink)
                if self._format is FileFormat.PARQUET
                else _LineWriter(Target(sink=self._sink, name=self._path.name, format=self._format))
            )
        if self._waiting:
            table = pa.concat_tables(self._waiting)
            self._waiting = []
            self._writer.write_table(table)
            self._rows += table.num_rows
        return self._sink, self._writer

    def _give_up(self) -> None:
        self._given_up = True
        self._waiting = []
        sink, writer, self._sink, self._writer = self._sink, self._writer, None, None
        if writer is not None:
            with suppress(*_CANT_BE_WRITTEN):
                writer.close()
        if sink is not None:
            with suppress(OSError):  # which it tells again, where its disk is full
                sink.close()
            self._path.unlink(missing_ok=True)


#: What a table that can't be written raises.
_CANT_BE_WRITTEN: Final = (pa.ArrowException, OSError, FormatCannotHoldError)


class _TableWriter(Protocol):
    """A writer of tables one after another."""

    def write_table(self, table: pa.Table) -> Any:
        """Write the rows of a table."""

    def close(self) -> Any:
        """Write what comes behind the last row."""


class _LineWriter:
    """A writer of text with a line for each row."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def write_table(self, table: pa.Table) -> None:
        """Write the rows of a table, the first ones behind the header."""
        target = self._target
        module_of(target.format).write(Dataset(table=table), target)
        self._target = replace(target, format=_CONTINUED[target.format])

    def close(self) -> None:
        """Write nothing: a text ends with its last line."""


def _depends_on_all_rows(schema: pa.Schema, file_format: FileFormat) -> bool:
    """Whether how a row is written depends on rows of other pieces."""
    if file_format is FileFormat.PARQUET:
        return any(map(pa.types.is_dictionary, schema.types))
    if file_format is FileFormat.JSON_LINES:
        return False
    # Times are dates if all of them are; a missing value at the end is a line of its own kind.
    times = (pa.types.is_timestamp(kind) and kind.tz is None for kind in schema.types)
    return len(schema) == 1 or any(times)
