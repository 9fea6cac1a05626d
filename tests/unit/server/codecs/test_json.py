"""Plain JSON, and what every codec of JSON refuses before and after reading it."""

import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from tests.unit.server.codecs.schemas import (
    TEXT,
    problem_of,
    reply_of,
    table_of,
    tables,
    validator_for,
    validator_of,
)

from studiolo.server.codecs import plain_json
from studiolo.server.codecs.limits import RequestLimits
from studiolo.services.scoring import ProblemCode, RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator

PERSON = validator_of(age=pa.int64(), name=TEXT)
LIMITS = RequestLimits(size=100_000, rows=1000)


def decode(body: bytes | str, validator: Validator = PERSON) -> ScoringRequest | RequestRefused:
    return plain_json.decode(body if isinstance(body, bytes) else body.encode(), validator, LIMITS)


def with_age(text: str) -> str:
    return f'{{"inputs": {{"input1": [{{"age": {text}, "name": "Ada"}}]}}}}'


def test_a_request_has_values_of_json_s_own_types() -> None:
    assert table_of(decode(with_age("36"))).to_pylist() == [{"age": 36, "name": "Ada"}]
    assert table_of(decode(b"\xef\xbb\xbf" + with_age("null").encode())).to_pylist() == [
        {"age": None, "name": "Ada"}
    ]


def test_a_reply_has_values_of_json_s_own_types() -> None:
    columns: dict[str, Any] = {
        "label": pa.array([True, None]),
        "p": pa.array([0.5, float("nan")]),
        "inf": pa.array([float("inf"), 1.0]),
        "n": pa.array([2**63 - 1, 0]),
        "word": pa.array(["é\0", ""], TEXT),
        "money": pa.array([Decimal("1.10"), Decimal(2)], pa.decimal128(30, 2)),
    }
    assert json.loads(plain_json.encode(reply_of(**columns)))["outputs"]["output1"] == [
        {
            "label": True,
            "p": 0.5,
            "inf": "Infinity",
            "n": 2**63 - 1,
            "word": "é\0",
            "money": "1.10",
        },
        {"label": None, "p": None, "inf": 1.0, "n": 0, "word": "", "money": "2.00"},
    ]


def test_decimals_keep_all_their_digits() -> None:
    check = validator_of(money=pa.decimal128(30, 20), p=pa.float64())
    body = '{"inputs": {"input1": [{"money": 0.12345678901234567890, "p": 0.5}]}}'
    assert table_of(decode(body, check)).to_pylist() == [
        {"money": Decimal("0.12345678901234567890"), "p": 0.5}
    ]


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ("", ProblemCode.REQUEST_EMPTY, "The body is empty."),
        ("{", ProblemCode.REQUEST_BODY_INVALID, "is not JSON: Expecting property name"),
        ('{"a": 1} x', ProblemCode.REQUEST_BODY_INVALID, "Extra data (line 1, column 10)"),
        ("[]", ProblemCode.REQUEST_BODY_INVALID, "is not an object"),
        (b'{"a": "\xff"}', ProblemCode.REQUEST_BODY_INVALID, "is not UTF-8: see byte 8 (0xff)"),
        ('{"a": 1}'.encode("utf-16"), ProblemCode.REQUEST_BODY_INVALID, "It looks like UTF-16."),
        ('{"a": 1, "a": 2}', ProblemCode.REQUEST_BODY_INVALID, 'the key "a" more than once'),
        ('{"Inputs": {}}', ProblemCode.REQUEST_BODY_INVALID, 'the unknown key "Inputs"'),
        ('{"inputs": []}', ProblemCode.REQUEST_BODY_INVALID, '"inputs" is not an object.'),
        ('{"inputs": {"input1": {}}}', ProblemCode.REQUEST_BODY_INVALID, "is not a list of rows."),
        (with_age('"\\ud800"'), ProblemCode.REQUEST_BODY_INVALID, "surrogate pair, \\ud800"),
        (with_age("1e999"), ProblemCode.INPUT_PARSE, 'Row 1, column "age"'),
        (with_age("9" * 5000), ProblemCode.INPUT_PARSE, 'Row 1, column "age"'),
        (with_age("[]"), ProblemCode.INPUT_PARSE, "found a list"),
        ("[" * 50_000, ProblemCode.REQUEST_TOO_LARGE, "50,000 lists and objects"),
        ("[" * 500, ProblemCode.REQUEST_TOO_LARGE, "more than 16 deep"),
        ('{"a":' * 500, ProblemCode.REQUEST_TOO_LARGE, "more than 16 deep"),
        ("[" + "[]," * 50_000, ProblemCode.REQUEST_TOO_LARGE, "bytes; 100,000 are allowed"),
        ("[" + "[]," * 20_000, ProblemCode.REQUEST_TOO_LARGE, "20,001 lists and objects"),
    ],
)
def test_a_body_that_can_t_be_read_is_refused(
    body: bytes | str, code: ProblemCode, message: str
) -> None:
    problem = problem_of(decode(body))
    assert (problem.code, message in problem.message) == (code, True), problem


def test_brackets_and_quotes_in_texts_are_not_counted() -> None:
    name = json.dumps('[{"\\' * 500)
    body = f'{{"inputs": {{"input1": [{{"age": 1, "name": {name}}}]}}}}'
    assert table_of(decode(body)).column("name").to_pylist() == ['[{"\\' * 500]


def test_rows_are_counted_over_all_inputs() -> None:
    row = '{"age":1,"name":""}'
    body = f'{{"inputs": {{"input1": [{",".join([row] * 1001)}]}}}}'
    problem = problem_of(decode(body))
    assert problem.code is ProblemCode.REQUEST_TOO_LARGE
    assert "The request has 1,001 rows; 1,000 are allowed." in problem.message


def test_a_whole_surrogate_pair_is_a_character() -> None:
    body = '{"inputs": {"input1": [{"age": 1, "name": "\\ud83d\\ude00"}]}}'
    assert table_of(decode(body)).column("name").to_pylist() == ["\N{GRINNING FACE}"]


@given(tables())
def test_a_table_comes_back_from_plain_json(table: pa.Table) -> None:
    reply = json.loads(plain_json.encode(ScoringReply(outputs={"output1": table})))
    body = json.dumps({"inputs": {"input1": reply["outputs"]["output1"]}})
    assert table_of(decode(body, validator_for(table))).equals(table)


def test_values_are_counted_before_they_take_memory() -> None:
    most = 4 << 20
    allowed = RequestLimits(size=64 << 20, rows=1000)
    row = f'{{"inputs": {{"input1": [{{"age": [{"1," * most}1], "name": ","}}]}}}}'
    problem = problem_of(plain_json.decode(row.encode(), PERSON, allowed))
    assert problem.code is ProblemCode.REQUEST_TOO_LARGE
    assert "4,194,305 values; 4,194,304 are allowed in JSON" in problem.message
    # Commas in a text are not between values.
    text = f'{{"inputs": {{"input1": [{{"age": 1, "name": "{"," * (most + 9)}"}}]}}}}'
    decoded = plain_json.decode(text.encode(), PERSON, allowed)
    assert isinstance(decoded, ScoringRequest)
