"""One pandas column of a result as the Arrow column that a dataset keeps."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from studiolo_guest.frames.arrays import ArrowArray, Values, one_array
from studiolo_guest.frames.errors import UntranslatableColumnError
from studiolo_guest.frames.objects import column_of_objects
from studiolo_guest.frames.stored import stored

Log = Callable[[str], None]

_SPLIT_COMPLEX: Final = "Split it into two columns: `numpy.real(column)` and `numpy.imag(column)`."


def arrow_column(series: pd.Series, *, name: str, hint: pa.DataType | None, log: Log) -> ArrowArray:
    """The column's values in a type of a dataset; the log says when that is another type.

    A NaN in a float column stays NaN, without a null: that is how a missing number travels, and
    the bytes need not be copied. NaT, None and NA become null.
    """
    if isinstance(series.dtype, np.dtype):
        return _numpy(series.to_numpy(), name=name, hint=hint, log=log)
    return _extension(series, name=name, hint=hint, log=log)


def _extension(series: pd.Series, *, name: str, hint: pa.DataType | None, log: Log) -> ArrowArray:
    dtype: Any = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _dictionary(series, name=name, log=log)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _zoned(series, name=name, log=log)
    if isinstance(dtype, pd.StringDtype):
        return one_array(pa.array(series.array, type=pa.large_string()))
    if isinstance(dtype, pd.SparseDtype):
        return _numpy(np.asarray(series), name=name, hint=hint, log=log)
    if not hasattr(series.array, "__arrow_array__") or _is_text_only(dtype):
        return _objects(series, name, hint, log)
    return stored(one_array(pa.array(series.array)), name=name, log=log)


def _is_text_only(dtype: Any) -> bool:
    """Whether pandas has a type for it, and Arrow only one that no dataset has."""
    return isinstance(dtype, (pd.PeriodDtype, pd.IntervalDtype))


def _numpy(values: Values, *, name: str, hint: pa.DataType | None, log: Log) -> ArrowArray:
    if not values.dtype.isnative:
        values = values.astype(values.dtype.newbyteorder("="))
    if values.dtype.kind == "f" and values.dtype.itemsize not in {4, 8}:
        target = np.dtype(np.float32 if values.dtype.itemsize < 4 else np.float64)
        log(f"Column {name!r} of the type {values.dtype} becomes {target}.")
        values = values.astype(target)
    if values.dtype.kind in "biuf":
        return pa.array(values, from_pandas=False)
    if values.dtype.kind in "mM":
        return _instants(values)
    if values.dtype.kind == "c":
        raise UntranslatableColumnError(
            column=name, row=0, found="complex numbers", way_out=_SPLIT_COMPLEX
        )
    return _objects(pd.Series(values, dtype=object), name, hint, log)


def _instants(values: Values) -> ArrowArray:
    """Timestamps or durations: over pandas' own bytes unless one of them is missing."""
    kind = pa.from_numpy_dtype(values.dtype)
    if not values.flags.c_contiguous or np.isnat(values).any():
        return pa.array(values, type=kind, from_pandas=True)
    whole: Any = values.view(np.int64)
    data = pa.py_buffer(whole)
    return pa.Array.from_buffers(kind, len(values), [None, data])


def _zoned(series: pd.Series, *, name: str, log: Log) -> ArrowArray:
    try:
        return one_array(pa.array(series.array))
    except (pa.ArrowInvalid, ValueError):
        # A zone that has no name Arrow could store, such as a rule written as text.
        log(f"The zone of column {name!r} cannot be stored: it becomes UTC, at the same times.")
        return one_array(pa.array(series.dt.tz_convert("UTC").array))


def _dictionary(series: pd.Series, *, name: str, log: Log) -> ArrowArray:
    """Codes and categories as they are, so that order and unused categories survive."""
    categories = series.cat.categories
    dictionary = arrow_column(pd.Series(categories), name=name, hint=None, log=log)
    codes = series.cat.codes.to_numpy()
    indices: Any = pa.array(codes, mask=codes < 0)
    array = pa.DictionaryArray.from_arrays(indices, dictionary, ordered=bool(series.cat.ordered))
    if len(dictionary.unique()) == len(dictionary):
        return array
    log(f"Categories of column {name!r} that are the same as text are merged.")
    return array.dictionary_decode().dictionary_encode()


def _objects(series: Any, name: str, hint: pa.DataType | None, log: Log) -> ArrowArray:
    return column_of_objects(series.to_numpy(dtype=object), name=name, hint=hint, log=log)
