"""The OpenAPI document of one web service, with the columns that it takes and gives."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyarrow import types

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.server.codecs.negotiation import PLAIN_JSON, TABLES
from studiolo.services.json_values import plain_json_type
from studiolo.services.sample_request import plain_sample_request, sample_request
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema

_KINDS = {
    ParameterKind.INTEGER: "integer",
    ParameterKind.NUMBER: "number",
    ParameterKind.BOOLEAN: "boolean",
}
#: Categories that are listed as examples.
_MOST_EXAMPLES = 20


def service_document(
    schema: ServiceSchema,
    *,
    title: str,
    version: str,
    server: str,
    score: str,
    execute: str,
) -> Mapping[str, Any]:
    """The document, in version 3.1 of OpenAPI.

    Args:
        schema: That of the service.
        title: Its name.
        version: The version that it describes.
        server: What all addresses begin with: `http://localhost:8765`.
        score: The path at which plain JSON, Arrow, CSV and Parquet are taken.
        execute: The path for the clients of the classic services.
    """
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "servers": [{"url": server}],
        "security": [{"key": []}],
        "paths": {
            score: {"post": _score(schema)},
            execute: {"post": _execute(schema)},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(schema),
            "responses": {"Error": _error()},
        },
    }


def _score(schema: ServiceSchema) -> Mapping[str, Any]:
    request = plain_sample_request(schema)
    taken = len(schema.inputs) == 1
    given = {"application/json": {"schema": _ref("Reply")}, **_tables()}
    return {
        "operationId": "score",
        "summary": "Scores the rows of a request.",
        "parameters": [
            {
                "name": "output",
                "in": "query",
                "description": "The output that goes out, where the reply is one table.",
                "schema": {"type": "string", "enum": list(schema.outputs)},
            }
        ]
        if schema.outputs
        else [],
        "requestBody": {
            "required": True,
            "content": {
                PLAIN_JSON.media_type: {"schema": _ref("Request"), "example": request},
                **(_tables() if taken else {}),
            },
        },
        "responses": {"200": {"description": "The result.", "content": given}, **_ERRORS},
    }


def _execute(schema: ServiceSchema) -> Mapping[str, Any]:
    words = [("api-version", ["2.0"]), ("details", ["true", "false"]), ("format", ["swagger"])]
    return {
        "operationId": "execute",
        "summary": "Scores the rows of a request of a classic client.",
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "string", "enum": allowed}}
            for name, allowed in words
        ],
        "requestBody": {
            "required": True,
            "content": {
                PLAIN_JSON.media_type: {
                    "schema": _ref("ClassicRequest"),
                    "example": sample_request(schema),
                }
            },
        },
        "responses": {
            "200": {
                "description": "The result; every cell is text, and a missing one is null.",
                "content": {PLAIN_JSON.media_type: {"schema": _ref("ClassicReply")}},
            },
            **_ERRORS,
        },
    }


def _tables() -> Mapping[str, Any]:
    return {codec.media_type: {} for codec in TABLES}


def _ref(name: str) -> Mapping[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_ERRORS = {
    status: {"$ref": "#/components/responses/Error"}
    for status in ("400", "401", "406", "408", "413", "415", "500", "503")
}


def _error() -> Mapping[str, Any]:
    return {
        "description": "What is wrong.",
        "content": {PLAIN_JSON.media_type: {"schema": _ref("Error")}},
    }


def _schemas(schema: ServiceSchema) -> Mapping[str, Any]:
    text = {"type": "string"}
    detail = _object({"code": text, "target": text, "message": text})
    details = {"type": "array", "items": detail, "minItems": 1}
    error = _object({"code": text, "message": text, "details": details})
    rows = {"type": "array", "items": {"type": "object"}}
    table = _object(
        {
            "ColumnNames": {"type": "array", "items": text},
            "Values": {"type": "array", "items": {"type": "array"}},
        }
    )
    request = _object(
        {"inputs": _ports(schema.inputs), "parameters": _parameters(schema)},
        required=["inputs"] if schema.inputs else [],
    )
    classic = _object(
        {
            "Inputs": _object({name: {"anyOf": [table, rows]} for name in schema.inputs}),
            "GlobalParameters": {"type": "object"},
        },
        required=["Inputs"] if schema.inputs else [],
    )
    results = {"type": "object", "additionalProperties": {"type": ["object", "array"]}}
    return {
        "Request": {**request, "additionalProperties": False},
        "Reply": _object({"outputs": _ports(schema.outputs)}),
        "ClassicRequest": classic,
        "ClassicReply": _object({"Results": results}),
        "Error": _object({"error": error}),
    }


def _object(properties: Mapping[str, Any], *, required: list[str] | None = None) -> dict[str, Any]:
    """An object; all of its members are required unless it is said which are."""
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names}


def _ports(ports: Mapping[str, PortSchema]) -> Mapping[str, Any]:
    rows = {name: {"type": "array", "items": _row(port)} for name, port in ports.items()}
    return {**_object(rows), "additionalProperties": False}


def _row(port: PortSchema) -> Mapping[str, Any]:
    columns = {column.name: _column(column) for column in port.columns}
    row = _object(columns, required=port.required())
    return {**row, "additionalProperties": False}


def _column(column: ColumnSchema) -> Mapping[str, Any]:
    described = _column_type(column.type)
    if column.missing:
        described["type"] = [described["type"], "null"]
    if column.categories is not None and column.ordered:
        described["enum"] = [*column.categories, *([None] if column.missing else [])]
    elif column.categories is not None:
        # Others are taken, too: what training never saw.
        described["examples"] = list(column.categories[:_MOST_EXAMPLES])
    return described


def _column_type(kind: pa.DataType) -> dict[str, Any]:
    if plain := plain_json_type(kind):
        return plain
    if types.is_large_binary(kind):
        return {"type": "string", "contentEncoding": "base64"}
    name = _format(kind)
    return {"type": "string", "format": name} if name else {"type": "string"}


def _format(kind: pa.DataType) -> str | None:
    """The format of values that are text in JSON, where there is a word for it."""
    if types.is_decimal(kind):
        return "decimal"
    if types.is_date32(kind):
        return "date"
    if isinstance(kind, pa.TimestampType) and kind.tz is not None:
        return "date-time"  # which is always one with a zone
    return "duration" if types.is_duration(kind) else None


def _parameters(schema: ServiceSchema) -> Mapping[str, Any]:
    known = {parameter.name: _parameter(parameter) for parameter in schema.parameters}
    required = [parameter.name for parameter in schema.parameters if parameter.required]
    return {**_object(known, required=required), "additionalProperties": False}


def _parameter(parameter: Parameter) -> Mapping[str, Any]:
    described: dict[str, Any] = {}
    if parameter.kind in _KINDS:
        described["type"] = _KINDS[parameter.kind]
    if parameter.choices:
        described["enum"] = list(parameter.choices)
    if parameter.help:
        described["description"] = parameter.help
    if parameter.default is not None:
        described["default"] = parameter.default
    bounds = {"minimum": parameter.minimum, "maximum": parameter.maximum}
    described |= {name: bound for name, bound in bounds.items() if bound is not None}
    return described
