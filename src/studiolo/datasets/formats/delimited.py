"""CSV and TSV files, with a header or without.

Arrow's reader splits the file into columns of text, on all processors; ``inference`` decides each
column's type over all of its values. Whatever is unusual on the way (a row that does not fit, text
that is not UTF-8, spaces before a field) leads to the exact scanner, which knows the place.

Blank lines are skipped. In a file of one column each is a missing value, except at its end, where a
missing value is a line with a space.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from studiolo.datasets.arrow import Column, bytes_of, text_of
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, FileFormat, Target
from studiolo.datasets.formats.decimal_commas import columns_with_commas, note_on_commas
from studiolo.datasets.formats.delimited_guess import find_dialect, has_row_names, note_on_blanks
from studiolo.datasets.formats.delimited_scan import (
    Dialect,
    Record,
    find_fault,
    first_record,
    first_records,
    tidied,
)
from studiolo.datasets.formats.delimited_text import write_delimited
from studiolo.datasets.formats.encoding import (
    find_encoding_fault,
    line_count,
    text_start,
    without_end_mark,
)
from studiolo.datasets.formats.errors import (
    DamagedFileError,
    EmptyFileError,
    EncodingError,
    UnterminatedQuoteError,
)
from studiolo.datasets.formats.inference import starts_with_space, typed_columns
from studiolo.datasets.invariants import check_dataset, check_names, in_one_piece, named_columns

DIALECTS = {
    FileFormat.CSV: Dialect(delimiter=b",", header=True, skips_spaces=True),
    FileFormat.CSV_NO_HEADER: Dialect(delimiter=b",", header=False, skips_spaces=True),
    FileFormat.TSV: Dialect(delimiter=b"\t", header=True, skips_spaces=False),
    FileFormat.TSV_NO_HEADER: Dialect(delimiter=b"\t", header=False, skips_spaces=False),
}

#: How much text each task of Arrow's reader takes: a longer row needs the slow path.
_BLOCK = 4 << 20
_SIZES_TRIED = 1000
#: Columns that get their types together.
_AT_ONCE = 256
#: How much of a file shows whether its rows have names.
_LOOK = 1 << 16
_ROWS_LOOKED_AT = 50
#: Arrow counts the bytes of a block in 32 bits.
_LARGEST_BLOCK = (1 << 31) - 1


class _DoubtfulTextError(Exception):
    """The fast path met something that only the exact scanner can judge."""


def read(content: Content) -> Dataset:
    """Read delimited text; columns without a name are called Col and their number."""
    return _read(content, typed=True)


def read_texts(content: Content) -> Dataset:
    """Read delimited text, every column as text, for callers that know the types already."""
    return _read(content, typed=False)


def _read(content: Content, *, typed: bool) -> Dataset:
    content = replace(content, data=without_end_mark(content.data))
    guess = find_dialect(
        content.data,
        DIALECTS[content.format],
        text_start(content.data),
        content.options.delimiter,
    )
    dialect, start = guess.dialect, guess.start
    first = _first_record(content, dialect, start)
    names = _names(content, dialect, first)
    changes = [*guess.notes]
    row_names = dialect.header and _has_row_names(content, dialect, first)
    if row_names:
        names = ["", *names]
        changes.append(
            "Its rows have one field more than its header, as R writes them: the first column "
            "holds the names of the rows."
        )
    names = named_columns(names, changes=changes)
    check_names(names, source=content.name, line=first.line)
    if len(names) == 1:
        if _has_doubled_returns(content.data, first.end):
            text = content.data.to_pybytes().replace(b"\r\r\n", b"\r\n")
            return _read(replace(content, data=pa.py_buffer(text)), typed=typed)
        content = replace(content, data=_without_blank_end(content.data, first.end))
    body = content.data.slice(first.end if dialect.header else start)
    rows = replace(
        dialect,
        has_row_names=row_names,
        has_decimal_commas=content.options.decimal == ",",
        has_types=typed,
    )
    try:
        columns = list(_columns(body, rows, len(names), careful=False))
    except (pa.ArrowInvalid, _DoubtfulTextError):
        columns = _columns_after_check(content, rows, start, first, names)
    table = pa.Table.from_arrays(columns, names=names)
    if dialect.delimiter != b"," and content.options.decimal is None:
        changes += note_on_commas(table)
    if len(names) == 1:
        changes += note_on_blanks(body, dialect)
    return check_dataset(table, source=content.name, notes=changes)


def write(dataset: Dataset, target: Target) -> None:
    """Write delimited text in UTF-8."""
    write_delimited(dataset.table, target, DIALECTS[target.format])


def _beginning(data: pa.Buffer, size: int) -> bytes:
    return data.slice(0, min(size, data.size)).to_pybytes()


def _has_doubled_returns(data: pa.Buffer, end: int) -> bool:
    """Whether the first line ends in CR CR LF, as copies in text mode do; no line is blank then."""
    ending = data.slice(max(0, end - 1), min(3, data.size - max(0, end - 1))).to_pybytes()
    return ending == b"\r\r\n"


def _without_blank_end(data: pa.Buffer, least: int) -> pa.Buffer:
    """The text of one column without the blank lines at its end, which are not rows of it."""
    size = data.size
    while size > least:
        piece = data.slice(max(least, size - _BLOCK), min(_BLOCK, size - least)).to_pybytes()
        blank = len(piece) - len(piece.rstrip(b"\r\n"))
        size -= blank
        if blank < len(piece):
            break
    # The last row keeps its line break.
    ending = data.slice(size, min(2, data.size - size)).to_pybytes()
    return data.slice(0, size + (2 if ending == b"\r\n" else len(ending[:1]) * (size > least)))


def _first_record(content: Content, dialect: Dialect, start: int) -> Record:
    """Read the header, or the first row where there is none."""
    beginning = _beginning(content.data, 1 << 16)
    record = first_record(beginning, dialect, start=start)
    if record is None or record.end >= len(beginning):  # it may go on
        record = first_record(content.data.to_pybytes(), dialect, start=start)
    if record is None:
        needs = "a line with the names of the columns" if dialect.header else "a first row"
        raise EmptyFileError(file=content.name, needs=f"it needs {needs}")
    return record


def _has_row_names(content: Content, dialect: Dialect, first: Record) -> bool:
    beginning = _beginning(content.data, first.end + _LOOK)
    rows = first_records(beginning, dialect, start=first.end, most=_ROWS_LOOKED_AT)
    if len(beginning) < content.data.size:  # the last may go on
        rows = [row for row in rows if row.end < len(beginning)]
    return has_row_names(first, rows)


def _names(content: Content, dialect: Dialect, first: Record) -> list[str]:
    if not dialect.header:
        return [f"Col{number}" for number in range(1, len(first.fields) + 1)]
    fault = find_encoding_fault(_beginning(content.data, first.end), file=content.name)
    if fault is not None:
        if isinstance(fault, EncodingError):  # the whole file knows better what it can be
            fault = find_encoding_fault(content.data.to_pybytes(), file=content.name) or fault
        raise fault
    if first.unterminated is not None:
        line, column = first.unterminated
        raise UnterminatedQuoteError(file=content.name, line=line, column=column, name=None)
    return [field.decode() for field in first.names(dialect)]


def _columns_after_check(
    content: Content, dialect: Dialect, start: int, first: Record, names: list[str]
) -> list[Column]:
    """Find the mistake in a file; if it has none, read it the slow and careful way."""
    data = content.data.to_pybytes()
    fault = find_fault(data, dialect, file=content.name, start=start, names=names)
    if fault is not None:
        raise fault
    text = tidied(data, dialect, start=first.end if dialect.header else start, count=len(names))
    try:
        return list(_columns(pa.py_buffer(text), dialect, len(names), careful=True))
    except (pa.ArrowInvalid, _DoubtfulTextError) as error:
        name = "delimited text"
        raise DamagedFileError(file=content.name, format_name=name, reason=str(error)) from error


def _columns(body: pa.Buffer, dialect: Dialect, count: int, *, careful: bool) -> Iterator[Column]:
    texts = _texts(body, dialect, count, careful=careful)
    if not careful:
        _check_last_quote(body, texts)
    typed: Callable[[Sequence[Column]], list[Column]] = typed_columns
    if not dialect.has_types:
        typed = _as_text
    elif dialect.has_decimal_commas:
        typed = columns_with_commas
    for column in _typed_columns(texts, typed, in_parallel=body.size > _BLOCK):
        if pa.types.is_large_string(column.type):
            # In a file of one column, a line of spaces is a missing value, in TSV too.
            _check_text(column, spaces_allowed=careful or not (dialect.skips_spaces or count == 1))
        yield column


def _as_text(columns: Sequence[Column]) -> list[Column]:
    return [in_one_piece(column.cast(pa.large_string())) for column in columns]


def _typed_columns(
    texts: list[Column], typed: Callable[[Sequence[Column]], list[Column]], *, in_parallel: bool
) -> Iterator[Column]:
    # A few columns are a task each.
    at_once = max(1, min(_AT_ONCE, len(texts) // (4 * pa.cpu_count())))
    parts = [texts[start : start + at_once] for start in range(0, len(texts), at_once)]
    if not in_parallel:  # changing threads would take longer than the work
        yield from chain.from_iterable(map(typed, parts))
        return
    with ThreadPoolExecutor(pa.cpu_count()) as pool:
        yield from chain.from_iterable(pool.map(typed, parts))


def _texts(body: pa.Buffer, dialect: Dialect, count: int, *, careful: bool) -> list[Column]:
    """Split the rows into columns of text, with nulls for empty fields."""
    if not body.size:
        return [pa.chunked_array([], pa.string())] * count
    if careful:
        block = min(body.size, _LARGEST_BLOCK)
        return _split(body, dialect, count, breaks_in_fields=True, block=block)
    # Cutting the file at any line break is faster, but a cut through a quoted field loses its
    # beginning, silently, or before the last block closes the field there. Only where each line is
    # one row, and no row ends in a field with a line break, was nothing cut.
    with contextlib.suppress(pa.ArrowInvalid):
        columns = _split(body, dialect, count, breaks_in_fields=False, block=_BLOCK)
        if len(columns[0]) == line_count(body) and not _has_line_break(columns[-1]):
            return columns
    return _split(body, dialect, count, breaks_in_fields=True, block=_whole_breaks(body))


def _has_line_break(column: Column) -> bool:
    texts = [text_of(chunk) for chunk in column.chunks]
    return any(((text == ord("\n")) | (text == ord("\r"))).any() for text in texts)


def _whole_breaks(body: pa.Buffer) -> int:
    """A block size that cuts no CR LF in two: Arrow loses the LF, even within quotes."""
    data = bytes_of(body)
    for size in range(_BLOCK, _BLOCK + _SIZES_TRIED):
        ends = np.arange(size, len(data), size)
        if not ((data[ends - 1] == ord("\r")) & (data[ends] == ord("\n"))).any():
            return size
    return min(body.size, _LARGEST_BLOCK)


def _split(
    body: pa.Buffer, dialect: Dialect, count: int, *, breaks_in_fields: bool, block: int
) -> list[Column]:
    names = [str(number) for number in range(count)]
    file: Any = pa.BufferReader(body)  # which the stubs do not know to be a file
    table = arrow_csv.read_csv(
        file,
        read_options=arrow_csv.ReadOptions(column_names=names, block_size=block),
        parse_options=arrow_csv.ParseOptions(
            delimiter=dialect.delimiter.decode(),
            newlines_in_values=breaks_in_fields,
            ignore_empty_lines=count > 1,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
            check_utf8=False,  # only the columns that stay text are checked, afterwards
        ),
    )
    return table.columns


def _check_last_quote(body: pa.Buffer, texts: list[Column]) -> None:
    """Doubt a file that may end inside a quoted field, which Arrow's reader takes silently."""
    last = texts[-1]
    value = last[len(last) - 1].cast(pa.binary()).as_py() if len(last) else None
    if isinstance(value, bytes):
        opened = b'"' + value.replace(b'"', b'""')
        tail = body.slice(max(0, body.size - len(opened))).to_pybytes()
        if tail == opened:
            raise _DoubtfulTextError


def _check_text(column: Column, *, spaces_allowed: bool) -> None:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid as error:  # not UTF-8
        raise _DoubtfulTextError from error
    for chunk in column.chunks:
        values = text_of(chunk)
        if values.size and values.min() == 0:
            raise _DoubtfulTextError
    if not spaces_allowed and starts_with_space(column):
        raise _DoubtfulTextError
