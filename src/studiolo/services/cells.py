"""Reading a cell that a caller wrote as the type that the schema has for its column.

Callers write numbers as text and text as numbers, as the clients of the classic services do. An
empty text, and the other words for a missing value that CSV files have, are missing values in every
column but one of text.
"""

import base64
import binascii
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
from pyarrow import types

from studiolo.datasets.formats.inference import MISSING_WORDS, NAN_WORDS
from studiolo.datasets.profile.kinds import type_text
from studiolo.services.classic_text import (
    PER_SECOND,
    double_text,
    read_date_time,
    read_time_span,
)

#: Reads one cell; None is a missing value. It raises ValueError, such as `UnfitCellError`, for a
#: cell that does not fit.
ReadCell = Callable[[object], Any]

_MISSING = frozenset(MISSING_WORDS + NAN_WORDS)
_LARGEST_SINGLE = 3.4028235677973366e38
#: Digits of a whole number that could still fit 64 bits, with room for zeros in front.
_MOST_DIGITS = 40
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_LONG = (-(2**63), 2**63 - 1)
_A_DAY = 86_400_000_000_000


class UnfitCellError(ValueError):
    """A cell is not of the type of its column."""

    def __init__(self, expected: str = "") -> None:
        #: What it has to be, where that is more than the type's own phrase says.
        self.expected = expected
        super().__init__(expected)


@dataclass(frozen=True, kw_only=True)
class CellType:
    """How the cells of a column are read."""

    #: What a cell has to be, as a phrase: "a whole number".
    expected: str
    #: What it gives, `pa.array` takes for the type of the column.
    read: ReadCell


def cell_type(kind: pa.DataType) -> CellType:
    """How cells of a plain type are read."""
    if types.is_integer(kind):
        return _whole(kind)
    if types.is_floating(kind):
        read = _single if types.is_float32(kind) else _float
        return CellType(expected="a number, such as 1.5", read=read)
    if types.is_boolean(kind):
        return CellType(expected="True or False", read=_boolean)
    if types.is_decimal(kind):
        return _decimal(kind)
    if types.is_large_binary(kind):
        return CellType(expected="bytes in base64", read=_bytes)
    if types.is_temporal(kind):
        return _temporal(kind)
    return CellType(expected="text of whole characters", read=_text)


def _temporal(kind: pa.DataType) -> CellType:
    if isinstance(kind, pa.TimestampType):
        return CellType(
            expected="a date and time, such as 2010-05-30T18:09:00 or 5/30/2010 6:09:00 PM, "
            f"that fits the type {type_text(kind)}",
            read=_of_text(_units(read_date_time, kind.unit)),
        )
    if isinstance(kind, pa.DurationType):
        return CellType(
            expected=f"a duration, such as 1.02:03:04 or P1DT2H, that fits the type {kind}",
            read=_of_text(_units(read_time_span, kind.unit)),
        )
    return CellType(expected="a date, such as 2010-05-30 or 5/30/2010", read=_of_text(_days))


def _is_missing(text: str) -> bool:
    return text in _MISSING or not text.strip()


def _text(cell: object) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, str):
        cell.encode()  # which refuses half of a surrogate pair
        return cell
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return double_text(cell)
    if isinstance(cell, int | Decimal):
        return str(cell)
    raise UnfitCellError


def _whole(kind: pa.DataType) -> CellType:
    signed = types.is_signed_integer(kind)
    low = -(1 << kind.bit_width - 1) if signed else 0
    high = (1 << kind.bit_width - signed) - 1
    within = f"a whole number from {low} to {high}"
    expected = "a whole number" if kind == pa.int64() else within

    def read(cell: object) -> int | None:
        number = _integer(cell)
        if number is not None and not low <= number <= high:
            raise UnfitCellError(within)
        return number

    return CellType(expected=expected, read=read)


