"""Whatever comes, it is a request or it is refused in a sentence."""

import json
import time
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.server.codecs import arrow_stream
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.negotiation import (
    PLAIN_JSON,
    TABLES,
    Codec,
    classic_json,
    reply_codec,
    request_codec,
)
from studiolo.server.http.classic_errors import error_of_refused
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema
from studiolo.services.scoring import RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator

TEXT = pa.large_string()
KINDS: list[pa.DataType] = [
    *(pa.float64(), pa.float32(), pa.int64(), pa.uint8(), pa.bool_(), TEXT, pa.large_binary()),
    *(pa.date32(), pa.timestamp("ns"), pa.timestamp("s", "UTC"), pa.duration("ms")),
    pa.decimal128(5, 2),
]
COLUMNS = tuple(ColumnSchema(name=str(kind), type=kind, missing=True) for kind in KINDS)
CATEGORIES = (
    ColumnSchema(name="word", type=TEXT, categories=("a", "b"), ordered=True, missing=True),
    ColumnSchema(name="number", type=pa.int64(), categories=(1, 2), missing=True),
    ColumnSchema(name="day", type=pa.date32(), categories=("2010-05-30",), missing=True),
)
PARAMETERS = tuple(
    Parameter(name=kind.value, label="", kind=kind, choices=("a",))
    for kind in ParameterKind
    if kind not in (ParameterKind.FILE, ParameterKind.DATA)
)
SCHEMA = ServiceSchema(
    inputs={"input1": PortSchema(columns=(*COLUMNS, *CATEGORIES))}, parameters=PARAMETERS
)
CHECK = Validator(SCHEMA)
LIMITS = RequestLimits(size=50_000, rows=100)
CLASSIC = classic_json(swagger=False, details=False)

words = st.sampled_from(
    [
        *("Inputs", "inputs", "GlobalParameters", "parameters", "input1", "ColumnNames", "Values"),
        *("", "NaN", "-inf", "1e999", "1_0", "0x1", "P1D", "2010-05-30T00:00:00Z", "5/30/2010"),
        *("9" * 30, "1" * 5000, "\ud800", "\0", "1E+400", "-0", "True", "a", "=", "word"),
    ]
)
numbers = st.integers() | st.floats() | st.just(10**400) | st.sampled_from([2**63, -(2**63), 1e22])
values = st.recursive(
    st.none() | st.booleans() | numbers | words | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
names = [column.name for column in SCHEMA.inputs["input1"].columns]
rows = st.lists(
    st.fixed_dictionaries(dict.fromkeys(names, st.none() | values))
    | st.tuples(st.sampled_from(names), values).map(
        lambda cell: {**dict.fromkeys(names), cell[0]: cell[1]}
    ),
    max_size=2,
)
tables = st.fixed_dictionaries(
    {
        "ColumnNames": st.just(names) | values,
        "Values": st.lists(st.lists(values, min_size=len(names), max_size=len(names)), max_size=2)
        | values,
    }
)
parameters = st.dictionaries(st.sampled_from([one.name for one in PARAMETERS]) | words, values)
inputs = st.fixed_dictionaries({"input1": rows | tables | values})
bodies = st.one_of(
    st.fixed_dictionaries({"Inputs": inputs | values, "GlobalParameters": parameters | values}),
    st.fixed_dictionaries({"inputs": inputs | values, "parameters": parameters | values}),
    st.fixed_dictionaries({"inputs": st.fixed_dictionaries({"input1": rows})}),
    st.fixed_dictionaries({"Inputs": st.fixed_dictionaries({"input1": rows})}),
    values,
)


def check(outcome: object) -> None:
    if isinstance(outcome, RequestRefused):
        error = error_of_refused(outcome)
        said = json.loads(error.body())["error"]
        assert 400 <= error.status < 500
        assert said["details"]
        assert all(detail["message"] for detail in said["details"])
        assert len(error.body()) < 40_000
    else:
        assert isinstance(outcome, ScoringRequest)
        for table in outcome.inputs.values():
            table.validate(full=True)
        # What goes to a sandbox goes there as JSON in UTF-8.
        json.dumps(outcome.parameters, ensure_ascii=False).encode()


@settings(max_examples=300)
@given(bodies, st.sampled_from([PLAIN_JSON, CLASSIC]))
def test_any_json_is_a_request_or_is_refused(body: Any, codec: Codec) -> None:
    check(codec.decode(json.dumps(body).encode(), {}, CHECK, LIMITS))


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode), st.integers(0, 2))
def test_any_bytes_are_refused(body: bytes, start: int) -> None:
    beginning = (b"", b'{"inputs": {"input1": [', b'\xef\xbb\xbf{"a"')[start]
    for codec in (PLAIN_JSON, CLASSIC, TABLES[1]):
        check(codec.decode(beginning + body, {}, CHECK, LIMITS))


PORT = SCHEMA.inputs["input1"]
CELLS: list[Any] = [pa.array([None], column.type) for column in PORT.columns]
ROW = pa.table(CELLS, names=PORT.names())
STREAM = arrow_stream.encode(ScoringReply(outputs={"output1": ROW}))


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, len(STREAM) - 1), st.integers(0, 255)), max_size=4),
    st.integers(0, len(STREAM)),
)
def test_an_arrow_stream_with_other_bytes_is_a_request_or_is_refused(
    changes: list[tuple[int, int]], length: int
) -> None:
    body = bytearray(STREAM)
    for place, byte in changes:
        body[place] = byte
    if not changes:
        body = body[:length]

    def refused(*_: object, **__: object) -> object:
        from studiolo.datasets.formats.errors import DamagedFileError

        raise DamagedFileError(file="the body", format_name="Arrow", reason="tried elsewhere")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrow_stream, "read_confined", refused)
        check(TABLES[0].decode(bytes(body), {}, CHECK, LIMITS))


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_headers_name_a_codec_or_are_refused(content_type: str, accept: str) -> None:
    for outcome in (
        request_codec(content_type, json=CLASSIC),
        reply_codec(accept, request=TABLES[0], json=PLAIN_JSON, schema=SCHEMA),
    ):
        if not isinstance(outcome, Codec):
            check(outcome)


MANY = [f"name {number}" for number in range(50_000)]
LONG = {
    "columns": {"Inputs": {"input1": {"ColumnNames": MANY, "Values": []}}},
    "columns, one twice": {"Inputs": {"input1": {"ColumnNames": [*MANY, MANY[-1]], "Values": []}}},
    "inputs": {"Inputs": {name: [] for name in MANY}},
    "parameters": {"Inputs": {"input1": []}, "GlobalParameters": dict.fromkeys(MANY, 1)},
    "keys of a row": {"Inputs": {"input1": [dict.fromkeys(MANY, 1)] * 2}},
    "rows": {"Inputs": {"input1": [dict.fromkeys(names, "x")] * 40_000}},
}


@pytest.mark.parametrize("body", LONG.values(), ids=LONG)
def test_a_long_request_is_refused_in_little_time(body: object) -> None:
    text = json.dumps(body).encode()
    began = time.process_time()
    check(CLASSIC.decode(text, {}, CHECK, RequestLimits()))
    assert time.process_time() - began < 5


def test_a_key_that_is_repeated_at_the_end_is_found_in_little_time() -> None:
    keys = ",".join(f'"{name}":1' for name in [*MANY, MANY[-1]])
    began = time.process_time()
    outcome = CLASSIC.decode(f"{{{keys}}}".encode(), {}, CHECK, RequestLimits())
    assert time.process_time() - began < 5
    assert isinstance(outcome, RequestRefused)
    assert 'the key "name 49999" more than once' in outcome.problems[0].message
