"""Requests made from the OpenAPI documents, right and wrong ones, find no fault of ours."""

import contextlib
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.unit.server.servers import PRIMARY, Served

#: Whether a body is right can't be told from its document: it may be a table in Parquet.
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
KEY = {"Authorization": f"Bearer {PRIMARY.reveal()}"}


@pytest.mark.parametrize(
    ("document", "examples"),
    [("/openapi.json", 3), ("/services/iris/openapi.json", 25)],
    ids=["server", "service"],
)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_a_document_is_kept_to(
    server: Served, document: str, examples: int, mode: GenerationMode
) -> None:
    described = httpx.get(f"{server.url}{document}", headers=KEY)
    schema = schemathesis.openapi.from_dict(described.json())
    operations = [it.ok() for it in schema.get_all_operations() if isinstance(it, Ok)]
    assert len(operations) >= 2
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        def call(case: schemathesis.Case[Any]) -> None:
            response = case.call(base_url=server.url, headers=KEY)
            case.validate_response(response, checks=CHECKS)

        with contextlib.suppress(Unsatisfiable):  # where nothing is sent, nothing can be wrong
            call()
