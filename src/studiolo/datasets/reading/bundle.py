"""Script bundles: the zip archives that a script's third port takes.

A bundle is unpacked inside the sandbox, next to the user's script. Everything that its table of
contents can tell is checked here, before it gets there; nothing is unpacked.
"""

import io
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from studiolo.datasets.missing_path import meant
from studiolo.datasets.reading.bundle_errors import (
    BundleMemberError,
    BundleMissingError,
    BundleTooLargeError,
    BundleUnreadableError,
)

#: More files than any library has; each costs time and memory when a run starts.
MOST_MEMBERS = 10_000
#: The sandbox unpacks into memory.
LARGEST = 1 << 30
#: Text rarely shrinks to less than a hundredth; Deflate's bombs go to a thousandth.
_LARGEST_RATIO = 200
#: Small members may shrink as they like: they do no harm.
_HARMLESS = 1 << 20
#: What a member takes in the archive beside its data and its name.
_LOCAL_HEADER = 30

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_bundle(path: Path | str) -> bytes:
    """Read a script bundle that is safe to unpack.

    Raises:
        BundleError: The file is missing or no intact zip archive, or unpacking it could write
            outside its folder, fill the memory, or mean different things to different programs.
    """
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError as error:
        raise BundleMissingError(file=str(path), hint=meant(Path(path), _is_zip)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise BundleUnreadableError(file=str(path), reason=reason) from error
    check_bundle(data, name=str(path))
    return data


def _is_zip(entry: Path) -> bool:
    return entry.suffix.lower() == ".zip"


def check_bundle(data: bytes, *, name: str) -> None:
    """Check a script bundle that is in memory; raises what ``read_bundle`` raises."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            contents_start = archive.start_dir
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise BundleUnreadableError(file=name, reason=_plain_reason(data, error)) from error
    _check_sizes(members, name)
    for member in members:
        problem = _problem(member)
        if problem is not None:
            raise BundleMemberError(file=name, member=member.orig_filename, problem=problem)
    _check_names(members, name)
    _check_places(members, contents_start, name)


def _plain_reason(data: bytes, error: Exception) -> str:
    if not data:
        return "it is empty"
    return (
        "it is cut off or damaged"
        if data.startswith(b"PK")
        else f"it is not a zip archive ({error})"
    )


def _check_sizes(members: Sequence[zipfile.ZipInfo], file: str) -> None:
    if len(members) > MOST_MEMBERS:
        raise BundleTooLargeError(
            file=file, what=f"{len(members)} members", allowed=f"{MOST_MEMBERS} members"
        )
    size = sum(member.file_size for member in members)
    if size > LARGEST:
        raise BundleTooLargeError(
            file=file, what=f"{size} bytes when it is unpacked", allowed=f"{LARGEST} bytes"
        )


def _problem(member: zipfile.ZipInfo) -> str | None:
    """The reason why a member is unsafe or impossible to unpack."""
    if member.flag_bits & 0x1:
        return "it is encrypted; zip the bundle without a password"
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a symbolic link; put the file itself into the bundle"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is neither a file nor a folder"
    if member.compress_type not in _METHODS:
        return f"its compression method {member.compress_type} is not supported; use Deflate"
    if member.file_size > max(_HARMLESS, member.compress_size * _LARGEST_RATIO):
        return (
            f"{member.compress_size} bytes claim to unpack to {member.file_size}, as in a zip "
            f"bomb; at most {_LARGEST_RATIO} times the size is allowed"
        )
    return _name_problem(_path(member))


def _path(member: zipfile.ZipInfo) -> str:
    """Its path; old programs of Windows separate folders by backslashes, as they unpack them."""
    return member.orig_filename.replace("\\", "/")


def _name_problem(name: str) -> str | None:
    if not name or "\0" in name:
        return "its name is empty or contains a NUL character"
    if name.startswith("/") or name[1:2] == ":":
        return "its path is absolute; paths must be relative to the bundle"
    if ".." in name.split("/"):
        return 'its path contains "..", which leads out of the bundle'
    return None


def _check_names(members: Sequence[zipfile.ZipInfo], file: str) -> None:
    """Refuse members of the same path, or below a member that is a file."""
    files: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    for member in members:
        path = PurePosixPath(_path(member))
        if _path(member).endswith("/"):
            folders.add(path)
        elif path in files:
            problem = "the bundle has it more than once"
            raise BundleMemberError(file=file, member=member.orig_filename, problem=problem)
        else:
            files.add(path)
        folders.update(path.parents)
    for path in sorted(files & folders):
        problem = "it is a file and a folder at the same time"
        raise BundleMemberError(file=file, member=str(path), problem=problem)


def _check_places(members: Sequence[zipfile.ZipInfo], end: int, file: str) -> None:
    """Refuse members that share bytes, or are beyond the end: cut off, or a bomb."""
    in_order = sorted(members, key=lambda member: member.header_offset)
    ends = [*(member.header_offset for member in in_order[1:]), end]
    for member, limit in zip(in_order, ends, strict=False):  # no member has no end
        name_length = len(
            member.orig_filename.encode("utf-8" if member.flag_bits & 0x800 else "cp437")
        )
        if member.header_offset + _LOCAL_HEADER + name_length + member.compress_size > limit:
            problem = "its data overlap with another member or the end of the archive"
            raise BundleMemberError(file=file, member=member.orig_filename, problem=problem)
