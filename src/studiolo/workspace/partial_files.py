"""Files that arrive in pieces, over a connection that may be lost in between."""

import os
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from studiolo.workspace.errors import (
    UploadOffsetError,
    UploadTooLargeError,
    UploadUnknownError,
    WorkspaceUnwritableError,
)

#: Seconds after which an unfinished upload is removed.
_ABANDONED: Final = 7 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class PartialUpload:
    """An upload, as far as it has come."""

    id: str
    #: Bytes that have arrived; the next piece begins here.
    offset: int


class PartialFiles:
    """The uploads that are under way. They survive a restart of the server.

    For any number of threads. An id is a secret of 128 bits: a caller that knows it may go on.
    """

    def __init__(self, folder: Path, *, largest: int) -> None:
        """Know the uploads.

        Args:
            folder: Where they are; made when it is needed.
            largest: Bytes that one may have.
        """
        self._folder = folder
        self._largest = largest
        self._lock = threading.Lock()

    def begin(self, name: str, size: int) -> PartialUpload:
        """Begin an upload.

        Args:
            name: What errors call the file.
            size: The bytes that it will have.

        Raises:
            UploadTooLargeError: It is too large.
            WorkspaceUnwritableError: It can't be kept.
        """
        if size > self._largest:
            raise UploadTooLargeError(name=name, limit=self._largest)
        upload = secrets.token_hex(16)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.remove_abandoned()
            os.close(os.open(self._folder / upload, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise self._unwritable(error) from error
        return PartialUpload(id=upload, offset=0)

    def find(self, upload: str) -> PartialUpload:
        """How far an upload has come.

        Raises:
            UploadUnknownError: There is none.
        """
        return PartialUpload(id=upload, offset=self.path(upload).stat().st_size)

    def add(self, upload: str, offset: int, piece: bytes) -> PartialUpload:
        """Add a piece to an upload.

        Raises:
            UploadUnknownError: There is no such upload.
            UploadOffsetError: The piece does not begin where the upload ends.
            UploadTooLargeError: There is more than the limit.
            WorkspaceUnwritableError: It can't be kept; what was there stays.
        """
        path = self.path(upload)
        with self._lock:
            there = path.stat().st_size
            if offset != there:
                raise UploadOffsetError(offset=offset, expected=there)
            if there + len(piece) > self._largest:
                raise UploadTooLargeError(name=upload, limit=self._largest)
            try:
                with path.open("ab") as file:
                    file.write(piece)
            except OSError as error:
                os.truncate(path, there)
                raise self._unwritable(error) from error
        return PartialUpload(id=upload, offset=there + len(piece))

    def discard(self, upload: str) -> None:
        """Forget an upload.

        Raises:
            UploadUnknownError: There is none.
        """
        self.path(upload).unlink(missing_ok=True)

    def path(self, upload: str) -> Path:
        """Where an upload is, to be taken as it is.

        Raises:
            UploadUnknownError: There is none.
        """
        path = self._folder / upload
        if not (upload.isalnum() and upload.isascii()) or not path.is_file():
            raise UploadUnknownError(upload=upload)
        return path

    def remove_abandoned(self, *, seconds: float = _ABANDONED) -> None:
        """Remove the uploads to which nothing was added for so long."""
        before = time.time() - seconds
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> WorkspaceUnwritableError:
        return WorkspaceUnwritableError(path=self._folder, reason=error.strerror or str(error))