def _integer(cell: object) -> int | None:
    if cell is None or (isinstance(cell, int) and not isinstance(cell, bool)):
        return cell
    if isinstance(cell, str):
        text = cell.strip()
        if _is_missing(text):
            return None
        if not text.isascii() or "_" in text or len(text) > _MOST_DIGITS:
            raise UnfitCellError
        try:
            cell = Decimal(text)
        except InvalidOperation as error:
            raise UnfitCellError from error
    if isinstance(cell, float):
        if math.isnan(cell):
            return None
        cell = Decimal(cell)
    # A number with a large exponent takes all memory as a whole one.
    if not isinstance(cell, Decimal) or not cell.is_finite() or cell.adjusted() > _MOST_DIGITS:
        raise UnfitCellError
    if cell != cell.to_integral_value():
        raise UnfitCellError
    return int(cell)


def _float(cell: object) -> float | None:
    if cell is None:
        return None
    if isinstance(cell, str):
        text = cell.strip()
        if _is_missing(text):
            return None
        if not text.isascii() or "_" in text:
            raise UnfitCellError
        number = float(text)
        if math.isnan(number):
            return None
        if math.isinf(number) and "inf" not in text.lower():
            raise UnfitCellError
        return number
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        raise UnfitCellError
    try:
        number = float(cell)
    except OverflowError as error:
        raise UnfitCellError from error
    if math.isinf(number):  # readers of JSON make it of a number that is too large
        raise UnfitCellError
    return None if math.isnan(number) else number


def _single(cell: object) -> float | None:
    number = _float(cell)
    if number is not None and _LARGEST_SINGLE <= abs(number) < math.inf:
        raise UnfitCellError
    return number


def _boolean(cell: object) -> bool | None:
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, str):
        return None if _is_missing(cell) else _one_of(_BOOLEANS, cell.strip().lower())
    if isinstance(cell, int | float) and cell in (0, 1):
        return bool(cell)
    raise UnfitCellError


def _one_of(known: dict[str, bool], word: str) -> bool:
    if word not in known:
        raise UnfitCellError
    return known[word]


def _decimal(kind: Any) -> CellType:
    precision, scale = kind.precision, kind.scale
    exact = Context(prec=precision)
    unit = Decimal(1).scaleb(-scale)

    def read(cell: object) -> Decimal | None:
        if cell is None or (isinstance(cell, str) and _is_missing(cell)):
            return None
        if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
            raise UnfitCellError
        if isinstance(cell, str) and "_" in cell:
            raise UnfitCellError
        try:
            number = Decimal(repr(cell) if isinstance(cell, float) else cell)
            whole = number.quantize(unit, context=exact)
        except InvalidOperation as error:
            raise UnfitCellError from error
        if whole != number:  # NaN is not equal to itself
            raise UnfitCellError
        return whole

    digits = f"a decimal number of at most {precision - scale} digits before the point and {scale}"
    return CellType(expected=f"{digits} after it", read=read)


def _bytes(cell: object) -> bytes | None:
    if cell is None:
        return None
    if not isinstance(cell, str):
        raise UnfitCellError
    try:
        return base64.b64decode(cell, validate=True)
    except binascii.Error as error:
        raise UnfitCellError from error


def _of_text(read: Callable[[str], int]) -> ReadCell:
    def read_cell(cell: object) -> int | None:
        if cell is None:
            return None
        if not isinstance(cell, str):
            raise UnfitCellError
        text = cell.strip()
        return None if _is_missing(text) else read(text)

    return read_cell


def _days(text: str) -> int:
    days, rest = divmod(read_date_time(text), _A_DAY)
    if rest:
        raise UnfitCellError
    return days


def _units(read: Callable[[str], int], unit: str) -> Callable[[str], int]:
    nanoseconds = 1_000_000_000 // PER_SECOND[unit]

    def read_units(text: str) -> int:
        units, rest = divmod(read(text), nanoseconds)
        if rest or not _LONG[0] <= units <= _LONG[1]:
            raise UnfitCellError
        return units

    return read_units
