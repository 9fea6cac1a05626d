"""Puts files in their places whole, and never over one that is not to be replaced."""

import errno
import os
import secrets
import shutil
from pathlib import Path

from studiolo.datasets.whole_file import leads_out

#: What file systems say that know no second name for a file.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV}


def put(content: bytes | memoryview, path: Path, *, folder: Path, replace: bool) -> None:
    """Write a file below a folder; folders that are missing are made.

    Raises:
        FileExistsError: There is a file, and it is not to be replaced.
        OSError: It can't be written; what was there before is as it was.
    """
    _make_parent(path, folder)
    # Nobody takes a file with a dot before its name for a dataset, a script or a module.
    staged = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.part")
    try:
        # Made like any new file, with the permissions that the process's umask leaves.
        with staged.open("xb") as sink:
            sink.write(content)
            sink.flush()
            os.fsync(sink.fileno())
        if replace:
            staged.replace(path)
        else:
            put_new(staged, path, folder=folder)
    finally:
        staged.unlink(missing_ok=True)


def put_new(staged: Path, path: Path, *, folder: Path) -> None:
    """Give a complete file its place below a folder; it keeps its old name as well.

    Raises:
        FileExistsError: Something is there.
        OSError: It can't be done.
    """
    _make_parent(path, folder)
    try:
        # Unlike a rename it fails where something is, even if that came this moment.
        path.hardlink_to(staged)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with staged.open("rb") as source, path.open("xb") as sink:
            try:
                shutil.copyfileobj(source, sink)
            except OSError:
                path.unlink()
                raise


def _make_parent(path: Path, folder: Path) -> None:
    """Make the folders that a file lies in; no link may lead out of the folder it belongs to."""
    if leads_out(path.parent, folder):
        raise OSError(errno.EXDEV, f"a symbolic link in its path leads out of {folder}", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
