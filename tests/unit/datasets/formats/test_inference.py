"""Which type a column of text gets, and that deciding it loses nothing."""

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiolo.datasets.arrow import Column
from studiolo.datasets.formats.inference import typed_column, typed_columns

STAYS_TEXT = [
    ["007", "1"],
    ["1", "007"],
    ["-007"],
    ["00.5", "1"],
    ["+1", "2"],
    ["1", "+2.5"],
    ["0x1F"],
    ["1", "0x1F"],
    ["1,5"],
    ["1 000"],
    ["1_000"],
    [" 1"],
    ["9223372036854775808"],
    ["1", "9223372036854775808"],
    ["0.5", "9007199254740993"],
    ["1", "-9223372036854775809", "0.5"],
    ["1e400"],
    ["1", "nan(1)"],
    ["1", "-nan"],
    ["Nan"],
    ["nan"],
    ["NA"],
    ["NA", "NaN"],
    ["01/02/2020"],
    ["2020-1-2"],
    ["2020-02-30"],
    ["2020-01-02", "2020-01-02T03:04"],
    ["2020-01-02T03:04", "2020-01-02"],
    ["2020-01-02T03:04", "2020-01-02T03"],
    ["2020-01-02T03:04Z", "2020-01-02T03:04"],
    ["2020-01-02T03:04", "2020-01-02T03:04Z"],
    ["2020-01-02T24:00"],
    ["12:30"],
    ["true", "False"],
    ["tRue"],
    ["true", "1"],
    ["1", "true"],
    ["yes", "no"],
    ["1", "x"],
    ["1.5", "x"],
    ["true", "x"],
    ["2020-01-02", "x"],
    ["", ""],
    ["٣"],
]


def values_of(values: list[Any], kind: pa.DataType) -> list[Any]:
    column: Column = pa.chunked_array([pa.array(values, kind)])
    return column.to_pylist()


def typed(values: list[str | None]) -> Column:
    whole = typed_column(pa.chunked_array([pa.array(values, pa.string())]))
    halves = [pa.array(values[:1], pa.string()), pa.array(values[1:], pa.string())]
    assert repr(typed_column(pa.chunked_array(halves)).to_pylist()) == repr(whole.to_pylist())
    assert whole.num_chunks == 1
    return whole


@pytest.mark.parametrize("values", STAYS_TEXT, ids=repr)
def test_stays_text(values: list[str | None]) -> None:
    for given_values in (values, [None, *values], [*values, None]):
        column = typed(given_values)
        assert column.type == pa.large_string()
        assert column.to_pylist() == given_values


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["1", "-2", "0"], pa.int64(), [1, -2, 0]),
        (["9223372036854775807", "-9223372036854775808"], pa.int64(), [2**63 - 1, -(2**63)]),
        (["1", "NA", "NaN", "null", "N/A", "NULL", "nan", "", None], pa.int64(), [1] + [None] * 8),
        (["NA", "1"], pa.int64(), [None, 1]),
        (["Inf", "1"], pa.float64(), [float("inf"), 1.0]),
        (["-Infinity", "1.5"], pa.float64(), [float("-inf"), 1.5]),
        (["39 ", "40", None, " "], pa.int64(), [39, 40, None, None]),
        (["1.5\t", "2 "], pa.float64(), [1.5, 2.0]),
        (["true ", "false"], pa.bool_(), [True, False]),
        (["1", "2.5", "1e3", ".5", "5."], pa.float64(), [1.0, 2.5, 1000.0, 0.5, 5.0]),
        (["0.5", "-0", "0", "0e1"], pa.float64(), [0.5, -0.0, 0.0, 0.0]),
        (["-0"], pa.float64(), [-0.0]),
        (["1.5", "NA", "", None], pa.float64(), [1.5, None, None, None]),
        (["1.5", "NaN", "nan"], pa.float64(), [1.5, float("nan"), float("nan")]),
        (["NaN", None], pa.float64(), [float("nan"), None]),
        (["inf", "-inf", "1"], pa.float64(), [float("inf"), float("-inf"), 1.0]),
        (["0.5", "9007199254740992"], pa.float64(), [0.5, 2.0**53]),
        (["true", "false", None], pa.bool_(), [True, False, None]),
        (["False", "True", "NA"], pa.bool_(), [False, True, None]),
        (["TRUE", "FALSE", ""], pa.bool_(), [True, False, None]),
        (["2020-01-31", "NA"], pa.date32(), [dt.date(2020, 1, 31), None]),
        (["2020-01-31T01:02"], pa.timestamp("us"), [dt.datetime(2020, 1, 31, 1, 2)]),
        (
            ["2020-01-31 01:02:03.5", "2020-01-31T01:02:03"],
            pa.timestamp("us"),
            [dt.datetime(2020, 1, 31, 1, 2, 3, 500000), dt.datetime(2020, 1, 31, 1, 2, 3)],
        ),
        (
            ["2020-01-31T01:02:03Z", "2020-01-31T01:02:03+02:00"],
            pa.timestamp("us", "UTC"),
            [
                dt.datetime(2020, 1, 31, 1, 2, 3, tzinfo=dt.UTC),
                dt.datetime(2020, 1, 30, 23, 2, 3, tzinfo=dt.UTC),
            ],
        ),
        ([None, None], pa.large_string(), [None, None]),
        (["x", "NA", "", "1", None], pa.large_string(), ["x", "NA", "", "1", None]),
    ],
)
def test_types(values: list[str | None], kind: pa.DataType, expected: list[Any]) -> None:
    column = typed(values)
    assert column.type == kind
    assert repr(column.to_pylist()) == repr(values_of(expected, kind))


