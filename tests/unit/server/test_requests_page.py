"""The examples of the page on requests are read by the codecs."""

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.server.codecs import classic_request, plain_json
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.http.classic_errors import error_of_refused
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema
from studiolo.services.scoring import RequestRefused, ScoringRequest
from studiolo.services.validation import Validator

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "web-service-requests.md"
BLOCKS = dict(re.findall(r"^```json (\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S))
COLUMNS = (
    ColumnSchema(name="age", type=pa.int64()),
    ColumnSchema(name="city", type=pa.large_string(), missing=True),
)
CHECK = Validator(
    ServiceSchema(
        inputs={"input1": PortSchema(columns=COLUMNS)},
        parameters=[
            Parameter(name="Random seed", label="", kind=ParameterKind.INTEGER, required=True)
        ],
    )
)
LIMITS = RequestLimits()


@pytest.mark.parametrize("name", ["classic-table.json", "classic-rows.json", "plain.json"])
def test_the_examples_are_requests(name: str) -> None:
    decode = plain_json.decode if name == "plain.json" else classic_request.decode
    request = decode(BLOCKS[name].encode(), CHECK, LIMITS)
    assert isinstance(request, ScoringRequest), request
    assert request.parameters == {"Random seed": 7}
    cities = ["London", None if name == "plain.json" else "Seoul"]
    assert request.inputs["input1"].to_pydict() == {"age": [36, 41], "city": cities}


def test_the_example_of_an_error_is_one() -> None:
    body = BLOCKS["plain.json"].replace("36", '"old"')
    refused = plain_json.decode(body.encode(), CHECK, LIMITS)
    assert isinstance(refused, RequestRefused)
    assert json.loads(error_of_refused(refused).body()) == json.loads(BLOCKS["refused.json"])


def test_every_block_is_used() -> None:
    assert set(BLOCKS) == {"classic-table.json", "classic-rows.json", "plain.json", "refused.json"}
