"""How two datasets differ: in their columns, in their rows, and cell by cell."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column
from studiolo.datasets.change import Change
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.value_text import value_text

#: Cells of a column that are named.
_FIRST = 3
#: Characters of a cell: a single one may have gigabytes.
_LONGEST = 10_000


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """A cell that differs, with its values as text; None where a value is missing."""

    #: From 1.
    row: int
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class ColumnChange:
    """A column in which cells differ."""

    name: str
    #: How many.
    cells: int
    first: Sequence[CellChange]


@dataclass(frozen=True, kw_only=True)
class TableComparison:
    """The differences between two datasets."""

    added: Sequence[str] = ()
    removed: Sequence[str] = ()
    #: Types of columns, by name, as Arrow writes them.
    types: Mapping[str, Change] = field(default_factory=dict)
    #: Their roles: "label".
    roles: Mapping[str, Change] = field(default_factory=dict)
    #: Whether the columns that both have are in a different order.
    reordered: bool = False
    rows: Change | None = None
    #: Columns of one name and type in which cells differ, where there are as many rows.
    cells: Sequence[ColumnChange] = ()

    @property
    def differs(self) -> bool:
        """Whether there is any difference at all."""
        return any(getattr(self, part.name) for part in fields(self))


def compare_tables(
    before: Dataset, after: Dataset, *, same: Collection[str] = ()
) -> TableComparison:
    """Compare two datasets, value by value; a missing value equals a missing one, NaN equals NaN.

    Args:
        before: The one.
        after: The other.
        same: Columns of both that are known to be the same, and need not be looked at.
    """
    old, new = before.table, after.table
    types, new_types = _types(old), _types(new)
    common = [name for name in types if name in new_types]
    alike = [name for name in common if types[name] == new_types[name] and name not in same]
    rows = Change.of(old.num_rows, new.num_rows)
    return TableComparison(
        added=[name for name in new_types if name not in types],
        removed=[name for name in types if name not in new_types],
        types={
            name: Change(before=str(types[name]), after=str(new_types[name]))
            for name in common
            if types[name] != new_types[name]
        },
        roles=_role_changes(before, after, common),
        reordered=common != [name for name in new_types if name in types],
        rows=rows,
        cells=[] if rows else _cell_changes(old, new, alike),
    )


def _types(table: pa.Table) -> Mapping[str, pa.DataType]:
    return {field.name: field.type for field in table.schema}


def _role_changes(before: Dataset, after: Dataset, common: Sequence[str]) -> Mapping[str, Change]:
    changes = {}
    for name in common:
        old, new = (d.roles.get(name, ColumnRole.FEATURE).value for d in (before, after))
        if old != new:
            changes[name] = Change(before=old, after=new)
    return changes


def _cell_changes(old: pa.Table, new: pa.Table, names: Sequence[str]) -> list[ColumnChange]:
    changes = []
    for name in names:
        before, after = old.column(name), new.column(name)
        differing = _differing(*_comparable(before, after))
        if len(differing):
            first = [
                CellChange(row=row + 1, before=_text(before[row]), after=_text(after[row]))
                for row in differing.to_numpy()[:_FIRST].tolist()
            ]
            changes.append(ColumnChange(name=name, cells=len(differing), first=first))
    return changes


def _differing(before: Column, after: Column) -> pa.UInt64Array:
    """The rows, from 0, in which two columns of one type differ."""
    compared: Any = pc.not_equal(before, after)
    unequal: Any = pc.fill_null(compared, False)
    if pa.types.is_floating(before.type):
        neither: Any = pc.and_(pc.is_nan(before), pc.is_nan(after))
        unequal = pc.and_not(unequal, pc.fill_null(neither, False))
    one_missing: Any = pc.xor(before.is_null(), after.is_null())
    return cast("pa.UInt64Array", pc.indices_nonzero(pc.or_(unequal, one_missing)))


def _comparable(before: Column, after: Column) -> tuple[Column, Column]:
    """Of categories their numbers, the same in both for one value.

    Written out, each row with its own copy, they could be far more than the dataset.
    """
    if not pa.types.is_dictionary(before.type):
        return before, after
    old, new = (_unified(column) for column in (before, after))
    known = pa.chunked_array([old.dictionary, new.dictionary]).unique()
    return _numbers(old, known), _numbers(new, known)


def _unified(column: Column) -> Any:
    joined: Any = column.unify_dictionaries().combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined


def _numbers(column: Any, known: Any) -> Column:
    places: Any = pc.index_in(column.dictionary, value_set=known)
    missing: Any = pa.scalar(None, places.type)
    places = pc.if_else(column.dictionary.is_valid(), places, missing)
    return pa.chunked_array([places.take(column.indices)])


def _text(value: "pa.Scalar[Any]") -> str | None:
    if isinstance(value, pa.DictionaryScalar):
        value = value.value
    if not value.is_valid:
        return None
    if isinstance(value, pa.StringScalar | pa.LargeStringScalar):
        text = value_text(value, characters=_LONGEST + 1) or ""
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    try:
        return str(value.as_py())
    except (ValueError, OverflowError):
        # Python has no object for the years that Arrow has beyond 9999.
        return str(value.cast(pa.string()).as_py())
