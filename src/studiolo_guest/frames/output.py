"""A returned frame as the table that goes back to the host."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from studiolo_guest.frames.arrays import ArrowArray
from studiolo_guest.frames.columns_out import arrow_column
from studiolo_guest.frames.kept_types import KeptTypes
from studiolo_guest.frames.names import dataset_names
from studiolo_guest.frames.opening import InputFrame
from studiolo_guest.frames.unchanged import columns_by_reference


@dataclass(frozen=True, kw_only=True)
class ColumnSource:
    """Where the host finds a column of a result."""

    name: str
    #: The number of the input whose column this is, or None when it is in the written batch.
    input: int | None
    #: Position in that input, or in the batch.
    column: int


@dataclass(frozen=True, kw_only=True, eq=False)
class OutputTable:
    """A result: what must be written, and what the host already has."""

    #: In the order of the returned frame; names are unique and not empty.
    sources: tuple[ColumnSource, ...]
    rows: int
    #: The columns that are not an input's, in order.
    batch: pa.RecordBatch


def frame_to_output(
    frame: pd.DataFrame, inputs: Sequence[InputFrame] = (), *, log: Callable[[str], None]
) -> OutputTable:
    """The returned frame in the types of a dataset, without the columns the host already has.

    Each line given to ``log`` names a change that a user might not expect. Raises
    `UntranslatableColumnError` for what no dataset can hold.
    """
    names = dataset_names(frame.columns, log=log)
    _tell_of_index(frame.index, log)
    references = columns_by_reference(frame, inputs)
    types = KeptTypes(inputs)
    sources: list[ColumnSource] = []
    arrays: list[ArrowArray] = []
    # `items` is several times quicker than `iloc`, which shows in a frame of ten thousand columns.
    # Without the frame's attributes: each column would get a copy of them.
    columns = pd.DataFrame(frame, copy=False).items()
    for position, (name, (_, series)) in enumerate(zip(names, columns, strict=True)):
        number, column = references.get(position, (None, 0))
        if number is not None and not types.may_be_dates(name, inputs[number].columns[column].type):
            sources.append(ColumnSource(name=name, input=number, column=column))
            continue
        sources.append(ColumnSource(name=name, input=None, column=len(arrays)))
        translated = arrow_column(series, name=name, hint=types.of(name), log=log)
        arrays.append(types.applied(translated, name))
    written = [source.name for source in sources if source.input is None]
    batch = pa.RecordBatch.from_arrays(arrays, names=written)
    return OutputTable(sources=tuple(sources), rows=len(frame), batch=batch)


def _tell_of_index(index: pd.Index, log: Callable[[str], None]) -> None:
    if isinstance(index, pd.RangeIndex):
        default = index.start == 0 and index.step == 1
    else:
        default = index.dtype.kind in "iu" and np.array_equal(index, np.arange(len(index)))
    if not default or any(name is not None for name in index.names):
        log("The row index of the returned frame is dropped; reset_index() keeps it as a column.")
