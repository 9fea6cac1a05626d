"""The OpenAPI document of the API: committed as it is, with a name for each schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studiolo.server.openapi import openapi_document

DOCUMENT = openapi_document()
COMMITTED = Path(__file__).parents[4] / "frontend" / "openapi.json"


def test_the_front_end_has_the_document_as_it_is() -> None:
    """`make openapi` writes it."""
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == json.loads(json.dumps(DOCUMENT))


def test_no_value_is_of_any_type() -> None:
    assert [place for place, schema in schemas(DOCUMENT) if not set(schema) - {"title"}] == []


def test_each_answer_has_a_named_schema() -> None:
    unnamed = [
        f"{method} {path}"
        for path, methods in DOCUMENT["paths"].items()
        for method, route in methods.items()
        for status, answer in route["responses"].items()
        for media, content in answer.get("content", {}).items()
        if media == "application/json" and set(content["schema"]) != {"$ref"}
    ]
    assert unnamed == []


def schemas(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of every schema."""
    for name, schema in document["components"]["schemas"].items():
        for key, value in schema.get("properties", {}).items():
            yield f"{name}.{key}", value
