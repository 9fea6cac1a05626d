"""Rows of a dataset as documents, for pages that show some of them."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
from typing_extensions import TypedDict

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.profile.plain_values import temporal_text
from studiolo.documents.column import ColumnDocument
from studiolo.experiments.json_value import Json
from studiolo.services.json_values import units_of

_LARGEST_EXACT: Final = 2**53 - 1
#: Characters of a cell that are shown.
_LONGEST: Final = 2_000


class RowsDocument(TypedDict):
    """Some rows of a dataset.

    A cell is a number, a boolean, a text, or null for a missing value. What a JavaScript number
    does not hold exactly, an infinity and bytes are text. A date, a time and a duration are text,
    too, as ISO 8601 writes them. The column's type tells.
    """

    #: The number of the first of them, from 0.
    offset: int
    #: How many rows there are in all, with the filters that were given.
    total: int
    columns: Sequence[ColumnDocument]
    rows: Sequence[Sequence[Json]]


def rows_document(table: pa.Table, dataset: Dataset, *, offset: int, total: int) -> RowsDocument:
    """The document of some rows of a dataset."""
    columns = [_cells(column) for column in table.columns]
    return {
        "offset": offset,
        "total": total,
        "columns": columns_document(dataset, table.column_names),
        "rows": [list(row) for row in zip(*columns, strict=True)],
    }


def columns_document(dataset: Dataset, names: Sequence[str] | None = None) -> list[ColumnDocument]:
    """The documents of a dataset's columns, or of some of them."""
    schema = dataset.table.schema
    return [
        {
            "name": name,
            "type": str(schema.field(name).type),
            "role": dataset.roles.get(name, ColumnRole.FEATURE).value,
        }
        for name in (schema.names if names is None else names)
    ]


def _cells(column: "pa.ChunkedArray[Any]") -> list[Json]:
    if pa.types.is_dictionary(column.type):
        return _cells(column.cast(column.type.value_type))
    if pa.types.is_temporal(column.type):
        # Python's own dates end with the year 9999.
        units = units_of(column)
        return [None if one is None else temporal_text(one, column.type) for one in units]
    return [_cell(value) for value in column.to_pylist()]


def _cell(value: Any) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_EXACT else str(value)
    if isinstance(value, float):
        return None if math.isnan(value) else str(value) if math.isinf(value) else value
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
    if isinstance(value, bytes):
        return value[: _LONGEST // 2].hex()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
