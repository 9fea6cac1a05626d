"""The folder that a workspace keeps its results and records in: its owner's alone."""

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(store: Path) -> None:
    """Make the folder if it is not there, and close it to other users if it is open to them.

    Results are the contents of datasets, and a user who can open a lock's file can hold the lock. A
    folder of another user stays as it is: its owner decides.

    Raises:
        OSError: It can't be made.
    """
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = store.stat()
    if status.st_uid == os.geteuid() and status.st_mode & _OTHERS:
        store.chmod(stat.S_IMODE(status.st_mode) & ~_OTHERS)
