import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.modules.definition import Parameter, ParameterKind
from studiolo.services.columns import ColumnReader
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema
from studiolo.services.scoring import ProblemCode, RequestProblem, RequestRefused, ScoringRequest
from studiolo.services.validation import MOST_PROBLEMS, Cells, Validator

TEXT = pa.large_string()


def column(name: str, kind: pa.DataType, **facts: Any) -> ColumnSchema:
    return ColumnSchema(name=name, type=kind, **facts)


def validator(*columns: ColumnSchema, parameters: Sequence[Parameter] = ()) -> Validator:
    inputs = {"input1": PortSchema(columns=columns)} if columns else {}
    return Validator(ServiceSchema(inputs=inputs, parameters=parameters))


def read(schema: ColumnSchema, *cells: object) -> list[Any]:
    outcome = validator(schema).check({"input1": Cells(names=[schema.name], columns=[cells])}, {})
    assert isinstance(outcome, ScoringRequest), outcome
    table = outcome.inputs["input1"]
    table.validate(full=True)
    assert table.schema.types == [schema.data_type]
    values: list[Any] = table.column(0).to_pylist()
    return values


def problems(outcome: ScoringRequest | RequestRefused) -> Sequence[RequestProblem]:
    assert isinstance(outcome, RequestRefused)
    return outcome.problems


def problem(schema: ColumnSchema, *cells: object) -> RequestProblem:
    checked = validator(schema).check({"input1": Cells(names=[schema.name], columns=[cells])}, {})
    (only,) = problems(checked)
    return only


@pytest.mark.parametrize(
    ("kind", "cells", "values"),
    [
        (
            pa.float64(),
            [1, 1.5, "0.5", "1E-05", " 7 ", "Infinity"],
            [1, 1.5, 0.5, 1e-5, 7, math.inf],
        ),
        (pa.float32(), ["0.5", 2], [0.5, 2]),
        (pa.int64(), [1, "2", "3.0", 4.0, "+5", "007", "-1E2"], [1, 2, 3, 4, 5, 7, -100]),
        (pa.int8(), ["-128", 127], [-128, 127]),
        (pa.uint64(), [str(2**64 - 1)], [2**64 - 1]),
        (
            pa.bool_(),
            [True, "True", "true", "FALSE", "0", 1],
            [True, True, True, False, False, True],
        ),
        (TEXT, ["a", 5, 1.5, 2.0, True, "", "NaN"], ["a", "5", "1.5", "2", "True", "", "NaN"]),
        (
            pa.date32(),
            ["2010-05-30", "5/30/2010", "5/30/2010 12:00:00 AM"],
            [date(2010, 5, 30)] * 3,
        ),
        (
            pa.timestamp("us"),
            ["2010-05-30T18:09:00Z", "5/30/2010 6:09:00 PM", "2010-05-30"],
            [datetime(2010, 5, 30, 18, 9), datetime(2010, 5, 30, 18, 9), datetime(2010, 5, 30)],
        ),
        (
            pa.decimal128(5, 2),
            ["1.1", 2, 0.25, Decimal("3")],
            [Decimal("1.10"), 2, Decimal("0.25"), 3],
        ),
        (pa.large_binary(), ["/w==", ""], [b"\xff", b""]),
    ],
)
def test_cells_are_read_as_the_type_of_their_column(
    kind: pa.DataType, cells: list[object], values: list[object]
) -> None:
    assert read(column("c", kind), *cells) == values


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        (pa.float64(), "abc", 'expected a number, such as 1.5, found "abc"'),
        (pa.float64(), "1,5", 'found "1,5"'),
        (pa.float64(), "1_000", 'found "1_000"'),
        (pa.float64(), "\N{ARABIC-INDIC DIGIT THREE}", "found"),
        (pa.float64(), True, "found true"),
        (pa.float64(), math.inf, "found inf"),
        (pa.float64(), "1e999", 'found "1e999"'),
        (pa.float64(), 10**400, "found 1000"),
        (pa.float64(), [1], "found a list"),
        (pa.float64(), {}, "found an object"),
        (pa.float32(), 1e300, "found 1e+300"),
        (pa.int64(), "1.5", 'expected a whole number, found "1.5"'),
        (pa.int64(), 1.5, "found 1.5"),
        (pa.int64(), 2**63, "to 9223372036854775807, found 9223372036854775808"),
        (pa.int64(), "9" * 5000, 'found "9999'),
        pytest.param(
            pa.int64(), 10**5000, "found a number of thousands of digits", id="thousands-of-digits"
        ),
        (pa.int64(), Decimal("1e999999999"), "found 1E+999999999"),
        (pa.int64(), True, "found true"),
        (pa.int8(), 128, "expected a whole number from -128 to 127, found 128"),
        (pa.uint8(), -1, "from 0 to 255, found -1"),
        (pa.bool_(), "yes", 'expected True or False, found "yes"'),
        (pa.bool_(), 2, "found 2"),
        (TEXT, "\ud800", "expected text of whole characters"),
        (TEXT, [], "found a list"),
        (pa.date32(), "2010-05-30T01:00", "expected a date"),
        (pa.date32(), 14_759, "found 14759"),
        (pa.timestamp("s"), "2010-05-30T18:09:00.5", "that fits the type timestamp[s]"),
        (pa.timestamp("ns"), "3000-01-01", 'found "3000-01-01"'),
        (pa.decimal128(5, 2), "1.234", "at most 3 digits before the point and 2 after it"),
        (pa.decimal128(5, 2), "1000", "found"),
        (pa.decimal128(5, 2), "1e999999999", "found"),
        (pa.large_binary(), "%", "expected bytes in base64"),
    ],
)
def test_a_cell_that_does_not_fit_is_named_with_its_row_and_column(
    kind: pa.DataType, cell: object, expected: str
) -> None:
    found = problem(column("c", kind, missing=True), None, cell, None)
    assert found.code is ProblemCode.INPUT_PARSE
    assert (found.target, found.row, found.column) == ("input1", 2, "c")
    assert found.message.startswith('Row 2, column "c": expected ')
    assert expected in found.message
    assert len(found.message) < 300


