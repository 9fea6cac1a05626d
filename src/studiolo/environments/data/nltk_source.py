"""NLTK's data in a folder or a zip that a user has, as NLTK's downloader writes them."""

import io
import os
import stat
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from studiolo.environments.data.errors import DataUnknownError, DataUnreadableError
from studiolo.files.inside import leads_out, stays_inside

#: The folders of `nltk_data`; each has data by name.
_KINDS: Final = frozenset(
    {
        "chunkers",
        "corpora",
        "grammars",
        "help",
        "misc",
        "models",
        "sentiment",
        "stemmers",
        "taggers",
        "tokenizers",
    }
)
#: Bytes of one name's data: more than any that NLTK publishes.
_LARGEST: Final = 4 << 30
_PACKED: Final = ".zip"
_ADVICE: Final = (
    "Give the folder nltk_data that `python -m nltk.downloader -d nltk_data {name}` makes, or a "
    "zip of that folder."
)
_DAMAGES: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    UnicodeDecodeError,
    RuntimeError,
    EOFError,
)


@dataclass(frozen=True, kw_only=True)
class NltkFile:
    """A file of the data: its path below `nltk_data`, and how it is opened."""

    path: PurePosixPath
    open: Callable[[], BinaryIO]


@contextmanager
def nltk_source(source: Path) -> Iterator["NltkSource"]:
    """The data in a folder or a zip.

    Raises:
        DataUnreadableError: It is neither, or can't be read.
    """
    try:
        if source.is_dir():
            yield NltkSource(source, list(_of_folder(source)))
        else:
            with zipfile.ZipFile(source) as archive:
                yield NltkSource(source, list(_of_zip(archive, source)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataUnreadableError(path=source, reason=reason) from error
    except _DAMAGES as error:
        reason = f"it is not an intact zip archive without a password ({error})"
        raise DataUnreadableError(path=source, reason=reason) from error


class NltkSource:
    """The data of a folder or a zip, by name."""

    def __init__(self, source: Path, files: Sequence[NltkFile]) -> None:
        self._source = source
        #: By the data's name: its files, the folder's before the zip's.
        self._found: dict[str, dict[PurePosixPath, list[NltkFile]]] = defaultdict(dict)
        for file in files:
            for depth in range(1, len(file.path.parts)):
                if file.path.parts[depth - 1] in _KINDS:
                    self._note(file, depth)
                    break

    def files(self, name: str) -> Sequence[NltkFile]:
        """The files of the data of that name, those in a zip of their own taken out of it.

        Raises:
            DataUnknownError: There are none.
            DataUnreadableError: They can't be used.
        """
        found = self._found.get(name)
        if not found:
            raise DataUnknownError(
                name=name,
                place=f'"{self._source}"',
                known=sorted(self._found),
                advice=_ADVICE.format(name=name),
            )
        # Where there are both, the downloader has unpacked the one into the other.
        place = min(found, key=lambda place: (place.suffix == _PACKED, place))
        if place.suffix != _PACKED:
            return found[place]
        with found[place][0].open() as packed:
            archive = zipfile.ZipFile(io.BytesIO(packed.read()))
        inner = [
            NltkFile(path=place.parent / file.path, open=file.open)
            for file in _of_zip(archive, self._source)
        ]
        outside = [file.path for file in inner if file.path.parts[1] != name]
        if outside or not inner:
            reason = f"{place} has no folder {name} with all of its files"
            raise DataUnreadableError(path=self._source, reason=reason)
        return inner

    def _note(self, file: NltkFile, depth: int) -> None:
        parts = file.path.parts
        kind, name = parts[depth - 1 : depth + 1]
        is_file = len(parts) == depth + 1
        if is_file and not name.endswith(_PACKED):
            return  # such as README, which is of no data
        place = PurePosixPath(kind, name)
        below = NltkFile(path=PurePosixPath(*parts[depth - 1 :]), open=file.open)
        bare = name.removesuffix(_PACKED) if is_file else name
        self._found[bare].setdefault(place, []).append(below)


def _of_folder(source: Path) -> Iterator[NltkFile]:
    top = PurePosixPath(source.resolve().name)
    for folder, _, names in os.walk(source):
        for name in names:
            path = Path(folder, name)
            if leads_out(path, source):
                reason = f"the link {path.relative_to(source)} leads out of it"
                raise DataUnreadableError(path=source, reason=reason)
            if path.is_file():
                below = top / path.relative_to(source).as_posix()
                yield NltkFile(path=below, open=lambda path=path: path.open("rb"))  # type: ignore[misc]


def _of_zip(archive: zipfile.ZipFile, source: Path) -> Iterator[NltkFile]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if sum(member.file_size for member in members) > _LARGEST:
        reason = f"unpacked it has more than {_LARGEST} bytes"
        raise DataUnreadableError(path=source, reason=reason)
    for path, member in _checked(members, source).items():
        yield NltkFile(path=path, open=lambda member=member: _opened(archive, member))  # type: ignore[misc]


def _checked(
    members: Sequence[zipfile.ZipInfo], source: Path
) -> Mapping[PurePosixPath, zipfile.ZipInfo]:
    """The members by path, none of which leads out of the folder it is unpacked in."""
    found: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for member in members:
        name = member.orig_filename.replace("\\", "/")
        path = PurePosixPath(name)
        if not stays_inside(name) or "\0" in name or name[1:2] == ":":
            problem = "has a path that leads out of it"
        elif stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
            problem = "is a link or a device, and not a file"
        elif path in found:
            problem = "is there twice"
        else:
            found[path] = member
            continue
        raise DataUnreadableError(path=source, reason=f'its member "{name}" {problem}')
    return found


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> BinaryIO:
    # In memory: a zip in a zip has to be sought in, and each file of the data is small.
    return io.BytesIO(archive.read(member))
