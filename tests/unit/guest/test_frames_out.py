import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from studiolo_guest.frames.errors import UntranslatableColumnError
from studiolo_guest.frames.opening import InputFrame
from studiolo_guest.frames.output import frame_to_output

Open = Callable[[pa.RecordBatch], InputFrame]
BERLIN = ZoneInfo("Europe/Berlin")
NAN = float("nan")


def translated(values: Any) -> tuple[Any, list[str]]:
    log: list[str] = []
    output = frame_to_output(pd.DataFrame({"x": values}), log=log.append)
    column: Any = output.batch.column(0)
    column.validate(full=True)
    return column, log


def objects(*values: Any) -> pd.Series:
    series = pd.Series([None] * len(values), dtype=object)
    for row, value in enumerate(values):
        series.iat[row] = value
    return series


def of_arrow(values: Any, kind: pa.DataType) -> Any:
    return pd.Series(values, dtype=pd.ArrowDtype(kind))


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (objects(True, np.bool_(False), None), pa.bool_(), [True, False, None]),
        (objects(1, np.int8(2), None, NAN, pd.NA), pa.int64(), [1, 2, None, None, None]),
        (objects(2**63, 1), pa.uint64(), [2**63, 1]),
        (objects(1.5, np.float32(2.5), None), pa.float64(), [1.5, 2.5, None]),
        (objects(Decimal("1.50"), Decimal(2)), pa.decimal128(3, 2), [Decimal("1.50"), Decimal(2)]),
        (objects("a", np.str_("b"), NAN), pa.large_string(), ["a", "b", None]),
        (
            objects(b"a", bytearray(b"b"), memoryview(b"c"), None),
            pa.large_binary(),
            [b"a", b"b", b"c", None],
        ),
        (objects(date(2020, 1, 2), pd.NaT), pa.date32(), [date(2020, 1, 2), None]),
        (
            objects(datetime(2020, 1, 2, 3, 4, 5, 6), pd.Timestamp("2020"), None),
            pa.timestamp("us"),
            [datetime(2020, 1, 2, 3, 4, 5, 6), datetime(2020, 1, 1), None],
        ),
        (
            objects(datetime(2020, 7, 1, tzinfo=BERLIN), None),
            pa.timestamp("us", "Europe/Berlin"),
            [datetime(2020, 7, 1, tzinfo=BERLIN), None],
        ),
        (
            objects(timedelta(1), np.timedelta64(2, "s")),
            pa.duration("us"),
            [timedelta(1), timedelta(seconds=2)],
        ),
        (
            objects(pd.Timedelta("1ns"), None),
            pa.duration("ns"),
            [pd.Timedelta("1ns"), None],
        ),
        (objects(float("inf"), -1.0), pa.float64(), [float("inf"), -1.0]),
        (pd.array([1, None], dtype="UInt8"), pa.uint8(), [1, None]),
        (pd.array([True, None], dtype="boolean"), pa.bool_(), [True, None]),
        (pd.array([1.5, None], dtype="Float32"), pa.float32(), [1.5, None]),
        (pd.array(["a", None], dtype="string"), pa.large_string(), ["a", None]),
        (np.array(["a", "bc"]), pa.large_string(), ["a", "bc"]),
        (np.arange(10)[::3], pa.int64(), [0, 3, 6, 9]),
        (np.array([1, 2], dtype=">i4"), pa.int32(), [1, 2]),
        (
            np.array([1, "NaT"], dtype="M8[s]"),
            pa.timestamp("s"),
            [datetime(1970, 1, 1, 0, 0, 1), None],
        ),
        (
            np.array([1, 2], dtype="m8[ms]"),
            pa.duration("ms"),
            [timedelta(milliseconds=1), timedelta(milliseconds=2)],
        ),
        (pd.arrays.SparseArray([0, 0, 1]), pa.int64(), [0, 0, 1]),
        (of_arrow(["a", None], pa.string()), pa.large_string(), ["a", None]),
        (of_arrow([b"abc"], pa.binary(3)), pa.large_binary(), [b"abc"]),
        (
            of_arrow([date(2020, 1, 2)], pa.date64()),
            pa.date32(),
            [date(2020, 1, 2)],
        ),
    ],
)
def test_values_keep_their_type_without_a_word(
    values: Any, kind: pa.DataType, expected: Sequence[Any]
) -> None:
    column, log = translated(values)
    assert column.type == kind
    assert column.to_pylist() == expected
    assert log == []


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (objects(None, NAN, pd.NA, pd.NaT), pa.large_string(), [None] * 4),
        (objects(2**64, -1, None), pa.decimal128(20, 0), [Decimal(2**64), Decimal(-1), None]),
        (objects(10**60), pa.decimal256(61, 0), [Decimal(10**60)]),
        (objects(10**80, None), pa.large_string(), [str(10**80), None]),
        (objects(10**5000), pa.large_string(), ["1" + "0" * 5000]),
        (objects(1, 2.5), pa.float64(), [1.0, 2.5]),
        (objects(2**53 + 1, 2.5), pa.large_string(), ["9007199254740993", "2.5"]),
        (objects(np.int64(2**53 + 1), 2.5), pa.large_string(), ["9007199254740993", "2.5"]),
        (objects(Decimal("1.5"), 3), pa.decimal128(2, 1), [Decimal("1.5"), Decimal(3)]),
        (objects(Decimal("Infinity")), pa.large_string(), ["Infinity"]),
        (objects(Decimal("1E+70"), Decimal("1E-30")), pa.large_string(), ["1E+70", "1E-30"]),
        (objects(1, "a", None, True), pa.large_string(), ["1", "a", None, "True"]),
        (
            objects(date(2020, 1, 1), datetime(2020, 1, 1, 5)),
            pa.large_string(),
            ["2020-01-01", "2020-01-01 05:00:00"],
        ),
        (
            objects(datetime(2020, 7, 1, tzinfo=UTC), datetime(2020, 7, 1)),
            pa.large_string(),
            ["2020-07-01 00:00:00+00:00", "2020-07-01 00:00:00"],
        ),
        (
            objects(
                datetime(2020, 7, 1, tzinfo=BERLIN),
                datetime(2020, 7, 1, tzinfo=timezone(timedelta(hours=5))),
            ),
            pa.timestamp("us", "UTC"),
            [datetime(2020, 6, 30, 22, tzinfo=UTC), datetime(2020, 6, 30, 19, tzinfo=UTC)],
        ),
        (objects(time(1, 2), None), pa.large_string(), ["01:02:00", None]),
        (pd.period_range("2020", periods=2, freq="M"), pa.large_string(), ["2020-01", "2020-02"]),
        (pd.interval_range(0, 2), pa.large_string(), ["(0, 1]", "(1, 2]"]),
        (np.array([1.5], dtype=np.float16), pa.float32(), [1.5]),
        (np.array([1.5], dtype=np.longdouble), pa.float64(), [1.5]),
        (
            of_arrow([time(1, 2)], pa.time64("us")),
            pa.large_string(),
            ["01:02:00.000000"],
        ),
    ],
)
def test_a_change_of_type_is_told(values: Any, kind: pa.DataType, expected: Sequence[Any]) -> None:
    column, log = translated(values)
    assert column.type == kind
    assert column.to_pylist() == expected
    assert len(log) == 1
    assert "'x'" in log[0]


