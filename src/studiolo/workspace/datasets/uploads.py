"""Uploads: files that come in piece by piece and become dataset files of a workspace."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

from studiolo.datasets.reading.files import check_extension
from studiolo.files.inside import stays_inside
from studiolo.files.placing import place
from studiolo.files.whole_file import staged
from studiolo.store.identity import BlobDigest
from studiolo.workspace.datasets.datasets import WorkspaceDatasets
from studiolo.workspace.errors import (
    DatasetExistsError,
    UploadCutOffError,
    UploadNameError,
    UploadTooLargeError,
    WorkspaceUnwritableError,
)

#: As much of an open file as is read at a time.
_PIECE = 1 << 20


@runtime_checkable
class Readable(Protocol):
    """A file that is open for reading bytes."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at its end."""


#: Where the bytes of an upload come from: all of them, an open file, or piece by piece.
UploadSource = bytes | bytearray | memoryview | Readable | Iterable[bytes]


@dataclass(frozen=True, kw_only=True)
class UploadedDataset:
    """A dataset file that has been uploaded."""

    #: Its file in the workspace's datasets folder, with "/" between folders.
    name: str
    #: The SHA-256 of its bytes.
    digest: BlobDigest
    #: In bytes.
    size: int


class Uploads:
    """The way into the datasets folder of a workspace."""

    def __init__(
        self,
        datasets: WorkspaceDatasets,
        editing: Callable[[], AbstractContextManager[object]],
    ) -> None:
        """``editing`` is the lock for putting a file where people put theirs."""
        self._datasets = datasets
        self._editing = editing

    def receive(
        self,
        name: str,
        source: UploadSource,
        *,
        replace: bool = False,
        limit: int | None = None,
        size: int | None = None,
    ) -> UploadedDataset:
        """Write the bytes beside the datasets, and give the file its name once it is complete.

        It never has more than one piece in memory. Whatever goes wrong, nothing is left of it.

        Args:
            name: The dataset's file name; its extension says the format.
            source: Where the bytes come from.
            replace: Whether it may take the place of a file with different content. That content
                stays an older version of the dataset.
            limit: The most bytes that are taken.
            size: The number of bytes that were announced, if it is known.

        Raises:
            UploadNameError: No dataset file can be called so.
            UnknownFormatError: The extension names no format.
            UploadTooLargeError: There are more bytes than the limit.
            UploadCutOffError: The source failed, or ended before ``size`` bytes.
            DatasetFileUnreadableError: The file that is there can't be read.
            DatasetExistsError: There is a file with different content, and it must not be replaced.
            WorkspaceUnwritableError, StoreError: It can't be written.
            Exception: Whatever else the source raises.
        """
        _check_name(name)
        receipt = _Receipt(name, limit=limit, announced=size)
        folder = self._datasets.folder
        try:
            folder.mkdir(exist_ok=True)
            beside = folder / Path(name).name
            with staged(beside, lambda file: self._place(file, receipt, replace)) as sink:
                for piece in _arriving(source, receipt):
                    receipt.count(piece)
                    sink.write(piece)
                receipt.check_complete()
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceUnwritableError(path=folder / name, reason=reason) from error
        return UploadedDataset(name=name, digest=receipt.digest, size=receipt.size)

    def _place(self, written: Path, receipt: "_Receipt", replace: bool) -> None:
        """Give a complete file its name; what was there before stays a version of the dataset."""
        name = receipt.name
        with self._editing():
            before = self._datasets.digest_on_disk(name)
            if before == receipt.digest:
                return
            if before is not None:
                if not replace:
                    raise DatasetExistsError(file=name)
                self._datasets.keep_version(name)
            try:
                place(written, self._datasets.folder / name, self._datasets.folder, replace=replace)
            except FileExistsError as error:
                raise DatasetExistsError(file=name) from error


class _Receipt:
    """The bytes that have arrived, counted and hashed."""

    def __init__(self, name: str, *, limit: int | None, announced: int | None) -> None:
        self.name = name
        self.size = 0
        self._limit = limit
        self._announced = announced
        self._hashing = hashlib.sha256()
        self._check_limit(announced or 0)

    @property
    def digest(self) -> BlobDigest:
        return BlobDigest(self._hashing.hexdigest())

    def count(self, piece: bytes) -> None:
        self.size += len(piece)
        self._check_limit(self.size)
        self._hashing.update(piece)

    def check_complete(self) -> None:
        if self._announced is not None and self.size != self._announced:
            raise UploadCutOffError(name=self.name, size=self.size, announced=self._announced)

    def _check_limit(self, size: int) -> None:
        if self._limit is not None and size > self._limit:
            raise UploadTooLargeError(name=self.name, limit=self._limit)


def _arriving(source: UploadSource, receipt: _Receipt) -> Iterator[bytes]:
    """The pieces of a source. What goes wrong with it is not taken for a fault of our disk."""
    pieces: Iterator[bytes]
    if isinstance(source, bytes | bytearray | memoryview):
        pieces = iter([bytes(source)])
    elif isinstance(source, Readable):
        pieces = iter(partial(source.read, _PIECE), b"")
    else:
        pieces = iter(source)
    while True:
        try:
            piece = next(pieces, None)
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise UploadCutOffError(name=receipt.name, size=receipt.size, reason=reason) from error
        if piece is None:
            return
        yield piece


def _check_name(name: str) -> None:
    """Refuse what would not be a dataset among the others.

    Raises:
        UploadNameError: It leads elsewhere, is hidden, or can't be typed.
        UnknownFormatError: Its extension names no format.
    """
    parts = name.split("/")
    hidden = any(part.startswith(".") or part != part.strip() or not part for part in parts)
    if hidden or not stays_inside(name) or not name.isprintable() or "\\" in name:
        raise UploadNameError(name=name)
    check_extension(name)
