"""A dataset file compressed with gzip, such as data.csv.gz."""

import gzip
import io
import zlib

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.errors import ArchiveError
from studiolo.datasets.formats.packed import LARGEST, packed_name, read_packed, write_packed

_PIECE = 1 << 20


def read(content: Content) -> Dataset:
    """Read the compressed file."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content.data.to_pybytes())) as file:
            data = _unpacked(file)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        problem = f"it is damaged or not compressed with gzip ({error})"
        raise ArchiveError(file=content.name, problem=problem) from error
    if len(data) > LARGEST:
        problem = f"it unpacks to more than {LARGEST} bytes"
        raise ArchiveError(file=content.name, problem=problem)
    name = content.name[: -len(".gz")] if content.name.lower().endswith(".gz") else content.name
    return read_packed(pa.py_buffer(data), content, name)


def _unpacked(file: gzip.GzipFile) -> bytearray:
    """All of it, or a little more than is allowed."""
    data = bytearray()
    while len(data) <= LARGEST and (piece := file.read(min(_PIECE, LARGEST + 1))):
        data += piece
    return data


def write(dataset: Dataset, target: Target) -> None:
    """Write a file in the format of the extension before .gz."""
    # A fixed date, so that the same dataset gives the same bytes.
    target.sink.write(gzip.compress(write_packed(dataset, target, packed_name(target)), mtime=0))
