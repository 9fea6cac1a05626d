"""Statistics and histogram of a column of floats, from one sort."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from studiolo.datasets.profile.column_profile import Histogram, Statistics, ValueSummary

#: Squares and sums of numbers beyond 2**±400 leave the range of a float, so those are scaled.
_SAFE_EXPONENT = 400


def summarise_floats(column: "pa.ChunkedArray[Any]", bins: int) -> ValueSummary:
    """Describe a float column: NaN counts as missing, infinities are counted and left out."""
    chunks = [chunk.drop_null().to_numpy(zero_copy_only=False) for chunk in column.chunks]
    values = np.concatenate([np.empty(0, np.float64), *chunks], dtype=np.float64)
    values.sort()
    values = values[: np.searchsorted(values, np.nan)]
    first, last = np.searchsorted(values, -math.inf, "right"), np.searchsorted(values, math.inf)
    finite = values[first:last]
    has_finite = finite.size > 0
    return ValueSummary(
        count=values.size,
        unique=int(np.count_nonzero(values[1:] != values[:-1])) + (values.size > 0),
        infinite=values.size - finite.size,
        statistics=_statistics(finite) if has_finite else None,
        histogram=_histogram(finite, bins) if has_finite else None,
    )


def _statistics(ascending: NDArray[np.float64]) -> Statistics:
    mean, deviation = _moments(ascending)
    return Statistics(
        mean=mean,
        standard_deviation=deviation,
        minimum=_plain(ascending[0]),
        first_quartile=_quartile(ascending, 1),
        median=_quartile(ascending, 2),
        third_quartile=_quartile(ascending, 3),
        maximum=_plain(ascending[-1]),
    )


def _moments(ascending: NDArray[np.float64]) -> tuple[float, float | None]:
    """Return mean and sample standard deviation."""
    low, high = _plain(ascending[0]), _plain(ascending[-1])
    if low == high:
        return low, 0.0 if ascending.size > 1 else None
    exponent = math.frexp(max(abs(low), abs(high)))[1]
    exponent = exponent if abs(exponent) > _SAFE_EXPONENT else 0
    scaled = np.ldexp(ascending, -exponent) if exponent else ascending
    # Rounding must not carry the mean out of the values it is the mean of.
    mean = min(max(math.ldexp(float(scaled.mean()), exponent), low), high)
    try:
        return mean, math.ldexp(float(scaled.std(ddof=1)), exponent)
    except OverflowError:
        return mean, None


def _quartile(ascending: NDArray[np.float64], quarter: int) -> float:
    """Interpolate linearly between the two values around a quarter of the way."""
    index, rest = divmod((ascending.size - 1) * quarter, 4)
    low = _plain(ascending[index])
    if rest == 0:
        return low
    high, weight = _plain(ascending[index + 1]), rest / 4
    distance = high - low
    if math.isinf(distance):
        return low * (1 - weight) + high * weight
    # From the nearer end, as NumPy does it: the result is the same to the last bit.
    return low + distance * weight if weight < 0.5 else high - distance * (1 - weight)


def _histogram(ascending: NDArray[np.float64], bins: int) -> Histogram:
    low, high = _plain(ascending[0]), _plain(ascending[-1])
    if low == high:
        return Histogram(edges=(low, high), counts=(ascending.size,))
    # The distance between two floats can be more than a float holds; that of their halves not.
    part = 2 if math.isinf(high - low) else 1
    edges = np.linspace(low / part, high / part, bins + 1) * part
    starts = np.searchsorted(ascending, edges)
    starts[0], starts[-1] = 0, ascending.size
    return Histogram(
        edges=(low, *map(float, edges[1:-1]), high),
        counts=tuple(int(count) for count in np.diff(starts)),
    )


def _plain(value: np.float64) -> float:
    """Return a Python float, without the sign of a negative zero."""
    return float(value) + 0.0
