"""CSV and TSV files, with a header or without.

Arrow's reader splits the file into columns of text, on all processors; ``inference`` decides each
column's type over all of its values. Whatever is unusual on the way (a row that does not fit, text
that is not UTF-8, spaces before a field) leads to the exact scanner, which knows the place.

Blank lines are skipped, except in a file of one column, where each is a missing value.
"""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from studiolo.datasets.arrow import Column, bytes_of, text_of
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, FileFormat, Target
from studiolo.datasets.formats.delimited_scan import (
    Dialect,
    Record,
    find_fault,
    first_record,
)
from studiolo.datasets.formats.delimited_text import write_delimited
from studiolo.datasets.formats.encoding import find_encoding_fault, line_count, text_start
from studiolo.datasets.formats.errors import (
    DamagedFileError,
    EmptyFileError,
    UnterminatedQuoteError,
)
from studiolo.datasets.formats.inference import starts_with_space, typed_column
from studiolo.datasets.invariants import check_dataset, check_names

DIALECTS = {
    FileFormat.CSV: Dialect(delimiter=b",", header=True, skips_spaces=True),
    FileFormat.CSV_NO_HEADER: Dialect(delimiter=b",", header=False, skips_spaces=True),
    FileFormat.TSV: Dialect(delimiter=b"\t", header=True, skips_spaces=False),
    FileFormat.TSV_NO_HEADER: Dialect(delimiter=b"\t", header=False, skips_spaces=False),
}

#: How much text each task of Arrow's reader takes: a longer row needs the slow path.
_BLOCK = 4 << 20
_SIZES_TRIED = 1000
#: Arrow counts the bytes of a block in 32 bits.
_LARGEST_BLOCK = (1 << 31) - 1


class _DoubtfulTextError(Exception):
    """The fast path met something that only the exact scanner can judge."""


def read(content: Content) -> Dataset:
    """Read delimited text; headerless columns are called Col1, Col2 and so on."""
    dialect = DIALECTS[content.format]
    start = text_start(content.data)
    first = _first_record(content, dialect, start)
    names = _names(content, dialect, first)
    body = content.data.slice(first.end if dialect.header else start)
    try:
        columns = list(_columns(body, dialect, len(names), careful=False))
    except (pa.ArrowInvalid, _DoubtfulTextError):
        columns = _columns_after_check(content, dialect, start, body, names)
    return check_dataset(pa.Table.from_arrays(columns, names=names), source=content.name)


def write(dataset: Dataset, target: Target) -> None:
    """Write delimited text in UTF-8."""
    write_delimited(dataset.table, target, DIALECTS[target.format])


def _beginning(data: pa.Buffer, size: int) -> bytes:
    return data.slice(0, min(size, data.size)).to_pybytes()


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


def _names(content: Content, dialect: Dialect, first: Record) -> list[str]:
    if not dialect.header:
        return [f"Col{number}" for number in range(1, len(first.fields) + 1)]
    fault = find_encoding_fault(_beginning(content.data, first.end), file=content.name)
    if fault is not None:
        raise fault
    if first.unterminated is not None:
        line, column = first.unterminated
        raise UnterminatedQuoteError(file=content.name, line=line, column=column, name=None)
    names = [field.decode() for field in first.fields]
    check_names(
        names,
        source=content.name,
        line=first.line,
        advice="; a file without a header has the extension .nh.csv or .nh.tsv",
    )
    return names


def _columns_after_check(
    content: Content, dialect: Dialect, start: int, body: pa.Buffer, names: list[str]
) -> list[Column]:
    """Find the mistake in a file; if it has none, read it the slow and careful way."""
    fault = find_fault(
        content.data.to_pybytes(), dialect, file=content.name, start=start, names=names
    )
    if fault is not None:
        raise fault
    if dialect.skips_spaces:
        body = pa.py_buffer(dialect.field_after_spaces.sub(rb"\1", body.to_pybytes()))
    try:
        return list(_columns(body, dialect, len(names), careful=True))
    except (pa.ArrowInvalid, _DoubtfulTextError) as error:
        name = "delimited text"
        raise DamagedFileError(file=content.name, format_name=name, reason=str(error)) from error


def _columns(body: pa.Buffer, dialect: Dialect, count: int, *, careful: bool) -> Iterator[Column]:
    texts = _texts(body, dialect, count, careful=careful)
    if not careful:
        _check_last_quote(body, texts)
    for column in _typed_columns(texts, in_parallel=body.size > _BLOCK):
        if pa.types.is_large_string(column.type):
            _check_text(column, spaces_allowed=careful or not dialect.skips_spaces)
        yield column


def _typed_columns(texts: list[Column], *, in_parallel: bool) -> Iterator[Column]:
    if not in_parallel:  # changing threads would take longer than the work
        yield from map(typed_column, texts)
        return
    with ThreadPoolExecutor(pa.cpu_count()) as pool:
        yield from pool.map(typed_column, texts)


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
