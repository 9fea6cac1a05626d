"""Scored parts of a batch, on the disk, so that a killed one goes on where it was."""

import fcntl
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from studiolo.files.whole_file import replacing
from studiolo.services.batches.errors import BatchFolderError, BatchHeldError
from studiolo.services.batches.input_file import Piece
from studiolo.services.batches.joined_parts import joined_parts

_FORMAT = 1
_LOCK = "batch.lock"
_WORK = "batch.json"
_PARTS = "parts"
#: In the metadata of a part: how many rows of the input it was made of.
_ROWS = b"studiolo.rows"


class Parts:
    """The folder of a batch: what is to be done, and the results of the pieces that are done.

    One process has it at a time. Any number of its threads may add parts.
    """

    def __init__(self, folder: Path, lock: int, pieces: Sequence[Piece]) -> None:
        self.folder = folder
        #: The pieces of the batch, in order.
        self.pieces = pieces
        self._lock = lock

    @classmethod
    @contextmanager
    def open(
        cls, folder: Path, work: Mapping[str, Any], cut: Callable[[], Sequence[Piece]]
    ) -> Iterator[Self]:
        """Take the folder; if it was left by the same batch, with what is done of it.

        Args:
            folder: Made if it is not there.
            work: What is scored and by what, as plain JSON: where any of it differs from what the
                folder was made for, all begins again.
            cut: Gives the pieces of a batch that begins.

        Raises:
            BatchHeldError: Another process has it.
            BatchFolderError: The disk can't be written.
            DatasetError: As ``cut`` does.
        """
        with _errors(folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (folder / _LOCK).open("wb")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BatchHeldError from error
            yield cls(folder, lock.fileno(), _pieces(folder, work, cut))

    def rows(self, number: int, outputs: int) -> int | None:
        """Of how many rows a piece was made; None if it is not done."""
        paths = [self._path(number, place) for place in range(max(outputs, 1))]
        if not all(path.exists() for path in paths):
            return None
        with pa.ipc.open_stream(pa.memory_map(str(paths[0]))) as reader:
            metadata = reader.schema.metadata or {}
        return int(metadata[_ROWS])

    def put(self, number: int, outputs: Sequence[pa.Table], *, rows: int) -> None:
        """Keep the results of a piece; on the disk when this returns.

        Raises:
            BatchFolderError: There is no room.
        """
        with _errors(self.folder):
            for place, table in enumerate(outputs):
                noted = table.replace_schema_metadata({_ROWS: str(rows).encode()})
                with replacing(self._path(number, place)) as sink:
                    stream: Any = sink  # the stubs ask for more than write()
                    with pa.ipc.new_stream(stream, noted.schema) as writer:
                        writer.write_table(noted)

    def table(self, place: int, *, output: str) -> pa.Table:
        """The result of all pieces at an output, by its place; it stays on the disk.

        Raises:
            BatchPiecesDifferError: The results of the pieces don't fit together.
        """
        tables = [self._part(number, place) for number in range(len(self.pieces))]
        return joined_parts(tables, output=output)

    def part(self, number: int, place: int) -> pa.Table | None:
        """The result of one piece at an output, which stays on the disk; None if it isn't done."""
        return self._part(number, place) if self._path(number, place).exists() else None

    def remove(self) -> None:
        """Remove the folder, once its batch has an end."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _part(self, number: int, place: int) -> pa.Table:
        with pa.memory_map(str(self._path(number, place))) as file:
            data = file.read_buffer()
        with pa.ipc.open_stream(data) as reader:
            return reader.read_all().replace_schema_metadata(None)

    def _path(self, number: int, place: int) -> Path:
        return self.folder / _PARTS / f"{number:06d}-{place}.arrow"


def remove_abandoned(folder: Path, *, seconds: float) -> None:
    """Remove the folder of a batch on which nothing has been done for so long.

    One that a process is at work on stays.
    """
    # A batch job keeps copies of its blobs beside its parts.
    lock = next(folder.rglob(_LOCK), None)
    newest = max((path.stat().st_mtime for path in folder.rglob("*")), default=0.0)
    if time.time() - newest < seconds:
        return
    if lock is not None:
        with lock.open("rb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            shutil.rmtree(folder, ignore_errors=True)
        return
    shutil.rmtree(folder, ignore_errors=True)


def _pieces(
    folder: Path, work: Mapping[str, Any], cut: Callable[[], Sequence[Piece]]
) -> Sequence[Piece]:
    asked = json.loads(json.dumps({"format": _FORMAT, **work}))
    try:
        found = json.loads((folder / _WORK).read_bytes())
        if found["work"] == asked:
            return [Piece(first=first, end=end) for first, end in found["pieces"]]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # There is none yet, or it is of a later Studiolo.
    pieces = cut()
    document = {"work": asked, "pieces": [[piece.first, piece.end] for piece in pieces]}
    with _errors(folder):
        # What it is made for is only said once nothing else is there.
        shutil.rmtree(folder / _PARTS, ignore_errors=True)
        (folder / _PARTS).mkdir()
        with replacing(folder / _WORK) as sink:
            sink.write(json.dumps(document).encode())
    return pieces


@contextmanager
def _errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BatchFolderError(folder=folder, error=error) from error
