"""Parquet files."""

from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from studiolo.datasets.arrow import Column
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.column_metadata import (
    LARGEST_CATEGORIES,
    dataset_with_metadata,
    table_of_categories,
    table_with_categories,
    table_with_metadata,
)
from studiolo.datasets.formats.errors import DamagedFileError, FormatCannotHoldError

#: Rows of a group, as Arrow writes them.
GROUP_ROWS = 1 << 20
_COMPRESSION: Final = "zstd"


def read(content: Content) -> Dataset:
    """Read a Parquet file; roles and categories are found where Studiolo wrote it."""
    try:
        with pq.ParquetFile(pa.BufferReader(content.data)) as file:
            table = file.read() if content.rows is None else _rows(file, *content.rows)
            wide = _int96_columns(file)
        if wide:
            table = _with_wide_times(table, wide, content)
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise DamagedFileError(
            file=content.name, format_name="Parquet", reason=str(error)
        ) from error
    return dataset_with_metadata(table_of_categories(table), source=content.name)


def beginning(content: Content) -> tuple[Dataset, int] | None:
    """The first rows of a Parquet file, `content.rows`, and how many it says that it has in all.

    Of each column, only the pages that have them are read. None if the types of the columns depend
    on later rows.

    Raises:
        DatasetError: As for `read`.
    """
    assert content.rows is not None
    first, end = content.rows
    try:
        with pq.ParquetFile(pa.BufferReader(content.data)) as file:
            if _int96_columns(file):
                return None
            batches: list[pa.RecordBatch] = []
            for batch in file.iter_batches(batch_size=end):
                batches.append(batch)
                if sum(each.num_rows for each in batches) >= end:
                    break
            table = pa.Table.from_batches(batches, file.schema_arrow).slice(first, end - first)
            total = file.metadata.num_rows
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise DamagedFileError(
            file=content.name, format_name="Parquet", reason=str(error)
        ) from error
    return dataset_with_metadata(table_of_categories(table), source=content.name), total


def groups(content: Content) -> list[int]:
    """How many rows each group of a Parquet file has: what can be read without the rest.

    Raises:
        DamagedFileError: It is not a Parquet file.
    """
    try:
        with pq.ParquetFile(pa.BufferReader(content.data)) as file:
            metadata = file.metadata
            return [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
    except (pa.ArrowException, OSError) as error:
        raise DamagedFileError(
            file=content.name, format_name="Parquet", reason=str(error)
        ) from error


def _rows(file: pq.ParquetFile, first: int, end: int) -> pa.Table:
    """Some rows, without reading the groups that have none of them."""
    wanted, start, before = [], 0, None
    for number in range(file.metadata.num_row_groups):
        stop = start + file.metadata.row_group(number).num_rows
        if start < end and stop > first:
            wanted.append(number)
            before = start if before is None else before
        start = stop
    return file.read_row_groups(wanted).slice(first - (before or 0), end - first)


def _int96_columns(file: pq.ParquetFile) -> list[str]:
    """Columns of the old type INT96: a day of any century, and a time of the day."""
    columns: Any = file.schema  # the stubs do not know that it counts its columns
    leaves = [columns.column(place) for place in range(len(columns))]
    return [leaf.path for leaf in leaves if leaf.physical_type == "INT96"]


def _with_wide_times(table: pa.Table, names: list[str], content: Content) -> pa.Table:
    """The table with INT96 times in microseconds, where nanoseconds do not reach their century.

    Arrow reads them in nanoseconds, where times outside the years 1677 to 2262 wrap around.
    """
    source: Any = pa.BufferReader(content.data)
    with pq.ParquetFile(source, coerce_int96_timestamp_unit="us") as file:
        micro = file.read(columns=names) if content.rows is None else _rows(file, *content.rows)
    for name in names:
        if name not in table.column_names:  # inside a nested column, which is refused anyway
            continue
        column = micro.column(name)
        try:
            column.cast(pa.timestamp("ns"))
        except pa.ArrowInvalid:
            place = table.column_names.index(name)
            _refuse_finer_times(column, table.column(place), name, content)
            table = table.set_column(place, name, column)
    return table


def _refuse_finer_times(micro: Column, nano: Column, name: str, content: Content) -> None:
    """Refuse times if some need nanoseconds and others years that those can't express."""
    ends = (pa.scalar(bound, pa.int64()) for bound in (-(2**63) // 1000 + 1, (2**63 - 1) // 1000))
    units = micro.cast(pa.int64())
    first, last = ends
    near = pc.and_(pc.greater_equal(units, first), pc.less(units, last))
    exact = nano.cast(pa.int64()).filter(near)
    thousand = pa.scalar(1000, pa.int64())
    rest = pc.subtract(exact, pc.multiply(pc.divide(exact, thousand), thousand))
    if pc.any(pc.not_equal(rest, pa.scalar(0, pa.int64()))).as_py():
        raise DamagedFileError(
            file=content.name,
            format_name="Parquet",
            reason=f'the column "{name}" has times finer than a microsecond beside times outside '
            "the years 1677 to 2262, which no type of a dataset holds together",
        )


def group_writer(schema: pa.Schema, sink: BinaryIO) -> pq.ParquetWriter:
    """A writer of tables one after another, for columns without roles and categories."""
    return pq.ParquetWriter(sink, schema, compression=_COMPRESSION)


def write(dataset: Dataset, target: Target) -> None:
    """Write a Parquet file with the columns' roles and categories in their metadata."""
    try:
        table = table_with_categories(table_with_metadata(dataset))
        pq.write_table(table, target.sink, compression=_COMPRESSION)
    except OverflowError as error:
        raise FormatCannotHoldError(
            file=target.name,
            format_name="Parquet",
            column=str(error),
            what=f"categories of more than {LARGEST_CATEGORIES} bytes",
            advice="Write it as Arrow (.arrow)",
        ) from error
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        raise FormatCannotHoldError(
            file=target.name,
            format_name="Parquet",
            what=f"it ({error})",
            advice="Write it as Arrow (.arrow)",
        ) from error
