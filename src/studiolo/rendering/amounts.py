"""Numbers, sizes and times in a form for people."""

from datetime import datetime

_UNITS = ("KiB", "MiB", "GiB", "TiB")
#: Where there is nothing to say.
NOTHING = "\N{EN DASH}"


def count_text(number: int, noun: str) -> str:
    """`1 row`, `1,024 rows`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def size_text(size: int) -> str:
    """Bytes in about three digits: `512 bytes`, `12.3 KiB`, `1,000 MiB`."""
    if size < 1024:
        return count_text(size, "byte")
    amount, power = size / 1024, 0
    # What would be rounded to 1024 is one of the next unit.
    while amount >= 1023.5 and power < len(_UNITS) - 1:
        amount, power = amount / 1024, power + 1
    number = f"{amount:,.0f}" if amount >= 99.95 else f"{amount:.1f}"
    return f"{number} {_UNITS[power]}"


def duration_text(seconds: float) -> str:
    """`0.02 s`, `12.3 s`, `2 min 5 s`, `3 h 10 min`."""
    if seconds < 59.95:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min"


def moment_text(moment: datetime | None) -> str:
    """A moment on the clock of this machine: `2025-01-31 18:45:02`."""
    return NOTHING if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def end_text(moment: datetime | None, *, after: datetime) -> str:
    """The moment at which something ended; without the day, where it began on the same."""
    if moment is None:
        return NOTHING
    same_day = moment.astimezone().date() == after.astimezone().date()
    return f"{moment.astimezone():%H:%M:%S}" if same_day else moment_text(moment)
