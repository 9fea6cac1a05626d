"""The swagger document of a web service, as the classic services had it.

R's client looks for `definitions.input1Item`, `definitions.output1Item`, the example of
`definitions.ExecutionRequest`, and among at least two paths for the one with `/execute?` in it.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyarrow import types

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.services.json_values import plain_json_type
from studiolo.services.sample_request import sample_request
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema

_PARAMETER_TYPES = {
    ParameterKind.INTEGER: {"type": "integer", "format": "int64"},
    ParameterKind.NUMBER: {"type": "number", "format": "double"},
    ParameterKind.BOOLEAN: {"type": "boolean"},
}
_ANY = {"type": "object"}
_ERROR = {"$ref": "#/definitions/ErrorResponse"}


def swagger_document(
    schema: ServiceSchema, *, title: str, host: str, base_path: str, scheme: str = "http"
) -> Mapping[str, Any]:
    """The document, in version 2.0 of Swagger.

    Args:
        schema: That of the service.
        title: Its name.
        host: Where it is called, with the port: `localhost:8765`.
        base_path: What comes before `/execute` in its address.
        scheme: "http" or "https".
    """
    return {
        "swagger": "2.0",
        "info": {"title": title, "version": "2.0", "description": f"Calls of {title}."},
        "host": host,
        "basePath": base_path,
        "schemes": [scheme],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "securityDefinitions": {
            "Bearer": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "description": "Bearer and a key of the endpoint, such as: Bearer abc123",
            }
        },
        "security": [{"Bearer": []}],
        "paths": _paths(),
        "definitions": _definitions(schema),
    }


def _paths() -> Mapping[str, Any]:
    job = {"name": "jobId", "in": "path", "required": True, "type": "string"}
    return {
        "/execute?api-version=2.0&format=swagger": {
            "post": _operation("execute", "Scores rows and answers with the result.", body=True)
        },
        "/jobs?api-version=2.0": {
            "post": _operation(
                "createJob", "Hands in files to be scored.", reply={"type": "string"}
            )
        },
        "/jobs/{jobId}/start?api-version=2.0": {
            "post": _operation("startJob", "Begins with them.", parameters=[job], reply=None)
        },
        "/jobs/{jobId}?api-version=2.0": {
            "get": _operation("getJob", "Says how far it is.", parameters=[job]),
            "delete": _operation("deleteJob", "Cancels it.", parameters=[job], reply=None),
        },
    }


def _operation(
    name: str,
    summary: str,
    *,
    body: bool = False,
    parameters: list[Any] | None = None,
    reply: Mapping[str, Any] | None = _ANY,
) -> Mapping[str, Any]:
    sent = {"name": "executionRequest", "in": "body", "required": True}
    answer: dict[str, Any] = {"description": "Done."}
    if body:
        parameters = [{**sent, "schema": {"$ref": "#/definitions/ExecutionRequest"}}]
        reply = {"$ref": "#/definitions/ExecutionResponse"}
    if reply is not None:
        answer["schema"] = reply
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters or [],
        "responses": {"200": answer, "default": {"description": "An error.", "schema": _ERROR}},
    }


def _definitions(schema: ServiceSchema) -> Mapping[str, Any]:
    detail = {name: {"type": "string"} for name in ("code", "target", "message")}
    details = {"type": "array", "items": _object(detail)}
    error = {"code": {"type": "string"}, "message": {"type": "string"}, "details": details}
    return {
        "ExecutionRequest": {
            **_object(
                {
                    "Inputs": {"$ref": "#/definitions/ExecutionInputs"},
                    "GlobalParameters": {"$ref": "#/definitions/GlobalParameters"},
                }
            ),
            "example": sample_request(schema),
        },
        "ExecutionInputs": _lists(schema.inputs),
        "ExecutionResponse": _object({"Results": {"$ref": "#/definitions/ExecutionResults"}}),
        "ExecutionResults": _lists(schema.outputs),
        **{f"{name}Item": _item(port) for name, port in schema.inputs.items()},
        **{f"{name}Item": _item(port) for name, port in schema.outputs.items()},
        "GlobalParameters": {
            **_object({one.name: _parameter(one) for one in schema.parameters}),
            **_required([one.name for one in schema.parameters if one.required]),
        },
        "ErrorResponse": _object({"error": _object(error)}),
    }


def _lists(ports: Mapping[str, PortSchema]) -> Mapping[str, Any]:
    return _object(
        {
            name: {"type": "array", "items": {"$ref": f"#/definitions/{_escaped(name)}Item"}}
            for name in ports
        }
    )


def _escaped(name: str) -> str:
    """A name in a reference of JSON."""
    return name.replace("~", "~0").replace("/", "~1").replace("%", "%25")


def _item(port: PortSchema) -> Mapping[str, Any]:
    return {
        **_object({column.name: _column(column) for column in port.columns}),
        **_required(port.required()),
    }


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _required(names: list[str]) -> Mapping[str, Any]:
    """Version 2.0 allows no empty list."""
    return {"required": names} if names else {}


def _column(column: ColumnSchema) -> Mapping[str, Any]:
    described: dict[str, Any] = {**_column_type(column.type), "x-ms-isnullable": column.missing}
    if column.categories is not None:
        described["x-ms-isordered"] = column.ordered
    return described


def _column_type(kind: pa.DataType) -> Mapping[str, Any]:
    if plain := plain_json_type(kind):
        return plain
    if types.is_decimal(kind):
        return {"type": "number"}
    if types.is_duration(kind):
        return {"type": "string", "format": "time-span"}
    if types.is_temporal(kind):
        return {"type": "string", "format": "date-time"}
    if types.is_large_binary(kind):
        return {"type": "string", "format": "byte"}
    return {"type": "string"}


def _parameter(parameter: Parameter) -> Mapping[str, Any]:
    described: dict[str, Any] = dict(_PARAMETER_TYPES.get(parameter.kind, {"type": "string"}))
    if parameter.default is not None:
        described["default"] = parameter.default
    bounds = {"minimum": parameter.minimum, "maximum": parameter.maximum}
    described |= {name: bound for name, bound in bounds.items() if bound is not None}
    if parameter.choices:
        described["enum"] = list(parameter.choices)
    return described
