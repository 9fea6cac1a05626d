"""Excel workbooks (.xlsx): one sheet, whose first row holds the names of the columns.

Cells have types of their own; a column of several types becomes text. Formulas are read as the
value that Excel stored with them, and errors such as ``#N/A`` as missing.
"""

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
import pyarrow as pa

from studiolo.datasets.arrow import Column
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.errors import (
    DamagedFileError,
    EmptyFileError,
    OtherFormatError,
    SheetMissingError,
    ValueNotAllowedError,
)
from studiolo.datasets.formats.excel_limits import check_fits
from studiolo.datasets.formats.excel_sheet import (
    Cell,
    CellError,
    ImpossibleDate,
    SheetDamagedError,
    SheetPart,
    Uncalculated,
    Workbook,
    escaped,
)
from studiolo.datasets.formats.python_values import Value, column_of, word_of
from studiolo.datasets.invariants import check_dataset, check_names, named_columns

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: What opening a damaged archive may end with, beside errors of its own.
_DAMAGES = (OSError, EOFError, RuntimeError, NotImplementedError, KeyError)
#: The error that stands for a missing value; others are mistakes in a formula.
_NOT_AVAILABLE = "#N/A"


def read(content: Content) -> Dataset:
    """Read a sheet, the first with cells where none is named."""
    with _workbook(content) as book:
        rows = {row: cells for row, cells in book.rows(_sheet(book, content)) if cells}
    if not rows:
        raise EmptyFileError(file=content.name, needs="its sheet needs a row with column names")
    return _dataset(rows, content)


def check_sheet(content: Content) -> None:
    """Look for the sheet that the options name, without reading it."""
    with _workbook(content) as book:
        _sheet(book, content)


@contextmanager
def _workbook(content: Content) -> Iterator[Workbook]:
    data = content.data.to_pybytes()
    other = _other_format(data)
    if other is not None:
        kind, advice = other
        raise OtherFormatError(file=content.name, found=kind, advice=advice)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield Workbook(archive)
    except (zipfile.BadZipFile, zlib.error, SheetDamagedError, *_DAMAGES) as error:
        raise DamagedFileError(
            file=content.name, format_name="an Excel workbook", reason=str(error)
        ) from error


def _other_format(data: bytes) -> tuple[str, str] | None:
    """The real format of a file that only has an Excel name, and what to do about it."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            return "protected by a password", "Save it without the password in Excel"
        return "a workbook of the old form .xls", "Save it as Excel Workbook (.xlsx) in Excel"
    beginning = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        kind = "a page of HTML or XML"
        return kind, "Open it in Excel and save it as Excel Workbook (.xlsx)"
    return None


def _sheet(book: Workbook, content: Content) -> SheetPart:
    with_cells = [sheet for sheet in book.sheets if sheet.has_cells]
    if content.options.sheet is None:
        if with_cells:
            return with_cells[0]
        raise EmptyFileError(file=content.name, needs="it needs a sheet with cells")
    found = next((sheet for sheet in book.sheets if sheet.name == content.options.sheet), None)
    if found is None or not found.has_cells:
        raise SheetMissingError(
            file=content.name,
            sheet=content.options.sheet,
            sheets=[sheet.name for sheet in with_cells],
            is_chart=found is not None,
        )
    return found


def _dataset(rows: dict[int, dict[int, Cell]], content: Content) -> Dataset:
    # Excel's own tables begin in the first row; other sheets leave it out now and then.
    header = 1 if 1 in rows else min(rows)
    width = max(max(cells) for cells in rows.values())
    errors: Counter[str] = Counter()
    changes: list[str] = []

    def plain(line: int, place: int, name: str | None) -> Value:
        cell = rows[line].get(place)
        if isinstance(cell, CellError):
            errors[cell.word] += cell.word != _NOT_AVAILABLE
            return None
        if isinstance(cell, Uncalculated | ImpossibleDate):
            raise _not_allowed(cell, content.name, line, place, name)
        return cell

    heads = [plain(header, place, None) for place in range(1, width + 1)]
    names = named_columns(
        ["" if cell is None else word_of(cell) for cell in heads], changes=changes
    )
    check_names(names, source=content.name, line=header)
    lines = range(header + 1, max(rows) + 1)
    columns = [
        column_of([plain(line, place, name) if line in rows else None for line in lines])
        for place, name in enumerate(names, start=1)
    ]
    if found := [word for word, count in errors.items() if count]:
        count = sum(errors.values())
        cells = "1 cell holds an error" if count == 1 else f"{count} cells hold errors"
        changes.append(f"{cells} of a formula ({', '.join(found)}) and became missing.")
    table = pa.Table.from_arrays(columns, names=names)
    return check_dataset(table, source=content.name, notes=changes)


def _not_allowed(
    cell: Uncalculated | ImpossibleDate, file: str, line: int, place: int, name: str | None
) -> ValueNotAllowedError:
    if isinstance(cell, Uncalculated):
        value = cell.formula
        allowed = (
            "a formula with its value, which this one has never had; open the workbook in Excel or "
            "LibreOffice, and save it"
        )
    else:
        value = cell.number
        allowed = "a number that is a day, since the cell shows it as a date; change its format"
    return ValueNotAllowedError(
        file=file, line=line, column=place, name=name, value=value, allowed=allowed
    )


def write(dataset: Dataset, target: Target) -> None:
    """Write a workbook of one sheet, called Dataset."""
    check_fits(dataset.table, target)
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet("Dataset")
    sheet.append([escaped(name) for name in dataset.table.column_names])
    columns = [_cells(column) for column in dataset.table.columns]
    for row in zip(*columns, strict=True):
        sheet.append(row)
    book.save(target.sink)


def _cells(column: Column) -> list[Value]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us"))
    if pa.types.is_duration(column.type):
        column = column.cast(pa.duration("us"))
    values: list[Any] = column.to_pylist()
    return [escaped(value) if isinstance(value, str) else value for value in values]
