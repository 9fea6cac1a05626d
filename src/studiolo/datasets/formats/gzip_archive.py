"""A dataset file compressed with gzip, such as data.csv.gz."""

import gzip
import io
import zlib

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.errors import ArchiveError
from studiolo.datasets.formats.packed import LARGEST, packed_name, read_packed, write_packed


def read(content: Content) -> Dataset:
    """Read the compressed file."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content.data.to_pybytes())) as file:
            data = file.read(LARGEST + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        problem = f"it is damaged or not compressed with gzip ({error})"
        raise ArchiveError(file=content.name, problem=problem) from error
    if len(data) > LARGEST:
        problem = f"it unpacks to more than {LARGEST} bytes"
        raise ArchiveError(file=content.name, problem=problem)
    name = content.name[: -len(".gz")] if content.name.lower().endswith(".gz") else content.name
    return read_packed(pa.py_buffer(data), content, name)


def write(dataset: Dataset, target: Target) -> None:
    """Write a file of the format that stands before .gz."""
    # A fixed date, so that the same dataset gives the same bytes.
    target.sink.write(gzip.compress(write_packed(dataset, target, packed_name(target)), mtime=0))
