"""The schema of a web service: what callers send, what they get, and what they may set.

It is taken from the datasets of the run that publishing made, and does not change afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pyarrow as pa

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.invariants import in_one_piece, without_nan
from studiolo.modules.definition import Parameter
from studiolo.services.json_values import JsonValue, json_values


@dataclass(frozen=True, kw_only=True)
class ColumnSchema:
    """A column of an input or an output."""

    name: str
    #: The type of its values, one that a dataset can hold; of a categorical column, that of its
    #: categories.
    type: pa.DataType
    #: The categories that training saw, as `json_values` gives them; None if it has none.
    categories: tuple[JsonValue, ...] | None = None
    #: Whether the order of the categories means something.
    ordered: bool = False
    #: Whether a value may be missing.
    missing: bool = False

    @property
    def data_type(self) -> pa.DataType:
        """The type of the column in a table."""
        if self.categories is None:
            return self.type
        index: Any = pa.int32()  # the stubs know dictionaries of some value types only
        return cast("pa.DataType", pa.dictionary(index, self.type, ordered=self.ordered))


@dataclass(frozen=True, kw_only=True)
class PortSchema:
    """The columns of one input or output, in their order."""

    columns: tuple[ColumnSchema, ...]
    #: A row by column name, as `json_values` gives its values; empty where the dataset had none.
    sample: Mapping[str, JsonValue] = field(default_factory=dict)

    def names(self) -> list[str]:
        """The names of the columns in their order."""
        return [column.name for column in self.columns]


@dataclass(frozen=True, kw_only=True)
class ServiceSchema:
    """What a version of a web service takes and gives."""

    #: By the names of the Web Service Input modules: "input1".
    inputs: Mapping[str, PortSchema] = field(default_factory=dict)
    #: By the names of the Web Service Output modules: "output1".
    outputs: Mapping[str, PortSchema] = field(default_factory=dict)
    #: Web-service parameters, under the names that callers use.
    parameters: Sequence[Parameter] = ()


def port_schema(dataset: Dataset) -> PortSchema:
    """The schema of datasets that look like this one.

    A value may be missing where the dataset has a missing one, and in a label, which callers do
    not know yet.
    """
    dataset = without_nan(dataset)
    table = dataset.table
    columns = []
    for arrow_field, column in zip(table.schema, table.columns, strict=True):
        kind = arrow_field.type
        categories = None
        if isinstance(kind, pa.DictionaryType):
            encoded: Any = in_one_piece(column).chunk(0)
            categories = tuple(v for v in json_values(encoded.dictionary) if v is not None)
        columns.append(
            ColumnSchema(
                name=arrow_field.name,
                type=kind.value_type if isinstance(kind, pa.DictionaryType) else kind,
                categories=categories,
                ordered=isinstance(kind, pa.DictionaryType) and bool(kind.ordered),
                missing=column.null_count > 0
                or dataset.roles.get(arrow_field.name) is ColumnRole.LABEL,
            )
        )
    first = table.slice(0, 1)
    sample = {
        name: json_values(column)[0]
        for name, column in zip(first.column_names, first.columns, strict=True)
        if first.num_rows
    }
    return PortSchema(columns=tuple(columns), sample=sample)
