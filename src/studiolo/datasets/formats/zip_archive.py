"""A zip archive that holds exactly one dataset file, such as data.csv.zip."""

import io
import zipfile
import zlib
from dataclasses import replace
from pathlib import PurePosixPath

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target, format_of_name
from studiolo.datasets.formats.errors import ArchiveError, ArchiveMembersError
from studiolo.datasets.formats.packed import LARGEST, packed_name, read_packed, write_packed


def read(content: Content) -> Dataset:
    """Read the one dataset file in the archive; what it is described by does not count."""
    try:
        with zipfile.ZipFile(io.BytesIO(content.data.to_pybytes())) as archive:
            members, others = _members(archive)
            if len(members) != 1:
                names = [member.filename for member in members]
                raise ArchiveMembersError(file=content.name, members=names)
            data = _extracted(archive, members[0], content.name)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, OSError) as error:
        problem = f"it is damaged or not a zip archive ({error})"
        raise ArchiveError(file=content.name, problem=problem) from error
    dataset = read_packed(pa.py_buffer(data), content, _path(members[0]).name)
    if not others:
        return dataset
    shown = ", ".join(f'"{other.filename}"' for other in others[:10])
    note = f'Of the archive, "{members[0].filename}" was read; left out: {shown}.'
    return replace(dataset, notes=[*dataset.notes, note])


def _members(archive: zipfile.ZipFile) -> tuple[list[zipfile.ZipInfo], list[zipfile.ZipInfo]]:
    """The files that may be meant, and those beside them that only describe them."""
    members = [member for member in archive.infolist() if _counts(member)]
    datasets = [member for member in members if format_of_name(_path(member).name) is not None]
    if not datasets:
        return members, []
    return datasets, [member for member in members if member not in datasets]


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    """Its path; old programs of Windows separate folders by backslashes."""
    return PurePosixPath(member.filename.replace("\\", "/"))


def _counts(member: zipfile.ZipInfo) -> bool:
    path = _path(member)
    is_folder = member.filename.endswith(("/", "\\"))
    return not (is_folder or path.parts[:1] == ("__MACOSX",) or path.name.startswith("."))


def _extracted(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> bytes:
    if member.flag_bits & 1:
        problem = f'its member "{member.filename}" is encrypted; zip it without a password'
        raise ArchiveError(file=file, problem=problem)
    if member.file_size > LARGEST:
        problem = f'its member "{member.filename}" unpacks to {member.file_size} bytes'
        raise ArchiveError(file=file, problem=f"{problem}; at most {LARGEST} are allowed")
    return archive.read(member)


def write(dataset: Dataset, target: Target) -> None:
    """Write one member, named as the archive without its .zip."""
    name = packed_name(target)
    with zipfile.ZipFile(target.sink, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed date, so that the same dataset gives the same bytes.
        member = zipfile.ZipInfo(name)
        member.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(member, write_packed(dataset, target, name))
