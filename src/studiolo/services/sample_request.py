"""A request to a service as an example: the first row of the data that it was published with."""

from collections.abc import Mapping
from typing import Any

from pyarrow import types

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.services.classic_text import double_text
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema


def sample_request(schema: ServiceSchema) -> Mapping[str, Any]:
    """A request of one row, in the classic form for `format=swagger`."""
    return {
        "Inputs": {name: [sample_row(port)] for name, port in schema.inputs.items()},
        "GlobalParameters": {one.name: _sample_value(one) for one in schema.parameters},
    }


def plain_sample_request(schema: ServiceSchema, *, optional: bool = True) -> Mapping[str, Any]:
    """The same in the plain JSON of Studiolo's own addresses.

    Args:
        schema: The service's.
        optional: Whether it also has the parameters that callers may leave out.
    """
    parameters = {
        one.name: _sample_value(one) for one in schema.parameters if optional or one.required
    }
    request = {"inputs": sample_request(schema)["Inputs"]}
    return {**request, "parameters": parameters} if parameters else request


def sample_table_request(schema: ServiceSchema) -> Mapping[str, Any]:
    """The same as a table, with every cell as text, as the classic sample programs sent it."""
    request = sample_request(schema)
    tables = {
        name: {"ColumnNames": list(row), "Values": [[_text(value) for value in row.values()]]}
        for name, (row,) in request["Inputs"].items()
    }
    return {**request, "Inputs": tables}


def sample_row(port: PortSchema) -> Mapping[str, Any]:
    """The row of an input; zeros and the word "value" where there is none, as in the classic."""
    if port.sample:
        return dict(port.sample)
    return {column.name: _sample_cell(column) for column in port.columns}


def _text(value: object) -> str | None:
    if isinstance(value, float):
        return double_text(value)
    return None if value is None else str(value)


def _sample_cell(column: ColumnSchema) -> Any:
    kind = column.type
    if column.categories:
        return column.categories[0]
    if types.is_boolean(kind):
        return False
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return 0
    if types.is_duration(kind):
        return "00:00:00"
    if types.is_temporal(kind):
        return "1970-01-01"
    return "" if types.is_large_binary(kind) else "value"


def _sample_value(parameter: Parameter) -> Any:
    if parameter.default is not None:
        return parameter.default
    if parameter.choices:
        return parameter.choices[0]
    if parameter.kind is ParameterKind.BOOLEAN:
        return False
    if parameter.kind in (ParameterKind.INTEGER, ParameterKind.NUMBER):
        low, high = parameter.minimum, parameter.maximum
        return low if low is not None else 0 if high is None or high >= 0 else high
    return "value"
