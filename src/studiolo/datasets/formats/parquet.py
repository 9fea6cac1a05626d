"""Parquet files."""

import pyarrow as pa
import pyarrow.parquet as pq

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.column_metadata import dataset_with_metadata, table_with_metadata
from studiolo.datasets.formats.errors import DamagedFileError, FormatCannotHoldError


def read(content: Content) -> Dataset:
    """Read a Parquet file; roles are found where Studiolo wrote it."""
    try:
        with pq.ParquetFile(pa.BufferReader(content.data)) as file:
            table = file.read()
            table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise DamagedFileError(
            file=content.name, format_name="Parquet", reason=str(error)
        ) from error
    return dataset_with_metadata(table, source=content.name)


def write(dataset: Dataset, target: Target) -> None:
    """Write a Parquet file with the columns' roles in their metadata."""
    try:
        pq.write_table(table_with_metadata(dataset), target.sink, compression="zstd")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        raise FormatCannotHoldError(
            file=target.name,
            format_name="Parquet",
            what=f"it ({error})",
            advice="Write it as Arrow (.arrow)",
        ) from error
