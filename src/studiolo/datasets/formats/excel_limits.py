"""The limits of an Excel sheet, checked before anything is written."""

import itertools
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column, ends_of
from studiolo.datasets.formats import Target
from studiolo.datasets.formats.errors import FormatCannotHoldError
from studiolo.datasets.written_size import pieces

_MOST_ROWS = 1_048_576
#: Rows of a column of categories, and bytes of what they stand for, that are looked at together.
_ROWS = 1 << 16
_SIZE = 16 << 20
_MOST_COLUMNS = 16_384
_LONGEST_TEXT = 32_767
#: Excel's numbers are floats: beyond this, integers are rounded.
_LARGEST_INTEGER = 2**53
#: 1900-03-01: Excel believes in a 29 February 1900, and counts wrong before it.
_FIRST_DAY = -25_508
#: Control characters, formulas, and what Excel takes for its own errors.
_UNSAFE_TEXT = r"[\x00-\x08\x0B\x0C\x0E-\x1F]|^=|^#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!)$"
_ELSEWHERE = "Write it as CSV, Parquet or Arrow"
_PER_MILLISECOND = {"s": 1, "ms": 1, "us": 1_000, "ns": 1_000_000}
_PER_DAY = {
    unit: per * (86_400_000 if unit != "s" else 86_400) for unit, per in _PER_MILLISECOND.items()
}


def check_fits(table: pa.Table, target: Target) -> None:
    """Refuse a table that a sheet would cut, round or change.

    Raises:
        FormatCannotHoldError: It names the first column that does not fit.
    """
    if table.num_rows >= _MOST_ROWS or not 0 < table.num_columns <= _MOST_COLUMNS:
        raise FormatCannotHoldError(
            file=target.name,
            format_name="an Excel sheet",
            what=f"{table.num_rows} rows and {table.num_columns} columns; it has {_MOST_ROWS} rows "
            f"with the header and 1 to {_MOST_COLUMNS} columns",
            advice=_ELSEWHERE,
        )
    if table.num_rows and not any(column[-1].is_valid for column in table.columns):
        raise FormatCannotHoldError(
            file=target.name,
            format_name="an Excel sheet",
            what="a last row without any value, which it would lose",
            advice=_ELSEWHERE,
        )
    for position, name in enumerate(table.column_names):
        for what in itertools.chain.from_iterable(map(_problems, _parts(table, position))):
            raise FormatCannotHoldError(
                file=target.name,
                format_name="an Excel sheet",
                column=name,
                what=what,
                advice=_ELSEWHERE,
            )


def _parts(table: pa.Table, position: int) -> Iterator[Column]:
    """A column; one of categories as what they stand for, which can be far more, in parts."""
    column = table.column(position)
    kind: Any = column.type
    if not pa.types.is_dictionary(kind):
        yield column
        return
    for piece in pieces(table.select([position]), rows=_ROWS, size=_SIZE):
        yield piece.column(0).cast(kind.value_type)


def _problems(column: Column) -> Iterator[str]:
    kinds, kind = pa.types, column.type
    if kinds.is_large_binary(kind) or kinds.is_decimal(kind):
        yield f"values of the type {kind}"
    elif kinds.is_integer(kind):
        ends = ends_of(column)
        if ends and max(-ends[0], ends[1]) > _LARGEST_INTEGER:
            yield "integers beyond 2^53, which it would round"
    elif kinds.is_floating(kind):
        if pc.any(pc.is_inf(column)).as_py():
            yield "infinite numbers"
    elif kinds.is_large_string(kind):
        yield from _text_problems(column)
    elif kinds.is_date32(kind):
        ends = ends_of(column.combine_chunks().view(pa.int32()))
        if ends and ends[0] < _FIRST_DAY:
            yield "dates before March 1900"
    elif kinds.is_timestamp(kind) or kinds.is_duration(kind):
        yield from _time_problems(column)


def _text_problems(column: Column) -> Iterator[str]:
    lengths = ends_of(pc.utf8_length(column))
    if lengths and lengths[1] > _LONGEST_TEXT:
        yield f"texts of more than {_LONGEST_TEXT} characters"
    if lengths and lengths[0] == 0:
        yield "empty texts, which it would make missing"
    if pc.any(pc.match_substring_regex(column, _UNSAFE_TEXT)).as_py():
        yield "texts with control characters, that start with =, or that are names of errors"


def _time_problems(column: Column) -> Iterator[str]:
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        yield "timestamps with a time zone"
    units = column.combine_chunks().view(pa.int64())
    divisor = pa.scalar(_PER_MILLISECOND[kind.unit], pa.int64())
    rounded = pc.multiply(pc.divide(units, divisor), divisor)
    if pc.any(pc.not_equal(units, rounded)).as_py():
        yield "times finer than a millisecond"
    ends = ends_of(units)
    first = _FIRST_DAY * _PER_DAY[kind.unit] if pa.types.is_timestamp(kind) else 0
    if ends and ends[0] < first:
        yield "times before March 1900, or negative durations"
