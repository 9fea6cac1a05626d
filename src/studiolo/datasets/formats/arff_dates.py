"""Dates as ARFF declares them: by a pattern of Java's SimpleDateFormat."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

_MONTH_WORDS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTHS = {month: number for number, month in enumerate(_MONTH_WORDS.split("|"), start=1)}
_DAY_NAME = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_MONTH_NAME = rf"(?P<name>(?:{_MONTH_WORDS})[a-z]*)"
#: Letters and what they match; where a letter stands for any number of itself, it is listed once.
_PARTS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<short>\d{2})",
    "y": r"(?P<year>\d{1,4})",
    "MMMM": _MONTH_NAME,
    "MMM": _MONTH_NAME,
    "MM": r"(?P<month>\d{1,2})",
    "M": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    "DDD": r"(?P<of_year>\d{1,3})",
    "D": r"(?P<of_year>\d{1,3})",
    "EEEE": _DAY_NAME,
    "EEE": _DAY_NAME,
    "E": _DAY_NAME,
    "HH": r"(?P<hour>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "kk": r"(?P<to_24>\d{1,2})",
    "k": r"(?P<to_24>\d{1,2})",
    "hh": r"(?P<to_12>\d{1,2})",
    "h": r"(?P<to_12>\d{1,2})",
    "KK": r"(?P<to_11>\d{1,2})",
    "K": r"(?P<to_11>\d{1,2})",
    "a": r"(?P<half>[AaPp][Mm])",
    "mm": r"(?P<minute>\d{1,2})",
    "m": r"(?P<minute>\d{1,2})",
    "ss": r"(?P<second>\d{1,2})",
    "s": r"(?P<second>\d{1,2})",
    "SSS": r"(?P<milli>\d{1,3})",
    "S": r"(?P<milli>\d{1,3})",
    "XXX": r"(?P<zone>Z|[+-]\d\d:\d\d)",
    "XX": r"(?P<zone>Z|[+-]\d{4})",
    "X": r"(?P<zone>Z|[+-]\d\d)",
    "Z": r"(?P<zone>[+-]\d{4})",
    "z": r"(?P<zone>(?:UTC|GMT)(?:[+-]\d\d:\d\d)?)",
}
_PART = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']")
_TIMES = {"hour", "to_24", "to_12", "to_11", "minute", "second", "milli"}
#: As POSIX has it; Java's own rule depends on the day on which it is asked.
_LAST_OF_THE_2000S = 68

#: What a pattern can have, for an error.
LETTERS = f"a pattern of {', '.join(_PARTS)} and texts in single quotes"


@dataclass(frozen=True, kw_only=True)
class DatePattern:
    """How the dates of a column are written."""

    #: The pattern as it was declared.
    text: str
    expression: re.Pattern[str]

    @property
    def has_time(self) -> bool:
        """Whether it has a time of the day."""
        return bool(_TIMES & set(self.expression.groupindex))

    @property
    def has_zone(self) -> bool:
        """Whether it says in which zone the time is."""
        return "zone" in self.expression.groupindex

    def moment(self, word: str) -> dt.datetime | None:
        """The date of a word, or None if it is not one."""
        match = self.expression.fullmatch(word)
        if match is None:
            return None
        found = match.groupdict()
        try:
            local = dt.datetime(
                _year(found),
                _month(found),
                int(found.get("day", 1)),
                _hour(found),
                int(found.get("minute", 0)),
                int(found.get("second", 0)),
                int(found.get("milli", "0")) * 1000,
            )
            if "of_year" in found:
                moved = local.replace(month=1, day=1) + dt.timedelta(int(found["of_year"]) - 1)
                if moved.year != local.year:
                    return None
                local = moved
        except (ValueError, OverflowError):  # such as 30 February
            return None
        return _with_zone(local, found["zone"]) if "zone" in found else local


def date_pattern(text: str) -> DatePattern | None:
    """The pattern that a text describes; None if a part of it is unknown or repeated."""
    parts = []
    position = 0
    while position < len(text):
        match = _PART.match(text, position)
        letters = match.group() if match else ""
        if match is None or (match.group(2) and letters not in _PARTS):
            return None
        literal = match.group(1)
        if literal is None:
            parts.append(_PARTS.get(letters, re.escape(letters)))
        else:
            parts.append(re.escape(literal.replace("''", "'") or "'"))
        position = match.end()
    try:
        expression = re.compile("".join(parts), re.ASCII | re.IGNORECASE)
    except re.error:  # the same part twice
        return None
    return DatePattern(text=text, expression=expression)


def _year(found: Mapping[str, str]) -> int:
    if "short" in found:
        short = int(found["short"])
        return short + (2000 if short <= _LAST_OF_THE_2000S else 1900)
    return int(found.get("year", 1970))


def _month(found: Mapping[str, str]) -> int:
    if "name" in found:
        return _MONTHS[found["name"][:3].lower()]
    return int(found.get("month", 1))


def _hour(found: Mapping[str, str]) -> int:
    if "to_24" in found:
        return _within(int(found["to_24"]), 1, 24) % 24
    afternoon = 12 * (found.get("half", "am").lower() == "pm")
    if "to_12" in found:
        return _within(int(found["to_12"]), 1, 12) % 12 + afternoon
    if "to_11" in found:
        return _within(int(found["to_11"]), 0, 11) + afternoon
    return int(found.get("hour", 0))


def _within(number: int, first: int, last: int) -> int:
    if not first <= number <= last:
        raise ValueError(number)
    return number


def _with_zone(local: dt.datetime, zone: str) -> dt.datetime:
    digits = re.sub("Z|UTC|GMT|:", "", zone.upper()).ljust(5, "0")
    offset = dt.timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return local.replace(tzinfo=dt.timezone(-offset if digits[0] == "-" else offset))
