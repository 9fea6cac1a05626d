"""Excel workbooks (.xlsx): one sheet, whose first row holds the names of the columns.

Cells have types of their own; a column of several types becomes text. Formulas are read as the
value that Excel stored with them, and the error ``#N/A`` as missing.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from studiolo.datasets.arrow import Column
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.errors import (
    DamagedFileError,
    EmptyFileError,
    SheetMissingError,
    ValueNotAllowedError,
)
from studiolo.datasets.formats.excel_limits import check_fits
from studiolo.datasets.formats.python_values import Value, column_of, word_of
from studiolo.datasets.invariants import check_dataset, check_names, named_columns

_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!")


def read(content: Content) -> Dataset:
    """Read a sheet, the first where none is named."""
    rows = _rows(content)
    while rows and not any(cell is not None for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise EmptyFileError(file=content.name, needs="its sheet needs a row with column names")
    width = max(_width(row) for row in rows)
    padded = [[*row, *[None] * width][:width] for row in rows]
    names = ["" if cell is None else word_of(cell) for cell in padded[0]]
    changes: list[str] = []
    names = named_columns(names, changes=changes)
    check_names(names, source=content.name, line=1)
    columns = [
        column_of(
            [_checked(row[place], line, place, names, content) for line, row in _body(padded)]
        )
        for place in range(width)
    ]
    return check_dataset(
        pa.Table.from_arrays(columns, names=names), source=content.name, notes=changes
    )


def _body(rows: list[list[Value]]) -> Iterator[tuple[int, list[Value]]]:
    return enumerate(rows[1:], start=2)


def _rows(content: Content) -> list[tuple[Value, ...]]:
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content.data.to_pybytes()), read_only=True, data_only=True
        )
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise DamagedFileError(
            file=content.name, format_name="an Excel workbook", reason=str(error)
        ) from error
    try:
        sheet = content.sheet or (book.sheetnames[0] if book.sheetnames else "")
        if sheet not in book.sheetnames:
            raise SheetMissingError(file=content.name, sheet=sheet, sheets=book.sheetnames)
        cells: Any = book[sheet]
        # A stored size that is too small would hide cells.
        cells.reset_dimensions()
        return list(cells.iter_rows(values_only=True))
    finally:
        book.close()


def _width(row: tuple[Value, ...]) -> int:
    return max((place for place, cell in enumerate(row, start=1) if cell is not None), default=0)


def _checked(cell: Value, line: int, place: int, names: list[str], content: Content) -> Value:
    if cell == "#N/A":
        return None
    if cell in _ERRORS:
        raise ValueNotAllowedError(
            file=content.name,
            line=line,
            column=place + 1,
            name=names[place],
            value=str(cell),
            allowed="a value, #N/A or an empty cell for missing; correct the formula in Excel",
        )
    return cell


def write(dataset: Dataset, target: Target) -> None:
    """Write a workbook of one sheet, called Dataset."""
    check_fits(dataset.table, target)
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet("Dataset")
    sheet.append(dataset.table.column_names)
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
    plain: Callable[[Any], Value] = (
        (lambda value: None if value != value else value)  # noqa: PLR0124 NaN is missing
        if pa.types.is_floating(column.type)
        else (lambda value: value)
    )
    return [plain(value) for value in values]
