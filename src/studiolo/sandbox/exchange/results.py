"""From a run's result files to datasets: the script's own columns, and the inputs' that it kept."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from studiolo.datasets.reading.stream_messages import StreamError, TooManyColumnsError
from studiolo.datasets.written_size import written_size
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.report import ColumnReference, OutputReport
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.sandbox.exchange.stream import read_stream
from studiolo.sandbox.policy.policy import Limits

if TYPE_CHECKING:
    _Column = pa.ChunkedArray[Any]
    #: A column, the file that it is in, and where in it.
    _Placed = tuple[_Column, MemoryFile, int]


class ResultTooLargeError(Exception):
    """A result exceeds a limit; the message says which, for the run's own failure."""


def read_object(file: MemoryFile, limits: Limits) -> MemoryFile:
    """The bytes of a model, a transform or a zip, which only another sandbox ever opens.

    Raises:
        StreamError: the file has holes.
        ResultTooLargeError: they are more than the policy allows.
    """
    _check_file(file, limits)
    return file


def read_result(
    file: MemoryFile,
    output: OutputReport,
    inputs: Sequence[SealedTable],
    limits: Limits,
    go_on: Callable[[], None],
) -> SealedTable:
    """The dataset of one result port. The file has to be sealed; see `read_stream` for ``go_on``.

    Raises:
        StreamError: what the guest wrote or said does not hold together.
        ResultTooLargeError: it is larger than the policy allows.
    """
    _check_file(file, limits)
    width = len(output.references)
    if width > limits.result_columns:
        raise ResultTooLargeError(f"{width:,} columns of {limits.result_columns:,}")
    try:
        batch = read_stream(file, columns=limits.result_columns, go_on=go_on)
    except TooManyColumnsError as error:
        raise ResultTooLargeError(
            f"{error.columns:,} columns of {limits.result_columns:,}"
        ) from error
    file.table = pa.Table.from_batches([batch])
    width += file.table.num_columns
    if width > limits.result_columns:
        raise ResultTooLargeError(f"{width:,} columns of {limits.result_columns:,}")
    names, placed = _assemble(file, output, inputs)
    _check_written_size(file, placed, limits, go_on)
    unknown = set(output.roles) - set(names)
    if unknown:
        raise StreamError("it gives a role to a column that does not exist")
    columns = [column for column, _, _ in placed]
    table: pa.Table = pa.Table.from_arrays(columns, names=names) if columns else file.table
    homes = [(home, number) for _, home, number in placed]
    return SealedTable.of_columns(table, homes, output.roles)


def _check_file(file: MemoryFile, limits: Limits) -> None:
    if file.size > limits.result_size:
        raise ResultTooLargeError(f"{file.size:,} bytes of {limits.result_size:,}")
    if file.allocated < file.size:
        # Reading a hole fills it, with memory that the run never had.
        raise StreamError("its file has holes")


def _check_written_size(
    file: MemoryFile, placed: "Sequence[_Placed]", limits: Limits, go_on: Callable[[], None]
) -> None:
    """Few bytes can be a category of many rows, or many columns.

    An input's column that is there once is the user's own, however large.
    """
    size = 0
    known: dict[tuple[int, int], int] = {}
    for column, home, number in placed:
        go_on()
        key = id(home), number
        again = key in known
        if not again:
            known[key] = written_size(column)
        if again or home is file:
            size += known[key]
        if size > limits.result_size:
            raise ResultTooLargeError(
                f"written out, each row with its own copy of its category, it has more than "
                f"{limits.result_size:,} bytes"
            )


def _assemble(
    file: MemoryFile, output: OutputReport, inputs: Sequence[SealedTable]
) -> "tuple[list[str], list[_Placed]]":
    """Put referenced columns between the written ones.

    A reference names a whole column of an input. It needs no check of its content, because it is
    the host's own: the worst that a forged one does is to return another column of the user's.
    """
    assert file.table is not None
    table = file.table
    written = (
        (name, (column, file, number))
        for number, (name, column) in enumerate(zip(table.column_names, table.columns, strict=True))
    )
    referenced = {reference.position: reference for reference in output.references}
    width = table.num_columns + len(output.references)
    if len(referenced) < len(output.references) or any(p >= width for p in referenced):
        raise StreamError("references are in the same place, or outside the result")
    together = [
        (referenced[position].name, _referenced(referenced[position], inputs))
        if position in referenced
        else next(written)
        for position in range(width)
    ]
    names = [name for name, _ in together]
    placed = [column for _, column in together]
    if len(set(names)) != len(names) or "" in names:
        raise StreamError("its column names are not unique, or one is empty")
    if output.references and any(len(column) != output.rows for column, _, _ in placed):
        raise StreamError("its columns differ in length")
    return names, placed


def _referenced(reference: ColumnReference, inputs: Sequence[SealedTable]) -> "_Placed":
    if reference.input >= len(inputs):
        raise StreamError("a reference names an input that does not exist")
    source = inputs[reference.input]
    if reference.column >= source.table.num_columns:
        raise StreamError("a reference names a column that does not exist")
    column: _Column = source.table.column(reference.column)
    return column, *source.home(reference.column)
