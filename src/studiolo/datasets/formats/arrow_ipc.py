"""Arrow IPC files: .arrow is uncompressed, to be mapped; .feather is the same, compressed."""

import warnings
from typing import Any, Literal

import pyarrow as pa
from pyarrow import feather

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, FileFormat, Target
from studiolo.datasets.formats.column_metadata import dataset_with_metadata, table_with_metadata
from studiolo.datasets.formats.errors import DamagedFileError

_FEATHER_1 = b"FEA1"
#: What each message of a stream begins with; a file begins with ARROW1.
_STREAM = b"\xff\xff\xff\xff"
#: Bytes of a table that is written as one record batch.
_ONE_BATCH = 1 << 30


def read(content: Content) -> Dataset:
    """Read an Arrow IPC file or stream, or Feather version 1; what is uncompressed is mapped."""
    try:
        table = _table(content.data)
        if content.rows is not None:
            first, end = content.rows
            table = table.slice(first, end - first)
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise DamagedFileError(file=content.name, format_name="Arrow", reason=str(error)) from error
    return dataset_with_metadata(table, source=content.name)


def _table(data: pa.Buffer) -> pa.Table:
    beginning = data.slice(0, min(4, data.size)).to_pybytes()
    source: Any = pa.BufferReader(data)  # which the stubs do not know to be a file
    if beginning == _FEATHER_1:
        # Has nothing to do with IPC; pandas and R wrote it until 2020.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return feather.read_table(source)
    if beginning == _STREAM:
        return pa.ipc.open_stream(source).read_all()
    return pa.ipc.open_file(source).read_all()


def write(dataset: Dataset, target: Target) -> None:
    """Write an Arrow IPC file of one record batch, with the columns' roles in their metadata."""
    table = table_with_metadata(dataset)
    codec: Literal["lz4"] | None = "lz4" if target.format is FileFormat.FEATHER else None
    options = pa.ipc.IpcWriteOptions(compression=codec, unify_dictionaries=True)
    # Any object with write() will do; the stubs ask for more.
    file: Any = target.sink
    with pa.ipc.new_file(file, table.schema, options=options) as writer:
        # A larger one, which is the result of a batch, may not fit into the memory.
        writer.write_table(table if table.nbytes > _ONE_BATCH else table.combine_chunks())