@pytest.mark.parametrize("kind", [pa.float64(), pa.int64(), pa.bool_(), pa.date32()])
@pytest.mark.parametrize("cell", [None, "", " ", "NaN", "nan", "NA", "null"])
def test_words_for_a_missing_value_are_missing_in_every_column_but_text(
    kind: pa.DataType, cell: object
) -> None:
    assert read(column("c", kind, missing=True), cell) == [None]
    needed = problem(column("c", kind), cell)
    assert needed.message == 'Row 1, column "c": a value is needed, and it is missing.'


def test_a_value_unseen_in_training_is_a_category_behind_those_that_were_seen() -> None:
    schema = column("c", TEXT, categories=("red", "blue"))
    outcome = validator(schema).check(
        {"input1": Cells(names=["c"], columns=[["blue", "green"]])}, {}
    )
    assert isinstance(outcome, ScoringRequest)
    chunk: Any = outcome.inputs["input1"].column("c").chunk(0)
    assert chunk.dictionary.to_pylist() == ["red", "blue", "green"]
    assert chunk.to_pylist() == ["blue", "green"]


def test_a_value_unseen_in_training_has_no_place_in_an_order() -> None:
    schema = column("c", TEXT, categories=("low", "high"), ordered=True)
    assert read(schema, "high") == ["high"]
    assert 'expected one of "low", "high", found "middle"' in problem(schema, "middle").message


def test_categories_of_numbers_are_found_however_they_are_written() -> None:
    schema = column("c", pa.int64(), categories=(1, 5), missing=True)
    assert read(schema, "5", 1.0, None) == [5, 1, None]


def test_columns_may_be_in_any_order() -> None:
    check = validator(column("a", pa.int64()), column("b", TEXT))
    outcome = check.check({"input1": Cells(names=["b", "a"], columns=[["x"], ["1"]])}, {})
    assert isinstance(outcome, ScoringRequest)
    assert outcome.inputs["input1"].to_pydict() == {"a": [1], "b": ["x"]}


def test_a_column_that_may_be_left_out_is_missing_in_every_row() -> None:
    label = column("size", TEXT, categories=("low", "high"), missing=True, optional=True)
    checker = validator(column("n", pa.int64()), label)
    for sent in (
        Cells(names=["n"], columns=[[1, 2]]),
        Cells(names=["size", "n"], columns=[[None, None], [1, 2]]),
        pa.table({"n": [1, 2]}),
    ):
        outcome = checker.check({"input1": sent}, {})
        assert isinstance(outcome, ScoringRequest)
        table = outcome.inputs["input1"]
        assert table.to_pydict() == {"n": [1, 2], "size": [None, None]}
        labels: Any = table["size"].chunk(0)
        assert labels.dictionary.to_pylist() == ["low", "high"]
    (only,) = problems(checker.check({"input1": Cells(names=["size"], columns=[["low"]])}, {}))
    assert only.message == 'The column "n" is missing.'


