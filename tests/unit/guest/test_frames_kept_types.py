"""Types that pandas does not have, and that a returned column has all the same."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiolo_guest.frames.opening import InputFrame
from studiolo_guest.frames.output import frame_to_output

Open = Callable[[pa.RecordBatch], InputFrame]
Change = Callable[[pd.DataFrame], pd.DataFrame]

AGES = [22, None, 38, 0]
DAYS = [date(2017, 5, 1), None, date(2018, 1, 1), date(1700, 1, 1)]


@pytest.fixture
def people(opened: Open) -> InputFrame:
    columns: dict[str, Any] = {
        "age": pa.array(AGES, pa.int16()),
        "fare": pa.array([1.0, 2.0, None, 4.0]),
        "n": pa.array([1, 2, 3, 4]),
        "day": pa.array(DAYS),
        "seen": pa.array([datetime(2020, 1, day) for day in (1, 2, 3, 4)], pa.timestamp("us")),
    }
    return opened(pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns)))


def returned(people: InputFrame, change: Change) -> pa.RecordBatch:
    return frame_to_output(change(people.frame), [people], log=lambda _: None).batch


def with_column(name: str, of: Callable[[pd.DataFrame], Any]) -> Change:
    return lambda frame: frame.assign(**{name: of(frame)})


@pytest.mark.parametrize(
    ("change", "name", "kind", "values"),
    [
        (lambda f: f, "age", pa.int16(), AGES),
        (lambda f: f.copy(), "age", pa.int16(), AGES),
        (lambda f: f[f["n"] > 1], "age", pa.int16(), AGES[1:]),
        (lambda f: f.sort_values("n", ascending=False), "age", pa.int16(), AGES[::-1]),
        (with_column("age", lambda f: f["age"].fillna(0)), "age", pa.int16(), [22, 0, 38, 0]),
        (with_column("age", lambda f: -f["age"]), "age", pa.int16(), [-22, None, -38, 0]),
        (lambda f: f.rename(columns={"age": "Age"}), "Age", pa.int16(), AGES),
        (with_column("age", lambda f: f["age"] / 4), "age", pa.float64(), [5.5, None, 9.5, 0.0]),
        (with_column("age", lambda f: f["age"] * 1000), "age", pa.float64(), None),
        (with_column("age", lambda f: f["age"] / 0), "age", pa.float64(), None),
        (lambda f: f, "fare", pa.float64(), None),
        (with_column("n", lambda f: f["n"].astype(float)), "n", pa.float64(), None),
        (with_column("zero", lambda f: np.zeros(len(f))), "zero", pa.float64(), None),
    ],
)
def test_integers_with_gaps(
    people: InputFrame, change: Change, name: str, kind: pa.DataType, values: list[Any] | None
) -> None:
    batch = returned(people, change)
    assert batch.schema.field(name).type == kind
    if values is not None:
        assert pd.Series(batch.column(name).to_pylist(), dtype=object).equals(
            pd.Series(
                [np.nan if v is None and kind == pa.float64() else v for v in values], dtype=object
            )
        )


@pytest.mark.parametrize(
    ("change", "name", "kind", "values"),
    [
        (lambda f: f, "day", pa.date32(), DAYS),
        (lambda f: f.copy(), "day", pa.date32(), DAYS),
        (lambda f: f.rename(columns={"day": "d"}), "d", pa.date32(), DAYS),
        (with_column("day", lambda f: f["day"].dt.as_unit("ms")), "day", pa.date32(), DAYS),
        (
            with_column("new", lambda _: pd.to_datetime(["2020-01-01"] * 4)),
            "new",
            pa.date32(),
            [date(2020, 1, 1)] * 4,
        ),
        (
            with_column("new", lambda _: pd.Series([pd.Timestamp(2020, 1, 1)] * 4, dtype=object)),
            "new",
            pa.date32(),
            [date(2020, 1, 1)] * 4,
        ),
        (
            with_column("fare", lambda _: np.array(["NaT"] * 4, "M8[us]")),
            "fare",
            pa.date32(),
            [None] * 4,
        ),
        (
            with_column("day", lambda f: f["day"] + pd.Timedelta(hours=1)),
            "day",
            pa.timestamp("us"),
            None,
        ),
        (
            with_column("new", lambda _: pd.to_datetime(["2020-01-01"] * 4).tz_localize("UTC")),
            "new",
            pa.timestamp("us", "UTC"),
            None,
        ),
        (lambda f: f, "seen", pa.timestamp("us"), None),
        (lambda f: f.copy(), "seen", pa.timestamp("us"), None),
    ],
)
def test_dates(
    people: InputFrame, change: Change, name: str, kind: pa.DataType, values: list[Any] | None
) -> None:
    batch = returned(people, change)
    assert batch.schema.field(name).type == kind
    if values is not None:
        assert batch.column(name).to_pylist() == values


def test_datetimes_stay_datetimes_where_no_input_has_dates(opened: Open) -> None:
    opened_frame = opened(pa.RecordBatch.from_pydict({"n": pa.array([1])}))
    frame = opened_frame.frame.assign(day=pd.Timestamp(2020, 1, 1))
    batch = frame_to_output(frame, [opened_frame], log=print).batch
    assert pa.types.is_timestamp(batch.schema.field("day").type)


def test_the_length_of_a_column_decides_nothing(opened: Open) -> None:
    """A long column of timestamps would go out as a reference to the input's."""
    rows = 20_000
    batch = pa.RecordBatch.from_pydict(
        {
            "day": pa.array([date(2020, 1, 1)] * rows),
            "seen": pa.array([datetime(2020, 1, 1)] * rows, pa.timestamp("us")),
        }
    )
    table = opened(batch)
    output = frame_to_output(table.frame.rename(columns={"seen": "x"}), [table], log=print)
    assert [source.input for source in output.sources] == [None, None]
    assert output.batch.schema.types == [pa.date32(), pa.date32()]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=6),
    st.sampled_from([2**3, 2**31, 2**53, 2**63]),
)
def test_no_integer_changes(opened: Open, values: list[int | None], bound: int) -> None:
    bounded = [None if v is None else v % bound for v in values]
    batch = pa.RecordBatch.from_pydict({"x": pa.array(bounded, pa.int64())})
    table = opened(batch)
    assert frame_to_output(table.frame.copy(), [table], log=lambda _: None).batch.equals(batch)
