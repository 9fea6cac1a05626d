"""The documents that describe a service to programs."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pytest

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.server.classic.swagger import swagger_document
from studiolo.server.codecs import classic_request, plain_json
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.services.service_document import service_document
from studiolo.services.sample_request import sample_request, sample_table_request
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema
from studiolo.services.scoring import ScoringRequest
from studiolo.services.validation import Validator

TEXT = pa.large_string()
COLUMNS = (
    ColumnSchema(name="Survived", type=pa.int64(), missing=True),
    ColumnSchema(name="Gender", type=TEXT, categories=("male", "female")),
    ColumnSchema(name="Class", type=TEXT, categories=("low", "high"), ordered=True, missing=True),
    ColumnSchema(name="Fare", type=pa.float64()),
    ColumnSchema(name="Member", type=pa.bool_()),
    ColumnSchema(name="Price", type=pa.decimal128(10, 2)),
    ColumnSchema(name="Day", type=pa.date32()),
    ColumnSchema(name="Seen", type=pa.timestamp("us", "UTC")),
    ColumnSchema(name="Left", type=pa.timestamp("us")),
    ColumnSchema(name="Stay", type=pa.duration("us")),
    ColumnSchema(name="Code", type=pa.large_binary()),
    ColumnSchema(name="Name", type=TEXT),
)
SAMPLE = {
    "Survived": None,
    "Gender": "female",
    "Class": "low",
    "Fare": 7.25,
    "Member": True,
    "Price": "1.10",
    "Day": "1912-04-15",
    "Seen": "1912-04-15T02:20:00Z",
    "Left": "1912-04-15T02:20:00",
    "Stay": "P4DT14H",
    "Code": "/w==",
    "Name": "Ada",
}
PARAMETERS = (
    Parameter(name="Seed", label="", kind=ParameterKind.INTEGER, required=True, minimum=3),
    Parameter(name="Share", label="", kind=ParameterKind.NUMBER, default=0.5, maximum=1),
    Parameter(name="Mode", label="", kind=ParameterKind.CHOICE, required=True, choices=("a", "b")),
    Parameter(name="Flag", label="", kind=ParameterKind.BOOLEAN, required=True),
    Parameter(name="Note", label="", kind=ParameterKind.TEXT, required=True, help="A remark."),
)
SCORED = PortSchema(columns=(ColumnSchema(name="Scored Labels", type=TEXT),))
WITH_SAMPLE = ServiceSchema(
    inputs={"input1": PortSchema(columns=COLUMNS, sample=SAMPLE)},
    outputs={"output1": SCORED},
    parameters=PARAMETERS,
)
WITHOUT = ServiceSchema(
    inputs={"input1": PortSchema(columns=COLUMNS), "a/b~c": PortSchema(columns=COLUMNS[:1])},
    outputs={"output1": SCORED, "output2": SCORED},
    parameters=PARAMETERS,
)
EMPTY = ServiceSchema()
SCHEMAS = pytest.mark.parametrize(
    "schema", [WITH_SAMPLE, WITHOUT, EMPTY], ids=["sample", "two", "empty"]
)


def swagger(schema: ServiceSchema) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        json.dumps(
            swagger_document(
                schema, title="titanic", host="localhost:8765", base_path="/workspaces/w/services/e"
            )
        )
    )
    return document


def openapi(schema: ServiceSchema) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        json.dumps(
            service_document(
                schema,
                title="titanic",
                version="3",
                server="http://localhost:8765",
                score="/services/titanic/score",
                execute="/workspaces/w/services/e/execute",
            )
        )
    )
    return document


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolved(document: Mapping[str, Any], reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[unquote(part).replace("~1", "/").replace("~0", "~")]
    return found


@SCHEMAS
def test_every_reference_leads_somewhere(schema: ServiceSchema) -> None:
    for document in (swagger(schema), openapi(schema)):
        assert all(resolved(document, one) is not None for one in references(document))


@SCHEMAS
def test_the_examples_are_requests_that_the_service_takes(schema: ServiceSchema) -> None:
    check = Validator(schema)
    example = swagger(schema)["definitions"]["ExecutionRequest"]["example"]
    plain = openapi(schema)["paths"]["/services/titanic/score"]["post"]["requestBody"]["content"]
    outcomes = [
        classic_request.decode(json.dumps(body).encode(), check, RequestLimits())
        for body in (example, sample_request(schema), sample_table_request(schema))
    ]
    body = json.dumps(plain["application/json"]["example"]).encode()
    outcomes.append(plain_json.decode(body, check, RequestLimits()))
    for outcome in outcomes:
        assert isinstance(outcome, ScoringRequest), outcome
        assert outcome == outcomes[0]


def test_the_sample_of_a_table_has_text_in_every_cell() -> None:
    assert sample_table_request(WITH_SAMPLE)["Inputs"]["input1"]["Values"] == [
        [
            *(None, "female", "low", "7.25", "True", "1.10", "1912-04-15", "1912-04-15T02:20:00Z"),
            *("1912-04-15T02:20:00", "P4DT14H", "/w==", "Ada"),
        ]
    ]


def test_r_finds_the_address_the_columns_and_the_sample_of_a_service() -> None:
    """As `discoverSchema` of R's package looks for them."""
    document = swagger(WITH_SAMPLE)
    (path,) = [path for path in document["paths"] if "/execute?" in path]
    assert len(document["paths"]) >= 2
    assert document["paths"][path]["post"]["operationId"] == "execute"
    url = f"{document['schemes'][0]}://{document['host']}{document['basePath']}{path}"
    assert url == (
        "http://localhost:8765/workspaces/w/services/e/execute?api-version=2.0&format=swagger"
    )
    assert list(document["definitions"]["input1Item"]["properties"]) == list(SAMPLE)
    assert document["definitions"]["ExecutionRequest"]["example"]["Inputs"]["input1"] == [SAMPLE]


