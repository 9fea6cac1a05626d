"""Puts files in their places whole, and never over one that is not to be replaced."""

import errno
import shutil
from pathlib import Path

from studiolo.files.inside import leads_out
from studiolo.files.whole_file import staged, sync_folder

#: What file systems say that know no second name for a file.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV}


def put(content: bytes | memoryview, path: Path, *, folder: Path, replace: bool) -> None:
    """Write a file below a folder; folders that are missing are made.

    Raises:
        FileExistsError: There is a file, and it is not to be replaced.
        OSError: It can't be written; what was there before is unchanged.
    """
    _make_parent(path, folder)
    with staged(path, lambda written: place(written, path, folder, replace=replace)) as sink:
        sink.write(content)


def place(staged: Path, path: Path, folder: Path, *, replace: bool) -> None:
    """Give a complete file its place below a folder; folders that are missing are made.

    Raises:
        FileExistsError: There is a file, and it is not to be replaced.
        OSError: It can't be done; what was there before is unchanged.
    """
    if not replace:
        put_new(staged, path, folder=folder)
        return
    _make_parent(path, folder)
    staged.replace(path)
    sync_folder(path.parent)


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
    """Make the folders that a file is in; no link may lead out of the folder it belongs to."""
    if leads_out(path.parent, folder):
        raise OSError(errno.EXDEV, f"a symbolic link in its path leads out of {folder}", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