def test_a_year_beyond_pythons_last_is_not_another_year() -> None:
    column, _ = translated(objects(np.datetime64("20000-01-01"), None))
    assert column.cast(pa.int64()).to_pylist() == [
        np.datetime64("20000-01-01", "us").astype(np.int64),
        None,
    ]


def test_nan_stays_nan_and_costs_no_copy() -> None:
    values = np.array([1.5, NAN, float("-inf")])
    log: list[str] = []
    frame = pd.DataFrame({"x": values}, copy=False)
    column: Any = frame_to_output(frame, log=log.append).batch.column(0)
    assert column.null_count == 0
    assert column.buffers()[1].address == values.ctypes.data
    assert log == []


@pytest.mark.parametrize(
    ("values", "row", "found", "way_out"),
    [
        (objects("a", None, [1]), 2, "list", "explode"),
        (objects({"a": 1}), 0, "dict", "json_normalize"),
        (objects(None, np.zeros(2)), 1, "numpy.ndarray", "explode"),
        (objects(1.0, 2j), 1, "complex", ".imag"),
        (np.array([1j]), 0, "complex numbers", "numpy.imag"),
        (objects(uuid.UUID(int=1)), 0, "uuid.UUID", "pickle"),
        (objects("a", b"b"), 1, "bytes", "decode"),
        (objects("fine", "\ud800"), 1, r"'\ud800'", "errors='replace'"),
        (objects(1, "\ud800"), 1, r"'\ud800'", "errors='replace'"),
        (of_arrow([None, [1]], pa.list_(pa.int64())), 1, "list", "explode"),
    ],
)
def test_what_a_dataset_cannot_hold_is_named(
    values: Any, row: int, found: str, way_out: str
) -> None:
    with pytest.raises(UntranslatableColumnError) as caught:
        translated(values)
    assert caught.value.column == "x"
    assert caught.value.row == row
    assert found in caught.value.found
    assert way_out in caught.value.way_out
    assert f"'x' of the returned frame, row {row} (counted from 0), holds" in str(caught.value)
    assert caught.value.code == "untranslatable-column"
    assert caught.value.classic_number == 85


