"""Numbers, values and histograms of a profile in the few characters a table has for them."""

import re
from collections.abc import Sequence
from decimal import Decimal

from rich.cells import cell_len, set_cell_size

from studiolo.datasets.profile import ColumnKind, TopValue, Value
from studiolo.rendering.plain_text import one_line

_BLOCKS = "▁▂▃▄▅▆▇█"
_MOST_BLOCKS = 10
_SHORTEST_CUT = 6


def short_value(value: Value, kind: ColumnKind, *, clock: bool = True) -> str:
    """Write a value in about four significant digits, a moment to the minute or to the day."""
    if isinstance(value, str):
        return _short_time(value, kind, clock=clock)
    if isinstance(value, bool):
        return str(value).lower()
    return short_number(value)


def short_number(value: float | Decimal) -> str:
    """Write a number in about four significant digits; whole ones below a billion in full."""
    exact = Decimal(value)
    size = abs(exact)
    if size >= 1_000_000_000 or 0 < size < Decimal("0.0001"):
        digits, _, exponent = f"{exact:.3e}".partition("e")
        return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"
    if size >= 1000 or exact == exact.to_integral_value():
        return f"{exact:,.0f}"
    text = f"{exact:.4g}" if size < 1 else f"{exact:.{4 - len(str(int(size)))}f}"
    return text.rstrip("0").rstrip(".")


def histogram_blocks(counts: Sequence[int]) -> str:
    """Draw counts as blocks of eighths; only an empty bin is a gap."""
    merged = _merged(counts)
    largest = max(merged)
    # Rounded up, so that a bin with a single row in it still shows.
    heights = (-(-count * len(_BLOCKS) // largest) for count in merged)
    return "".join(_BLOCKS[height - 1] if height else " " for height in heights)


def top_values_text(tops: Sequence[TopValue], count: int, width: int) -> str:
    """Name as many of the most frequent values as there is room for, with their share."""
    text = ""
    for top in tops:
        share = f" {_share(top.count, count)}"
        separator = ", " if text else ""
        room = width - cell_len(text) - len(separator) - len(share)
        name = one_line(_value_text(top.value)[:width])
        if cell_len(name) > room:
            if text or room < _SHORTEST_CUT:
                return text or set_cell_size(name, width - 1).rstrip() + "…"
            name = set_cell_size(name, room - 1).rstrip() + "…"
        text += f"{separator}{name}{share}"
    return text


def _merged(counts: Sequence[int]) -> list[int]:
    """Join neighbouring bins until there are as many as blocks."""
    if len(counts) <= _MOST_BLOCKS:
        return list(counts)
    together = -(-len(counts) // _MOST_BLOCKS)
    return [sum(counts[start : start + together]) for start in range(0, len(counts), together)]


def _share(part: int, whole: int) -> str:
    percent = 100 * part / whole
    return f"{percent:.0f}%" if percent >= 1 else "<1%"


def _value_text(value: Value) -> str:
    if value == "" and isinstance(value, str):
        return "(empty text)"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short_time(text: str, kind: ColumnKind, *, clock: bool) -> str:
    if text.startswith(("P", "-P")):
        return _short_duration(text)
    if kind is ColumnKind.DATE_TIME:
        return re.sub(r"T(\d\d:\d\d).*", r" \1" if clock else "", text)
    return text


def _short_duration(text: str) -> str:
    """Write the two largest parts of an ISO 8601 duration, such as ``2d 3h``."""
    sign = "-" if text.startswith("-") else ""
    parts = re.findall(r"([\d.]+)([DHMS])", text)[:2]
    if len(parts) == 1:
        [(number, unit)] = parts
        return f"{sign}{short_number(Decimal(number))}{unit.lower()}"
    return sign + " ".join(f"{int(float(number))}{unit.lower()}" for number, unit in parts)
