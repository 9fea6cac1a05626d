"""Delimited text read exactly, one record after the other.

The Arrow reader is fast but names neither the line nor the column of a mistake. This scanner reads
the header, and after the Arrow reader stumbled it finds the mistake, or finds none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from studiolo.datasets.formats.encoding import find_encoding_fault, line_breaks
from studiolo.datasets.formats.errors import (
    FileNotParsedError,
    RaggedRowError,
    UnterminatedQuoteError,
)

_NEWLINE = re.compile(rb"\r\n|\r|\n")
_LINE = re.compile(rb"[^\r\n]*+(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a delimited format separates its fields."""

    #: One byte between two fields.
    delimiter: bytes
    #: Whether the first record holds the names of the columns.
    header: bool
    #: Whether spaces before a field are ignored, as in the classic studio's CSV.
    skips_spaces: bool
    #: Whether each row has a field before those that the header names.
    has_row_names: bool = False
    #: Whether the comma is the decimal mark of its numbers.
    has_decimal_commas: bool = False
    #: Whether its columns get the types that all of their values have.
    has_types: bool = True

    @cached_property
    def field(self) -> re.Pattern[bytes]:
        """Matches one field: 1 quoted text, 2 its closing quote, 3 plain text, 4 what ends it."""
        stop = re.escape(self.delimiter)
        spaces = rb" *+" if self.skips_spaces else b""
        return re.compile(
            spaces + rb'(?:"((?:[^"]++|"")*+)("|\Z))?+([^\r\n' + stop + rb"]*+)"
            rb"(" + stop + rb"|\r\n|\r|\n|\Z)"
        )

    @cached_property
    def field_after_spaces(self) -> re.Pattern[bytes]:
        """Matches one field so that replacing it by its first group drops the spaces before it."""
        stop = re.escape(self.delimiter)
        return re.compile(
            rb' *+((?:"(?:[^"]++|"")*+(?:"|\Z))?+[^\r\n'
            + stop
            + rb"]*+(?:"
            + stop
            + rb"|\r\n|\r|\n|\Z))"
        )


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row of a delimited file."""

    #: Line of its first character, from 1.
    line: int
    #: Byte after its line break.
    end: int
    #: Its fields without quotes, as bytes.
    fields: tuple[bytes, ...]
    #: Line and number of the field whose quote is never closed.
    unterminated: tuple[int, int] | None
    #: Numbers of the fields, from 0, that were in quotes.
    quoted: frozenset[int] = frozenset()

    def names(self, dialect: Dialect) -> list[bytes]:
        """Its fields as names of columns: without the blanks that fill up a header."""
        if not dialect.skips_spaces:
            return list(self.fields)
        return [
            field if place in self.quoted else field.rstrip(b" ")
            for place, field in enumerate(self.fields)
        ]


def record_at(data: bytes, dialect: Dialect, *, start: int, line: int) -> Record:
    """Read the record that starts at a byte."""
    fields: list[bytes] = []
    in_quotes: set[int] = set()
    position, field_line, unterminated = start, line, None
    while True:
        match = dialect.field.match(data, position)
        if match is None:  # cannot be: every alternative of the pattern may be empty
            raise AssertionError
        quoted, closing, plain, stop = match.groups()
        if quoted is not None and not closing and unterminated is None:
            unterminated = (field_line, len(fields) + 1)
        if quoted is not None:
            in_quotes.add(len(fields))
        fields.append(plain if quoted is None else quoted.replace(b'""', b'"') + plain)
        field_line += line_breaks(quoted or b"")
        position = match.end()
        if stop != dialect.delimiter:
            break
    return Record(
        line=line,
        end=position,
        fields=tuple(fields),
        unterminated=unterminated,
        quoted=frozenset(in_quotes),
    )


def first_record(data: bytes, dialect: Dialect, *, start: int) -> Record | None:
    """The first record that is not a blank line, or None if there is no such record."""
    return next(_records(data, dialect, start=start), None)


def first_records(data: bytes, dialect: Dialect, *, start: int, most: int) -> list[Record]:
    """The first records that are not blank."""
    records: list[Record] = []
    for record in _records(data, dialect, start=start):
        if len(records) == most:
            break
        records.append(record)
    return records


def _records(data: bytes, dialect: Dialect, *, start: int) -> Iterator[Record]:
    position, line = start, 1
    while position < len(data):
        record = record_at(data, dialect, start=position, line=line)
        text = data[position : record.end]
        if not is_blank(text, dialect):
            yield record
        position, line = record.end, line + line_breaks(text)


def is_blank(line: bytes, dialect: Dialect) -> bool:
    """Whether a line, with its break, holds nothing but white space."""
    return not line.strip() and dialect.delimiter not in line


def tidied(data: bytes, dialect: Dialect, *, start: int, count: int) -> bytes:
    """The rows without blank lines, and without spaces before a field.

    In a file of one column, a line of blanks becomes a blank line, which is a missing value there.
    """
    pieces = []
    position = start
    while position < len(data):
        match = _LINE.match(data, position)
        end = match.end() if match else len(data)
        if b'"' in data[position:end]:
            end = record_at(data, dialect, start=position, line=1).end
        text = data[position:end]
        if count == 1:  # a break of its own for each, so that no CR and LF come together
            pieces.append((b"" if is_blank(text, dialect) else text.rstrip(b"\r\n")) + b"\n")
        elif not is_blank(text, dialect):
            pieces.append(text)
        position = end
    body = b"".join(pieces)
    return dialect.field_after_spaces.sub(rb"\1", body) if dialect.skips_spaces else body


def find_fault(
    data: bytes, dialect: Dialect, *, file: str, start: int, names: list[str] | None
) -> FileNotParsedError | None:
    """Find what is wrong with a delimited file, or that nothing is.

    Args:
        data: All bytes of the file.
        dialect: How its fields are separated.
        file: What the error calls the file.
        start: Where the text begins, after a byte order mark.
        names: Names of the columns, once they are known.
    """
    fault = find_encoding_fault(data, file=file)
    if fault is not None:
        return fault
    expected = 0
    for line, found, record in _shapes(data, dialect, start=start):
        if record is not None and record.unterminated is not None:
            broken_line, column = record.unterminated
            name = names[column - 1] if names and column <= len(names) else None
            return UnterminatedQuoteError(file=file, line=broken_line, column=column, name=name)
        if not expected:
            expected = found + dialect.has_row_names
            continue
        if found != expected:
            row = record or record_at(data, dialect, start=_start_of(data, line), line=line)
            extra = row.fields[expected] if found > expected else b""
            return RaggedRowError(
                file=file, line=line, found=found, expected=expected, extra=extra.decode()
            )
    return None


def _shapes(
    data: bytes, dialect: Dialect, *, start: int
) -> Iterator[tuple[int, int, Record | None]]:
    """Line and number of fields of each record; the record itself where it has quotes."""
    position, line = start, 1
    while position < len(data):
        match = _LINE.match(data, position)
        text = match.group() if match else b""
        record = None
        if b'"' in text:
            record = record_at(data, dialect, start=position, line=line)
            found, end = len(record.fields), record.end
        else:
            found, end = text.count(dialect.delimiter) + 1, position + len(text)
        if not is_blank(text, dialect):
            yield line, found, record
        line += line_breaks(data[position:end])
        position = end


def _start_of(data: bytes, line: int) -> int:
    """Offset of the first byte of a line."""
    position = 0
    for _ in range(line - 1):
        match = _NEWLINE.search(data, position)
        position = match.end() if match else position
    return position
