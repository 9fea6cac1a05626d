"""Environments that are kept on this machine, and removing them: each can be built again."""

import fcntl
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studiolo.environments.building.build import MARKER, building_errors
from studiolo.environments.data.frozen_data import frozen_data_folders
from studiolo.environments.location import environments_home
from studiolo.environments.use import lock_of
from studiolo.files.size_on_disk import size_on_disk

#: What each environment's folder has; see `build`.
_PYTHON = Path("bin", "python")
_REMOVED = ".removed-"


@dataclass(frozen=True, kw_only=True)
class KeptEnvironment:
    """An environment's folder."""

    path: Path
    #: Bytes on the disk.
    size: int
    #: When a process last began to use it, in seconds since the epoch.
    last_used: float

    def remove(self) -> bool:
        """Remove it; False if it is being built or used at this moment.

        What its scripts' dependencies were resolved to is kept: built again, it is the same.

        Raises:
            EnvironmentsFolderError: The folder can't be written.
        """
        with building_errors(self.path.name, self.path.parent):
            held = os.open(lock_of(self.path), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Whole or not at all: no process may find half of one.
                removed = self.path.with_name(f"{_REMOVED}{os.getpid()}-{self.path.name}")
                self.path.rename(removed)
                shutil.rmtree(removed)
            except BlockingIOError:
                return False
            finally:
                os.close(held)
        return True


def kept_environments(home: Path | None = None) -> Sequence[KeptEnvironment]:
    """Every environment, built or half removed, by name."""
    folder = home or environments_home()
    found = folder.iterdir() if folder.is_dir() else ()
    return [
        _kept(path)
        for path in sorted(found)
        if path.name.startswith(_REMOVED) or (path / _PYTHON).is_symlink()
    ]


def prune(
    home: Path | None = None, *, keep: int | None = None, unused_since: float | None = None
) -> Sequence[KeptEnvironment]:
    """Remove environments, first those that were used longest ago; those that were removed.

    One that a process uses stays.

    Args:
        home: The folder of all environments, if not the usual one.
        keep: The bytes that those that stay may take together; any number if not given.
        unused_since: Remove only what was last used before this time, in seconds since the epoch.
            Data of versions of services go as well.

    Raises:
        EnvironmentsFolderError: The folder can't be written.
    """
    found = sorted(kept_environments(home), key=lambda one: one.last_used)
    left = sum(one.size for one in found)
    removed = []
    for one in found:
        if keep is not None and left <= keep:
            break
        if unused_since is not None and one.last_used >= unused_since:
            break
        if one.remove():
            left -= one.size
            removed.append(one)
    if unused_since is not None:
        for data in map(_kept, frozen_data_folders((home or environments_home()).parent)):
            if data.last_used < unused_since:
                data.remove()
    return removed


def _kept(path: Path) -> KeptEnvironment:
    return KeptEnvironment(path=path, size=_size(path), last_used=_last_used(path))


def _size(path: Path) -> int:
    """The bytes that its build has noted; counted if it is a ruin, or older than such notes."""
    with suppress(OSError, ValueError):
        return int((path / MARKER).read_bytes())
    size = size_on_disk(path)
    # Counting takes a second. A ruin has no such file, and gets none.
    with suppress(OSError), (path / MARKER).open("r+b") as note:
        note.write(str(size).encode())
    return size


def _last_used(path: Path) -> float:
    """The time of its lock file, which each process that uses it sets."""
    for file in (lock_of(path), path):
        with suppress(OSError):
            return file.stat().st_mtime
    return 0.0
