import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import ipc

from studiolo_guest.frames.opening import InputFrame, open_frame
from studiolo_guest.frames.output import frame_to_output

Open = Callable[[pa.RecordBatch], InputFrame]
Seal = Callable[[pa.RecordBatch], int]


def batch_of(**columns: Any) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


@pytest.mark.parametrize(
    ("values", "kind", "dtype"),
    [
        ([1, 2], pa.int16(), "int16"),
        ([1, None], pa.int16(), "float64"),
        ([2**53, None, -(2**53)], pa.int64(), "float64"),
        ([None, None], pa.uint64(), "float64"),
        ([2**53 + 1, None], pa.int64(), "Int64"),
        ([-(2**53) - 1, None], pa.int64(), "Int64"),
        ([2**63, None], pa.uint64(), "UInt64"),
        ([1.5, 2.0], pa.float32(), "float32"),
        ([1.5, None], pa.float64(), "float64"),
        ([True, False], pa.bool_(), "bool"),
        ([True, None], pa.bool_(), "boolean"),
        (["a", None], pa.large_string(), "str"),
        (["a", None], pa.string(), "str"),
        ([1, 2], pa.timestamp("ms"), "datetime64[ms]"),
        ([1, None], pa.timestamp("s"), "datetime64[s]"),
        ([1, 2], pa.timestamp("us", "Europe/Berlin"), "datetime64[us, Europe/Berlin]"),
        ([1, None], pa.duration("ns"), "timedelta64[ns]"),
        ([date(2020, 1, 2), None], pa.date32(), "datetime64[s]"),
        ([Decimal("1.50"), None], pa.decimal128(5, 2), "object"),
        ([b"\x00", None], pa.large_binary(), "object"),
    ],
)
def test_every_type_has_a_pandas_type_that_holds_it(
    opened: Open, values: Sequence[Any], kind: pa.DataType, dtype: str
) -> None:
    frame = opened(batch_of(x=pa.array(values, kind))).frame
    assert str(frame.dtypes["x"]) == dtype
    assert [value is None for value in values] == frame["x"].isna().tolist()


def test_integers_that_a_float_would_round_are_named_in_the_log(sealed: Seal) -> None:
    batch = batch_of(
        id=pa.array([2**53 + 1, None]), age=pa.array([2**53, None]), n=pa.array([2**60, 1])
    )
    log: list[str] = []
    descriptor = sealed(batch)
    opened = open_frame([descriptor], log=log.append)
    os.close(descriptor)
    assert opened.frame["id"].tolist() == [2**53 + 1, pd.NA]
    assert [line for line in log if "'id'" in line and "Int64" in line] == log != []


def test_booleans_with_gaps_are_named_in_the_log(sealed: Seal) -> None:
    batch = batch_of(all=pa.array([True, False]), some=pa.array([True, None]))
    log: list[str] = []
    descriptor = sealed(batch)
    open_frame([descriptor], log=log.append)
    assert [line for line in log if "'some'" in line and "boolean" in line] == log != []
    log.clear()
    open_frame([descriptor], nullable=True, log=log.append)
    os.close(descriptor)
    assert log == []


def test_nullable_types_for_integers_are_given_where_they_are_asked_for(sealed: Seal) -> None:
    batch = batch_of(a=pa.array([2**53 + 1, None]), b=pa.array([1, None], pa.uint8()))
    log: list[str] = []
    descriptor = sealed(batch)
    opened = open_frame([descriptor], nullable=True, log=log.append)
    os.close(descriptor)
    assert list(map(str, opened.frame.dtypes)) == ["Int64", "UInt8"]
    assert frame_to_output(opened.frame, [opened], log=log.append).batch.equals(batch)
    assert log == []


def test_objects_are_what_a_python_user_expects(opened: Open) -> None:
    frame = opened(
        batch_of(
            price=pa.array([Decimal("1.50"), None]),
            blob=pa.array([b"\x00", None]),
        )
    ).frame
    assert frame["price"].tolist() == [Decimal("1.50"), None]
    assert frame["blob"].tolist() == [b"\x00", None]


def test_categories_keep_their_order_and_the_unused_ones(opened: Open) -> None:
    column = pa.DictionaryArray.from_arrays(
        pa.array([1, None, 0], pa.uint8()), pa.array(["low", "high", "never"]), ordered=True
    )
    values = opened(batch_of(x=column)).frame["x"]
    assert values.cat.categories.tolist() == ["low", "high", "never"]
    assert values.cat.ordered
    assert values.isna().tolist() == [False, True, False]


