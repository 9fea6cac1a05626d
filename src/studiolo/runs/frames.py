"""pandas frames on the host's side, translated exactly as the script contract translates them.

The only module outside the sandbox that imports pandas, which takes longer than everything else
that a run from the terminal does here; it is imported when a frame is given or asked for.
"""

from collections.abc import Callable
from typing import TypeGuard

import pandas as pd
import pyarrow as pa

from studiolo.runs.errors import FrameUnsuitableError
from studiolo_guest.frames.arrays import one_array
from studiolo_guest.frames.columns_in import values_of
from studiolo_guest.frames.errors import UntranslatableColumnError
from studiolo_guest.frames.output import frame_to_output


def is_frame(value: object) -> TypeGuard[pd.DataFrame]:
    """Whether it is a pandas frame."""
    return isinstance(value, pd.DataFrame)


def frame_of(table: pa.Table, *, nullable: bool = False) -> pd.DataFrame:
    """The table as a frame of its own: nothing that is done to it changes the table.

    ``nullable`` is what a script asks for with the key of that name.
    """
    columns = [one_array(column) for column in table.columns]
    values = {
        position: values_of(column, nullable=nullable) for position, column in enumerate(columns)
    }
    frame = pd.DataFrame(values, index=pd.RangeIndex(table.num_rows), copy=True)
    frame.columns = pd.Index(table.column_names)
    return frame


def table_of(frame: pd.DataFrame, *, log: Callable[[str], None]) -> pa.Table:
    """The frame as a table; ``log`` gets a line for every change that a person might not expect.

    Raises:
        FrameUnsuitableError: A column holds what no dataset can.
    """
    try:
        batch = frame_to_output(frame, log=log).batch
    except UntranslatableColumnError as error:
        raise FrameUnsuitableError(
            column=error.column, row=error.row, found=error.found, way_out=error.way_out
        ) from error
    table: pa.Table = pa.Table.from_batches([batch])
    return table
