"""Whatever comes in, the API finds no fault of ours in it."""

import contextlib
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from tests.unit.server.api.studios import ServedStudio

from studiolo.server.openapi import openapi_document

SCHEMA = schemathesis.openapi.from_dict(openapi_document())
OPERATIONS = {
    found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)
}
#: Streams go on until what they tell of has ended.
FOLLOWED = [label for label in OPERATIONS if not label.endswith("/events")]


@pytest.mark.parametrize("label", FOLLOWED)
def test_no_request_makes_it_fail(studio: ServedStudio, label: str) -> None:
    headers = {"Authorization": f"Bearer {studio.sessions.token}"}
    for mode in GenerationMode:

        @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
        @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
        def call(case: schemathesis.Case[Any]) -> None:
            response = case.call(base_url=f"{studio.url}/api", headers=headers)
            case.validate_response(response, checks=[not_a_server_error])

        with contextlib.suppress(Unsatisfiable):  # where nothing is sent, nothing can be wrong
            call()
