"""What ARFF's ``@attribute`` lines can declare, and how values of each type are read."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Values

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$|^NaN$|^[+-]?Infinity$"
_INTEGER = r"^[+-]?[0-9]+$"
_DEFAULT_DATE = "yyyy-MM-dd'T'HH:mm:ss"

#: Letters of Java's SimpleDateFormat and what they match.
_DATE_LETTERS = {
    "yyyy": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{1,2})",
    "ss": r"(?P<second>\d{1,2})",
    "SSS": r"(?P<milli>\d{1,3})",
    "XXX": r"(?P<zone>Z|[+-]\d\d:\d\d)",
    "X": r"(?P<zone>Z|[+-]\d\d)",
    "Z": r"(?P<zone>[+-]\d{4})",
}
_DATE_PART = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']")


class Attribute(Protocol):
    """A declared column."""

    #: Name of the column.
    name: str

    @property
    def allowed(self) -> str:
        """What a value may be, for an error."""

    @property
    def default(self) -> str | None:
        """Value that sparse rows leave out."""

    def first_wrong(self, words: Values) -> int | None:
        """Index of the first word that is no value of the column."""

    def typed(self, words: Values) -> Values:
        """The words, which are all right, as values."""


@dataclass(kw_only=True)
class _Number:
    name: str
    pattern: str
    type: pa.DataType
    allowed: str
    default: str | None = "0"

    def first_wrong(self, words: Values) -> int | None:
        wrong = _first(pc.invert(pc.match_substring_regex(words, self.pattern)))
        if wrong is not None or not pa.types.is_integer(self.type):
            return wrong
        numbers = words.to_pylist()
        return next(
            (
                place
                for place, word in enumerate(numbers)
                if word is not None and not -(2**63) <= int(word) < 2**63
            ),
            None,
        )

    def typed(self, words: Values) -> Values:
        return pc.replace_substring_regex(words, r"^\+", "").cast(self.type)


@dataclass(kw_only=True)
class _Text:
    name: str
    allowed: str = "text"
    default: str | None = ""

    def first_wrong(self, words: Values) -> int | None:  # noqa: ARG002 any word is a text
        return None

    def typed(self, words: Values) -> Values:
        return words


@dataclass(kw_only=True)
class _Words:
    name: str
    words: list[str]

    @property
    def allowed(self) -> str:
        shown = ", ".join(f'"{word}"' for word in self.words[:20])
        return f"one of {shown}{', …' if len(self.words) > 20 else ''} or ? for missing"

    @property
    def default(self) -> str | None:
        return self.words[0] if self.words else None

    def first_wrong(self, words: Values) -> int | None:
        known = pc.is_in(words, value_set=pa.array(self.words, pa.large_string()))
        return _first(pc.and_(pc.invert(known), pc.is_valid(words)))

    def typed(self, words: Values) -> Values:
        declared = pa.array(self.words, pa.large_string())
        places = pc.index_in(words, value_set=declared)
        return cast("Values", pa.DictionaryArray.from_arrays(places, declared))


@dataclass(kw_only=True)
class _Date:
    name: str
    form: str
    pattern: re.Pattern[str]
    #: What Weka takes for a zero.
    default: str | None = None

    @property
    def allowed(self) -> str:
        return f'a date of the form "{self.form}" or ? for missing'

    def first_wrong(self, words: Values) -> int | None:
        listed = words.to_pylist()
        return next(
            (
                place
                for place, word in enumerate(listed)
                if word is not None and self._moment(word) is None
            ),
            None,
        )

    def typed(self, words: Values) -> Values:
        moments = [None if word is None else self._moment(word) for word in words.to_pylist()]
        if not {"hour", "minute", "second", "milli"} & set(self.pattern.groupindex):
            return pa.array(moments, pa.timestamp("us")).cast(pa.date32())
        zone = "UTC" if "zone" in self.pattern.groupindex else None
        return pa.array(moments, pa.timestamp("us", zone))

    def _moment(self, word: str) -> dt.datetime | None:
        match = self.pattern.fullmatch(word)
        if match is None:
            return None
        found = match.groupdict()
        try:
            local = dt.datetime(
                int(found.get("year", 1970)),
                int(found.get("month", 1)),
                int(found.get("day", 1)),
                int(found.get("hour", 0)),
                int(found.get("minute", 0)),
                int(found.get("second", 0)),
                int(found.get("milli", "0")) * 1000,
            )
        except ValueError:  # such as 30 February
            return None
        return _with_zone(local, found["zone"]) if "zone" in found else local


def _with_zone(local: dt.datetime, zone: str) -> dt.datetime:
    digits = zone.replace("Z", "+0000").replace(":", "").ljust(5, "0")
    offset = dt.timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return local.replace(tzinfo=dt.timezone(-offset if digits[0] == "-" else offset))


def attribute_of(name: str, declared: str, words: list[str | None] | None) -> Attribute | None:
    """The column that a declaration describes, or None if it describes none.

    Args:
        name: Name of the column.
        declared: The declaration after the name.
        words: Values of a categorical column, where the declaration lists them.
    """
    if words is not None:
        return _Words(name=name, words=[str(word) for word in words])
    kind, _, form = declared.partition(" ")
    kind = kind.lower()
    if kind == "date":
        return _date_attribute(name, form.strip().strip('"') or _DEFAULT_DATE)
    if form.strip():
        return None
    if kind in ("numeric", "real"):
        allowed = "a number such as 1.5 or ? for missing"
        return _Number(name=name, pattern=_NUMBER, type=pa.float64(), allowed=allowed)
    if kind == "integer":
        allowed = "an integer of 64 bits or ? for missing"
        return _Number(name=name, pattern=_INTEGER, type=pa.int64(), allowed=allowed)
    return _Text(name=name) if kind == "string" else None


def _date_attribute(name: str, form: str) -> Attribute | None:
    parts = []
    position = 0
    while position < len(form):
        match = _DATE_PART.match(form, position)
        letters = match.group() if match else ""
        if match is None or (match.group(2) and letters not in _DATE_LETTERS):
            return None
        literal = (match.group(1) or "'").replace("''", "'") if match.group(1) is not None else None
        parts.append(_DATE_LETTERS.get(letters, re.escape(letters if literal is None else literal)))
        position = match.end()
    try:
        return _Date(name=name, form=form, pattern=re.compile("".join(parts), re.ASCII))
    except re.error:  # the same part twice
        return None


def _first(wrong: Values) -> int | None:
    place: int = pc.index(wrong, value=pa.scalar(value=True)).as_py()
    return place if place >= 0 else None
