"""Roles and categories, which the binary formats keep in the metadata of the Arrow fields.

Parquet has no categories, only an encoding that comes and goes with the writer: its columns note
their categories here, in their order and with those that no row has.
"""

import base64
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.invariants import check_dataset, in_one_piece

_ROLE = b"studiolo.role"
_CATEGORIES = b"studiolo.categories"
_ORDERED = b"studiolo.categories-ordered"
#: Readers of Parquet refuse metadata of 100 MB; texts beyond this keep the file's own order.
LARGEST_CATEGORIES = 16 << 20


def table_with_metadata(dataset: Dataset) -> pa.Table:
    """The dataset's table with each role noted at its column."""
    fields = [
        field.with_metadata({_ROLE: dataset.roles[field.name].value.encode()})
        if field.name in dataset.roles
        else field.remove_metadata()
        for field in dataset.table.schema
    ]
    return dataset.table.cast(pa.schema(fields))


def dataset_with_metadata(table: pa.Table, *, source: str) -> Dataset:
    """A dataset of a table that was read, with the roles that are noted at its columns.

    A role that this version does not know is left out: the column is then a feature.
    """
    known = {role.value.encode(): role for role in ColumnRole}
    noted = {
        field.name: known[field.metadata[_ROLE]]
        for field in table.schema
        if field.metadata and field.metadata.get(_ROLE) in known
    }
    return check_dataset(table, roles=noted, source=source)


def table_with_categories(table: pa.Table) -> pa.Table:
    """The table with plain values for categories of other types than text, all of them noted.

    Raises:
        OverflowError: Categories, which the error's text names by their column, are too large.
    """
    for place, field in enumerate(table.schema):
        if not isinstance(field.type, pa.DictionaryType):
            continue
        encoded: Any = in_one_piece(table.column(place)).chunk(0) if table.num_rows else None
        categories = pa.array([], field.type.value_type) if encoded is None else encoded.dictionary
        noted = _categories_as_text(categories)
        is_text = pa.types.is_large_string(field.type.value_type)
        if len(noted) > LARGEST_CATEGORIES:
            if is_text:
                continue
            raise OverflowError(field.name)
        metadata: dict[bytes | str, bytes | str] = dict((field.metadata or {}).items())
        metadata[_CATEGORIES] = noted
        if field.type.ordered:
            metadata[_ORDERED] = b"true"
        plain = field if is_text else field.with_type(field.type.value_type)
        column = table.column(place)
        table = table.set_column(
            place,
            plain.with_metadata(metadata),
            column if is_text else column.cast(field.type.value_type),
        )
    return table


def table_of_categories(table: pa.Table) -> pa.Table:
    """The table with the categories that are noted at its columns, where they fit the values."""
    for place, field in enumerate(table.schema):
        noted = (field.metadata or {}).get(_CATEGORIES)
        if noted is None:
            continue
        ordered = (field.metadata or {}).get(_ORDERED) == b"true"
        column = _with_categories(table.column(place), noted, ordered=ordered)
        if column is not None:
            table = table.set_column(place, field.with_type(column.type), column)
    return table


def _categories_as_text(categories: "pa.Array[Any]") -> bytes:
    sink = pa.BufferOutputStream()
    batch = pa.RecordBatch.from_arrays([categories], names=["categories"])
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return base64.b64encode(sink.getvalue().to_pybytes())


def _with_categories(column: Column, noted: bytes, *, ordered: bool) -> Column | None:
    """The column with these categories; None if they are not its own, as after an edit."""
    try:
        with pa.ipc.open_stream(base64.b64decode(noted)) as reader:
            categories: Any = reader.read_all().column(0).combine_chunks()
            categories.validate(full=True)
        if isinstance(column.type, pa.DictionaryType):
            column = column.cast(column.type.value_type)
        values: Any = in_one_piece(column.cast(categories.type)).chunk(0) if len(column) else None
        if values is None:
            values = pa.array([], categories.type)
        places = pc.index_in(values, value_set=categories)
        if pc.any(pc.and_(pc.is_null(places), pc.is_valid(values))).as_py():
            return None
        encoded = pa.DictionaryArray.from_arrays(places, categories, ordered=ordered)
    except (pa.ArrowException, ValueError, OSError, KeyError, IndexError):
        return None
    return pa.chunked_array([encoded])
