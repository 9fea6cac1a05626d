"""Leftovers of a process that was killed: files and folders that it was still making.

Each has a name of its own kind, and is locked by the process that makes it. The system takes the
lock away from a process that ends, however it ends; what has such a name and no lock is left over.
"""

import contextlib
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

#: The names of files that `whole_file` writes, and of `unfinished_folder`.
_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{16}\.part|\.copying-[a-z0-9_]+")
_COPYING = ".copying-"
#: The folder of a workspace's records and blobs, which takes care of its own.
_STATE = ".studiolo"


def unfinished_name(name: str, token: str) -> str:
    """The name, 16 hexadecimal digits apart from others, of a file that is being written.

    It begins with a dot, so that it is not taken for a dataset, a script or a module.
    """
    return f".{name[:40]}.{token}.part"


def hold(descriptor: int) -> bool:
    """Lock a new file or folder until the descriptor is closed.

    Returns:
        False if it was taken for a leftover before it was locked, and is gone.
    """
    # Without locks, as on some network file systems, nothing is taken for a leftover either.
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return os.fstat(descriptor).st_nlink > 0


@contextlib.contextmanager
def unfinished_folder(parent: Path) -> Iterator[Path]:
    """A hidden folder for files that will be put into their places together; gone at the end.

    Raises:
        OSError: It can't be made.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_COPYING, dir=parent))
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        if hold(descriptor):
            break
        os.close(descriptor)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def leftovers_in(folder: Path) -> list[Path]:
    """The files and folders here with such a name, whether or not they are still being made."""
    try:
        with os.scandir(folder) as entries:
            return [Path(e.path) for e in entries if _UNFINISHED.fullmatch(e.name)]
    except OSError:
        return []


def leftovers_below(folder: Path) -> Iterator[Path]:
    """The same for all folders of a workspace."""
    for path, folders, _ in os.walk(folder):
        found = leftovers_in(Path(path))
        yield from found
        folders[:] = [name for name in folders if name != _STATE and Path(path, name) not in found]


def remove_leftover(path: Path) -> None:
    """Remove one, if no process is making it; what can't be removed stays."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        finally:
            os.close(descriptor)
