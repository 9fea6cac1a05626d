"""Writing of delimited text.

A field is quoted where it contains the delimiter, a quote or a line break, starts with a space, or
is an empty string: a missing value is an empty field without quotes. Booleans are ``true`` and
``false``, floats the shortest digits that read back to the same float (``1.0``, ``NaN``, ``inf``),
dates and timestamps ISO 8601 (instants with a zone in UTC). Timestamps without a zone are written
as dates where no row of the column has a time of day.
"""

from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column, Values, array_of, joined, text, text_of
from studiolo.datasets.formats import FileFormat, Target
from studiolo.datasets.formats.delimited_scan import Dialect
from studiolo.datasets.formats.errors import FormatCannotHoldError
from studiolo.datasets.formats.plain_words import words_of
from studiolo.datasets.written_size import pieces

#: Rows that are turned into text at a time.
_ROWS = 1 << 16
#: And bytes of their values.
_SIZE = 16 << 20

#: What a reader may take for a delimiter, or leave out, in the first line of a file.
_GUESSED = r"|[,;\t|]|[\s\v]$|^(?i:sep=)"
#: What a reader may take for a blank line, where there is no delimiter in it.
_BLANK = r"|^[\s\v]+$"

_NAMES = {
    FileFormat.CSV: "CSV",
    FileFormat.CSV_NO_HEADER: "CSV",
    FileFormat.TSV: "TSV",
    FileFormat.TSV_NO_HEADER: "TSV",
}


def write_delimited(table: pa.Table, target: Target, dialect: Dialect) -> None:
    """Write a table as delimited text in UTF-8 with line feeds.

    A table without columns has no rows either, and is an empty file.

    Raises:
        FormatCannotHoldError: A column has a type or value without a form in delimited text.
    """
    if not table.num_columns:
        return
    table = _with_dates(table)
    delimiter = dialect.delimiter.decode()
    if dialect.header:
        names = _quoted(array_of(table.column_names, pa.large_string()), delimiter, also=_GUESSED)
        target.sink.write(f"{delimiter.join(map(str, names.to_pylist()))}\n".encode())
    if table.num_columns == 1:
        _write_one_column(table, target, dialect)
        return
    for part in pieces(table, rows=_ROWS, size=_SIZE):
        fields = [
            _field(column.combine_chunks(), name, target, delimiter)
            for name, column in zip(part.column_names, part.columns, strict=True)
        ]
        target.sink.write(_lines(fields, delimiter))


def _write_one_column(table: pa.Table, target: Target, dialect: Dialect) -> None:
    """Write a column alone, where a blank line at the end of the file would not be a row.

    A missing value is a blank line, and a line with a space from the last value on.
    """
    column, name = table.column(0), table.column_names[0]
    delimiter = dialect.delimiter.decode()
    present = np.flatnonzero(column.is_valid().to_numpy())
    also = _BLANK if dialect.header else _GUESSED
    end = int(present[-1]) + 1 if len(present) else 0
    if table.num_rows and not end and not dialect.header:
        raise FormatCannotHoldError(
            file=target.name,
            format_name=f"{_NAMES[target.format]} without a header",
            what="a column without any value alone",
            advice="Write it with a header, or as Parquet or Arrow",
        )
    for part in pieces(table.slice(0, end), rows=_ROWS, size=_SIZE):
        field = _field(part.column(0).combine_chunks(), name, target, delimiter, also=also)
        target.sink.write(_lines([field], delimiter))
    target.sink.write(b" \n" * (table.num_rows - end))


def _with_dates(table: pa.Table) -> pa.Table:
    """The table with dates instead of timestamps, in columns where no row has a time of day."""
    for position, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz is None:
            days = table.column(position).cast(pa.date32(), safe=False)
            if days.cast(field.type, safe=False).equals(table.column(position)):
                table = table.set_column(position, field.name, days)
    return table


def _field(
    column: Values | Column, name: str, target: Target, delimiter: str, *, also: str = ""
) -> Values:
    words = words_of(column, name=name, file=target.name, format_name=_NAMES[target.format])
    is_text = pa.types.is_large_string(column.type) or pa.types.is_dictionary(column.type)
    quoted = _quoted(words, delimiter, also=also) if is_text else words
    return quoted.fill_null(text(""))


def _quoted(words: Values, delimiter: str, *, also: str = "") -> Values:
    """Quote the words that need it.

    Args:
        words: What is written.
        delimiter: The separator of fields.
        also: A pattern of other words that need it.
    """
    pattern = rf'^$|^[ \x{{FEFF}}]|["\r\n{delimiter}]{also}'
    needs = pc.match_substring_regex(words, pattern)
    if not pc.any(needs).as_py():
        return words
    doubled = pc.replace_substring(words, '"', '""')
    quoted = joined(text('"'), doubled, text('"'))
    return cast("Values", pc.if_else(needs, quoted, words))


def _lines(fields: list[Values], delimiter: str) -> bytes:
    """Join columns of fields to the bytes of their lines."""
    ended = joined(joined(*fields, separator=delimiter), text("\n"))
    return text_of(ended).tobytes()
