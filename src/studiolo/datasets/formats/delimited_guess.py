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

_NAMES = {b",": "commas", b";": "semicolons", b"\t": "tabs", b"|": "vertical bars", b" ": "blanks"}
#: Excel's own line, which is not a row.
_SEPARATOR_LINE = re.compile(rb"sep=([^\w\r\n\"])(?:\r\n|\r|\n)", re.I)
_LOOK = 1 << 16
_ROWS = 50
_FEWEST_ROWS = 2
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?")
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
    return Guess(dialect=_with(own, other), start=start, notes=[_note(other, own.delimiter)])


def noted_delimiter(notes: Sequence[str]) -> str | None:
    """The delimiter that a file was read with, where its notes say that it was guessed."""
    return next(
        (other.decode() for other in _NAMES for own in _NAMES if _note(other, own) in notes), None
    )


def _note(other: bytes, own: bytes) -> str:
    return (
        f"Its fields are separated by {_NAMES[other]} instead of {_NAMES[own]}, "
        "and were read that way."
    )


def note_on_blanks(body: pa.Buffer, own: Dialect) -> list[str]:
    """A sentence about the rows of a file of one column, if blanks seem to separate fields in them.

    They are not read that way: texts of two words each look the same. One field is a number in all
    of the rows.
    """
    count = _fields_in(body, _with(own, b" "))
    if not count:
        return []
    return [
        f"Each row was read as one text, but looks like {count} fields separated by blanks. "
        "To read them that way, name the delimiter: --delimiter space on the command line, "
        "delimiter: space at the dataset in an experiment."
    ]


def note_on_fields(data: pa.Buffer, own: Dialect) -> list[str]:
    """A sentence about the lines of a text file, if they look like the rows of a table."""
    for delimiter, called in _NAMES.items():
        if count := _fields_in(data, _with(own, delimiter), header=True):
            delimited = "" if delimiter == b"," else " and name the delimiter"
            return [
                f"Each line was read as one text, but looks like {count} fields separated by "
                f"{called}. To read them that way, rename the file to .csv{delimited}."
            ]
    return []


def _fields_in(data: pa.Buffer, dialect: Dialect, *, header: bool = False) -> int:
    """How many fields each row at the beginning has; 0 if they do not look like those of a table.

    Texts of two words each look the same, so one field has to be a number in all of the rows, or in
    all but a header.
    """
    beginning = data.slice(0, min(_LOOK, data.size)).to_pybytes()
    records = first_records(beginning, dialect, start=0, most=_ROWS)
    if len(beginning) < data.size:
        records = records[:-1]
    counts = {len(record.fields) for record in records}
    rows = records[1:] if header else records
    if len(rows) < _FEWEST_ROWS or len(counts) > 1 or counts == {1}:
        return 0
    columns = zip(*(row.fields for row in rows), strict=True)
    return min(counts) if any(all(map(_NUMBER.fullmatch, column)) for column in columns) else 0


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


def has_row_names(header: Record, rows: Sequence[Record]) -> bool:
    """Whether rows have the form in which R's ``write.table`` writes the names of rows.

    Each has one field more than the header, and R quotes the first, as it quotes the header.
    Without the quotes, a row with a comma too many would look the same.
    """
    count = len(header.fields)
    return (
        bool(rows)
        and len(header.quoted) == count
        and all(len(row.fields) == count + 1 and 0 in row.quoted for row in rows)
    )


def _is_table(records: Sequence[Record], delimiter: bytes, *, header: bool) -> bool:
    """Whether rows have the same number of fields: two or more rows, where there is no header."""
    if header and records and has_row_names(records[0], records[1:]):
        return True
    counts = {len(record.fields) for record in records}
    return (
        delimiter != b" "  # which texts have, too
        and len(counts) == 1
        and min(counts) >= _FEWEST_FIELDS.get(delimiter, 2)
        and len(records) > (not header)
    )
