"""From a run's result files to datasets: the script's own columns, and the inputs' that it kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from studiolo.sandbox.memory_file import MemoryFile
from studiolo.sandbox.policy import Limits
from studiolo.sandbox.report import ColumnReference, OutputReport
from studiolo.sandbox.sealed_table import SealedTable
from studiolo.sandbox.stream import StreamError, TooManyColumnsError, read_stream

if TYPE_CHECKING:
    _Column = pa.ChunkedArray[Any]
    #: A column, the file that it lies in, and where in it.
    _Placed = tuple[_Column, MemoryFile, int]


class ResultTooLargeError(Exception):
    """A result exceeds a limit; the message says which, for the run's own failure."""


def read_object(file: MemoryFile, limits: Limits) -> MemoryFile:
    """The bytes of a model, a transform or a zip, which only another sandbox ever opens.

    Raises:
        ResultTooLargeError: they are more than the policy allows.
    """
    if file.size > limits.result_size:
        raise ResultTooLargeError(f"{file.size:,} bytes of {limits.result_size:,}")
    return file


def read_result(
    file: MemoryFile, output: OutputReport, inputs: Sequence[SealedTable], limits: Limits
) -> SealedTable:
    """The dataset of one result port. The file has to be sealed.

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
    file.table = pa.Table.from_batches([batch])
    names, placed = _assemble(file, output, inputs)
    unknown = set(output.roles) - set(names)
    if unknown:
        raise StreamError("it gives a role to a column that there is not")
    columns = [column for column, _, _ in placed]
    table: pa.Table = pa.Table.from_arrays(columns, names=names) if columns else file.table
    homes = [(home, number) for _, home, number in placed]
    return SealedTable.of_columns(table, homes, output.roles)


def _assemble(
    file: MemoryFile, output: OutputReport, inputs: Sequence[SealedTable]
) -> "tuple[list[str], list[_Placed]]":
    """Put referenced columns between the written ones.

    A reference names a whole column of an input. It needs no check of its content, because it is
    the host's own: the worst that a forged one does is to return another column of the user's.
    """
    assert file.table is not None
    names = list(file.table.column_names)
    placed: list[_Placed] = [(c, file, number) for number, c in enumerate(file.table.columns)]
    for reference in sorted(output.references, key=lambda r: r.position):
        if reference.position > len(placed):
            raise StreamError("a reference stands outside of the result")
        names.insert(reference.position, reference.name)
        placed.insert(reference.position, _referenced(reference, inputs))
    if len(set(names)) != len(names) or "" in names:
        raise StreamError("its column names are not unique, or one is empty")
    if output.references and any(len(column) != output.rows for column, _, _ in placed):
        raise StreamError("its columns differ in length")
    return names, placed


def _referenced(reference: ColumnReference, inputs: Sequence[SealedTable]) -> "_Placed":
    if reference.input >= len(inputs):
        raise StreamError("a reference names an input that there is not")
    source = inputs[reference.input]
    if reference.column >= source.table.num_columns:
        raise StreamError("a reference names a column that there is not")
    column: _Column = source.table.column(reference.column)
    return column, *source.home(reference.column)
