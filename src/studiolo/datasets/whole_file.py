"""Writing a file so that it is there as a whole or not at all, whatever happens meanwhile."""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream to a new file that takes the path's place once it is complete and on disk.

    A link to a file stays one. If anything fails, an older file is as it was. A device or a pipe is
    written to and stays what it is: as root, another file in the place of `/dev/null` would break
    the machine.

    Raises:
        OSError: The file can't be written; or what the caller raises.
    """
    path = path.resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb", buffering=0) as device, io.BufferedWriter(device) as sink:
            yield sink
        return
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name[:80]}.", suffix=".part", delete=False
        ) as sink:
            temporary = Path(sink.name)
            yield cast("BinaryIO", sink.file)
            sink.flush()
            os.fsync(sink.fileno())
        temporary.chmod(_mode(path))
        temporary.replace(path)
        temporary = None
        _sync_folder(path.parent)
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a link in a path below the folder, or the path itself as one, leads out of it.

    The folder may be a link itself: its owner made it one.
    """
    return not path.resolve().is_relative_to(folder.resolve())


def _mode(path: Path) -> int:
    """Permissions of the file that is replaced; a new one may be read by all."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0o644


def _sync_folder(folder: Path) -> None:
    """Put the new name on disk too, not only the content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