def test_categories_keep_order_codes_and_the_unused_ones() -> None:
    values = pd.Categorical(["b", None, "a"], categories=["b", "a", "c"], ordered=True)
    column, log = translated(values)
    assert column.type == pa.dictionary(pa.int8(), pa.large_string(), ordered=True)
    assert column.dictionary.to_pylist() == ["b", "a", "c"]
    assert column.to_pylist() == ["b", None, "a"]
    assert log == []


def test_intervals_of_cut_become_text_categories() -> None:
    column, log = translated(pd.cut(pd.Series([1, 9]), [0, 5, 10]))
    assert column.to_pylist() == ["(0, 5]", "(5, 10]"]
    assert column.type.ordered
    assert "interval" in log[0]


def test_categories_that_are_the_same_as_text_are_merged() -> None:
    column, log = translated(objects(1, "1", 2).astype("category"))
    assert column.to_pylist() == ["1", "1", "2"]
    assert sorted(column.dictionary.to_pylist()) == ["1", "2"]
    assert "merged" in log[-1]


def test_an_input_column_keeps_its_type_when_its_values_fit(opened: Open) -> None:
    given = pa.RecordBatch.from_arrays(
        [
            pa.array([Decimal("1.50")], pa.decimal128(12, 4)),
            pa.array([None], pa.date32()),
            pa.array([b"x"], pa.binary()),
            pa.array([Decimal("1.5")], pa.decimal128(3, 1)),
        ],
        names=["price", "day", "blob", "grown"],
    )
    table = opened(given)
    frame = table.frame.copy()
    frame["grown"] = objects(Decimal("1.2345678"))
    log: list[str] = []
    schema = frame_to_output(frame, [table], log=log.append).batch.schema
    assert schema.types == [pa.decimal128(12, 4), pa.date32(), pa.binary(), pa.decimal128(8, 7)]
    assert log == []


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["a", "a", "a"], ["a", "a (1)", "a (2)"]),
        (["a", "a", "a (1)", "a (1)"], ["a", "a (2)", "a (1)", "a (1) (1)"]),
        ([1, "1"], ["1", "1 (1)"]),
        ([0, 1.5, None, (1, 2)], ["0", "1.5", "nan", "1_2"]),
        (["", "Col1", ""], ["Col1 (1)", "Col1", "Col3"]),
        (["\ud800"], ["\\ud800"]),
    ],
)
def test_names_are_text_and_unique(labels: list[Any], names: list[str]) -> None:
    frame = pd.DataFrame([range(len(labels))])
    frame.columns = pd.Index(labels, dtype=object, tupleize_cols=False)
    output = frame_to_output(frame, log=lambda _: None)
    expected = ["None" if name == "nan" else name for name in names]
    assert [source.name for source in output.sources] == expected
    assert output.batch.schema.names == expected


def test_levels_of_names_are_joined() -> None:
    frame = pd.DataFrame({"k": ["x", "x"], "v": [1, 2]}).groupby("k").agg({"v": ["mean", "max"]})
    output = frame_to_output(frame.reset_index(), log=lambda _: None)
    assert output.batch.schema.names == ["k", "v_mean", "v_max"]


def test_ten_thousand_equal_names_are_quick() -> None:
    frame = pd.DataFrame(np.zeros((1, 10_000)), columns=["x"] * 10_000)
    log: list[str] = []
    names = frame_to_output(frame, log=log.append).batch.schema.names
    assert names[-1] == "x (9999)"
    assert len(set(names)) == 10_000
    assert len(log) == 1


@pytest.mark.parametrize(
    ("index", "told"),
    [
        (pd.RangeIndex(3), False),
        (pd.Index([0, 1, 2]), False),
        (pd.Index([0, 1, 2], name="id"), True),
        (pd.RangeIndex(1, 4), True),
        (pd.Index([2, 1, 0]), True),
        (pd.Index(["a", "b", "c"]), True),
        (pd.MultiIndex.from_tuples([(0, 0), (0, 1), (1, 0)]), True),
    ],
)
def test_a_lost_index_is_told(index: pd.Index, told: bool) -> None:
    log: list[str] = []
    output = frame_to_output(pd.DataFrame({"x": [1, 2, 3]}, index=index), log=log.append)
    assert output.batch.schema.names == ["x"]
    assert any("reset_index()" in line for line in log) is told


def test_subclasses_and_empty_frames() -> None:
    class Mine(pd.DataFrame):
        @property
        def _constructor(self) -> type["Mine"]:
            return Mine

    log: list[str] = []
    assert frame_to_output(Mine({"x": [1]}), log=log.append).batch.num_rows == 1
    assert frame_to_output(pd.DataFrame(), log=log.append).rows == 0
    empty = pd.DataFrame({"x": pd.Series([], dtype=object), "k": pd.Categorical([])})
    assert frame_to_output(empty, log=log.append).batch.schema.types[0] == pa.large_string()
    assert log == []
