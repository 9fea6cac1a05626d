"""A column of Python objects: what it holds, and what to say when it cannot be translated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from studiolo_guest.frames.arrays import ArrowArray, Values, one_array
from studiolo_guest.frames.errors import UntranslatableColumnError


@dataclass(frozen=True, kw_only=True, eq=False)
class ObjectColumn:
    """The objects of one column, and which of them are missing."""

    name: str
    values: Values
    #: True where the value is None, NaN, NaT or NA.
    missing: Values
    #: The type of the input column of this name, if there is one: kept when every value fits.
    hint: pa.DataType | None
    #: Writes a line to the run's log.
    log: Callable[[str], None]

    @property
    def present(self) -> Values:
        """The values that are not missing."""
        return self.values[~self.missing]

    def mapped(self, convert: Callable[[Any], Any]) -> Values:
        """The values converted one by one; the missing ones are None."""
        if set(map(type, self.present)) == {convert}:
            return self.values
        converted = np.full(len(self.values), None, dtype=object)
        for row in np.flatnonzero(~self.missing):
            converted[row] = convert(self.values[row])
        return converted

    def array(self, values: Values, kind: pa.DataType | None = None) -> ArrowArray:
        """These values as an Arrow array that is null where the column's values are missing."""
        return one_array(pa.array(values, type=kind, mask=self.missing))

    def refused(self, types: set[type]) -> UntranslatableColumnError:
        """The error that names the first value of one of these types."""
        row = next(row for row in np.flatnonzero(~self.missing) if type(self.values[row]) in types)
        return UntranslatableColumnError(
            column=self.name,
            row=int(row),
            found=f"a value of the type {type_name(type(self.values[row]))}",
            way_out=_way_out(self.values[row]),
        )

    def not_unicode(self) -> UntranslatableColumnError:
        """The error that names the first text that UTF-8 cannot carry."""
        row = next(
            row for row in np.flatnonzero(~self.missing) if not _is_unicode(str(self.values[row]))
        )
        return UntranslatableColumnError(
            column=self.name,
            row=int(row),
            found=f"text that is not valid Unicode: {str(self.values[row])[:40]!a}",
            way_out="Replace it with `text.encode(errors='replace').decode()`, or keep bytes.",
        )


def type_name(kind: type) -> str:
    """A type as a user would write it: ``list``, ``numpy.ndarray``."""
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _way_out(value: object) -> str:
    if isinstance(value, (complex, np.complexfloating)):
        return "Split it into two columns, one with `.real` and one with `.imag`."
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "Bytes cannot share a column with other values: decode them, or encode the others."
    if isinstance(value, (dict, pd.Series, pd.DataFrame)):
        return "Keep it as text with `json.dumps`, or make columns with `pandas.json_normalize`."
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        return "Use `DataFrame.explode` to get a row for each element, or keep text: `json.dumps`."
    return "Keep it as bytes with `pickle.dumps`, or as text with `str`."
