"""The schema of a web service as a JSON document, in which a published version keeps it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar, cast

import pyarrow as pa

from studiolo.datasets.profile.kinds import type_named, type_text
from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.services.errors import ServiceSchemaError
from studiolo.services.json_values import JsonValue
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema

_T = TypeVar("_T")
_BLANK = Parameter(name="", label="", kind=ParameterKind.TEXT)


def write_schema(schema: ServiceSchema) -> str:
    """The schema as the text of a JSON document; equal schemas give equal texts."""
    document = {
        "inputs": {name: _port(port) for name, port in schema.inputs.items()},
        "outputs": {name: _port(port) for name, port in schema.outputs.items()},
        "parameters": [_parameter(parameter) for parameter in schema.parameters],
        **({"models": list(schema.models)} if schema.models else {}),
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def read_schema(text: str | bytes) -> ServiceSchema:
    """The schema that `write_schema` wrote.

    Raises:
        ServiceSchemaError: The text is something else.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ServiceSchemaError(place="the document", problem="is not JSON") from error
    whole = _table(document, "the document", {"inputs", "outputs", "parameters", "models"})
    models = _get(whole, "models", list, "the document") if "models" in whole else []
    return ServiceSchema(
        models=tuple(models),
        inputs=_ports(whole, "inputs"),
        outputs=_ports(whole, "outputs"),
        parameters=tuple(
            _read_parameter(one, f"parameters[{number}]")
            for number, one in enumerate(_get(whole, "parameters", list, "the document"))
        ),
    )


def _port(port: PortSchema) -> Mapping[str, Any]:
    return {"columns": [_column(column) for column in port.columns], "sample": dict(port.sample)}


def _column(column: ColumnSchema) -> Mapping[str, Any]:
    document: dict[str, Any] = {"name": column.name, "type": type_text(column.type)}
    if column.categories is not None:
        document["categories"] = list(column.categories)
        document["ordered"] = column.ordered
    optional = {"optional": True} if column.optional else {}
    return {**document, "missing": column.missing, **optional}


def _parameter(parameter: Parameter) -> Mapping[str, Any]:
    """The document of a parameter; what is usual is left out."""
    document: dict[str, Any] = {"name": parameter.name, "kind": parameter.kind.value}
    for field in fields(Parameter):
        value = getattr(parameter, field.name)
        if field.name not in document and value != getattr(_BLANK, field.name):
            document[field.name] = list(value) if field.name == "choices" else value
    return document


def _ports(whole: Mapping[str, Any], side: str) -> Mapping[str, PortSchema]:
    ports = _get(whole, side, dict, "the document")
    return {name: _read_port(port, f"{side}.{name}") for name, port in ports.items()}


def _read_port(document: object, place: str) -> PortSchema:
    port = _table(document, place, {"columns", "sample"})
    columns = tuple(
        _read_column(column, f"{place}.columns[{number}]")
        for number, column in enumerate(_get(port, "columns", list, place))
    )
    sample = _get(port, "sample", dict, place)
    if sample and set(sample) != {column.name for column in columns}:
        raise ServiceSchemaError(place=f"{place}.sample", problem="has other columns")
    _check_plain(list(sample.values()), f"{place}.sample")
    return PortSchema(columns=columns, sample=sample)


def _read_column(document: object, place: str) -> ColumnSchema:
    keys = {"name", "type", "categories", "ordered", "missing", "optional"}
    column = _table(document, place, keys)
    categories: tuple[JsonValue, ...] | None = None
    if "categories" in column:
        categories = tuple(_get(column, "categories", list, place))
        _check_plain(categories, f"{place}.categories")
    return ColumnSchema(
        name=_get(column, "name", str, place),
        type=_type(_get(column, "type", str, place), place),
        categories=categories,
        ordered=categories is not None and _get(column, "ordered", bool, place),
        missing=_get(column, "missing", bool, place),
        # Versions that were published before there were such columns do not say it.
        optional="optional" in column and _get(column, "optional", bool, place),
    )


def _type(text: str, place: str) -> pa.DataType:
    try:
        return type_named(text)
    except ValueError as error:
        raise ServiceSchemaError(place=f"{place}.type", problem=f"says that {error}") from error


def _read_parameter(document: object, place: str) -> Parameter:
    parameter = _table(document, place, {field.name for field in fields(Parameter)})
    word = _get(parameter, "kind", str, place)
    if word not in [kind.value for kind in ParameterKind]:
        raise ServiceSchemaError(place=f"{place}.kind", problem=f'is the unknown word "{word}"')
    given: dict[str, Any] = {"label": "", **parameter, "kind": ParameterKind(word)}
    for name in ("name", "label", "help", "language"):
        given[name] = _get(given, name, str, place) if name in given else ""
    for name in ("required", "nullable"):
        given[name] = _get(given, name, bool, place) if name in given else False
    for name in ("minimum", "maximum"):
        if type(given.get(name)) not in (int, float, type(None)):
            raise ServiceSchemaError(place=f"{place}.{name}", problem="is not a number")
    if "choices" in given:
        given["choices"] = tuple(_get(given, "choices", list, place))
    return Parameter(**given)


def _table(document: object, place: str, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        raise ServiceSchemaError(place=place, problem="is not an object")
    for key in document:
        if key not in keys:
            raise ServiceSchemaError(place=place, problem=f'has the unknown key "{key}"')
    return cast("Mapping[str, Any]", document)


def _get(document: Mapping[str, Any], key: str, kind: type[_T], place: str) -> _T:
    value = document.get(key)
    if type(value) is not kind:
        problem = f'has no "{key}" that is a {kind.__name__}'
        raise ServiceSchemaError(place=place, problem=problem)
    return value


def _check_plain(values: Sequence[object], place: str) -> None:
    for value in values:
        if not isinstance(value, str | int | float | bool | None):
            raise ServiceSchemaError(place=place, problem="has a value that is a list or an object")
