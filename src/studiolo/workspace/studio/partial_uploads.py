"""Uploads that arrive in pieces, over a connection that may be lost in between."""

import io
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.reading.files import (
    FileFormat,
    format_of,
    read_dataset_bytes,
    write_dataset_to,
)
from studiolo.datasets.reading_options import ReadingOptions
from studiolo.workspace.datasets.uploads import UploadedDataset
from studiolo.workspace.errors import UploadTooLargeError, WorkspaceUnwritableError
from studiolo.workspace.studio.errors import (
    ColumnConversionError,
    UploadOffsetError,
    UploadUnknownError,
)
from studiolo.workspace.workspace import Workspace

#: Bytes of an upload.
LARGEST: Final = 16 << 30
#: Seconds after which an unfinished upload is removed.
_ABANDONED: Final = 7 * 24 * 3600
#: The types that a column can be given.
_TYPES: Final[Mapping[str, pa.DataType]] = {
    "text": pa.large_string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}


@dataclass(frozen=True, kw_only=True)
class PartialUpload:
    """An upload, as far as it has come."""

    id: str
    #: Bytes that have arrived; the next piece begins here.
    offset: int


class PartialUploads:
    """The uploads that are under way. They survive a restart of the server."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._folder = workspace.server_folder / "uploads"
        self._lock = threading.Lock()

    def begin(self, name: str, size: int) -> PartialUpload:
        """Begin an upload of a file.

        Raises:
            UnknownFormatError: The file's name does not end as that of a dataset.
            UploadTooLargeError: It is too large.
            WorkspaceUnwritableError: It can't be kept.
        """
        format_of(name)
        if size > LARGEST:
            raise UploadTooLargeError(name=name, limit=LARGEST)
        upload = secrets.token_hex(16)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._remove_abandoned()
            os.close(os.open(self._folder / upload, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise self._unwritable(error) from error
        return PartialUpload(id=upload, offset=0)

    def find(self, upload: str) -> PartialUpload:
        """How far an upload has come.

        Raises:
            UploadUnknownError: There is none.
        """
        return PartialUpload(id=upload, offset=self._path(upload).stat().st_size)

    def add(self, upload: str, offset: int, piece: bytes) -> PartialUpload:
        """Add a piece to an upload.

        Raises:
            UploadUnknownError: There is no such upload.
            UploadOffsetError: The piece does not begin where the upload ends.
            UploadTooLargeError: There is more than the limit.
            WorkspaceUnwritableError: It can't be kept; what was there stays.
        """
        path = self._path(upload)
        with self._lock:
            there = path.stat().st_size
            if offset != there:
                raise UploadOffsetError(offset=offset, expected=there)
            if there + len(piece) > LARGEST:
                raise UploadTooLargeError(name=upload, limit=LARGEST)
            try:
                with path.open("ab") as file:
                    file.write(piece)
            except OSError as error:
                os.truncate(path, there)
                raise self._unwritable(error) from error
        return PartialUpload(id=upload, offset=there + len(piece))

    def preview(self, upload: str, name: str, options: ReadingOptions) -> Dataset:
        """The dataset that an upload will be, as it is read with these options.

        Raises:
            UploadUnknownError: There is no such upload.
            DatasetError: It can't be read.
        """
        path = self._path(upload)
        if not path.stat().st_size:
            return read_dataset_bytes(b"", name=name, options=options)
        with pa.memory_map(str(path)) as mapped:
            return read_dataset_bytes(mapped.read_buffer(), name=name, options=options)

    def finish(self, upload: str, name: str, *, replace: bool) -> UploadedDataset:
        """Make a dataset file of an upload; see `Workspace.upload`."""
        path = self._path(upload)
        with path.open("rb") as file:
            made = self._workspace.upload(name, file, replace=replace, limit=LARGEST)
        path.unlink(missing_ok=True)
        return made

    def finish_as(
        self,
        upload: str,
        name: str,
        options: ReadingOptions,
        types: Mapping[str, str],
        *,
        replace: bool,
    ) -> UploadedDataset:
        """Make a dataset file of an upload whose columns get other types than were guessed.

        It is a Parquet file, which keeps types; the name gets that extension.

        Args:
            upload: The upload.
            name: The name of the file that was uploaded.
            options: How it is read.
            types: By column, `text`, `integer`, `number`, `boolean` or `timestamp`.
            replace: As for `finish`.

        Raises:
            DatasetError: The file can't be read.
            ColumnConversionError: There is no such column, or a value can't be of the type.
        """
        dataset = _with_types(self.preview(upload, name, options), types)
        sink = io.BytesIO()
        stored = f"{name.removesuffix('.gz').rpartition('.')[0]}.parquet"
        write_dataset_to(dataset, sink, name=stored, format=FileFormat.PARQUET)
        made = self._workspace.upload(stored, sink.getvalue(), replace=replace)
        self._path(upload).unlink(missing_ok=True)
        return made

    def discard(self, upload: str) -> None:
        """Forget an upload.

        Raises:
            UploadUnknownError: There is none.
        """
        self._path(upload).unlink(missing_ok=True)

    def path(self, upload: str) -> Path:
        """Where an upload is, to be taken as it is.

        Raises:
            UploadUnknownError: There is none.
        """
        return self._path(upload)

    def _path(self, upload: str) -> Path:
        path = self._folder / upload
        if not (upload.isalnum() and upload.isascii()) or not path.is_file():
            raise UploadUnknownError(upload=upload)
        return path

    def _remove_abandoned(self) -> None:
        for path in self._left():
            path.unlink(missing_ok=True)

    def _left(self) -> Iterator[Path]:
        before = time.time() - _ABANDONED
        for path in self._folder.iterdir():
            if path.stat().st_mtime < before:
                yield path

    def _unwritable(self, error: OSError) -> WorkspaceUnwritableError:
        return WorkspaceUnwritableError(path=self._folder, reason=error.strerror or str(error))


def _with_types(dataset: Dataset, types: Mapping[str, str]) -> Dataset:
    table = dataset.table
    for name, wanted in types.items():
        if name not in table.column_names or wanted not in _TYPES:
            reason = f"there is no such column, or the type is none of {', '.join(_TYPES)}"
            raise ColumnConversionError(column=name, wanted=wanted, reason=reason)
        place = table.column_names.index(name)
        column: Any = table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        try:
            table = table.set_column(place, name, column.cast(_TYPES[wanted]))
        except pa.ArrowException as error:
            raise ColumnConversionError(column=name, wanted=wanted, reason=str(error)) from error
    return Dataset(table=table, roles=dataset.roles)
