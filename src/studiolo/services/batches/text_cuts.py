"""Where a text of records can be cut, without reading the records."""

import mmap
from collections.abc import Iterator

_BREAK = b"\n"
_QUOTE = b'"'


def text_cuts(
    text: mmap.mmap | bytes, *, start: int, size: int, quoted: bool
) -> Iterator[tuple[int, int]]:
    """Pieces of a text that end with a record, in order: where each begins and ends.

    A line break inside of quotes ends no record. Where the text has a lone quote, a piece ends in
    the middle of a quoted field at worst, which its reader reports: no record is ever lost.

    Args:
        text: All of it.
        start: Where its first record begins.
        size: The least bytes of a piece, but for the last one.
        quoted: Whether quotes mean anything.
    """
    begin, end = start, len(text)
    while begin < end:
        stop = _end(text, begin, begin + size, quoted=quoted) if begin + size < end else end
        yield begin, stop
        begin = stop


def _end(text: mmap.mmap | bytes, begin: int, target: int, *, quoted: bool) -> int:
    """The end of the first record that ends behind the target."""
    quotes = bytes(text[begin:target]).count(_QUOTE) if quoted else 0
    place = target
    while True:
        found = text.find(_BREAK, place)
        if found < 0:
            return len(text)
        if quoted:
            quotes += bytes(text[place : found + 1]).count(_QUOTE)
        place = found + 1
        # A blank line may be a row, which at the end of a file it is not.
        if quotes % 2 == 0 and bytes(text[max(begin, found - 2) : found]).strip(b"\r")[-1:] not in (
            _BREAK,
            b"",
        ):
            return place