def test_missing_and_extra_columns_are_named_and_what_may_be_meant() -> None:
    check = validator(column("age", pa.int64()), column("name", TEXT))
    found = problems(
        check.check({"input1": Cells(names=["Age", "name"], columns=[[1], ["x"]])}, {})
    )
    assert [(one.code, one.message) for one in found] == [
        (ProblemCode.INPUT_MISMATCH, 'The column "age" is missing. Is it "Age"?'),
        (
            ProblemCode.INPUT_MISMATCH,
            'The input has no column "Age". Its columns are "age", "name".',
        ),
    ]


def test_a_column_name_that_is_there_twice_is_refused() -> None:
    check = validator(column("a", pa.int64()))
    (found,) = problems(check.check({"input1": Cells(names=["a", "a"], columns=[[1], [2]])}, {}))
    assert found.message == 'The column "a" is there more than once.'


def test_the_problems_of_a_request_are_told_up_to_a_bound() -> None:
    check = validator(column("a", pa.int64()), column("b", pa.int64()))
    cells = Cells(names=["a", "b"], columns=[["x"] * 15, ["y"] * 15])
    found = problems(check.check({"input1": cells}, {}))
    assert len(found) == MOST_PROBLEMS
    assert [(one.row, one.column) for one in found][-2:] == [(4, "b"), (5, "b")]


def test_inputs_are_found_by_name() -> None:
    check = validator(column("a", pa.int64()))
    found = problems(check.check({"Input1": Cells(names=["a"], columns=[[1]])}, {}))
    assert [(one.code, one.message) for one in found] == [
        (
            ProblemCode.MISSING_INPUT,
            'The input "input1" is missing. The service takes "input1".',
        ),
        (
            ProblemCode.INVALID_INPUT_NAMES,
            'There is no input "Input1". The service takes "input1".',
        ),
    ]


def test_a_service_without_inputs_is_called_with_parameters_alone() -> None:
    assert validator().check({}, {}) == ScoringRequest()


def test_an_input_without_rows_is_one() -> None:
    assert read(column("a", pa.int64())) == []


SEED = Parameter(name="Random seed", label="", kind=ParameterKind.INTEGER, required=True, minimum=0)
SHARE = Parameter(name="Share", label="", kind=ParameterKind.NUMBER, default=0.5, maximum=1)
WORD = Parameter(
    name="Word", label="", kind=ParameterKind.CHOICE, default="a", choices=("a", "b", "7")
)
FLAG = Parameter(name="Flag", label="", kind=ParameterKind.BOOLEAN, default=True)
NOTE = Parameter(name="Note", label="", kind=ParameterKind.TEXT, default="")


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ({"Random seed": "7"}, {"Random seed": 7}),
        ({"Random seed": 7.0}, {"Random seed": 7}),
        ({"Random seed": Decimal("7.0")}, {"Random seed": 7}),
        (
            {"Random seed": 0, "Share": "0.25", "Word": 7, "Flag": "False", "Note": 1.5},
            {"Random seed": 0, "Share": 0.25, "Word": "7", "Flag": False, "Note": "1.5"},
        ),
    ],
)
def test_web_service_parameters_are_typed_or_text(
    given: Mapping[str, object], values: Mapping[str, object]
) -> None:
    check = validator(parameters=[SEED, SHARE, WORD, FLAG, NOTE])
    assert check.check({}, given) == ScoringRequest(parameters=values)


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({}, ProblemCode.MISSING_PARAMETERS, 'The web service parameter "Random seed" is missing.'),
        ({"Random seed": -1}, ProblemCode.BAD_PARAMETER_VALUE, "of at least 0"),
        ({"Random seed": None}, ProblemCode.BAD_PARAMETER_VALUE, "Random seed"),
        ({"Random seed": [1]}, ProblemCode.BAD_PARAMETER_VALUE, "Random seed"),
        ({"Random seed": "9" * 5000}, ProblemCode.BAD_PARAMETER_VALUE, "Random seed"),
        ({"Random seed": 1, "Share": 2}, ProblemCode.BAD_PARAMETER_VALUE, "Share"),
        ({"Random seed": 1, "Word": "c"}, ProblemCode.BAD_PARAMETER_VALUE, "Word"),
        (
            {"Random seed": 1, "random Seed": 1},
            ProblemCode.UNEXPECTED_PARAMETER,
            'Did you mean "Random seed"?',
        ),
    ],
)
def test_web_service_parameters_are_refused_in_the_classic_words(
    given: Mapping[str, object], code: ProblemCode, message: str
) -> None:
    (found,) = problems(validator(parameters=[SEED, SHARE, WORD]).check({}, given))
    assert found.code is code
    assert message in found.message


