"""The classic shapes, by payloads of real services and clients."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from tests.unit.server.codecs.schemas import (
    TEXT,
    problem_of,
    reply_of,
    request_of,
    table_of,
    tables,
    validator_for,
    validator_of,
)

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.server.codecs import classic_request, classic_rows, classic_table
from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.reply import ReplyError
from studiolo.services.schema import ServiceSchema
from studiolo.services.scoring import ProblemCode, RequestRefused, ScoringReply, ScoringRequest
from studiolo.services.validation import Validator

PATIENT = validator_of(gender=TEXT, age=pa.float64(), hypertension=pa.int32())


def decode(body: Any, validator: Validator = PATIENT) -> ScoringRequest | RequestRefused:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return classic_request.decode(text, validator, RequestLimits())


def test_the_sample_program_sends_names_and_values_as_text() -> None:
    body = (
        b'{"Inputs":{"input1":{"ColumnNames":["gender","age","hypertension"],'
        b'"Values":[["Female","65","0"],["value","0","0"]]}},"GlobalParameters":{}}'
    )
    assert table_of(decode(body)).to_pylist() == [
        {"gender": "Female", "age": 65.0, "hypertension": 0},
        {"gender": "value", "age": 0.0, "hypertension": 0},
    ]


def test_the_sample_program_of_the_newer_portal_sends_objects_and_empty_texts() -> None:
    body = (
        b'{"Inputs":{"input1":[{"gender":"Female","age":"","hypertension":"2"}]},'
        b'"GlobalParameters":{}}'
    )
    assert table_of(decode(body)).to_pylist() == [
        {"gender": "Female", "age": None, "hypertension": 2}
    ]


def test_numbers_may_arrive_unquoted() -> None:
    body = {
        "Inputs": {
            "input1": {"ColumnNames": ["age", "gender", "hypertension"], "Values": [[65.5, 1, 0]]}
        }
    }
    assert table_of(decode(body)).to_pylist() == [{"gender": "1", "age": 65.5, "hypertension": 0}]


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_r_writes_no_global_parameters_as_an_empty_text_or_list(nothing: object) -> None:
    rows = [{"gender": "Male", "age": 1, "hypertension": 0}]
    assert table_of(decode({"Inputs": {"input1": rows}, "GlobalParameters": nothing})).num_rows == 1


def test_azureml_sends_booleans_in_small_letters_and_each_value_as_text() -> None:
    check = validator_of(flag=pa.bool_(), x=pa.float64())
    body = {"Inputs": {"input1": {"ColumnNames": ["x", "flag"], "Values": [["3.0", "true"]]}}}
    assert table_of(decode(body, check)).to_pylist() == [{"flag": True, "x": 3.0}]


def test_python_clients_write_nan_and_infinity_which_json_does_not_have() -> None:
    rows = [
        {"gender": float("nan"), "age": float("nan"), "hypertension": float("nan")},
        {"gender": "x", "age": float("inf"), "hypertension": 1},
    ]
    assert table_of(decode({"Inputs": {"input1": rows}})).to_pylist() == [
        {"gender": None, "age": None, "hypertension": None},
        {"gender": "x", "age": float("inf"), "hypertension": 1},
    ]


def test_dot_net_finds_members_in_any_case() -> None:
    rows = [{"gender": "Male", "age": 1, "hypertension": 0}]
    assert table_of(decode({"inputs": {"input1": rows}, "globalParameters": {}})).num_rows == 1


def test_azmlclient_sends_columns_in_the_order_of_its_frame() -> None:
    body = {
        "Inputs": {
            "input1": {"ColumnNames": ["hypertension", "gender", "age"], "Values": [[1, "F", 2]]}
        }
    }
    assert table_of(decode(body)).column_names == ["gender", "age", "hypertension"]


def test_a_service_without_inputs_takes_parameters_alone() -> None:
    blob = Parameter(name="Blob path", label="", kind=ParameterKind.TEXT, required=True)
    check = Validator(ServiceSchema(parameters=[blob]))
    for body in (
        {"GlobalParameters": {"Blob path": "a/b"}},
        {"Inputs": {}, "GlobalParameters": {"Blob path": "a/b"}},
    ):
        assert decode(body, check) == ScoringRequest(parameters={"Blob path": "a/b"})
    assert problem_of(decode({"Inputs": {}}, check)).code is ProblemCode.MISSING_PARAMETERS


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", ProblemCode.REQUEST_EMPTY, "The body is empty."),
        (b"[]", ProblemCode.REQUEST_BODY_INVALID, "is not an object with the keys"),
        ({"Inputs": []}, ProblemCode.MISSING_INPUT, 'The input "input1" is missing.'),
        ({"Inputs": [1]}, ProblemCode.REQUEST_BODY_INVALID, '"Inputs" is not an object.'),
        ({"Inputs": {"input1": 1}}, ProblemCode.REQUEST_BODY_INVALID, "is neither an object with"),
        ({"Inputs": {"input1": {}}}, ProblemCode.REQUEST_BODY_INVALID, "is neither an object with"),
        (
            {"Inputs": {"input1": {"ColumnNames": "gender", "Values": []}}},
            ProblemCode.REQUEST_BODY_INVALID,
            '"ColumnNames" is not a list of names.',
        ),
        (
            {"Inputs": {"input1": {"ColumnNames": ["gender", 1]}}},
            ProblemCode.REQUEST_BODY_INVALID,
            '"ColumnNames" is not a list of names.',
        ),
        (
            {"Inputs": {"input1": {"ColumnNames": ["gender"], "Values": {}}}},
            ProblemCode.REQUEST_BODY_INVALID,
            '"Values" is not a list of rows.',
        ),
        (
            {"Inputs": {"input1": {"ColumnNames": ["gender"], "Values": ["x"]}}},
            ProblemCode.REQUEST_BODY_INVALID,
            'Row 1 of "Values" is not a list',
        ),
        (
            {"Inputs": {"input1": {"ColumnNames": ["gender", "age"], "Values": [["a", 1], ["b"]]}}},
            ProblemCode.INPUT_PARSE,
            "Row 2 has 1 value for 2 columns.",
        ),
        (
            {"Inputs": {"input1": {"ColumnNames": ["gender"] * 2, "Values": []}}},
            ProblemCode.INPUT_MISMATCH,
            'The column "gender" is there more than once.',
        ),
        (
            {"Inputs": {"input1": []}, "GlobalParams": {}},
            ProblemCode.REQUEST_BODY_INVALID,
            'The body has the unknown key "GlobalParams". Did you mean "GlobalParameters"?',
        ),
        (
            {"Inputs": {"input1": [1]}},
            ProblemCode.REQUEST_BODY_INVALID,
            "Row 1 of the input is not",
        ),
        (
            {"Inputs": {"input1": [{"gender": "x", "age": 1, "hypertension": 0}, [1]]}},
            ProblemCode.REQUEST_BODY_INVALID,
            "Row 2 of the input is not",
        ),
        (
            {"Inputs": {"input1": [{"gender": "x", "age": 1, "hypertension": 0}, {"gender": "x"}]}},
            ProblemCode.INPUT_MISMATCH,
            'Row 2 has no column "age", which row 1 has. Write null where a value is missing.',
        ),
        (
            {"Inputs": {"input1": [{}, {"gender": "x"}]}},
            ProblemCode.INPUT_MISMATCH,
            'Row 2 has a column "gender", which row 1 does not have.',
        ),
        ({"Inputs": {"input1": [], "input2": []}}, ProblemCode.INVALID_INPUT_NAMES, '"input2"'),
        (
            {"Inputs": {"input1": []}, "GlobalParameters": {"x": 1}},
            ProblemCode.UNEXPECTED_PARAMETER,
            'There is no web service parameter "x".',
        ),
    ],
)
def test_a_request_in_another_form_is_refused(body: Any, code: ProblemCode, message: str) -> None:
    refused = decode(body)
    assert isinstance(refused, RequestRefused)
    assert any(message in problem.message for problem in refused.problems), refused
    assert {problem.code for problem in refused.problems} == {code}


def test_an_empty_list_of_rows_is_an_input_without_rows() -> None:
    assert table_of(decode({"Inputs": {"input1": []}})).num_rows == 0


REAL = {
    "gender": pa.array(["Female"], TEXT),
    "age": pa.array([65.0]),
    "hypertension": pa.array([0], pa.int32()),
    "Scored Probabilities": pa.array([0.059025701135397]),
}


def test_a_reply_with_details_is_as_the_real_service_wrote_it() -> None:
    assert classic_table.encode(reply_of(**REAL), details=True) == (
        b'{"Results":{"output1":{"type":"table","value":{'
        b'"ColumnNames":["gender","age","hypertension","Scored Probabilities"],'
        b'"ColumnTypes":["String","Double","Int32","Double"],'
        b'"Values":[["Female","65","0","0.059025701135397"]]}}}}'
    )


def test_a_reply_without_details_has_values_alone_and_null_for_a_missing_one() -> None:
    table = pa.table({"a": pa.array([29.4621959870899, None])})
    device = pa.table(
        {"log": pa.array(["Execution OK\r\n"], TEXT), "image": pa.array([None], TEXT)}
    )
    reply = ScoringReply(outputs={"output1": table, "output2": device})
    assert classic_table.encode(reply, details=False) == (
        b'{"Results":{"output1":{"type":"table","value":{"Values":[["29.4621959870899"],[null]]}},'
        b'"output2":{"type":"table","value":{"Values":[["Execution OK\\r\\n",null]]}}}}'
    )


def test_a_reply_in_the_swagger_format_is_a_list_of_objects_with_text() -> None:
    reply = reply_of(**{"Scored Labels": pa.array([True]), "p": pa.array([1e-05])})
    assert classic_rows.encode(reply) == (
        b'{"Results":{"output1":[{"Scored Labels":"True","p":"1E-05"}]}}'
    )


def test_a_reply_has_the_names_of_dot_net_types_and_its_spelling_of_values() -> None:
    columns: dict[str, Any] = {
        "Boolean": pa.array([False]),
        "SByte": pa.array([-1], pa.int8()),
        "Byte": pa.array([1], pa.uint8()),
        "Int16": pa.array([1], pa.int16()),
        "Int64": pa.array([2**62]),
        "UInt64": pa.array([2**64 - 1], pa.uint64()),
        "Single": pa.array([0.1], pa.float32()),
        "Double": pa.array([float("nan")]),
        "DateTime": pa.array([datetime(2010, 5, 30, 18, 9)]),
        "TimeSpan": pa.array([timedelta(days=1, seconds=1)]),
        "Decimal": pa.array([Decimal("1.50")], pa.decimal128(5, 2)),
        "Byte[]": pa.array([b"\xff"], pa.large_binary()),
        "String": pa.array(["é"], TEXT),
    }
    day: dict[str, Any] = {
        "day": pa.array([date(2010, 5, 30)]),
        "c": pa.array(["x"], TEXT).dictionary_encode(),
    }
    value = json.loads(classic_table.encode(reply_of(**columns), details=True))["Results"][
        "output1"
    ]["value"]
    assert value["ColumnTypes"] == list(columns)
    assert value["Values"] == [
        [
            *("False", "-1", "1", "1", "4611686018427387904", "18446744073709551615"),
            *("0.1", "NaN", "5/30/2010 6:09:00 PM", "1.00:00:01", "1.50", "/w==", "é"),
        ]
    ]
    value = json.loads(classic_table.encode(reply_of(**day), details=True))["Results"]["output1"][
        "value"
    ]
    assert (value["ColumnTypes"], value["Values"]) == (
        ["DateTime", "String"],
        [["5/30/2010 12:00:00 AM", "x"]],
    )


def test_a_reply_with_a_year_that_the_classic_spelling_does_not_have_is_not_encoded() -> None:
    far: Any = pa.array([10**12], pa.timestamp("s"))
    with pytest.raises(ReplyError, match="the year is not from 1 to 9999"):
        classic_table.encode(reply_of(a=far), details=False)


def test_a_reply_without_rows_has_no_values() -> None:
    empty = reply_of(a=pa.array([], TEXT))
    assert json.loads(classic_table.encode(empty, details=False))["Results"]["output1"][
        "value"
    ] == {"Values": []}
    assert json.loads(classic_rows.encode(empty))["Results"]["output1"] == []


@given(tables())
def test_a_table_comes_back_from_names_and_values(table: pa.Table) -> None:
    reply = json.loads(classic_table.encode(ScoringReply(outputs={"output1": table}), details=True))
    values = {name: output["value"] for name, output in reply["Results"].items()}
    assert table_of(decode(request_of(values), validator_for(table))).equals(table)


@given(tables())
def test_a_table_comes_back_from_a_list_of_objects(table: pa.Table) -> None:
    reply = json.loads(classic_rows.encode(ScoringReply(outputs={"output1": table})))
    assert table_of(decode(request_of(reply["Results"]), validator_for(table))).equals(table)