def test_a_dictionary_that_pandas_cannot_have_is_rebuilt(opened: Open) -> None:
    column = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, 2, None], pa.int32()), pa.array(["a", None, "a"])
    )
    values = opened(batch_of(x=column)).frame["x"]
    assert values.astype(object).where(values.notna(), None).tolist() == ["a", None, "a", None]


def test_a_date_beyond_pythons_last_year_survives(opened: Open) -> None:
    column = pa.array([10**7, None], pa.date32())
    table = opened(batch_of(x=column))
    assert frame_to_output(table.frame, [table], log=print).batch.column(0).equals(column)


def test_a_date_that_got_a_time_of_day_goes_out_as_a_timestamp(opened: Open) -> None:
    table = opened(batch_of(x=pa.array([date(2020, 1, 2), None])))
    table.frame["x"] += pd.Timedelta(hours=1)
    output = frame_to_output(table.frame, [table], log=print).batch.column(0)
    assert pa.types.is_timestamp(output.type)
    assert output.to_pylist() == [datetime(2020, 1, 2, 1), None]


def test_numbers_are_views_that_can_be_written(opened: Open) -> None:
    table = opened(batch_of(i=pa.array([1, 2, 3]), t=pa.array([1, 2, 3], pa.timestamp("ns"))))
    for position, column in enumerate(table.columns):
        values = table.frame.iloc[:, position].to_numpy()
        assert column.extents == ((values.ctypes.data, values.nbytes),)
    table.frame.loc[1, "i"] = 20
    table.frame.loc[0, "t"] = pd.NaT
    assert table.frame["i"].tolist() == [1, 20, 3]
    assert table.frame["t"].isna().tolist() == [True, False, False]


def test_the_index_is_64_bit_from_zero(opened: Open) -> None:
    index = opened(batch_of(x=pa.array([5, 6, 7]))).frame.index
    assert index.dtype == np.int64
    assert index.equals(pd.RangeIndex(3))


def test_no_rows_and_no_columns(opened: Open) -> None:
    kinds = [pa.int64(), pa.large_string(), pa.bool_(), pa.date32(), pa.timestamp("us", "UTC")]
    empty = batch_of(**{str(number): pa.array([], kind) for number, kind in enumerate(kinds)})
    assert opened(empty).frame.shape == (0, 5)
    assert opened(batch_of()).frame.shape == (0, 0)


@pytest.mark.parametrize("count", [0, 2])
def test_a_stream_of_no_or_several_batches_is_one_frame(count: int) -> None:
    batch = batch_of(x=pa.array([1, 2]), s=pa.array(["a", None]))
    descriptor = os.memfd_create("input")
    with (
        os.fdopen(descriptor, "wb", closefd=False) as file,
        ipc.new_stream(file, batch.schema) as writer,
    ):
        for _ in range(count):
            writer.write_batch(batch)
    frame = open_frame([descriptor]).frame
    os.close(descriptor)
    frame["x"] += 1
    assert frame["x"].tolist() == [2, 3] * count
    assert list(frame.columns) == ["x", "s"]


def test_columns_can_be_added_to_a_wide_frame_of_alternating_types(opened: Open) -> None:
    columns = {
        f"c{number}": pa.array(np.arange(3, dtype=np.float64 if number % 2 else np.int64))
        for number in range(300)
    }
    frame = opened(batch_of(**columns)).frame
    # Warnings are errors: pandas would complain about a frame in shreds.
    for number in range(50):
        frame[f"n{number}"] = number
    assert frame["c299"].tolist() == [0.0, 1.0, 2.0]
    assert frame["c298"].dtype == np.int64


def test_a_wide_frame_of_one_type_is_not_copied(opened: Open) -> None:
    columns = {f"c{number}": pa.array(np.arange(8) + number) for number in range(300)}
    table = opened(batch_of(**columns))
    for position in (0, 150, 299):
        values = table.frame.iloc[:, position].to_numpy()
        assert values[0] == position
        assert table.columns[position].extents[0][0] == values.ctypes.data


def _sort(frame: pd.DataFrame) -> None:
    frame.sort_values("b", ascending=False, inplace=True)


def _assign_where(frame: pd.DataFrame) -> None:
    frame.loc[frame["a"] > 3, "b"] = -1.0


