"""Which type a column of text has, decided over all of its values.

The rules, in the order in which they are tried; one value that does not fit leaves the column text:

- integer: digits with an optional minus, without leading zeros, within 64 bits;
- float: decimal or scientific notation, ``NaN``, ``inf``; integers among them must survive it;
- boolean: ``true`` and ``false``, ``True`` and ``False`` or ``TRUE`` and ``FALSE``, not mixed;
- date: ``2020-01-31``; timestamp: ``2020-01-31T12:00[:00[.123456789]]`` with ``T`` or a space; with
  ``Z`` or an offset in every value it is an instant, kept in UTC.

So "007", "+49", "0x1F", "1,5", "01/02/2020" and integers beyond 64 bits stay text. An empty field
is missing in every column. A quoted empty field is an empty string in a text column and missing in
any other, and so are ``NA``, ``N/A``, ``null``, ``NULL`` and, among integers, dates and booleans,
``NaN`` and ``nan``. A column without any value is text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column, Values, array_of, ends_of, string_places
from studiolo.datasets.invariants import in_one_piece

Reading = Callable[[Column], Column | None]

#: Values of a column that is worth reading together with its neighbours.
_SHORT: Final = 1000
#: Bytes of the columns that are read together.
_LITTLE: Final = 64 << 20

NAN_WORDS = ("NaN", "nan")
MISSING_WORDS = ("", "NA", "N/A", "null", "NULL")
_NON_FINITE = ("NaN", "nan", "inf", "-inf", "Inf", "-Inf", "Infinity", "-Infinity")

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?(?:inf|Inf|Infinity)")
_BOOLEAN = re.compile(r"true|false|True|False|TRUE|FALSE")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)


def typed_column(text: Column) -> Column:
    """Give a column of text the type that all of its values have.

    Args:
        text: Strings, with nulls for missing values; bytes that are not UTF-8 stay as they are.

    Returns:
        The same values in one piece, as ``large_string`` where they are no other type.
    """
    typed = _typed(text)
    if typed is None and _has_padding(text):
        typed = _typed(_trimmed(text))
    if typed is None:
        typed = text.cast(pa.large_string())
    return in_one_piece(typed)


def typed_columns(texts: Sequence[Column]) -> list[Column]:
    """Give columns of equally many values the types that `typed_column` gives each of them.

    Short columns of numbers are read together: each call of Arrow takes as long as many values do,
    and what holds for the values of several columns holds for those of each.
    """
    typed: dict[int, Column] = {}
    if len(texts) > 1 and len(texts[0]) <= _SHORT:
        readings = [_reading_of_numbers(text) for text in texts]
        for reading in (_integers, _floats):
            places = [place for place, found in enumerate(readings) if found is reading]
            typed.update(zip(places, _read_together(texts, places, reading), strict=False))
    return [
        typed[place] if place in typed else typed_column(text) for place, text in enumerate(texts)
    ]


def _reading_of_numbers(text: Column) -> Reading | None:
    first = _first_telling_value(text)
    if first is None:
        return None
    if _INTEGER.fullmatch(first):
        return _integers
    return _floats if _FLOAT.fullmatch(first) else None


def _read_together(
    texts: Sequence[Column], places: Sequence[int], reading: Reading
) -> Iterator[Column]:
    """The columns at some places; none if they have to be looked at one by one."""
    chunks = [chunk for place in places for chunk in texts[place].chunks]
    if not chunks or sum(chunk.nbytes for chunk in chunks) > _LITTLE:
        return
    together = reading(pa.chunked_array([pa.concat_arrays(chunks)]))
    if together is not None:
        rows = len(texts[0])
        for start in range(0, len(together), rows):
            column: Any = together.chunk(0).slice(start, rows)
            yield pa.chunked_array([column])


def _typed(text: Column) -> Column | None:
    first = _first_telling_value(text)
    if first is None:
        return _floats_of_nothing_else(text)
    typed = _with_missing(text, _integers) if _INTEGER.fullmatch(first) else None
    if typed is None and _FLOAT.fullmatch(first):
        typed = _with_missing(text, _floats, keep_nan=True)
    elif _BOOLEAN.fullmatch(first):
        typed = _with_missing(text, lambda values: _booleans(values, first))
    elif reading := _temporal_reading(first):
        typed = _with_missing(text, reading)
    return typed


def _has_padding(text: Column) -> bool:
    """Whether values that may be numbers or dates have blanks after them, as padding.

    Only where the first value, without its blanks, is not text.
    """
    first = _first_telling_value(text)
    return (
        first is not None
        and any(kind.fullmatch(first.strip()) for kind in (_FLOAT, _BOOLEAN, _DATE, _TIMESTAMP))
        and any(_ends_with_blank(chunk) for chunk in text.chunks)
    )


def _ends_with_blank(chunk: Values) -> bool:
    starts, ends, data = string_places(chunk)
    last = data[ends[ends > starts] - 1]
    return bool(((last == ord(" ")) | (last == ord("\t"))).any())


def _trimmed(text: Column) -> Column:
    return pc.ascii_trim(text, " \t")


def temporal_column(text: Column) -> Column | None:
    """Dates or timestamps, if every value of a column of text is one."""
    first = _first_telling_value(text)
    reading = _temporal_reading(first) if first is not None else None
    return reading(text) if reading else None


def _temporal_reading(first: str) -> Reading | None:
    """How to read a column whose first value is a date or a timestamp."""
    if _DATE.fullmatch(first):
        return _dates
    if match := _TIMESTAMP.fullmatch(first):
        zone = "UTC" if match.group(1) else None
        return lambda values: _timestamps(values, zone)
    return None


def _first_telling_value(text: Column) -> str | None:
    """The first value that is not one of the words for a missing one."""
    words = _words(MISSING_WORDS + NAN_WORDS, text.type)
    for chunk in text.chunks:
        # Nearly always it is the very first, which need not be searched for.
        if len(chunk) and chunk[0].is_valid:
            first = _decoded(chunk[0])
            if first not in MISSING_WORDS and first not in NAN_WORDS:
                return first
        for part in (chunk.slice(0, 64), chunk):
            telling = part.filter(pc.invert(pc.is_in(part, value_set=words))).drop_null()
            if len(telling):
                return _decoded(telling[0])
    return None


def _decoded(value: Any) -> str:
    content: pa.Buffer = value.as_buffer()
    return content.to_pybytes().decode("utf-8", "replace")


@cache
def _words(words: tuple[str, ...], kind: pa.DataType) -> Values:
    return array_of(words, kind)


def _floats_of_nothing_else(text: Column) -> Column | None:
    """Floats, if the only word in the column is ``NaN`` as a writer of floats spells it."""
    spelled = _count(text, ["NaN"])
    return text.cast(pa.float64()) if spelled and spelled == len(text) - text.null_count else None


def _count(text: Column, words: Sequence[str]) -> int:
    """How many values are one of the words."""
    return len(text.filter(pc.is_in(text, value_set=array_of(words, text.type))))


def _with_missing(text: Column, reading: Reading, *, keep_nan: bool = False) -> Column | None:
    """Try a reading of the column, and again with the words for missing values taken out."""
    typed = reading(text)
    if typed is not None:
        return typed
    words = _words(MISSING_WORDS if keep_nan else MISSING_WORDS + NAN_WORDS, text.type)
    missing = pc.is_in(text, value_set=words)
    if not pc.any(missing).as_py():
        return None
    return reading(pc.if_else(missing, pa.nulls(1, text.type)[0], text))


def _cast(text: Column, target: pa.DataType) -> Column | None:
    try:
        return text.cast(target)
    except pa.ArrowInvalid:
        return None


def _integers(text: Column) -> Column | None:
    numbers = _cast(text, pa.int64())
    if numbers is None or any(_loses_digits(chunk, integers=True) for chunk in text.chunks):
        return None
    return numbers


def _floats(text: Column) -> Column | None:
    numbers = _cast(text, pa.float64())
    if numbers is None or any(_loses_digits(chunk, integers=False) for chunk in text.chunks):
        return None
    ends = ends_of(numbers)
    if ends is None:
        return numbers
    if pc.all(pc.is_finite(numbers)).as_py() is False:
        odd = text.filter(pc.invert(pc.is_finite(numbers))).unique().to_pylist()
        if not set(odd) <= {*_NON_FINITE, None}:
            return None
    if max(-ends[0], ends[1]) >= 2**53 and _rounds_an_integer(text, numbers):
        return None
    return numbers


def _rounds_an_integer(text: Column, numbers: Column) -> bool:
    """Whether an integer among floats is rounded, or too large for any integer type."""
    is_large = pc.greater_equal(pc.abs(numbers), array_of(["9007199254740992"], pa.float64())[0])
    large = [str(word) for word in text.filter(is_large).drop_null().to_pylist()]
    integers = [int(word) for word in large if _INTEGER.fullmatch(word)]
    return any(abs(number) >= 2**63 or int(float(number)) != number for number in integers)


def _loses_digits(chunk: Values, *, integers: bool) -> bool:
    """Whether a number starts with a plus or a superfluous zero, which are the marks of a code."""
    starts, ends, data = string_places(chunk)
    if not data.size:  # nothing but nulls
        return False
    # A null at the end may start where the data ends.
    heads = data.take(starts, mode="clip")
    # Most start with another digit, and need no second look; "+", "-" and "." are below the zero.
    doubtful = np.flatnonzero(heads <= ord("0"))
    if chunk.null_count:
        doubtful = doubtful[chunk.is_valid().to_numpy(zero_copy_only=False)[doubtful]]
    starts, ends, head = starts[doubtful], ends[doubtful], heads[doubtful]
    several = ends - starts > 1
    starts, ends, head = starts[several], ends[several], head[several]
    negative = head == ord("-")
    if (head == ord("+")).any():
        return True
    after_sign = starts + negative
    zeros = np.flatnonzero(data[after_sign] == ord("0"))
    following = after_sign[zeros] + 1
    inside = following < ends[zeros]
    if integers and not inside.all():  # "-0" is a float
        return True
    follower = data[following[inside]]
    # ".", "e" and "E" keep the zero in its place.
    small = follower | 0x20
    return not bool(((follower == ord(".")) | (small == ord("e"))).all())


def starts_with_space(text: Column) -> bool:
    """Whether a value of a text column starts with a space."""
    for chunk in text.chunks:
        starts, ends, data = string_places(chunk)
        if (data[starts[ends > starts]] == ord(" ")).any():
            return True
    return False


def _booleans(text: Column, first: str) -> Column | None:
    true = next(word for word in ("true", "True", "TRUE") if first in (word, _opposite(word)))
    if _count(text, [true, _opposite(true)]) != len(text) - text.null_count:
        return None
    return cast("Column", pc.equal(text, array_of([true], text.type)[0]))


def _opposite(true: str) -> str:
    return {"true": "false", "True": "False", "TRUE": "FALSE"}[true]


def _dates(text: Column) -> Column | None:
    return _cast(text, pa.date32())


def _timestamps(text: Column, zone: str | None) -> Column | None:
    # Arrow also takes a date or an hour alone, which do not go together with times.
    if pc.min(pc.binary_length(text)).as_py() < len("2020-01-31T12:00"):
        return None
    microseconds = _cast(text, pa.timestamp("us", zone))
    return microseconds if microseconds is not None else _cast(text, pa.timestamp("ns", zone))
