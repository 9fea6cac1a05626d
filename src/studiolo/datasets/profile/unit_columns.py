"""Integer, decimal and temporal columns as ascending whole numbers of a unit."""

import bisect
import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import types

from studiolo.datasets.profile.column_profile import Value, ValueSummary
from studiolo.datasets.profile.exact_summary import AscendingUnits, UnitWords, summarise_units
from studiolo.datasets.profile.plain_values import duration_text, temporal_text

#: The widest decimal of Arrow has 76 digits; a quartile adds two, a sign of rounding one more.
_DECIMAL_DIGITS = 80


def summarise_integers(column: "pa.ChunkedArray[Any]", bins: int) -> ValueSummary:
    """Describe an integer column; nothing is rounded that a value of the column can say."""
    words = UnitWords(value=_number, mean=float, edge=_number, distance=float)
    return summarise_units(_ascending_integers(column), words, bins)


def summarise_temporals(column: "pa.ChunkedArray[Any]", bins: int) -> ValueSummary:
    """Describe a column of dates, times, timestamps or durations."""
    if types.is_date64(column.type):
        column = column.cast(pa.date32())
    data_type = column.type
    narrow = types.is_date32(data_type) or types.is_time32(data_type)

    def down(units: Fraction) -> Value:
        return temporal_text(math.floor(units), data_type)

    def up(units: Fraction) -> Value:
        return temporal_text(math.ceil(units), data_type)

    def distance(units: float) -> Value:
        if types.is_date32(data_type):
            return duration_text(round(units * 86_400), "s")
        return duration_text(round(units), data_type.unit)

    # Edges are rounded up so that a value is on the right side of the edge that is shown.
    words = UnitWords(value=down, mean=down, edge=up, distance=distance)
    numbers = column.cast(pa.int32() if narrow else pa.int64())
    return summarise_units(_ascending_integers(numbers), words, bins)


def summarise_decimals(column: "pa.ChunkedArray[Any]", bins: int) -> ValueSummary:
    """Describe a decimal column; only its mean and standard deviation are floats."""
    scale: int = column.type.scale
    unit = Fraction(10) ** -scale

    def exactly(units: Fraction) -> Value:
        with localcontext(prec=_DECIMAL_DIGITS):
            return (Decimal(units.numerator) / Decimal(units.denominator)).scaleb(-scale)

    words = UnitWords(
        value=exactly,
        mean=lambda units: float(units * unit),
        edge=exactly,
        distance=lambda units: float(Fraction(units) * unit),
    )
    return summarise_units(_ascending_decimals(column, unit), words, bins)


def _number(units: Fraction) -> int | float:
    return units.numerator if units.denominator == 1 else float(units)


def _ascending_integers(column: "pa.ChunkedArray[Any]") -> AscendingUnits:
    """Sort a copy of the column, the only thing here that takes time."""
    chunks = [chunk.drop_null().to_numpy(zero_copy_only=False) for chunk in column.chunks]
    empty = np.empty(0, column.type.to_pandas_dtype())
    values: NDArray[Any] = np.concatenate([empty, *chunks])
    values.sort()
    return AscendingUnits(
        size=values.size,
        unique=int(np.count_nonzero(values[1:] != values[:-1])) + (values.size > 0),
        at=lambda index: int(values[index]),
        count_below=lambda number: int(np.searchsorted(values, values.dtype.type(number))),
        moments=lambda: _integer_moments(values),
    )


def _integer_moments(ascending: NDArray[Any]) -> tuple[Fraction, float]:
    """Return the exact mean above the smallest integer, and the sample standard deviation."""
    # The distance between two 64-bit integers needs an unsigned one; subtraction wraps to it.
    wide = ascending if ascending.dtype == np.uint64 else ascending.astype(np.int64, copy=False)
    unsigned = wide.view(np.uint64)
    distances: NDArray[np.uint64] = unsigned - unsigned[0]
    # Summed in halves, which do not overflow before there are 2**32 rows.
    total = (int((distances >> 32).sum()) << 32) + int((distances & 0xFFFFFFFF).sum())
    return Fraction(total, distances.size), float(distances.astype(np.float64).std(ddof=1))


def _ascending_decimals(column: "pa.ChunkedArray[Any]", unit: Fraction) -> AscendingUnits:
    precision, scale = column.type.precision, column.type.scale
    # Arrow does not sort the narrow decimals, nor compare those in tens or hundreds.
    if scale < 0:
        column = column.cast(pa.decimal256(precision - scale, 0))
    elif column.type.bit_width < 128:
        column = column.cast(pa.decimal128(precision, scale))
    values = column.drop_null().combine_chunks()
    values = values.take(pc.array_sort_indices(values))
    steps = np.count_nonzero(pc.not_equal(values[1:], values[:-1]))

    def at(index: int) -> int:
        return int(Fraction(values[index].as_py()) / unit)

    def moments() -> tuple[Fraction, float]:
        floats = np.asarray(values.cast(pa.float64()))
        distances = floats - floats[0]
        deviation = Fraction(float(distances.std(ddof=1)))
        return Fraction(float(distances.mean())) / unit, float(deviation / unit)

    return AscendingUnits(
        size=len(values),
        unique=int(steps) + (len(values) > 0),
        at=at,
        count_below=lambda number: bisect.bisect_left(range(len(values)), number, key=at),
        moments=moments,
    )
