"""A run's directory on the host's disk, where a run can't have a file system of its own.

The script owns everything in it. It may have taken every right from it, put folders into folders
until no path reaches them, and it goes on doing so while the host looks.
"""

import contextlib
import itertools
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FIND = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PREFIX = "studiolo-"
#: Nested folders. Looking at them takes a descriptor each.
DEEPEST = 64


@dataclass(kw_only=True)
class _Room:
    """The room that a run has left in its directory."""

    size: int
    files: int


class _ExceededError(Exception):
    """There is no room left, or the script hides how much there is."""


def new_root() -> Path:
    """A folder for the directories of one sandbox's runs, which their users may pass through.

    What processes of ours that were killed have left of theirs is removed on this occasion.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists() and _is_ours(left):
            # Another process may be at the same.
            with contextlib.suppress(OSError):
                remove_tree(left)
    root = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    root.chmod(0o711)
    return root


def _is_ours(path: Path) -> bool:
    """Whether it is a folder of this user's: any user can make something of that name in /tmp."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def exceeds(directory: int, process: int, *, size: int, files: int) -> bool:
    """Whether the directory holds more bytes or files, or whether that can't be said.

    Files that ``process`` has open count even if they have no name any more.
    """
    room = _Room(size=size - _bytes_without_name(directory, process), files=files)
    if room.size < 0:
        return True
    try:
        _count(directory, room, DEEPEST)
    except (_ExceededError, PermissionError):
        return True
    except OSError:
        # Folders vanish while they are looked at; there is another look soon.
        return False
    return False


def remove_tree(directory: Path) -> None:
    """Remove a directory whose script is gone.

    Folders are lifted to the top before they are emptied, so that neither the depth of them nor
    the length of their paths matters.
    """
    directory.chmod(0o700)
    top = os.open(directory, _OPEN)
    try:
        lifted = (f"{secrets.token_hex(8)}-{number}" for number in itertools.count())
        pending = _remove_files(top)
        while pending:
            name = pending.pop()
            folder = os.open(name, _OPEN, dir_fd=top)
            try:
                for inner in _remove_files(folder):
                    pending.append(next(lifted))
                    os.rename(inner, pending[-1], src_dir_fd=folder, dst_dir_fd=top)
            finally:
                os.close(folder)
            os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    directory.rmdir()


def _remove_files(folder: int) -> list[str]:
    """Remove all but the folders in it, which are returned; all of them can be opened then."""
    folders = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                os.chmod(entry.name, 0o700, dir_fd=folder)
                folders.append(entry.name)
            else:
                os.unlink(entry.name, dir_fd=folder)
    return folders


def _count(folder: int, room: _Room, depth: int) -> None:
    if not depth:
        raise _ExceededError
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            room.size -= status.st_blocks * 512
            room.files -= 1
            if room.size < 0 or room.files < 0:
                raise _ExceededError
            if stat.S_ISDIR(status.st_mode):
                inner = _open_folder(folder, entry.name)
                try:
                    _count(inner, room, depth - 1)
                finally:
                    os.close(inner)


def _open_folder(parent: int, name: str) -> int:
    """Open a folder that its owner, who may be our own user, may have made unreadable."""
    found = os.open(name, _FIND, dir_fd=parent)
    try:
        # By descriptor: the name may have become a link to a file of the host by now.
        place = Path(f"/proc/self/fd/{found}")
        if place.stat().st_mode & 0o700 != 0o700:
            place.chmod(0o700)
        return os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    finally:
        os.close(found)


def _bytes_without_name(directory: int, process: int) -> int:
    device = os.fstat(directory).st_dev
    total = 0
    try:
        descriptors = list(Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return 0
    for descriptor in descriptors:
        try:
            status = descriptor.stat()
        except OSError:
            continue
        if status.st_dev == device and not status.st_nlink and stat.S_ISREG(status.st_mode):
            total += status.st_blocks * 512
    return total
