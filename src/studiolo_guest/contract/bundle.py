"""The script bundle: a zip that is unpacked beside the script and can be imported from."""

import contextlib
import errno
import io
import os
import sys
import sysconfig
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from studiolo_guest.contract.failure import MismatchError

#: The classic studio's name for the folder, in the working directory.
FOLDER: Final = "Script Bundle"
_PIECE: Final = 1 << 20
#: Members of a bundle that get a link for each of two spellings; the folder holds so many files.
_MOST_LINKS: Final = 4_000
#: Bytes of a file's name in Linux.
_LONGEST_NAME: Final = 255
#: What `zipfile` raises; RuntimeError is its word for an encrypted member.
_DAMAGE: Final = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, RuntimeError)


def unpack(content: bytes, directory: str) -> None:
    """Unzip ``content`` into the folder and make it importable.

    The host has looked at the names and sizes that the zip declares; here the bytes themselves
    are bounded, by the size of the working directory.

    Raises:
        MismatchError: the zip is damaged or does not fit.
    """
    folder = os.path.join(directory, FOLDER)
    with damage("The script bundle"):
        # A bundle without files has its folder, too: a script may list it.
        os.makedirs(folder, exist_ok=True)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                write_member(archive, member, folder)
    sys.path.insert(_after_standard_library(), folder)


@contextlib.contextmanager
def damage(archive: str) -> Iterator[None]:
    """Says what is wrong with an archive that is being unpacked.

    Raises:
        MismatchError: It is damaged, or there is no room for what it holds.
    """
    try:
        yield
    except _DAMAGE as error:
        raise MismatchError(
            "bundle-unreadable", f"{archive} can't be unzipped: {error}."
        ) from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            name = os.path.basename(os.fspath(error.filename or ""))
            raise MismatchError(
                "bundle-unreadable",
                f'{archive} has a file whose name is too long: "{name[:40]}…". A name has at most '
                f"{_LONGEST_NAME} bytes, which are 85 letters of Hangul, for example. Shorten it.",
            ) from error
        raise MismatchError(
            "bundle-too-large",
            f"{archive} does not fit into the working directory: {error.strerror}. "
            "Take out what the script does not need.",
        ) from error


def link_windows_paths(source: str, directory: str) -> None:
    r"""Let a script find its bundle's files by the paths that they had in the classic studio.

    That ran on Windows. Here a backslash is a character of a file's name, so a link with the name
    `.\Script Bundle\model.pkl` is what such a script opens, by whichever library.
    """
    if f"{FOLDER}\\" not in source:
        return
    members = 0
    for folder, folders, files in os.walk(os.path.join(directory, FOLDER)):
        inside = os.path.relpath(folder, directory)
        for name in ["", *folders, *files]:
            place = os.path.join(inside, name) if name else inside
            members += 1
            if members > _MOST_LINKS:
                return
            for spelled in (place, os.path.join(".", place)):
                link = spelled.replace("/", "\\")
                # A path can be longer than a name. Such a file keeps the path with slashes only.
                if len(os.fsencode(link)) > _LONGEST_NAME:
                    continue
                link = os.path.join(directory, link)
                if not os.path.lexists(link):
                    os.symlink(place, link)


def write_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: str) -> None:
    """Unpack a member of an archive below a folder.

    Raises:
        MismatchError: Its name leads out of the folder.
    """
    # Old programs of Windows separate folders by backslashes.
    name = member.filename.replace("\\", "/")
    target = os.path.normpath(os.path.join(folder, name))
    if not target.startswith(folder + os.sep) and target != folder:
        raise MismatchError(
            "bundle-escape", f"The script bundle's member {member.filename!r} leads out of it."
        )
    if name.endswith("/"):
        os.makedirs(target, exist_ok=True)
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with archive.open(member) as source, open(target, "wb") as file:
        while piece := source.read(_PIECE):
            file.write(piece)


def _after_standard_library() -> int:
    """Where user paths begin: a bundle must not shadow `json`, but may bring its own `azure`."""
    standard = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    last = 0
    for position, entry in enumerate(sys.path):
        is_standard = entry in standard or entry.endswith(("lib-dynload", ".zip"))
        if is_standard and "site-packages" not in entry:
            last = position + 1
    return last
