"""Arrow columns that a script made itself, in the types that a dataset has."""

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa

from studiolo_guest.frames.arrays import ArrowArray
from studiolo_guest.frames.errors import UntranslatableColumnError

_Test = Callable[[pa.DataType], bool]

_KEPT: Final[tuple[_Test, ...]] = (
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_float32,
    pa.types.is_float64,
    pa.types.is_decimal128,
    pa.types.is_decimal256,
    pa.types.is_large_string,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_date32,
    pa.types.is_timestamp,
    pa.types.is_duration,
)
#: The same values in a wider layout: nothing that a user would notice.
_WIDENED: Final[tuple[tuple[_Test, pa.DataType], ...]] = (
    (pa.types.is_string, pa.large_string()),
    (pa.types.is_string_view, pa.large_string()),
    (pa.types.is_binary_view, pa.large_binary()),
    (pa.types.is_fixed_size_binary, pa.large_binary()),
    (pa.types.is_date64, pa.date32()),
    (pa.types.is_float16, pa.float32()),
)
#: Types that a dataset does not have, and that text can hold.
_WRITTEN_OUT: Final[tuple[_Test, ...]] = (pa.types.is_time, pa.types.is_null)


def stored(column: ArrowArray, *, name: str, log: Callable[[str], None]) -> ArrowArray:
    """The column in a type of a dataset, or `UntranslatableColumnError` when it is nested."""
    kind = column.type
    if any(test(kind) for test in _KEPT):
        return column
    for test, wider in _WIDENED:
        if test(kind):
            return column.cast(wider)
    if pa.types.is_dictionary(kind):
        return _stored_dictionary(column, name=name, log=log)
    if isinstance(kind, (pa.Decimal32Type, pa.Decimal64Type)):
        return column.cast(pa.decimal128(kind.precision, kind.scale))
    if any(test(kind) for test in _WRITTEN_OUT):
        log(f"Column {name!r} of the type {kind} becomes text.")
        return column.cast(pa.large_string())
    row = next((row for row in range(len(column)) if column[row].is_valid), None)
    raise UntranslatableColumnError(
        column=name,
        row=row,
        found=f"values of the Arrow type {kind}",
        way_out="Use `DataFrame.explode` to get a row for each element, or keep it as text.",
    )


def _stored_dictionary(column: Any, *, name: str, log: Callable[[str], None]) -> ArrowArray:
    dictionary = stored(column.dictionary, name=name, log=log)
    return pa.DictionaryArray.from_arrays(column.indices, dictionary, ordered=column.type.ordered)
