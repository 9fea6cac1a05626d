"""NLTK's data as a version of a service keeps them: archives by name, and their folder again."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from studiolo.environments.data.errors import DataFolderError, DataHomeError
from studiolo.environments.data.kept_data import EnvironmentData
from studiolo.environments.location import studiolo_home
from studiolo.environments.use import use
from studiolo.files.inside import leads_out
from studiolo.files.leftovers import leftovers_in, remove_leftover, unfinished_folder

#: Where their folders are, and what the names of these begin with. Not in the workspace: its state
#: folder is closed to the user that scripts of root run as.
_PLACE: Final = "data"
_NLTK: Final = "nltk-"


def frozen_names(data: EnvironmentData) -> Sequence[str]:
    """The names of the data to freeze, such as "corpora/stopwords"."""
    found = data.folder.glob("[!.]*/[!.]*")
    return sorted(path.relative_to(data.folder).as_posix() for path in found)


def freeze_data(data: EnvironmentData, name: str, archive: BinaryIO) -> None:
    """Write the data of a name as a zip; equal data give equal bytes.

    Raises:
        DataFolderError: They can't be read.
        OSError: The archive can't be written.
    """
    # Without compression: most of it is compressed text or numbers, and it is unpacked each time.
    with zipfile.ZipFile(archive, "w") as written:
        for path in _files(data.folder / name):
            if leads_out(path, data.folder):
                continue  # the sandbox does not show it either
            try:
                content = path.read_bytes()
            except OSError as error:
                reason = f"{path.name}: {error.strerror}"
                raise DataFolderError(folder=data.folder, reason=reason) from error
            # Its time is always the same.
            member = zipfile.ZipInfo(path.relative_to(data.folder).as_posix())
            written.writestr(member, content)


def thaw_data(
    archives: Mapping[str, str],
    copy: Callable[[str, int], None],
    *,
    home: Path | None = None,
) -> EnvironmentData:
    """The data of archives in a folder, which stays for others that have the same.

    Args:
        archives: The SHA-256 of each archive, by the name of its data.
        copy: Writes the archive of a SHA-256 to a descriptor.
        home: The folder of what this machine's Studiolo keeps, if not the usual one.

    Raises:
        DataHomeError: The folder can't be made.
        StudioloError: What ``copy`` raises.
    """
    whole = hashlib.sha256(repr(sorted(archives.items())).encode()).hexdigest()[:16]
    folder = (home or studiolo_home()) / _PLACE / f"{_NLTK}{whole}"
    with _home_errors(folder.parent):
        _make_enterable(folder.parent)
    use(folder)
    if not folder.is_dir():
        for file in leftovers_in(folder.parent):
            remove_leftover(file)
        with _home_errors(folder.parent), unfinished_folder(folder.parent) as staged:
            made = staged / folder.name
            made.mkdir()
            for digest in archives.values():
                with tempfile.TemporaryFile(dir=staged) as archive:
                    copy(digest, archive.fileno())
                    zipfile.ZipFile(archive).extractall(made)
            _show_to_all(made)
            _place(made, folder)
    return EnvironmentData(folder=folder, digest=whole)


def frozen_data_folders(home: Path) -> Sequence[Path]:
    """The folders of such data, whole or half removed, below the one of this machine's Studiolo."""
    return sorted(path for path in (home / _PLACE).glob(f"*{_NLTK}*") if path.is_dir())


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for below, folders, names in os.walk(path):
        folders.sort()
        yield from (file for name in sorted(names) if (file := Path(below, name)).is_file())


def _place(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        # Another process has been faster.
        if not folder.is_dir():
            raise


def _make_enterable(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)


def _show_to_all(folder: Path) -> None:
    """Let the sandbox's user read them, whatever the umask."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


@contextmanager
def _home_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataHomeError(folder=folder, reason=reason) from error
