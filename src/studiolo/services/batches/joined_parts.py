"""The results of a batch's pieces as one table, as scoring in one piece would have made it."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column
from studiolo.services.batches.errors import BatchPiecesDifferError


def joined_parts(tables: Sequence[pa.Table], *, output: str) -> pa.Table:
    """One table of the results of all pieces, in order.

    What a piece alone could not know is settled here: that numbers have a fraction somewhere, that
    a column has values somewhere, and which categories there are.

    Args:
        tables: The results; one without columns is of a piece without rows.
        output: The name of the output, for errors.

    Raises:
        BatchPiecesDifferError: They have different columns, or types without a common one.
    """
    filled = [table for table in tables if table.num_columns] or list(tables[:1])
    first = filled[0].column_names
    for table in filled:
        if table.column_names != first:
            problem = f"one has the columns {first}, and another {table.column_names}"
            raise BatchPiecesDifferError(output=output, problem=problem)
    columns: list[Any] = []
    for place, name in enumerate(first):
        chunks = [table.column(place) for table in filled]
        try:
            columns.append(_joined(chunks))
        except pa.ArrowException as error:
            kinds = " and ".join(dict.fromkeys(str(chunk.type) for chunk in chunks))
            problem = f'the column "{name}" is {kinds} ({error})'
            raise BatchPiecesDifferError(output=output, problem=problem) from error
    return pa.Table.from_arrays(columns, names=first)


def _joined(columns: Sequence[Column]) -> Column:
    kinds = {column.type for column in columns if column.null_count < len(column)}
    if any(isinstance(kind, pa.DictionaryType) for kind in kinds) and _are_categories(kinds):
        columns = _with_common_categories(columns)
    elif len(kinds or {column.type for column in columns}) > 1:
        schemas = [pa.schema([("column", kind)]) for kind in sorted(kinds, key=str)]
        common = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
        columns = [column.cast(common) for column in columns]
    kind = next((c.type for c in columns if c.null_count < len(c)), columns[0].type)
    chunks: list[Any] = []
    for column in columns:
        empty = column.null_count == len(column) and column.type != kind
        chunks += [pa.nulls(len(column), kind)] if empty else column.chunks
    return pa.chunked_array(chunks, type=kind)


def _are_categories(kinds: set[pa.DataType]) -> bool:
    values = {kind.value_type if isinstance(kind, pa.DictionaryType) else None for kind in kinds}
    return len(values) == 1


def _with_common_categories(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns with the same categories, in order if they are in order in each."""
    chunks: list[Any] = [
        chunk
        for column in columns
        if isinstance(column.type, pa.DictionaryType)
        for chunk in column.chunks
    ]
    if all(chunk.dictionary.equals(chunks[0].dictionary) for chunk in chunks):
        return columns
    known: Any = pc.unique(pa.chunked_array([chunk.dictionary for chunk in chunks]))
    if all(_is_sorted(chunk.dictionary) for chunk in chunks):
        known = known.take(pc.sort_indices(known))
    return [_recoded(column, known) for column in columns]


def _is_sorted(values: Any) -> bool:
    return bool(values.take(pc.sort_indices(values)).equals(values))


def _recoded(column: Column, known: Any) -> Column:
    if not isinstance(column.type, pa.DictionaryType):
        return column
    chunks = []
    for chunk in column.chunks:
        encoded: Any = chunk
        places = pc.index_in(encoded.dictionary, value_set=known)
        indices = places.take(encoded.indices)
        ordered = column.type.ordered
        chunks.append(pa.DictionaryArray.from_arrays(indices, known, ordered=ordered))
    kind: Any = pa.dictionary(pa.int32(), column.type.value_type, ordered=column.type.ordered)
    return pa.chunked_array(chunks, type=kind)
