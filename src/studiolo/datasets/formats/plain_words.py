"""Values as words: the one spelling of each type that the text formats write."""

from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column, Values, ends_of, joined, text
from studiolo.datasets.formats.errors import FormatCannotHoldError

_FIRST_DAY = -719_162  # 0001-01-01 in days from 1970
_LAST_DAY = 2_932_896  # 9999-12-31
_A_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def words_of(column: Values | Column, *, name: str, file: str, format_name: str) -> Values:
    """Spell the values of a column; missing ones stay null.

    Raises:
        FormatCannotHoldError: The column has bytes, text with a NUL, or a year that
            ISO 8601 writes with other than four digits.
    """
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    problem = _problem(values)
    if problem is not None:
        what, advice = problem
        raise FormatCannotHoldError(
            file=file, format_name=format_name, column=name, what=what, advice=advice
        )
    if pa.types.is_floating(values.type):
        return _floats(values)
    if pa.types.is_timestamp(values.type):
        return _timestamps(values)
    if pa.types.is_duration(values.type):
        return _durations(values)
    return values.cast(pa.large_string())


def _problem(values: Values) -> tuple[str, str] | None:
    """The values of a column that text can't express, and the way out; None if there are none."""
    kind = values.type
    if pa.types.is_large_binary(kind) or pa.types.is_binary(kind):
        return "binary values", "Write it as Parquet or Arrow, or turn the bytes into base64 text"
    if pa.types.is_large_string(kind) and pc.any(pc.match_substring(values, "\0")).as_py():
        return "text with a NUL character", "Write it as Parquet or Arrow, or remove the character"
    if pa.types.is_date32(kind) and not _within(values, 1):
        return "a date outside the years 1 to 9999", "Write it as Parquet or Arrow"
    if pa.types.is_timestamp(kind) and not _within(values, _A_DAY[kind.unit]):
        return "a timestamp outside the years 1 to 9999", "Write it as Parquet or Arrow"
    return None


def _within(values: Values, a_day: int) -> bool:
    wide = pa.int32() if pa.types.is_date32(values.type) else pa.int64()
    ends = ends_of(values.view(wide))
    if ends is None:
        return True
    return bool(ends[0] >= _FIRST_DAY * a_day and ends[1] < (_LAST_DAY + 1) * a_day)


def _floats(values: Values) -> Values:
    words = values.cast(pa.large_string())
    whole = pc.match_substring_regex(words, "^-?[0-9]+$")
    # "1.0", so that a column of whole floats is read as floats again.
    decimal = joined(words, text(".0"))
    finite = pc.if_else(whole, decimal, words)
    return cast("Values", pc.if_else(pc.is_nan(values), text("NaN"), finite))


def _timestamps(values: Values) -> Values:
    if values.type.tz is not None:
        values = values.cast(pa.timestamp(values.type.unit, "UTC"))
    words = values.cast(pa.large_string())
    separated = pc.replace_substring(words, " ", "T", max_replacements=1)
    return cast("Values", pc.replace_substring_regex(separated, r"\.0+(Z?)$", r"\1"))


def _durations(values: Values) -> Values:
    """Durations as pandas spells them: ``1 days 02:03:04``, and ``-1 days +23:59:59``."""
    per_second = _A_DAY[values.type.unit] // 86_400
    words = [
        None if count is None else _duration(count, per_second)
        for count in values.view(pa.int64()).to_pylist()
    ]
    return pa.array(words, pa.large_string())


def _duration(count: int, per_second: int) -> str:
    seconds, fraction = divmod(count, per_second)
    days, seconds = divmod(seconds, 86_400)
    minutes, second = divmod(seconds, 60)
    sign = "+" if days < 0 else ""
    # pandas writes microseconds, or nanoseconds where there are some.
    nanoseconds = fraction * (1_000_000_000 // per_second)
    if not nanoseconds:
        decimals = ""
    elif nanoseconds % 1000:
        decimals = f".{nanoseconds:09d}"
    else:
        decimals = f".{nanoseconds // 1000:06d}"
    return f"{days} days {sign}{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}{decimals}"
