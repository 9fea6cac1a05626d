"""The rules that every dataset keeps, wherever it comes from: scalar columns, unique names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.errors import (
    DuplicateColumnNameError,
    TooManyColumnsError,
    UnknownRoleColumnError,
    UnsupportedColumnTypeError,
)
from studiolo.datasets.extension_types import (
    extension_label,
    extension_of,
    meaning,
    stored_values,
)

#: Columns of a dataset: each takes time and memory of its own, however short it is, and a line of
#: text has room for millions.
MOST_COLUMNS = 100_000
#: Types that a dataset holds under one spelling, so that no reader meets five kinds of string.
#: ``large_string`` is what pandas' own string type holds: frames then share the bytes and offsets.
_ONE_SPELLING: dict[pa.DataType, pa.DataType] = {
    pa.null(): pa.large_string(),
    pa.string(): pa.large_string(),
    pa.string_view(): pa.large_string(),
    pa.binary(): pa.large_binary(),
    pa.binary_view(): pa.large_binary(),
    pa.float16(): pa.float32(),
    pa.date64(): pa.date32(),
}


def check_dataset(
    table: pa.Table,
    *,
    roles: Mapping[str, ColumnRole] | None = None,
    source: str = "the dataset",
    notes: Sequence[str] = (),
) -> Dataset:
    """Make a dataset of a table, or say which of its columns no dataset can hold.

    Args:
        table: Any Arrow table.
        roles: Roles of its columns where they differ from feature.
        source: What errors call the table, such as the name of its file.
        notes: What a person should know of how it was read.

    Raises:
        DatasetError: A name is empty or used twice, a type is not a scalar, or a role is given to
            a column that is not there.
    """
    changes: list[str] = []
    checked = check_table(table, source=source, changes=changes)
    for name in roles or {}:
        if name not in checked.column_names:
            raise UnknownRoleColumnError(column=name, columns=checked.column_names)
    return Dataset(table=checked, roles=dict(roles or {}), notes=(*notes, *changes))


def check_table(
    table: pa.Table, *, source: str = "the dataset", changes: list[str] | None = None
) -> pa.Table:
    """Bring a table to a dataset's types, each column in one piece, without changing a value.

    Schema metadata is dropped: what pandas leaves there would turn columns into an index later.

    Args:
        table: Any Arrow table.
        source: What errors call it.
        changes: Gets a sentence for each column that has a plainer type afterwards.
    """
    noted: list[str] = [] if changes is None else changes
    names = named_columns(table.column_names, changes=noted)
    check_names(names, source=source)
    table = table.rename_columns(names)
    columns = [
        _plain_column(column, field, source=source, number=number, changes=noted)
        for number, (field, column) in enumerate(
            zip(table.schema, table.columns, strict=True), start=1
        )
    ]
    return pa.Table.from_arrays(columns, names=table.column_names)


def named_columns(names: Sequence[str], *, changes: list[str]) -> list[str]:
    """The names, with Col and the column's number for a blank one, as the script contract has it.

    pandas and R write a blank name above the row names that they put into the first column.

    Args:
        names: The names in the order of the columns.
        changes: Gets a sentence if a column gets a name.
    """
    taken = {name for name in names if name.strip()}
    named = []
    called: dict[int, str] = {}
    for number, name in enumerate(names, start=1):
        given = name
        if not name.strip():
            given = f"Col{number}"
            count = 1
            while given in taken:
                given, count = f"Col{number} ({count})", count + 1
            taken.add(given)
            called[number] = given
        named.append(given)
    if called:
        shown = ", ".join(f'{number} ("{name}")' for number, name in list(called.items())[:10])
        more = f" and {len(called) - 10} more" if len(called) > 10 else ""
        changes.append(f"Columns without a name are called by their number: {shown}{more}.")
    return named


def check_names(names: list[str], *, source: str, line: int | None = None) -> None:
    """Refuse repeated column names, and more of them than a dataset may have.

    Args:
        names: The names in the order of the columns.
        source: What errors call the table.
        line: Line of the header, where the names come from a text file.

    Raises:
        TooManyColumnsError: There are more than `MOST_COLUMNS`.
        DuplicateColumnNameError: Two are the same.
    """
    if len(names) > MOST_COLUMNS:
        raise TooManyColumnsError(source=source, columns=len(names), most=MOST_COLUMNS)
    numbers: dict[str, list[int]] = {}
    for number, name in enumerate(names, start=1):
        numbers.setdefault(name, []).append(number)
    for name, used_by in numbers.items():
        if len(used_by) > 1:
            raise DuplicateColumnNameError(source=source, name=name, numbers=used_by, line=line)


def _plain_column(
    column: Column, field: "pa.Field[Any]", *, source: str, number: int, changes: list[str]
) -> Column:
    plain, type_name = stored_values(column), str(column.type)
    extension = extension_of(field)
    if extension is not None:
        type_name = extension_label(*extension)
        meant = meaning(plain, *extension)
        if meant is None:
            raise UnsupportedColumnTypeError(
                source=source, column=field.name, number=number, type_name=type_name
            )
        plain, became = meant
        if became:
            changes.append(f'Column "{field.name}" of the type {type_name} was read as {became}.')
    plain = _without_run_lengths(plain)
    wanted = _dataset_type(plain.type)
    if wanted is None:
        raise UnsupportedColumnTypeError(
            source=source, column=field.name, number=number, type_name=type_name
        )
    if plain.type != wanted:
        plain = plain.cast(wanted)
    return in_one_piece(plain)


def without_nan(dataset: Dataset) -> Dataset:
    """The dataset with a missing value for each NaN, which is how pandas spells one."""
    table = dataset.table
    for place, column in enumerate(table.columns):
        if pa.types.is_floating(column.type):
            is_nan = pc.is_nan(column)
            if pc.any(is_nan).as_py():
                known = pc.if_else(is_nan, pa.nulls(1, column.type)[0], column)
                table = table.set_column(place, table.column_names[place], known)
    return replace(dataset, table=table)


def in_one_piece(column: Column) -> Column:
    """Join a column's chunks, since only a column in one piece can be used without a copy."""
    if column.num_chunks == 1:
        return column
    if isinstance(column.type, pa.DictionaryType):
        if not column.num_chunks:  # Arrow can't join none of them for every type of categories
            values = pa.nulls(0, column.type.value_type)
            empty = pa.DictionaryArray.from_arrays(
                pa.nulls(0, pa.int32()), values, ordered=bool(column.type.ordered)
            )
            return pa.chunked_array([empty])
        column = column.unify_dictionaries()
    # Depending on the type, Arrow's own function answers with an array or with a chunked one.
    joined: Any = column.combine_chunks()
    return joined if isinstance(joined, pa.ChunkedArray) else pa.chunked_array([joined])


