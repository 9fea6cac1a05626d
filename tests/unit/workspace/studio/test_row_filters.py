"""Filters of rows: values as people write them, for columns of every type."""

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from studiolo.workspace.studio.errors import RowFilterError
from studiolo.workspace.studio.tables.row_filters import RowFilter, matching

NOON = 1_577_880_000
COLUMNS: dict[str, Any] = {
    "flag": pa.array([True, False, None]),
    "whole": pa.array([2**53 + 1, -1, None]),
    "wide": pa.array([2**64 - 1, 1, None], pa.uint64()),
    "number": pa.array([1.5, math.inf, math.nan]),
    "money": pa.array([Decimal("1.50"), Decimal(2), None], pa.decimal128(9, 2)),
    "text": pa.array(["Low", "", None], pa.large_string()),
    "level": pa.array(["low", "high", None], pa.large_string()).dictionary_encode(),
    "day": pa.array([date(2020, 1, 1), date(1850, 12, 31), None]),
    "time": pa.array([NOON, 0, None], pa.timestamp("s")),
    "zoned": pa.array([NOON, 0, None], pa.timestamp("s", "Asia/Seoul")),
    "length": pa.array([90_000, 0, None], pa.duration("s")),
    "bytes": pa.array([b"a", b"", None], pa.large_binary()),
}


def found(name: str, operator: str, value: str = "") -> list[bool]:
    """Which of the three rows are kept."""
    mask = matching(
        pa.chunked_array([COLUMNS[name]]),
        RowFilter(column=name, operator=operator, value=value),
    )
    return [one is True for one in mask.to_pylist()]


@pytest.mark.parametrize(
    ("name", "operator", "value"),
    [
        ("flag", "eq", "TRUE"),
        ("whole", "eq", "9007199254740993"),
        ("whole", "gt", " 1.5 "),
        ("wide", "eq", "18446744073709551615"),
        ("wide", "ge", "1e3"),
        ("number", "le", "1.50"),
        ("money", "lt", "2"),
        ("text", "contains", "LO"),
        ("text", "ne", ""),
        ("level", "eq", "low"),
        ("whole", "contains", "9007"),
        ("day", "gt", "1900-01-01"),
        ("time", "gt", "2020-01-01"),
        ("time", "eq", "2020-01-01 12:00"),
        # In the clock of the column, unless it says another.
        ("zoned", "eq", "2020-01-01 21:00"),
        ("zoned", "eq", "2020-01-01T12:00:00Z"),
        ("length", "eq", "P1DT1H"),
        ("length", "gt", "1 days"),
        ("length", "ge", "01:00:00"),
    ],
)
def test_the_first_row_alone_passes(name: str, operator: str, value: str) -> None:
    assert found(name, operator, value) == [True, False, False]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_missing_value_is_found_and_differs_from_nothing(name: str) -> None:
    assert found(name, "missing") == [False, False, True]
    assert found(name, "present") == [True, True, False]
    values = {"flag": "true", "day": "1900-01-01", "time": "1900-01-01", "zoned": "1900-01-01"}
    if name != "bytes":
        assert not found(name, "ne", values.get(name, "P1D" if name == "length" else "7"))[2]


@pytest.mark.parametrize(
    ("name", "operator", "value", "says"),
    [
        ("flag", "eq", "yes", 'the column "flag" is compared with True or False, not with "yes"'),
        ("whole", "lt", "many", 'with a whole number, not with "many"'),
        ("whole", "lt", "", 'with a whole number, not with ""'),
        ("number", "eq", "nan", 'with a number, such as 1.5, not with "nan"'),
        ("day", "eq", "today", "with a date, such as 2010-05-30"),
        ("day", "eq", "2020-01-01T12:00", "with a date, such as 2010-05-30"),
        ("length", "eq", "1", "with a duration, such as 1.02:03:04 or P1DT2H"),
        ("bytes", "eq", "a", 'the column "bytes" has no comparison "eq"'),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    name: str, operator: str, value: str, says: str
) -> None:
    with pytest.raises(RowFilterError) as refused:
        found(name, operator, value)
    assert says in str(refused.value)
