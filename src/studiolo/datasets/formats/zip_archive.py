"""A zip archive that holds exactly one dataset file, such as data.csv.zip."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.errors import ArchiveError, ArchiveMembersError
from studiolo.datasets.formats.packed import LARGEST, packed_name, read_packed, write_packed


def read(content: Content) -> Dataset:
    """Read the one file in the archive; what macOS adds beside it does not count."""
    try:
        with zipfile.ZipFile(io.BytesIO(content.data.to_pybytes())) as archive:
            members = [member for member in archive.infolist() if _counts(member)]
            if len(members) != 1:
                names = [member.filename for member in members]
                raise ArchiveMembersError(file=content.name, members=names)
            data = _extracted(archive, members[0], content.name)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, OSError) as error:
        problem = f"it is damaged or no zip archive ({error})"
        raise ArchiveError(file=content.name, problem=problem) from error
    return read_packed(pa.py_buffer(data), content, PurePosixPath(members[0].filename).name)


def _counts(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    return not (member.is_dir() or path.parts[:1] == ("__MACOSX",) or path.name.startswith("."))


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
