"""Which types returned columns take over from the inputs, because pandas has none for them."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from studiolo_guest.frames.arrays import ArrowArray, Values
from studiolo_guest.frames.days import days_of
from studiolo_guest.frames.gaps import as_floats, integers_again
from studiolo_guest.frames.opening import InputFrame


class KeptTypes:
    """The types of the inputs' columns. Of two columns of a name, the first input's has the say."""

    def __init__(self, inputs: Sequence[InputFrame]) -> None:
        columns = {column.name: column for opened in inputs[::-1] for column in opened.columns}
        self._types = {name: column.type for name, column in columns.items()}
        self._integers = {
            name: column.integers for name, column in columns.items() if column.integers is not None
        }
        #: The same by their numbers of rows and of missing values.
        self._alike: defaultdict[tuple[int, int], list[ArrowArray]] = defaultdict(list)
        for integers in self._integers.values():
            self._alike[len(integers), integers.null_count].append(integers)
        self._has_dates = any(pa.types.is_date32(kind) for kind in self._types.values())

    def of(self, name: str) -> pa.DataType | None:
        """The type of the inputs' column of that name, if there is one."""
        return self._types.get(name)

    def may_be_dates(self, name: str, kind: pa.DataType) -> bool:
        """Whether a column goes out as dates where no row of it has a time of day.

        An input's timestamps stay timestamps under their own name.
        """
        if not self._has_dates or not pa.types.is_timestamp(kind):
            return False
        before = self.of(name)
        return before is None or not pa.types.is_timestamp(before)

    def applied(self, column: ArrowArray, name: str) -> ArrowArray:
        """The column in the type that it takes over, or as it is.

        Floats are integers again where the inputs' column of that name was integers with gaps and
        each value is such an integer; also under a name that the inputs don't have, if the values
        are those of such a column, row for row.
        """
        kept = None
        if self._integers and pa.types.is_float64(column.type):
            values = column.to_numpy(zero_copy_only=False)
            if name in self._integers:
                kept = integers_again(values, self._integers[name].type)
            elif name not in self._types:
                kept = self._renamed(values)
        elif self.may_be_dates(name, column.type):
            kept = days_of(column)
        return column if kept is None else kept

    def _renamed(self, values: Values) -> ArrowArray | None:
        missing = int(np.count_nonzero(np.isnan(values)))
        for integers in self._alike.get((len(values), missing), ()):
            if np.array_equal(values, as_floats(integers), equal_nan=True):  # type: ignore[arg-type]  # they were floats before
                return integers
        return None
