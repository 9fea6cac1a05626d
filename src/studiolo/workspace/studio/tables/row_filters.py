"""Filters of a dataset's rows: which rows have a value that compares so with another one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from studiolo.services.cells import UnfitCellError, cell_type
from studiolo.workspace.studio.errors import RowFilterError

_COMPARED: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "eq": pc.equal,
    "ne": pc.not_equal,
    "lt": pc.less,
    "le": pc.less_equal,
    "gt": pc.greater,
    "ge": pc.greater_equal,
}
_LONGEST_QUOTE: Final = 100
_ZONE: Final = re.compile(r"(Z|[+-]\d\d:\d\d)$")


@dataclass(frozen=True, kw_only=True)
class RowFilter:
    """Which rows are meant."""

    column: str
    #: `eq`, `ne`, `lt`, `le`, `gt`, `ge`, `contains`, `missing` or `present`.
    operator: str
    #: As people write it; of a time without a zone, the clock is that of the column.
    value: str = ""


def matching(column: "pa.ChunkedArray[Any]", one: RowFilter) -> Any:
    """The rows of a column that a filter keeps: true, false, or null for a missing value.

    Raises:
        RowFilterError: The column can't be compared with such a value.
    """
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if one.operator == "missing":
        return pc.is_null(column, nan_is_null=True)
    if one.operator == "present":
        return pc.invert(pc.is_null(column, nan_is_null=True))
    if types.is_large_binary(column.type):
        name, operator = one.column[:_LONGEST_QUOTE], one.operator
        raise RowFilterError(reason=f'the column "{name}" has no comparison "{operator}"')
    if one.operator == "contains":
        return pc.match_substring(column.cast(pa.large_string()), one.value, ignore_case=True)
    if types.is_large_string(column.type):
        return _COMPARED[one.operator](column, pa.scalar(one.value, column.type))
    value = _value(one, column.type)
    if value.type != column.type:
        column = column.cast(value.type, safe=False)
    found = _COMPARED[one.operator](column, value)
    # A NaN is a missing value, too, and differs from nothing.
    return pc.and_(found, pc.invert(pc.is_nan(column))) if types.is_floating(column.type) else found


def _value(one: RowFilter, kind: Any) -> "pa.Scalar[Any]":
    """The value to compare with: of the column's type, or a float beside whole numbers."""
    value = _read(one.value, kind)
    if value is None and types.is_integer(kind):
        value = _read(one.value, pa.float64())
    if value is None:
        raise RowFilterError(
            reason=f'the column "{one.column[:_LONGEST_QUOTE]}" is compared with '
            f'{cell_type(kind).expected}, not with "{one.value[:_LONGEST_QUOTE]}"'
        )
    if types.is_timestamp(kind) and kind.tz is not None and not _ZONE.search(one.value.strip()):
        clock: Any = value.cast(pa.int64()).cast(pa.timestamp(kind.unit))
        moment: pa.Scalar[Any] = pc.assume_timezone(
            clock, timezone=kind.tz, ambiguous="earliest", nonexistent="earliest"
        )
        return moment
    return value


def _read(text: str, kind: Any) -> "pa.Scalar[Any] | None":
    """A value of a type, read as a web service reads its callers' texts; None if it is not one."""
    try:
        value = cell_type(kind).read(text)
        return None if value is None else pa.array([value], kind)[0]
    except (UnfitCellError, ValueError, OverflowError, pa.ArrowException):
        return None
