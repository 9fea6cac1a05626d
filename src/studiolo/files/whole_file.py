"""Files that are there as a whole or not at all, whatever happens while they are written."""

import contextlib
import errno
import io
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from studiolo.files.leftovers import hold, unfinished_name

#: Bytes that are copied at a time.
_COPIED = 1 << 20


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream to a new file that takes the path's place once it is complete and on disk.

    A link to a file stays one. If anything fails, the old file is unchanged. A device or a pipe is
    written to and stays what it is: as root, another file in the place of `/dev/null` would break
    the machine.

    Raises:
        OSError: The file can't be written; or what the caller raises.
    """
    path = path.resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb", buffering=0) as device, io.BufferedWriter(device) as stream:
            yield stream
        return

    def place(written: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            written.chmod(path.stat().st_mode & 0o777)
        written.replace(path)

    with staged(path, place) as sink:
        yield sink


def move_to(source: Path, path: Path) -> None:
    """Let a file that is complete take the path's place, as `replacing` does.

    Raises:
        OSError: It can't be done; the file is where it was.
    """
    path = path.resolve()
    if path.is_file() or not path.exists():
        with contextlib.suppress(FileNotFoundError):
            source.chmod(path.stat().st_mode & 0o777)
        with source.open("rb") as file:
            os.fsync(file.fileno())
        try:
            source.replace(path)
        except OSError as error:
            if error.errno != errno.EXDEV:  # another file system
                raise
        else:
            sync_folder(path.parent)
            return
    with replacing(path) as sink, source.open("rb") as file:
        shutil.copyfileobj(file, sink, _COPIED)
    source.unlink()


@contextlib.contextmanager
def staged(path: Path, place: Callable[[Path], None]) -> Iterator[BinaryIO]:
    """A stream to a new file beside the path; ``place`` gives it that name once it is on disk.

    It has the permissions that the process's umask leaves. Its own name is hidden; see `leftovers`.

    Raises:
        OSError: It can't be written; or what the caller or ``place`` raises.
    """
    sink, temporary = _begun(path)
    try:
        with sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
            # Before it is closed, after which it could be taken for a leftover.
            place(temporary)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _begun(path: Path) -> tuple[BinaryIO, Path]:
    """A new file beside the path, open for writing."""
    while True:
        temporary = path.with_name(unfinished_name(path.name, secrets.token_hex(8)))
        sink = temporary.open("xb")
        if hold(sink.fileno()):
            return sink, temporary
        sink.close()


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk, not only the files' contents.

    Raises:
        OSError: It can't be done.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
