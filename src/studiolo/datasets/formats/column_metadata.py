"""Roles of columns as the binary formats keep them: in the metadata of the Arrow fields."""

import pyarrow as pa

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.invariants import check_dataset

_ROLE = b"studiolo.role"


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