def test_nanoseconds() -> None:
    column = typed(["2020-01-31T01:02:03.123456789", "2020-01-31T01:02:03"])
    assert column.type == pa.timestamp("ns")
    assert column.cast(pa.int64())[0].as_py() % 10**9 == 123456789


def test_the_last_of_many_rows_decides() -> None:
    many: list[str | None] = [str(number) for number in range(300_000)]
    assert typed(many).type == pa.int64()
    assert typed([*many, "007"]).to_pylist()[-1] == "007"
    assert typed([None] * 300_000 + ["x"]).type == pa.large_string()


@given(st.lists(st.none() | st.text("0123456789+-.eExnaINF", max_size=6), max_size=5))
@settings(max_examples=500, deadline=None)
def test_numbers_lose_nothing(values: list[str | None]) -> None:
    """A column that became numbers says what its text said."""
    column = typed(values)
    for word, value in zip(values, column.to_pylist(), strict=True):
        if column.type == pa.int64() and value is not None:
            assert str(value) == word
        elif column.type == pa.float64() and value is not None:
            assert repr(float(word or "")) == repr(value)
        elif column.type == pa.large_string():
            assert value == word


def test_missing_values_hide_no_code_and_make_none() -> None:
    assert typed([None, "007", "1"]).type == pa.large_string()
    assert typed(["1", "-01", None]).type == pa.large_string()
    assert typed([".5", "0.5", "-0.5", "0", "0e1", None]).type == pa.float64()
    # The last one starts where the text ends; what lies under a null counts for nothing.
    assert typed(["10", "-3", None]).to_pylist() == [10, -3, None]
    hidden = pa.Array.from_buffers(
        pa.string(),
        2,
        [
            pa.py_buffer(b"\1"),
            pa.py_buffer(np.array([0, 1, 4], np.int32).tobytes()),
            pa.py_buffer(b"1007"),
        ],
    )
    assert typed_column(pa.chunked_array([hidden])).to_pylist() == [1, None]
    nothing_first = pa.chunked_array([pa.nulls(2, pa.string()), pa.array(["1"])])
    assert typed_column(nothing_first).to_pylist() == [None, None, 1]


WORDS = st.sampled_from(
    [
        *("1", "-7", "007", "-0", "9007199254740993", "9223372036854775808", "0.5", "1e3", "+1"),
        *("NaN", "nan", "inf", "Infinity", "1e400", "", "NA", "null", "x", " 1", "1 ", "true"),
        *("2020-01-31", "12"),
        None,
    ]
)


@given(st.integers(0, 4).flatmap(lambda n: st.lists(st.lists(WORDS, min_size=n, max_size=n))))
def test_columns_that_are_read_together_are_those_that_are_read_alone(
    columns: list[list[str | None]],
) -> None:
    texts = [pa.chunked_array([pa.array(values, pa.string())]) for values in columns]
    together = typed_columns(texts)
    alone = [typed_column(text) for text in texts]
    assert [column.type for column in together] == [column.type for column in alone]
    # NaN is not equal to itself.
    assert repr([c.to_pylist() for c in together]) == repr([c.to_pylist() for c in alone])
    assert all(column.num_chunks == 1 for column in together)


def test_columns_of_several_chunks_and_of_many_rows() -> None:
    cut: Column = pa.chunked_array([pa.array(["1", None]), pa.array(["3"])])
    floats: Column = pa.chunked_array([pa.array(["1.5"]), pa.array(["2", "3"])])
    assert [c.to_pylist() for c in typed_columns([cut, floats, cut])] == [
        [1, None, 3],
        [1.5, 2.0, 3.0],
        [1, None, 3],
    ]
    long = pa.chunked_array([pa.array(["1"] * 5000)])
    assert [column.type for column in typed_columns([long, long])] == [pa.int64()] * 2
