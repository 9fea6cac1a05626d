"""Integers with missing values: floats while a script has them, integers again on the way out."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from studiolo_guest.frames.arrays import ArrowArray, Values

#: The largest magnitude up to which a float64 holds every integer exactly.
_EXACT: Final = 2**53


def has_gaps(column: ArrowArray) -> bool:
    """Whether these are integers, and some of them are missing."""
    return bool(column.null_count) and pa.types.is_integer(column.type)


def as_floats(column: ArrowArray) -> Values | None:
    """Integers with gaps as float64 with NaN; None where a float64 would round one of them."""
    bounds: Any = pc.min_max(column)
    low, high = bounds["min"].as_py() or 0, bounds["max"].as_py() or 0
    if low < -_EXACT or high > _EXACT:
        return None
    floats: Values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return floats


def integers_again(values: Values, kind: pa.DataType) -> ArrowArray | None:
    """Floats as integers of that type, NaN as null; None where one of them is not such an integer.

    Zero loses its sign.
    """
    missing = np.isnan(values)
    bounds: Any = np.iinfo(np.dtype(kind.to_pandas_dtype()))
    low, high = max(int(bounds.min), -_EXACT), min(int(bounds.max), _EXACT)
    whole = np.where(missing, 0.0, values)
    if np.any((whole < low) | (whole > high) | (whole != np.trunc(whole))):
        return None
    return pa.array(whole.astype(bounds.dtype), type=kind, mask=missing)
