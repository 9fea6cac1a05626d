"""The Parquet file of an output, written while pieces are still scored."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from studiolo.datasets.formats.parquet import GROUP_ROWS, group_writer
from studiolo.services.batches.parts import Parts


class EarlyOutput:
    """Writes what is scored in order, as long as each piece has the same columns and types.

    Where one has others, only the end tells the types of the output. The file is then given up,
    and the output written as any other is. For any number of threads.
    """

    def __init__(self, parts: Parts, place: int) -> None:
        """Write nothing yet.

        Args:
            parts: What is scored.
            place: Of the outputs, which.
        """
        self._parts = parts
        self._place = place
        self._path = parts.folder / f"output-{place}.parquet"
        self._lock = threading.Lock()
        self._next = 0
        self._waiting: list[pa.Table] = []
        self._schema: pa.Schema | None = None
        self._sink: BinaryIO | None = None
        self._writer: Any = None
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
                sink = self._write()
                self._writer.close()
                sink.close()
            except (pa.ArrowException, OSError):
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
        except (pa.ArrowException, OSError):
            # Such as for a type that Parquet has not, or a full disk: the end will tell.
            self._give_up()

    def _take(self, table: pa.Table) -> None:
        if not table.num_columns:  # of a piece without rows
            return
        if self._schema is None:
            self._schema = table.schema
        if table.schema != self._schema or any(map(pa.types.is_dictionary, table.schema.types)):
            self._give_up()
            return
        self._waiting.append(table)
        if sum(waiting.num_rows for waiting in self._waiting) >= GROUP_ROWS:
            self._write()

    def _write(self) -> BinaryIO:
        assert self._schema is not None
        if self._sink is None:
            self._sink = self._path.open("wb")
            self._writer = group_writer(self._schema, self._sink)
        if self._waiting:
            table = pa.concat_tables(self._waiting)
            self._waiting = []
            self._writer.write_table(table)
            self._rows += table.num_rows
        return self._sink

    def _give_up(self) -> None:
        self._given_up = True
        self._waiting = []
        sink, writer, self._sink, self._writer = self._sink, self._writer, None, None
        if writer is not None:
            with suppress(pa.ArrowException, OSError):
                writer.close()
        if sink is not None:
            with suppress(OSError):  # which it tells again, where its disk is full
                sink.close()
            self._path.unlink(missing_ok=True)