def _multiply(frame: pd.DataFrame) -> None:
    frame["a"] *= 2


def _multiply_all(frame: pd.DataFrame) -> None:
    frame[["a", "b"]] *= 3


def _set_loc(frame: pd.DataFrame) -> None:
    frame.loc[2, "a"] = 77


def _set_iloc(frame: pd.DataFrame) -> None:
    frame.iloc[1:4, 1] = 0.5


def _set_at(frame: pd.DataFrame) -> None:
    frame.at[0, "s"] = "changed"


def _set_iat(frame: pd.DataFrame) -> None:
    frame.iat[0, 0] = 9


def _set_column(frame: pd.DataFrame) -> None:
    frame.loc[:, "a"] = np.arange(len(frame))[::-1]


def _set_time(frame: pd.DataFrame) -> None:
    frame.loc[3, "t"] = pd.Timestamp("2001-01-01")
    frame.loc[3, "z"] = pd.Timestamp("2001-01-01", tz="UTC")


def _set_flag(frame: pd.DataFrame) -> None:
    frame.loc[0, "f"] = True


def _fill(frame: pd.DataFrame) -> None:
    frame.fillna({"n": 0, "s": "none"}, inplace=True)


def _replace(frame: pd.DataFrame) -> None:
    frame.replace({"a": {1: 100}}, inplace=True)


def _insert(frame: pd.DataFrame) -> None:
    frame.insert(1, "new", frame["a"] + frame["b"])


def _drop(frame: pd.DataFrame) -> None:
    frame.drop(columns=["b"], inplace=True)
    frame.drop(index=[0], inplace=True)


def _rename(frame: pd.DataFrame) -> None:
    frame.rename(columns={"a": "renamed"}, inplace=True)
    frame["renamed"] += 1


def _evaluate(frame: pd.DataFrame) -> None:
    frame.eval("c = a + b", inplace=True, engine="python")
    frame.query("a > 2", inplace=True, engine="python")


def _clip(frame: pd.DataFrame) -> None:
    frame["b"].clip(upper=2, inplace=False)
    frame["b"] = frame["b"].clip(upper=2)


def _set_category(frame: pd.DataFrame) -> None:
    frame.loc[0, "k"] = "y"


def _group(frame: pd.DataFrame) -> None:
    frame["mean"] = frame.groupby("s", dropna=False)["b"].transform("mean")


def _merge(frame: pd.DataFrame) -> None:
    frame["other"] = frame.merge(frame[["a", "b"]], on="a", suffixes=("", "_r"))["b_r"]


def _pivot(frame: pd.DataFrame) -> None:
    table = frame.pivot_table(index="s", values="b", aggfunc="sum")
    frame["p"] = frame["s"].map(table["b"])


OPERATIONS: list[Callable[[pd.DataFrame], None]] = [
    _sort,
    _assign_where,
    _multiply,
    _multiply_all,
    _set_loc,
    _set_iloc,
    _set_at,
    _set_iat,
    _set_column,
    _set_time,
    _set_flag,
    _fill,
    _replace,
    _insert,
    _drop,
    _rename,
    _evaluate,
    _clip,
    _set_category,
    _group,
    _merge,
    _pivot,
]


def _everything() -> pa.RecordBatch:
    return batch_of(
        a=pa.array([1, 2, 3, 4, 5]),
        b=pa.array([0.5, 1.5, 2.5, 3.5, 4.5]),
        n=pa.array([1, None, 3, None, 5]),
        s=pa.array(["x", None, "y", "x", "y"], pa.large_string()),
        f=pa.array([False, True, False, True, True]),
        t=pa.array([1, 2, 3, 4, 5], pa.timestamp("us")),
        z=pa.array([1, 2, 3, 4, 5], pa.timestamp("us", "UTC")),
        k=pa.array(["x", "y", "x", None, "y"]).dictionary_encode(),
    )


# Scripts of the classic studio use `inplace`, which pandas will remove.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
def test_a_script_may_write_to_its_input(
    sealed: Seal, operation: Callable[[pd.DataFrame], None]
) -> None:
    descriptor = sealed(_everything())
    before = os.pread(descriptor, 1 << 20, 0)
    frame = open_frame([descriptor]).frame
    plain = frame.copy()
    operation(frame)
    operation(plain)
    pd.testing.assert_frame_equal(frame, plain)
    assert os.pread(descriptor, 1 << 20, 0) == before
    os.close(descriptor)