def from_table(schema: ColumnSchema, values: Any) -> ScoringRequest | RequestRefused:
    return validator(schema).check({"input1": pa.table({"c": values})}, {})


@pytest.mark.parametrize(
    ("kind", "sent", "values"),
    [
        (pa.float64(), pa.array([1, 2], pa.int64()), [1.0, 2.0]),
        (pa.int64(), pa.array([1.0, None, math.nan]), [1, None, None]),
        (pa.int8(), pa.array([1], pa.uint64()), [1]),
        (pa.float64(), pa.array([math.nan, 1.5]), [None, 1.5]),
        (pa.int64(), pa.array(["5"], TEXT), [5]),
        (pa.timestamp("us"), pa.array([date(2010, 5, 30)]), [datetime(2010, 5, 30)]),
        (pa.date32(), pa.array([datetime(2010, 5, 30)]), [date(2010, 5, 30)]),
        (pa.decimal128(3, 1), pa.array([0.5]), [Decimal("0.5")]),
        (TEXT, pa.array(["a"], TEXT).dictionary_encode(), ["a"]),
    ],
)
def test_a_table_is_brought_to_the_types_of_the_schema(
    kind: pa.DataType, sent: Any, values: list[object]
) -> None:
    outcome = from_table(column("c", kind, missing=True), sent)
    assert isinstance(outcome, ScoringRequest), outcome
    assert outcome.inputs["input1"].column("c").to_pylist() == values
    assert outcome.inputs["input1"].schema.types == [kind]


@pytest.mark.parametrize(
    ("kind", "sent", "message"),
    [
        (
            pa.int64(),
            pa.array([1.0, 1.5]),
            'Row 2, column "c": expected a whole number, found 1.5.',
        ),
        (pa.int8(), pa.array([1, 300]), "Row 2"),
        (pa.float32(), pa.array([1.0, 1e300]), "Row 2"),
        (pa.decimal128(3, 1), pa.array([0.15]), "Row 1"),
        (pa.int64(), pa.array([1, None]), "Row 2, column"),
        (pa.date32(), pa.array([datetime(2010, 5, 30, 1)]), 'Column "c": expected a date'),
        (
            pa.float64(),
            pa.array([True]),
            'Column "c": expected a column of the type float64, found the type boolean.',
        ),
        (TEXT, pa.array([1]), 'Column "c": expected a column of the type string'),
        (pa.int64(), pa.array(["x"], TEXT), 'found "x"'),
    ],
)
def test_a_table_with_other_values_is_refused(kind: pa.DataType, sent: Any, message: str) -> None:
    (found,) = problems(from_table(column("c", kind), sent))
    assert message in found.message


def test_a_table_with_categories_has_those_of_the_schema_first() -> None:
    schema = column("c", TEXT, categories=("red", "blue"))
    outcome = from_table(schema, pa.array(["green", "blue"], TEXT).dictionary_encode())
    assert isinstance(outcome, ScoringRequest)
    chunk: Any = outcome.inputs["input1"].column("c").chunk(0)
    assert chunk.dictionary.to_pylist() == ["red", "blue", "green"]


cells = st.one_of(
    st.none() | st.booleans() | st.floats(allow_nan=False),
    st.integers() | st.integers(-3, 3),
    st.text(max_size=3) | st.sampled_from(["1", "1.5", "NaN", "-0", "1e5", "1e999", "true", " 2"]),
)


@given(
    st.sampled_from([pa.float64(), pa.int64(), pa.bool_(), TEXT]),
    st.lists(cells, max_size=4) | st.lists(st.floats() | st.sampled_from([1, "1"]), max_size=3),
    st.booleans(),
)
def test_what_is_read_at_once_is_what_would_be_read_cell_by_cell(
    kind: pa.DataType, some: list[object], missing: bool
) -> None:
    quick, slow = (
        ColumnReader(column("c", kind, missing=missing)),
        ColumnReader(column("c", kind, missing=missing)),
    )
    slow._at_once = lambda _: None  # type: ignore[method-assign, assignment]
    told: list[tuple[object, ...]] = []
    also: list[tuple[object, ...]] = []
    first = quick.from_cells(some, lambda *facts: told.append(facts))
    second = slow.from_cells(some, lambda *facts: also.append(facts))
    assert (first is None) == (second is None)
    assert repr(told) == repr(also)
    if first is not None and second is not None:
        assert first.equals(second)