def test_the_swagger_document_has_the_types_that_the_classic_clients_know() -> None:
    definitions = swagger(WITH_SAMPLE)["definitions"]
    columns = definitions["input1Item"]["properties"]
    types = {name: (one["type"], one.get("format")) for name, one in columns.items()}
    assert types == {
        "Survived": ("integer", "int64"),
        "Gender": ("string", None),
        "Class": ("string", None),
        "Fare": ("number", "double"),
        "Member": ("boolean", None),
        "Price": ("number", None),
        "Day": ("string", "date-time"),
        "Seen": ("string", "date-time"),
        "Left": ("string", "date-time"),
        "Stay": ("string", "time-span"),
        "Code": ("string", "byte"),
        "Name": ("string", None),
    }
    assert [name for name, one in columns.items() if one["x-ms-isnullable"]] == [
        "Survived",
        "Class",
    ]
    assert definitions["output1Item"]["properties"]["Scored Labels"]["type"] == "string"
    assert definitions["ExecutionInputs"]["properties"]["input1"] == {
        "type": "array",
        "items": {"$ref": "#/definitions/input1Item"},
    }
    assert definitions["GlobalParameters"]["required"] == ["Seed", "Mode", "Flag", "Note"]


def test_the_openapi_document_says_what_a_column_can_hold() -> None:
    schemas = openapi(WITH_SAMPLE)["components"]["schemas"]
    row = schemas["Request"]["properties"]["inputs"]["properties"]["input1"]["items"]
    assert row["additionalProperties"] is False
    assert row["required"] == list(SAMPLE)
    assert row["properties"]["Survived"] == {"type": ["integer", "null"], "format": "int64"}
    assert row["properties"]["Gender"] == {"type": "string", "examples": ["male", "female"]}
    assert row["properties"]["Class"]["enum"] == ["low", "high", None]
    assert row["properties"]["Price"] == {"type": "string", "format": "decimal"}
    assert row["properties"]["Code"] == {"type": "string", "contentEncoding": "base64"}
    assert schemas["Request"]["properties"]["parameters"]["properties"]["Seed"] == {
        "type": "integer",
        "minimum": 3,
    }


def test_the_openapi_document_offers_tables_only_where_one_fits() -> None:
    def taken(schema: ServiceSchema) -> list[str]:
        post = openapi(schema)["paths"]["/services/titanic/score"]["post"]
        return list(post["requestBody"]["content"])

    assert "text/csv" in taken(WITH_SAMPLE)
    assert taken(WITHOUT) == ["application/json"]
