import json

import pyarrow as pa
import pytest
from tests.unit.server.codecs.schemas import TEXT, problem_of, table_of, validator_of

from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.negotiation import (
    PLAIN_JSON,
    TABLES,
    Codec,
    classic_json,
    reply_codec,
    request_codec,
)
from studiolo.server.codecs.reply import ReplyError
from studiolo.services.schema import PortSchema, ServiceSchema
from studiolo.services.scoring import ProblemCode, RequestProblem, ScoringReply

ARROW, CSV, PARQUET = TABLES
CLASSIC = classic_json(swagger=False, details=False)
ONE = ServiceSchema(outputs={"output1": PortSchema(columns=())})
TWO = ServiceSchema(outputs={"output1": PortSchema(columns=()), "output2": PortSchema(columns=())})


def reply(
    accept: str | None,
    request: Codec = PLAIN_JSON,
    schema: ServiceSchema = ONE,
    output: str | None = None,
) -> Codec | RequestProblem:
    found = reply_codec(accept, request=request, json=PLAIN_JSON, schema=schema, output=output)
    return found if isinstance(found, Codec) else problem_of(found)


@pytest.mark.parametrize(
    ("content_type", "codec"),
    [
        (None, PLAIN_JSON),
        ("", PLAIN_JSON),
        ("application/json", PLAIN_JSON),
        ("Application/JSON; charset=UTF-8", PLAIN_JSON),
        ('application/json;charset="utf-8"', PLAIN_JSON),
        ("text/csv", CSV),
        ("text/csv; charset=us-ascii; header=present", CSV),
        ("application/vnd.apache.arrow.stream", ARROW),
        ("application/vnd.apache.parquet", PARQUET),
        ("application/x-parquet", PARQUET),
    ],
)
def test_the_content_type_names_the_codec(content_type: str | None, codec: Codec) -> None:
    assert request_codec(content_type, json=PLAIN_JSON) is codec


def test_azureml_spells_the_charset_without_a_hyphen() -> None:
    assert request_codec("application/json;charset=UTF8", json=CLASSIC) is CLASSIC


def test_curl_calls_json_a_form() -> None:
    for json_ in (CLASSIC, PLAIN_JSON):
        assert request_codec("application/x-www-form-urlencoded", json=json_) is json_


def test_dot_net_s_string_content_calls_json_plain_text() -> None:
    name = "text/plain; charset=utf-8"
    assert request_codec(name, json=CLASSIC) is CLASSIC
    assert (
        problem_of(request_codec(name, json=PLAIN_JSON)).code is ProblemCode.MEDIA_TYPE_UNSUPPORTED
    )


@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        (
            "application/xml",
            'A body of the type "application/xml" can\'t be read. Send application/json, '
            "application/vnd.apache.arrow.stream, text/csv or application/vnd.apache.parquet.",
        ),
        (
            "application/json; charset=iso-8859-1",
            'A body in the encoding "iso-8859-1" can\'t be read. Send UTF-8.',
        ),
    ],
)
def test_another_content_type_is_refused_with_the_list(content_type: str, message: str) -> None:
    problem = problem_of(request_codec(content_type, json=PLAIN_JSON))
    assert problem.code is ProblemCode.MEDIA_TYPE_UNSUPPORTED
    assert (problem.target, problem.message) == ("Content-Type", message)


@pytest.mark.parametrize(
    ("accept", "request_is", "codec"),
    [
        (None, PLAIN_JSON, PLAIN_JSON),
        (None, CSV, CSV),
        ("*/*", PARQUET, PARQUET),
        ("application/json", CSV, PLAIN_JSON),
        ("application/json, text/plain, */*", CSV, PLAIN_JSON),
        ("text/*", PLAIN_JSON, CSV),
        ("text/csv;q=0.5, application/vnd.apache.arrow.stream", PLAIN_JSON, ARROW),
        ("application/*;q=0.5, application/json;q=0", PLAIN_JSON, ARROW),
        ("*/*;q=0.1, text/csv;q=0", CSV, PLAIN_JSON),
        ("text/html, */*;q=0.8", PLAIN_JSON, PLAIN_JSON),
    ],
)
def test_the_accept_header_names_the_codec_of_the_reply(
    accept: str | None, request_is: Codec, codec: Codec
) -> None:
    assert reply(accept, request_is) is codec


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "text/csv;q=x", "a;q=nan"])
def test_a_reply_that_can_t_be_written_is_refused_before_anything_is_scored(accept: str) -> None:
    problem = reply(accept)
    assert isinstance(problem, RequestProblem)
    assert problem.code is ProblemCode.REPLY_NOT_ACCEPTABLE
    assert problem.message.endswith(
        "Accept application/json, application/vnd.apache.arrow.stream, text/csv or "
        "application/vnd.apache.parquet."
    )


def test_of_several_outputs_one_is_named_or_all_go_out_as_json() -> None:
    assert reply("*/*", CSV, TWO) is PLAIN_JSON
    assert reply("text/csv", CSV, TWO, "output2") is CSV
    problem = reply("text/csv", CSV, TWO)
    assert isinstance(problem, RequestProblem)
    assert (
        'such as ?output=NAME, or accept application/json. The service has "output1"'
        in problem.message
    )
    problem = reply("text/csv", CSV, TWO, "output3")
    assert isinstance(problem, RequestProblem)
    assert problem.code is ProblemCode.INVALID_QUERY_PARAMETER


@pytest.mark.parametrize("codec", [PLAIN_JSON, *TABLES])
def test_every_codec_reads_what_it_writes(codec: Codec) -> None:
    made = ScoringReply(outputs={"output1": pa.table({"a": pa.array(["x"], TEXT)})})
    body = codec.encode(made, RequestLimits())
    if codec is PLAIN_JSON:
        body = json.dumps({"inputs": {"input1": json.loads(body)["outputs"]["output1"]}}).encode()
    read = codec.decode(body, {}, validator_of(a=TEXT), RequestLimits())
    assert table_of(read).to_pylist() == [{"a": "x"}]


def test_the_query_says_which_classic_shape_goes_out() -> None:
    made = ScoringReply(outputs={"output1": pa.table({"a": pa.array([1])})})
    written = [
        classic_json(swagger=swagger, details=details).encode(made, RequestLimits())
        for swagger in (False, True)
        for details in (False, True)
    ]
    value = b'{"Results":{"output1":{"type":"table","value":{'
    assert written == [
        value + b'"Values":[["1"]]}}}}',
        value + b'"ColumnNames":["a"],"ColumnTypes":["Int64"],"Values":[["1"]]}}}}',
        *[b'{"Results":{"output1":[{"a":"1"}]}}'] * 2,
    ]


@pytest.mark.parametrize("codec", [PLAIN_JSON, CLASSIC, *TABLES])
def test_a_reply_that_is_too_large_is_refused(codec: Codec) -> None:
    made = ScoringReply(outputs={"output1": pa.table({"a": pa.array(["x" * 100], TEXT)})})
    with pytest.raises(ReplyError, match="100 are allowed"):
        codec.encode(made, RequestLimits(reply_size=100))