def _without_run_lengths(column: Column) -> Column:
    if pa.types.is_run_end_encoded(column.type):
        return cast("Column", pc.call_function("run_end_decode", [column]))
    return column


def _dataset_type(wanted: pa.DataType) -> pa.DataType | None:
    """The type under which a dataset holds values of a type; None for those it cannot hold."""
    if wanted in _ONE_SPELLING:
        return _ONE_SPELLING[wanted]
    if isinstance(wanted, pa.DictionaryType):
        values = _dataset_type(wanted.value_type)
        if values is None or pa.types.is_dictionary(values):
            return None
        return _categorical(values, ordered=bool(wanted.ordered))
    if pa.types.is_fixed_size_binary(wanted) and not pa.types.is_decimal(wanted):
        return pa.large_binary()
    if pa.types.is_decimal(wanted) and wanted.bit_width < 128:
        return pa.decimal128(wanted.precision, wanted.scale)
    return wanted if _is_scalar(wanted) else None


def _categorical(values: pa.DataType, *, ordered: bool) -> pa.DataType:
    index: Any = pa.int32()  # the stubs know dictionaries of some value types only
    return cast("pa.DataType", pa.dictionary(index, values, ordered=ordered))


def _is_scalar(candidate: pa.DataType) -> bool:
    kinds = pa.types
    return (
        kinds.is_boolean(candidate)
        or kinds.is_integer(candidate)
        or kinds.is_floating(candidate)
        or kinds.is_decimal(candidate)
        or kinds.is_large_string(candidate)
        or kinds.is_large_binary(candidate)
        or kinds.is_date32(candidate)
        or kinds.is_timestamp(candidate)
        or kinds.is_duration(candidate)
    )
