"""From a run's result files to tables: the script's own columns, and the inputs' that it kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from studiolo.sandbox.memory_file import MemoryFile
from studiolo.sandbox.policy import Limits
from studiolo.sandbox.report import ColumnReference, OutputReport
from studiolo.sandbox.stream import StreamError, TooManyColumnsError, read_stream

if TYPE_CHECKING:
    _Column = pa.ChunkedArray[Any]


class ResultTooLargeError(Exception):
    """A result exceeds a limit; the message says which, for the run's own failure."""


def read_result(
    file: MemoryFile, output: OutputReport, inputs: Sequence[MemoryFile], limits: Limits
) -> pa.Table:
    """The table of one result port. The file has to be sealed.

    Raises:
        StreamError: what the guest wrote or said does not hold together.
        ResultTooLargeError: it is larger than the policy allows.
    """
    if file.size > limits.result_size:
        raise ResultTooLargeError(f"{file.size:,} bytes of {limits.result_size:,}")
    width = len(output.references)
    if width > limits.result_columns:
        raise ResultTooLargeError(f"{width:,} columns of {limits.result_columns:,}")
    try:
        batch = read_stream(file, columns=limits.result_columns)
    except TooManyColumnsError as error:
        raise ResultTooLargeError(
            f"{error.columns:,} columns of {limits.result_columns:,}"
        ) from error
    if not output.references:
        table: pa.Table = pa.Table.from_batches([batch])
        return table
    return _assemble(batch, output, inputs)


def _assemble(
    batch: pa.RecordBatch, output: OutputReport, inputs: Sequence[MemoryFile]
) -> pa.Table:
    """Put referenced columns between the written ones.

    A reference names a whole column of an input. It needs no check of its content, because it is
    the host's own: the worst that a forged one does is to return another column of the user's.
    """
    names = list(batch.schema.names)
    columns: list[_Column] = [pa.chunked_array([column]) for column in batch.columns]
    for reference in sorted(output.references, key=lambda r: r.position):
        if reference.position > len(columns):
            raise StreamError("a reference stands outside of the result")
        names.insert(reference.position, reference.name)
        columns.insert(reference.position, _referenced(reference, inputs))
    if len(set(names)) != len(names) or "" in names:
        raise StreamError("its column names are not unique, or one is empty")
    if any(len(column) != output.rows for column in columns):
        raise StreamError("its columns differ in length")
    table: pa.Table = pa.Table.from_arrays(columns, names=names)
    return table


def _referenced(reference: ColumnReference, inputs: Sequence[MemoryFile]) -> "_Column":
    if reference.input >= len(inputs):
        raise StreamError("a reference names an input that there is not")
    table = inputs[reference.input].table
    if table is None or reference.column >= table.num_columns:
        raise StreamError("a reference names a column that there is not")
    column: _Column = table.column(reference.column)
    return column
