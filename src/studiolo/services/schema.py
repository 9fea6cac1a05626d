"""The schema of a web service: what callers send, what they get, and what they may set.

It is taken from the datasets of the run that publishing made, and does not change afterwards.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import pyarrow as pa

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.invariants import in_one_piece, without_nan
from studiolo.modules.definition import Parameter
from studiolo.services.json_values import JsonValue, json_values

#: The end of the names of files of trained models, as in the classic studio.
MODEL_EXTENSION: Final = ".ilearner"


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
    #: Whether callers may leave the column out; every value is missing then.
    optional: bool = False

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

    def required(self) -> list[str]:
        """The names of the columns that callers have to send."""
        return [column.name for column in self.columns if not column.optional]


@dataclass(frozen=True, kw_only=True)
class ServiceSchema:
    """The inputs, outputs and parameters of a version of a web service."""

    #: By the names of the Web Service Input modules: "input1".
    inputs: Mapping[str, PortSchema] = field(default_factory=dict)
    #: By the names of the Web Service Output modules: "output1".
    outputs: Mapping[str, PortSchema] = field(default_factory=dict)
    #: Web-service parameters, under the names that callers use.
    parameters: Sequence[Parameter] = ()
    #: The names of the Web Service Output modules that return a trained model; only a batch does.
    models: Sequence[str] = ()

    def without_values(self) -> "ServiceSchema":
        """The same without values of the data that the service was published with."""
        inputs, outputs = (
            {
                name: PortSchema(
                    columns=tuple(replace(one, categories=None) for one in port.columns)
                )
                for name, port in ports.items()
            }
            for ports in (self.inputs, self.outputs)
        )
        parameters = [replace(parameter, default=None) for parameter in self.parameters]
        return replace(self, inputs=inputs, outputs=outputs, parameters=parameters)

    def with_labels_required(self) -> "ServiceSchema":
        """The same, except that callers have to send every column."""
        inputs = {
            name: replace(port, columns=tuple(replace(one, optional=False) for one in port.columns))
            for name, port in self.inputs.items()
        }
        return replace(self, inputs=inputs)


def port_schema(dataset: Dataset, *, labels: Collection[str] | None = None) -> PortSchema:
    """The schema of datasets that look like this one.

    A value may be missing where the dataset has a missing one, and in a label, which callers do
    not know yet.

    Args:
        dataset: The dataset.
        labels: For an input, the columns that are labels, beside those that have the role. Callers
            may leave a label out.
    """
    dataset = without_nan(dataset)
    table = dataset.table
    columns = []
    for arrow_field, column in zip(table.schema, table.columns, strict=True):
        kind = arrow_field.type
        categories = None
        name = arrow_field.name
        label = name in (labels or ()) or dataset.roles.get(name) is ColumnRole.LABEL
        if isinstance(kind, pa.DictionaryType):
            encoded: Any = in_one_piece(column).chunk(0)
            categories = tuple(v for v in json_values(encoded.dictionary) if v is not None)
        columns.append(
            ColumnSchema(
                name=name,
                type=kind.value_type if isinstance(kind, pa.DictionaryType) else kind,
                categories=categories,
                ordered=isinstance(kind, pa.DictionaryType) and bool(kind.ordered),
                missing=column.null_count > 0 or label,
                optional=label and labels is not None,
            )
        )
    first = table.slice(0, 1)
    sample = {
        name: json_values(column)[0]
        for name, column in zip(first.column_names, first.columns, strict=True)
        if first.num_rows
    }
    return PortSchema(columns=tuple(columns), sample=sample)
