"""The delimiter of a text file, where it is not the one that its extension implies.

Excel writes semicolons into .csv where the comma is the decimal mark, and many programs write tabs.
A file is read with another delimiter only if its header, or first row, has none of its own, and if
all rows at its beginning have the same number of fields with the other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from studiolo.datasets.formats.delimited_scan import Dialect, Record, first_records

_NAMES = {b",": "commas", b";": "semicolons", b"\t": "tabs", b"|": "vertical bars"}
#: Excel's own line, which is no row.
_SEPARATOR_LINE = re.compile(rb"sep=([^\w\r\n\"])(?:\r\n|\r|\n)", re.I)
_LOOK = 1 << 16
_ROWS = 50
#: Text has single commas: in TSV, only more of them in each row are delimiters.
_FEWEST_FIELDS = {b",": 3}


@dataclass(frozen=True, kw_only=True)
class Guess:
    """How the fields of a file are separated."""

    dialect: Dialect
    #: Where the rows begin.
    start: int
    #: What a person should know of it.
    notes: Sequence[str] = ()


def find_dialect(data: pa.Buffer, own: Dialect, start: int, given: str | None) -> Guess:
    """The dialect that a file is in.

    Args:
        data: All bytes of the file.
        own: The dialect that its extension stands for.
        start: Where its text begins.
        given: The delimiter, if a person named it.
    """
    beginning = data.slice(0, min(_LOOK, data.size)).to_pybytes()
    said = _SEPARATOR_LINE.match(beginning, start)
    if said is not None:
        start = said.end()
    if given is not None:
        return Guess(dialect=_with(own, given.encode()), start=start)
    if said is not None:
        return Guess(dialect=_with(own, said[1]), start=start)
    other = _other_delimiter(beginning, own, start, whole=len(beginning) == data.size)
    if other is None:
        return Guess(dialect=own, start=start)
    note = (
        f"Its fields are separated by {_NAMES[other]} instead of {_NAMES[own.delimiter]}, and were "
        "read so."
    )
    return Guess(dialect=_with(own, other), start=start, notes=[note])


def _with(own: Dialect, delimiter: bytes) -> Dialect:
    return replace(own, delimiter=delimiter, skips_spaces=delimiter not in (b"\t", b" "))


def _other_delimiter(beginning: bytes, own: Dialect, start: int, *, whole: bool) -> bytes | None:
    first = first_records(beginning, own, start=start, most=1)
    if not first or len(first[0].fields) > 1:
        return None
    fields: dict[bytes, int] = {}
    for delimiter in _NAMES:
        if delimiter == own.delimiter or delimiter not in first[0].fields[0]:
            continue
        records = first_records(beginning, _with(own, delimiter), start=start, most=_ROWS)
        if not whole:  # the last may go on
            records = [record for record in records if record.end < len(beginning)]
        if _is_table(records, delimiter, header=own.header):
            fields[delimiter] = len(records[0].fields)
    return max(fields, key=fields.__getitem__) if fields else None


def _is_table(records: Sequence[Record], delimiter: bytes, *, header: bool) -> bool:
    """Whether rows have the same number of fields: two or more rows, where there is no header."""
    counts = {len(record.fields) for record in records}
    return (
        len(counts) == 1
        and min(counts) >= _FEWEST_FIELDS.get(delimiter, 2)
        and len(records) > (not header)
    )
