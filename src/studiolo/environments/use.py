"""The use of folders that are kept for this machine: one that a process uses is not removed.

Each has a lock beside it, which each of its users holds until its process ends.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

#: Locks of the folders that this process uses, by file.
_used: dict[Path, int] = {}


def use(folder: Path) -> None:
    """Keep others from removing a folder as long as this process lives."""
    path = lock_of(folder)
    if path in _used:
        return
    # If the folder can't be written to, no process can remove it either.
    with suppress(OSError):
        held = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
        else:
            _used[path] = held
            # When it was last used; see `removal`.
            os.utime(held)


def stop_using(folder: Path) -> None:
    """Let go of a folder that was removed by hand, or this process waits for itself."""
    if (held := _used.pop(lock_of(folder), None)) is not None:
        os.close(held)


def lock_of(folder: Path) -> Path:
    """The file is never removed: a process that waits for it would then hold a different one."""
    return folder.with_name(f"{folder.name}.lock")
