"""Arrow IPC files: .arrow is uncompressed, to be mapped; .feather is the same, compressed."""

from typing import Any, Literal

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, FileFormat, Target
from studiolo.datasets.formats.column_metadata import dataset_with_metadata, table_with_metadata
from studiolo.datasets.formats.errors import DamagedFileError


def read(content: Content) -> Dataset:
    """Read an Arrow IPC file; an uncompressed one is mapped, not copied."""
    try:
        table = pa.ipc.open_file(pa.BufferReader(content.data)).read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise DamagedFileError(file=content.name, format_name="Arrow", reason=str(error)) from error
    return dataset_with_metadata(table, source=content.name)


def write(dataset: Dataset, target: Target) -> None:
    """Write an Arrow IPC file of one record batch, with the columns' roles in their metadata."""
    table = table_with_metadata(dataset)
    codec: Literal["lz4"] | None = "lz4" if target.format is FileFormat.FEATHER else None
    options = pa.ipc.IpcWriteOptions(compression=codec, unify_dictionaries=True)
    # Any object with write() will do; the stubs ask for more.
    file: Any = target.sink
    with pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table.combine_chunks())
