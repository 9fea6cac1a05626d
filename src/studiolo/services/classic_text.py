"""Numbers, times and durations as the classic services wrote them, which is how .NET does."""

import re
import struct
from datetime import date

#: 1970-01-01 as Python numbers its days.
_EPOCH = date(1970, 1, 1).toordinal()
_DAY = 86_400
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

#: Characters of a float without exponent that surely has not more than 15 digits.
_SHORT = 16

_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9})0*)?)?"
    r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?(?P<half>)",
    re.ASCII,
)
_CLASSIC = re.compile(
    r"(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>\d{4})"
    r"(?: (?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9})0*)?)?"
    r"(?: (?P<half>[AaPp][Mm]))?(?P<zone>))?",
    re.ASCII,
)
_CLOCK = r"(?P<hours>\d{1,2}):(?P<minutes>\d\d):(?P<seconds>\d\d)(?:\.(?P<fraction>\d{1,9})0*)?"
_SPANS = [
    # As .NET, as pandas and as ISO 8601 write them.
    re.compile(rf"(?P<sign>-?)(?:(?P<days>\d{{1,15}})\.)?{_CLOCK}", re.ASCII),
    re.compile(rf"(?P<days>-?\d{{1,15}}) days?(?: \+?{_CLOCK})?", re.ASCII),
    re.compile(
        r"(?P<sign>-?)P(?=.)(?:(?P<days>\d{1,15})D)?(?:T(?=.)(?:(?P<hours>\d{1,12})H)?"
        r"(?:(?P<minutes>\d{1,12})M)?(?:(?P<seconds>\d{1,18})(?:\.(?P<fraction>\d{1,9})0*)?S)?)?",
        re.ASCII,
    ),
]


def double_text(number: float) -> str:
    """A 64-bit float as the format "R" of the .NET Framework writes it: `1E-05`, `5`, `NaN`."""
    text = repr(number)
    if len(text) <= _SHORT and "e" not in text and "n" not in text:
        return text.removesuffix(".0")
    text = format(number, ".15g")
    if float(text) != number and number == number:  # noqa: PLR0124  # NaN is not equal to itself
        text = format(number, ".17g")
    return _number_text(text)


def single_text(number: float) -> str:
    """A 32-bit float likewise."""
    text = format(number, ".7g")
    if number == number and _as_single(text) != number:  # noqa: PLR0124
        text = format(number, ".9g")
    return _number_text(text)


def date_time_text(units: int, unit: str) -> str:
    """A time, given as its distance from 1970: `5/30/2010 6:09:00 PM`, with parts of a second.

    Raises:
        ValueError: The year is not from 1 to 9999.
    """
    seconds, rest = divmod(units, PER_SECOND[unit])
    days, clock = divmod(seconds, _DAY)
    day = _day(days)
    hour, minute = divmod(clock // 60, 60)
    return (
        f"{day.month}/{day.day}/{day.year:04d} {hour % 12 or 12}:{minute:02d}:{clock % 60:02d}"
        f"{_fraction(rest, unit)} {'AM' if hour < 12 else 'PM'}"
    )


def time_span_text(units: int, unit: str) -> str:
    """A duration: `1.02:03:04`, `-00:00:00.5`."""
    seconds, rest = divmod(abs(units), PER_SECOND[unit])
    days, clock = divmod(seconds, _DAY)
    return (
        f"{'-' * (units < 0)}{f'{days}.' if days else ''}"
        f"{clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}{_fraction(rest, unit)}"
    )


def read_date_time(text: str) -> int:
    """A time in ISO 8601 or as the classic services wrote it, in nanoseconds from 1970 in UTC.

    Raises:
        ValueError: The text is neither.
    """
    found = _ISO.fullmatch(text) or _CLASSIC.fullmatch(text)
    if found is None:
        raise ValueError
    year, month, day, hour, minute, second = (
        int(part or 0) for part in found.group("year", "month", "day", "hour", "minute", "second")
    )
    half = found["half"]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + 12 * (half in ("PM", "pm", "Pm", "pM"))
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError
    days = date(year, month, day).toordinal() - _EPOCH
    seconds = days * _DAY + hour * 3600 + minute * 60 + second - _offset(found["zone"])
    return seconds * 1_000_000_000 + _nanoseconds(found["fraction"])


def read_time_span(text: str) -> int:
    """A duration as .NET, pandas or ISO 8601 writes it, in nanoseconds.

    Raises:
        ValueError: The text is none of these.
    """
    found = next((match for span in _SPANS if (match := span.fullmatch(text))), None)
    if found is None:
        raise ValueError
    parts = found.groupdict()
    days, hours, minutes, seconds = (
        int(parts[name] or 0) for name in ("days", "hours", "minutes", "seconds")
    )
    whole = days * _DAY + hours * 3600 + minutes * 60 + seconds
    length = whole * 1_000_000_000 + _nanoseconds(parts["fraction"])
    return -length if parts.get("sign") else length


def _number_text(text: str) -> str:
    words = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    return words.get(text) or text.upper()


def _as_single(text: str) -> float:
    """The 32-bit float nearest to a number; infinity beyond the largest."""
    try:
        number: float = struct.unpack("f", struct.pack("f", float(text)))[0]
    except OverflowError:
        return float("-inf" if text.startswith("-") else "inf")
    return number


def _day(days: int) -> date:
    try:
        return date.fromordinal(days + _EPOCH)
    except (OverflowError, ValueError) as error:
        raise ValueError("the year is not from 1 to 9999") from error


def _fraction(rest: int, unit: str) -> str:
    return f".{rest:0{len(str(PER_SECOND[unit])) - 1}d}".rstrip("0") if rest else ""


def _nanoseconds(fraction: str | None) -> int:
    return int(fraction.ljust(9, "0")) if fraction else 0


def _offset(zone: str | None) -> int:
    """Seconds that a clock is ahead of UTC."""
    if not zone or zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)
