"""How often each value of a text, categorical, boolean or binary column occurs."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import types

from studiolo.datasets.profile.column_profile import TopValue, ValueSummary
from studiolo.datasets.profile.plain_values import plain_value

_TOP = 10
#: A hash table over a column keeps its values in one array, whose 32-bit offsets end here.
_NARROW_OFFSETS_END = 2**31 - 1


def summarise_frequencies(column: "pa.ChunkedArray[Any]") -> ValueSummary:
    """Count a column's different values and name the most frequent."""
    values, counts = _value_counts(_countable(column))
    top = tuple(
        TopValue(value=plain_value(values[int(place)]), count=int(counts[place]))
        for place in _most_frequent(counts)
    )
    return ValueSummary(count=int(counts.sum()), unique=len(values), top_values=top)


def summarise_bytes(column: "pa.ChunkedArray[Any]") -> ValueSummary:
    """Count a binary column's values and different values; there is nothing else to show."""
    column = _countable(column)
    return ValueSummary(
        count=len(column) - column.null_count, unique=pc.count_distinct(column).as_py()
    )


def _countable(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """Return a column that Arrow's hash kernels count rightly and in full."""
    # Arrow counts missing values in the view types as empty ones.
    if types.is_string_view(column.type):
        return column.cast(pa.large_string())
    if types.is_binary_view(column.type):
        return column.cast(pa.large_binary())
    if column.nbytes > _NARROW_OFFSETS_END and types.is_string(column.type):
        return column.cast(pa.large_string())
    if column.nbytes > _NARROW_OFFSETS_END and types.is_binary(column.type):
        return column.cast(pa.large_binary())
    return column


def _value_counts(column: "pa.ChunkedArray[Any]") -> tuple["pa.Array[Any]", NDArray[np.int64]]:
    """Return the different values that are not missing, in order of appearance, and counts."""
    if isinstance(column.type, pa.DictionaryType):
        return _category_counts(column)
    counted = pc.value_counts(column)
    return _present(counted.field("values"), counted.field("counts"))


def _category_counts(
    column: "pa.ChunkedArray[Any]",
) -> tuple["pa.Array[Any]", NDArray[np.int64]]:
    """Count categories by value: chunks differ in theirs, which may repeat and be missing."""
    counted: list[Any] = [pc.value_counts(chunk) for chunk in column.chunks]
    value_type = column.type.value_type
    parts = [part.field("values").dictionary_decode() for part in counted]
    part_counts = [part.field("counts") for part in counted]
    values, counts = _present(
        pa.chunked_array(parts, value_type).combine_chunks(),
        pa.chunked_array(part_counts, pa.int64()).combine_chunks(),
    )
    encoded = values.dictionary_encode()
    sums = np.zeros(len(encoded.dictionary), np.int64)
    np.add.at(sums, np.asarray(encoded.indices), counts)
    return encoded.dictionary, sums


def _present(
    values: "pa.Array[Any]", counts: "pa.Array[Any]"
) -> tuple["pa.Array[Any]", NDArray[np.int64]]:
    """Leave out the count of missing values."""
    present = pc.invert(pc.is_null(values, nan_is_null=types.is_floating(values.type)))
    return values.filter(present), np.asarray(counts.filter(present))


def _most_frequent(counts: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the places of the largest counts, the largest first, equal ones as they come."""
    kept = min(_TOP, counts.size)
    if kept == 0:
        return np.empty(0, np.intp)
    # Sorting all counts of a column without repetitions would take longer than counting did.
    least = np.partition(counts, counts.size - kept)[counts.size - kept]
    above = np.flatnonzero(counts > least)
    places = np.concatenate([above, np.flatnonzero(counts == least)[: kept - above.size]])
    return places[np.lexsort((places, -counts[places]))]
