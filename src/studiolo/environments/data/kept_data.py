"""The data that a workspace keeps for NLTK, which its scripts find without a change."""

import functools
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from studiolo.environments.data.errors import DataFolderError, DataUnknownError
from studiolo.environments.data.nltk_source import NltkFile, nltk_source

#: Below the folder of the workspace's environments.
_PLACE: Final = ("data", "nltk")
_ADDING: Final = ".adding-"


@dataclass(frozen=True, kw_only=True)
class EnvironmentData:
    """The data that the sandbox shows to scripts, read-only: a folder as `NLTK_DATA` names it."""

    folder: Path
    #: Of all paths and contents: equal data have an equal one.
    digest: str

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables by which the library finds them."""
        return {"NLTK_DATA": os.fspath(self.folder)}


class _File(NamedTuple):
    """A file as it was when its content was read."""

    path: Path
    inode: int
    size: int
    changed: int


class KeptData:
    """The data below the folder of a workspace's environments."""

    def __init__(self, environments: Path) -> None:
        self._environments = environments
        self._folder = environments.joinpath(*_PLACE)

    def names(self) -> Sequence[str]:
        """The data, such as "corpora/stopwords"."""
        if not self._folder.is_dir():
            return []
        found = self._folder.glob("[!.]*/[!.]*")
        return sorted(path.relative_to(self._folder).as_posix() for path in found if path.is_dir())

    def shown(self) -> EnvironmentData | None:
        """The data for a sandbox; None if there are none.

        Raises:
            DataFolderError: Their folder is a link, or can't be read.
        """
        if not self.names():
            return None
        self._check()
        with self._folder_errors():
            return EnvironmentData(folder=self._folder.resolve(), digest=_digest(self._folder))

    def add(self, names: Sequence[str], source: Path) -> Sequence[str]:
        """Copy data out of a folder or a zip: all of those names or nothing.

        Data that are there already are replaced.

        Args:
            names: Such as "stopwords".
            source: The folder `nltk_data`, or a zip of it.

        Returns:
            What was added, such as "corpora/stopwords".

        Raises:
            DataUnknownError: The source has no data of one of the names.
            DataUnreadableError: The source can't be used.
            DataFolderError: The workspace's folder can't be used.
        """
        with nltk_source(source) as found:
            files = {name: found.files(name) for name in names}
            self._check()
            with self._staged() as staged:
                for one in files.values():
                    for file in one:
                        self._copy(file, staged)
                return self._placed(staged)

    def download(
        self,
        names: Sequence[str],
        *,
        index: str | None = None,
        progress: Callable[[str, int], None] = lambda *_: None,
    ) -> Sequence[str]:
        """Add data from the network: all of those names or nothing; see `nltk_download`.

        Raises:
            DataUnknownError: The index has no data of one of the names.
            DataDownloadError: Something can't be reached, or is not what the index describes.
            DataUnreadableError, DataFolderError: As `add`.
        """
        # Here and not above: every run looks for data, and none downloads.
        from studiolo.environments.data.nltk_download import (  # noqa: PLC0415
            NLTK_INDEX,
            download,
        )

        with tempfile.TemporaryDirectory(prefix="studiolo-") as folder:
            made = Path(folder, "nltk_data")
            download(names, made, index=index or NLTK_INDEX, progress=progress)
            return self.add(names, made)

    def remove(self, names: Sequence[str]) -> Sequence[str]:
        """Remove data: all of those names or nothing; what was removed.

        Raises:
            DataUnknownError: There are no data of one of the names.
            DataFolderError: The workspace's folder can't be used.
        """
        known = self.names()
        removed = []
        for name in names:
            found = [one for one in known if name in (one, one.rpartition("/")[2])]
            if not found:
                bare = [one.rpartition("/")[2] for one in known]
                raise DataUnknownError(name=name, place="The workspace", known=bare)
            removed += found
        self._check()
        with self._folder_errors():
            for one in removed:
                shutil.rmtree(self._folder / one)
        return removed

    def _check(self) -> None:
        """Refuse a link in the folder's place: what it leads to would be shown to scripts."""
        expected = self._environments.parent.resolve() / self._environments.name
        if self._folder.resolve() != expected.joinpath(*_PLACE):
            reason = "it is a link, or is in one; put the folder itself there"
            raise DataFolderError(folder=self._folder, reason=reason)

    @contextmanager
    def _staged(self) -> Iterator[Path]:
        """A folder beside the data, removed in the end."""
        with self._folder_errors():
            self._folder.mkdir(parents=True, exist_ok=True)
            staged = Path(tempfile.mkdtemp(prefix=_ADDING, dir=self._folder.parent))
        try:
            yield staged
        finally:
            shutil.rmtree(staged, ignore_errors=True)

    def _copy(self, file: NltkFile, staged: Path) -> None:
        with file.open() as content, self._folder_errors():
            path = staged / "new" / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as sink:
                shutil.copyfileobj(content, sink)

    def _placed(self, staged: Path) -> Sequence[str]:
        """Give what is complete its place, and what was there before to the staging folder."""
        added = []
        with self._folder_errors():
            # The sandbox's user has to read them, whatever the umask.
            for path in (self._folder, *(staged / "new").rglob("*")):
                path.chmod(0o755 if path.is_dir() else 0o644)
            for new in sorted((staged / "new").glob("*/*")):
                name = new.relative_to(staged / "new")
                place = self._folder / name
                place.parent.mkdir(exist_ok=True)
                place.parent.chmod(0o755)
                if place.exists():
                    (staged / "old" / name.parent).mkdir(parents=True, exist_ok=True)
                    place.rename(staged / "old" / name)
                try:
                    new.rename(place)
                except OSError:
                    with suppress(OSError):
                        (staged / "old" / name).rename(place)
                    raise
                added.append(name.as_posix())
        return added

    @contextmanager
    def _folder_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise DataFolderError(folder=self._folder, reason=reason) from error


def _digest(folder: Path) -> str:
    """The digest of all paths and contents below a folder; files that did not change are not read.

    A link is taken for what it says: the sandbox does not show what is outside of the folder.
    """
    found = []
    for below, folders, names in os.walk(folder):
        for name in (*names, *folders):
            path = Path(below, name)
            facts = path.lstat()
            if not stat.S_ISDIR(facts.st_mode):
                found.append(_File(path, facts.st_ino, facts.st_size, facts.st_mtime_ns))
    return _digest_of(folder, tuple(sorted(found)))


@functools.lru_cache(maxsize=8)
def _digest_of(folder: Path, found: tuple[_File, ...]) -> str:
    whole = hashlib.sha256()
    for file in found:
        for part in (bytes(file.path.relative_to(folder)), _content(file.path)):
            whole.update(b"%d:" % len(part))
            whole.update(part)
    return whole.hexdigest()[:16]


def _content(path: Path) -> bytes:
    if path.is_symlink():
        return b"->" + bytes(path.readlink())
    # A pipe would never end.
    return path.read_bytes() if path.is_file() else b""
