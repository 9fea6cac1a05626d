"""Statistics and histogram of values that are whole numbers of some unit, without rounding."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from studiolo.datasets.profile.column_profile import Histogram, Statistics, Value, ValueSummary


@dataclass(frozen=True, kw_only=True)
class AscendingUnits:
    """A column's values in ascending order, each a whole number of the column's unit.

    The unit is 1 for integers, a day or a fraction of a second for dates and times, and the last
    digit for decimals.
    """

    #: How many values there are.
    size: int
    #: How many different ones.
    unique: int
    #: The value at a place.
    at: Callable[[int], int]
    #: How many values are smaller than a number.
    count_below: Callable[[int], int]
    #: Mean, counted from the smallest value, and sample standard deviation. Asked for only when
    #: not all values are the same.
    moments: Callable[[], tuple[Fraction, float]]


@dataclass(frozen=True, kw_only=True)
class UnitWords:
    """How numbers of units are turned back into values of the column."""

    #: A value, or a point between two values.
    value: Callable[[Fraction], Value]
    #: The mean.
    mean: Callable[[Fraction], Value]
    #: An edge of a histogram.
    edge: Callable[[Fraction], Value]
    #: A distance between values.
    distance: Callable[[float], Value]


def summarise_units(units: AscendingUnits, words: UnitWords, bins: int) -> ValueSummary:
    """Describe values that are whole numbers of a unit."""
    return ValueSummary(
        count=units.size,
        unique=units.unique,
        statistics=_statistics(units, words) if units.size else None,
        histogram=_histogram(units, words, bins) if units.size else None,
    )


def _statistics(units: AscendingUnits, words: UnitWords) -> Statistics:
    low, high = units.at(0), units.at(units.size - 1)
    mean, deviation = units.moments() if low != high else (Fraction(0), 0.0)
    return Statistics(
        # Rounding must not carry the mean out of the values it is the mean of.
        mean=words.mean(min(low + mean, Fraction(high))),
        standard_deviation=words.distance(deviation) if units.size > 1 else None,
        minimum=words.value(Fraction(low)),
        first_quartile=words.value(_quartile(units, 1)),
        median=words.value(_quartile(units, 2)),
        third_quartile=words.value(_quartile(units, 3)),
        maximum=words.value(Fraction(high)),
    )


def _quartile(units: AscendingUnits, quarter: int) -> Fraction:
    """Interpolate linearly between the two values around a quarter of the way."""
    index, rest = divmod((units.size - 1) * quarter, 4)
    low = units.at(index)
    return low + Fraction((units.at(index + 1) - low) * rest, 4) if rest else Fraction(low)


def _histogram(units: AscendingUnits, words: UnitWords, bins: int) -> Histogram:
    low, high = units.at(0), units.at(units.size - 1)
    if low == high:
        edge = words.value(Fraction(low))
        return Histogram(edges=(edge, edge), counts=(units.size,))
    inner = [low + Fraction((high - low) * step, bins) for step in range(1, bins)]
    # A whole number is below an edge exactly if it is below the edge rounded up.
    starts = [0, *(units.count_below(-(-edge // 1)) for edge in inner), units.size]
    return Histogram(
        edges=(words.value(Fraction(low)), *map(words.edge, inner), words.value(Fraction(high))),
        counts=tuple(end - start for start, end in pairwise(starts)),
    )
