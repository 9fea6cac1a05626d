"""The bytes of results, each under the name of its own content's SHA-256."""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studiolo.files.whole_file import sync_folder
from studiolo.store.errors import (
    BlobMissingError,
    BlobRottenError,
    RecordsUnusableError,
    store_errors,
)
from studiolo.store.folder import make_private_folder
from studiolo.store.identity import BlobDigest
from studiolo.store.locks import SoleUse

#: Names of files that are being written begin with this, and no digest does.
_INCOMING = "incoming-"
#: As much as is hashed and written at a time: what was hashed is then still in the cache.
_PIECE = 1 << 20
_WHY = "results can't be kept in it"


@dataclass(frozen=True, kw_only=True)
class Blob:
    """Bytes that are kept, and have reached the disk."""

    digest: BlobDigest
    #: Bytes.
    size: int


@dataclass(frozen=True, kw_only=True)
class Swept:
    """The files that a sweep removed."""

    blobs: int
    #: Files that killed processes had not finished.
    unfinished: int
    #: Bytes.
    size: int


class Blobs:
    """The blobs of one workspace.

    A blob appears under its name all at once, complete and on the disk, and doesn't change any
    more. Several processes may put the same one at the same time. A caller that puts or opens blobs
    holds a `WorkspaceUse` meanwhile.
    """

    def __init__(self, store: Path) -> None:
        #: The folder that holds them, the records and the locks.
        self.store = store
        self.folder = store / "blobs"

    def path(self, digest: BlobDigest) -> Path:
        """The file of the blob, whether or not it is there."""
        return self.folder / digest[:2] / digest

    def exists(self, digests: Iterable[BlobDigest]) -> Set[BlobDigest]:
        """Those of the blobs that are there; says nothing of their content."""
        root = str(self.folder)
        return {
            digest
            for digest in digests
            if os.path.exists(f"{root}/{digest[:2]}/{digest}")  # noqa: PTH110  # a thousand at a time
        }

    def put_file(self, descriptor: int) -> Blob:
        """Keep the content of an open file, from its beginning; its position stays as it is.

        Raises:
            RecordsFullError: There is no room.
            RecordsReadOnlyError: The workspace can't be written.
        """
        return self._put(_pieces(descriptor))

    def put_bytes(self, content: bytes | memoryview) -> Blob:
        """Keep these bytes.

        Raises:
            RecordsFullError: There is no room.
            RecordsReadOnlyError: The workspace can't be written.
        """
        return self._put([memoryview(content).cast("B")])

    def open(self, digest: BlobDigest) -> int:
        """A descriptor of the blob, for reading, which the caller closes.

        Raises:
            BlobMissingError: It isn't there.
            RecordsUnusableError: The operating system doesn't let it be opened.
        """
        path = self.path(digest)
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise BlobMissingError(path=path) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise RecordsUnusableError(path=path, reason=reason) from error

    def check(self, digest: BlobDigest) -> Blob:
        """Read all of the blob, to see whether it is what was written.

        Raises:
            BlobMissingError: It isn't there.
            BlobRottenError: It is not.
        """
        return self._read(digest, lambda _: None)

    def copy(self, digest: BlobDigest, descriptor: int) -> Blob:
        """Write the blob to an open file, and see on the way whether it is what was written.

        Raises:
            BlobMissingError: It isn't there.
            BlobRottenError: It is not; what has been written to the file is worth nothing.
        """
        return self._read(digest, lambda piece: _write(descriptor, piece))

    def _read(self, digest: BlobDigest, use: Callable[[memoryview], None]) -> Blob:
        descriptor = self.open(digest)
        hashing = hashlib.sha256()
        size = 0
        try:
            pieces = _pieces(descriptor)
            while (piece := self._next(pieces, digest)) is not None:
                hashing.update(piece)
                use(piece)
                size += len(piece)
        finally:
            os.close(descriptor)
        if hashing.hexdigest() != digest:
            reason = f"the SHA-256 of its {size} bytes is {hashing.hexdigest()}"
            raise BlobRottenError(path=self.path(digest), reason=reason)
        return Blob(digest=digest, size=size)

    def _next(self, pieces: Iterator[memoryview], digest: BlobDigest) -> memoryview | None:
        try:
            return next(pieces, None)
        except OSError as error:
            reason = f"it can't be read ({error.strerror})"
            raise BlobRottenError(path=self.path(digest), reason=reason) from error

    def discard(self, digest: BlobDigest) -> None:
        """Remove a blob that was found rotten, so that it can be put anew."""
        with store_errors(self.store, purpose="nothing can be removed from it"):
            self.path(digest).unlink(missing_ok=True)

    def sweep(self, referenced: Callable[[], Set[BlobDigest]], *, alone: SoleUse) -> Swept:
        """Remove the blobs that are not referred to, and what killed processes left unfinished.

        Args:
            referenced: Says which blobs are referred to. It is asked here, after ``alone`` was
                taken: an answer from before may lack what was recorded since.
            alone: Proof that no other process is using this workspace.

        Raises:
            ValueError: It isn't held, or is another workspace's.
        """
        if not alone.covers(self.store):
            raise ValueError(f"a sweep of {self.store} needs its SoleUse, held")
        keep = referenced()
        unfinished = list(self.folder.glob(f"{_INCOMING}*"))
        unused = [path for path in self.folder.glob("[0-9a-f][0-9a-f]/*") if path.name not in keep]
        with store_errors(self.store, purpose="nothing can be removed from it"):
            size = sum(path.stat().st_size for path in (*unfinished, *unused))
            for path in (*unfinished, *unused):
                path.unlink()
        return Swept(blobs=len(unused), unfinished=len(unfinished), size=size)

    def _put(self, pieces: Iterable[memoryview]) -> Blob:
        with store_errors(self.store, purpose=_WHY), self._incoming() as (path, descriptor):
            hashing = hashlib.sha256()
            size = 0
            for piece in pieces:
                # The same bytes of the same buffer: were the source to change in between, the
                # digest would still be of what was written.
                hashing.update(piece)
                _write(descriptor, piece)
                size += len(piece)
            blob = Blob(digest=BlobDigest(hashing.hexdigest()), size=size)
            if not self._is_there(blob):
                os.fchmod(descriptor, 0o400)
                os.fsync(descriptor)
                self._rename(path, self.path(blob.digest))
            # A record that names the blob may be on the disk in a moment; the blob's own name has
            # to be there before, and who put it first may not have come so far yet.
            sync_folder(self.path(blob.digest).parent)
        return blob

    @contextmanager
    def _incoming(self) -> Iterator[tuple[Path, int]]:
        """A new file beside the blobs; gone at the end unless it was renamed."""
        path = self.folder / f"{_INCOMING}{os.getpid()}-{secrets.token_hex(8)}"
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
        try:
            descriptor = os.open(path, flags, 0o600)
        except FileNotFoundError:
            make_private_folder(self.store)
            self.folder.mkdir(exist_ok=True)
            sync_folder(self.store)
            descriptor = os.open(path, flags, 0o600)
        try:
            yield path, descriptor
        finally:
            os.close(descriptor)
            path.unlink(missing_ok=True)

    def _is_there(self, blob: Blob) -> bool:
        # One that has rotted is replaced: making a result again is the only way to repair it.
        try:
            self.check(blob.digest)
        except (BlobMissingError, BlobRottenError):
            return False
        return True

    def _rename(self, written: Path, final: Path) -> None:
        # Another process may have put the same blob since: the one takes the other's place.
        try:
            written.rename(final)
        except FileNotFoundError:
            final.parent.mkdir(exist_ok=True)
            sync_folder(self.folder)
            written.rename(final)


def _pieces(descriptor: int) -> Iterator[memoryview]:
    buffer = bytearray(min(_PIECE, max(os.fstat(descriptor).st_size, 1)))
    view = memoryview(buffer)
    position = 0
    while count := os.preadv(descriptor, [buffer], position):
        yield view[:count]
        position += count


def _write(descriptor: int, piece: memoryview) -> None:
    rest = piece
    while rest:
        rest = rest[os.write(descriptor, rest[:_PIECE]) :]
