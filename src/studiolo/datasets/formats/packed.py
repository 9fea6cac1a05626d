"""A dataset file inside another file: what zip and gzip have in common."""

import io
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import UnknownFormatError
from studiolo.datasets.formats import (
    EXTENSIONS,
    Content,
    FileFormat,
    Target,
    format_of_name,
    module_of,
)
from studiolo.datasets.formats.opening import read_content

#: Bytes that an archive may unpack to in memory, so that a bomb does not take all of it.
LARGEST = 4 << 30

_PACKINGS = (FileFormat.ZIP, FileFormat.GZIP)


def read_packed(data: pa.Buffer, outer: Content, name: str) -> Dataset:
    """Read the dataset file that was packed.

    Args:
        data: Its bytes.
        outer: The archive.
        name: Its own name, which tells its format.
    """
    shown = f"{outer.name}/{name}" if outer.format is FileFormat.ZIP else outer.name
    inner = _format_inside(name, shown)
    return read_content(replace(outer, data=data, name=shown, format=inner))


def packed_name(target: Target) -> str:
    """The name of the file to pack: that of the archive without its last extension."""
    return Path(target.name).stem


def write_packed(dataset: Dataset, target: Target, name: str) -> bytes:
    """The bytes of the file to pack."""
    inner = _format_inside(name, target.name)
    sink = io.BytesIO()
    module_of(inner).write(dataset, Target(sink=sink, name=target.name, format=inner))
    return sink.getvalue()


def _format_inside(name: str, shown: str) -> FileFormat:
    """The format of the packed file; nothing is packed twice."""
    inner = format_of_name(name)
    if inner is None or inner in _PACKINGS:
        known = [known for known, format_ in EXTENSIONS.items() if format_ not in _PACKINGS]
        raise UnknownFormatError(file=shown, extension=Path(name).suffix.lower(), known=known)
    return inner
