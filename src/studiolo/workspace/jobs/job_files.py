"""Files that callers send to the server or get from it, for those who have no blob storage.

A link to a file has a signature: who has the link may read the file until it expires, as with the
links of Azure's blob storage. The signatures' secret is a file that only the owner can read.
"""

import hashlib
import hmac
import os
import re
import secrets
import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from studiolo.datasets.formats import format_of_name
from studiolo.files.whole_file import sync_folder
from studiolo.workspace.errors import UploadOffsetError
from studiolo.workspace.jobs.errors import JobFileError, JobFileNameError
from studiolo.workspace.partial_files import PartialFiles, PartialUpload

#: Bytes of one file.
LARGEST: Final = 64 << 30
#: Seconds for which a link is good.
_GOOD_FOR = 24 * 3600
_ID = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._()+-]{0,150}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file of the server, by the folder that it is in and its name."""

    id: str
    name: str

    @property
    def location(self) -> str:
        """Its address below that of the server."""
        return f"files/{self.id}/{self.name}"


class JobFiles:
    """The files of one server. For any number of threads and processes."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is the server's own; made when it is needed."""
        self._folder = folder / "files"
        self._secret_file = folder / "link-secret"
        #: Files that have not arrived as a whole.
        self.incoming = PartialFiles(folder / "incoming", largest=LARGEST)

    def path(self, file: StoredFile) -> Path:
        """Where a file is, whether or not it is there.

        Raises:
            JobFileNameError: No file can be called so.
        """
        _check(file)
        return self._folder / file.id / file.name

    def begin(self, name: str, size: int) -> PartialUpload:
        """Begin a new file, which arrives in pieces; add them to `incoming`.

        Raises:
            JobFileNameError: It can't be called so, or its extension belongs to no format.
            UploadTooLargeError, WorkspaceUnwritableError: It can't be kept.
        """
        _check(StoredFile(id=secrets.token_hex(16), name=name))
        _check_format(name)
        return self.incoming.begin(name, size)

    def finish(self, upload: str, name: str, size: int) -> StoredFile:
        """Make a file of the server of one that has arrived.

        Args:
            upload: The upload.
            name: What the file is called, whose extension says the format.
            size: Its bytes.

        Raises:
            UploadUnknownError: There is no such upload.
            UploadOffsetError: It has less or more bytes.
            JobFileError: It can't be called so, or not be kept.
        """
        there = self.incoming.find(upload).offset
        if there != size:
            raise UploadOffsetError(offset=size, expected=there)
        return self.take(self.incoming.path(upload), name, instead="input")

    def take(self, path: Path, name: str, *, instead: str) -> StoredFile:
        """Make a file of this disk, such as an upload, one of the server's; it is moved.

        Args:
            path: Where it is now.
            name: What it is called, whose extension says the format.
            instead: What to call it where its own name is not possible, without the extension.

        Raises:
            JobFileNameError: The extension belongs to no format.
            JobFileError: It can't be moved.
        """
        _check_format(name)
        if not is_file_name(name):
            # The first of the extensions that say a format: ".csv.gz" and not ".gz".
            suffixes = Path(name).suffixes[-2:]
            whole = "".join(suffixes) if format_of_name(f"a{suffixes[0]}") else suffixes[-1]
            name = f"{instead if is_file_name(instead) else 'input'}{whole}"
        file = StoredFile(id=secrets.token_hex(16), name=name)
        target = self.make_room(file)
        try:
            with path.open("rb") as sent:
                os.fsync(sent.fileno())
            path.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            raise _unwritable(name, error) from error
        return file

    def make_room(self, file: StoredFile) -> Path:
        """The path of a file that is to be written, in a folder that is there.

        Raises:
            JobFileError: The disk can't be written.
        """
        path = self.path(file)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise _unwritable(file.name, error) from error
        return path

    def token(self, file: StoredFile) -> str:
        """The query that makes the address of a file a link to it, and expires."""
        expires = int(time.time()) + _GOOD_FOR
        return f"?se={expires}&sig={self._signature(file, expires)}"

    def is_good(self, file: StoredFile, token: str) -> bool:
        """Whether a token is one of the file's, and has not expired."""
        found = re.fullmatch(r"\??se=(\d{1,12})&sig=([0-9a-f]{64})", token)
        if found is None or int(found[1]) < time.time():
            return False
        return hmac.compare_digest(self._signature(file, int(found[1])), found[2])

    def remove(self, ids: Collection[str]) -> None:
        """Remove the files in these folders."""
        for each in ids:
            if _ID.fullmatch(each):
                shutil.rmtree(self._folder / each, ignore_errors=True)

    def older_than(self, seconds: float) -> Collection[str]:
        """The folders of files that were not written to for so long."""
        before = time.time() - seconds
        if not self._folder.is_dir():
            return []
        return [path.name for path in self._folder.iterdir() if path.stat().st_mtime < before]

    def _signature(self, file: StoredFile, expires: int) -> str:
        said = f"{file.location}\n{expires}".encode()
        return hmac.new(self._secret(), said, hashlib.sha256).hexdigest()

    def _secret(self) -> bytes:
        try:
            return self._secret_file.read_bytes()
        except FileNotFoundError:
            self._secret_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            drawn = self._secret_file.with_name(f".link-secret.{secrets.token_hex(8)}")
            descriptor = os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as sink:
                sink.write(secrets.token_bytes(32))
            try:
                # Of two processes that begin at the same time, one has the secret.
                self._secret_file.hardlink_to(drawn)
            except FileExistsError:
                pass
            finally:
                drawn.unlink()
            return self._secret_file.read_bytes()


def is_file_name(name: str) -> bool:
    """Whether a file of a batch job can be called so."""
    return _NAME.fullmatch(name) is not None


def _check(file: StoredFile) -> None:
    if _ID.fullmatch(file.id) is None or _NAME.fullmatch(file.name) is None:
        problem = "can't be called so: a name has up to 150 letters, digits, points and hyphens."
        raise JobFileNameError(name=file.name[:200], problem=problem)


def _check_format(name: str) -> None:
    if format_of_name(name) is None:
        problem = "has no extension of a dataset format, such as .csv or .parquet."
        raise JobFileNameError(name=name[:200], problem=problem)


def _unwritable(name: str, error: OSError) -> JobFileError:
    return JobFileError(name=name, problem=f"can't be kept: {error.strerror or error}.")
