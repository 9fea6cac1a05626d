import os
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import ipc

from studiolo_guest.frames.arrays import ArrowArray
from studiolo_guest.frames.opening import InputFrame
from studiolo_guest.frames.output import frame_to_output
from studiolo_guest.frames.writing import write_batch

Open = Callable[[pa.RecordBatch], InputFrame]

_INT64 = st.integers(-(2**63) + 1, 2**63 - 1)
_DAY = st.dates(date(1, 1, 1), date(9999, 12, 31))
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_UNITS: Any = st.sampled_from(["s", "ms", "us", "ns"])


def _integers() -> st.SearchStrategy[tuple[pa.DataType, st.SearchStrategy[Any]]]:
    def of(bits: int, signed: bool) -> tuple[pa.DataType, st.SearchStrategy[Any]]:
        if signed:
            kind: Any = getattr(pa, f"int{bits}")()
            return kind, st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        kind = getattr(pa, f"uint{bits}")()
        return kind, st.integers(0, 2**bits - 1)

    return st.builds(of, st.sampled_from([8, 16, 32, 64]), st.booleans())


def _decimal(precision: int) -> tuple[pa.DataType, st.SearchStrategy[Any]]:
    digits = st.integers(-(10**precision) + 1, 10**precision - 1)
    kind = pa.decimal128(precision, 2) if precision <= 38 else pa.decimal256(precision, 2)
    return kind, digits.map(lambda whole: Decimal(f"{whole}E-2"))


#: A type of a dataset and its values; text and bytes in the layout that the guest writes.
_KINDS: st.SearchStrategy[tuple[Any, st.SearchStrategy[Any]]] = st.one_of(
    _integers(),
    st.sampled_from(
        [
            (pa.bool_(), st.booleans()),
            (pa.float64(), st.floats(allow_nan=False)),
            (pa.float32(), st.floats(allow_nan=False, width=32)),
            (pa.large_string(), _TEXT),
            (pa.large_binary(), st.binary(max_size=6)),
            (pa.binary(), st.binary(max_size=6)),
            (pa.date32(), _DAY),
        ]
    ),
    st.sampled_from([3, 18, 38, 60]).map(_decimal),
    _UNITS.map(lambda unit: (pa.timestamp(unit), _INT64)),
    _UNITS.map(lambda unit: (pa.duration(unit), _INT64)),
    st.tuples(_UNITS, st.sampled_from(["UTC", "Europe/Berlin", "+05:30"])).map(
        lambda of: (pa.timestamp(*of), st.integers(-(10**9), 10**9))
    ),
)


@st.composite
def _columns(draw: st.DrawFn, rows: int) -> ArrowArray:
    kind, values = draw(_KINDS)
    missing = st.none() if draw(st.booleans()) else values
    items = draw(st.lists(st.one_of(values, missing), min_size=rows, max_size=rows))
    column: ArrowArray = pa.array(items, type=kind)
    return column


@st.composite
def _categories(draw: st.DrawFn, rows: int) -> ArrowArray:
    categories = draw(st.lists(_TEXT, min_size=1, max_size=5, unique=True))
    code = st.one_of(st.integers(0, len(categories) - 1), st.none())
    codes: Any = pa.array(draw(st.lists(code, min_size=rows, max_size=rows)), pa.int8())
    values: Any = pa.array(categories, pa.large_string())
    return pa.DictionaryArray.from_arrays(codes, values, ordered=draw(st.booleans()))


@st.composite
def _batches(draw: st.DrawFn) -> pa.RecordBatch:
    rows = draw(st.integers(0, 5))
    column = st.one_of(_columns(rows), _categories(rows))
    columns: list[Any] = draw(st.lists(column, max_size=5))
    return pa.RecordBatch.from_arrays(columns, names=[f"c{n}" for n in range(len(columns))])


def _nan_for_null(column: Any) -> Any:
    """A missing float travels as NaN once pandas has had it."""
    if pa.types.is_floating(column.type):
        return column.fill_null(float("nan"))
    return column


_NO_DATES = pa.RecordBatch.from_pydict({"c0": pa.array([], pa.date32())})


@settings(max_examples=150, deadline=None)
@given(batch=_batches())
@example(batch=_NO_DATES)
def test_types_values_and_nulls_come_back(opened: Open, batch: pa.RecordBatch) -> None:
    table = opened(batch)
    log: list[str] = []
    back = frame_to_output(table.frame, [table], log=log.append).batch
    back.validate(full=True)
    assert back.schema.names == batch.schema.names
    assert back.schema.types == batch.schema.types
    for given_column, column in zip(batch.columns, back.columns, strict=True):
        expected = _nan_for_null(given_column)
        assert column.null_count == expected.null_count
        assert _comparable(column) == _comparable(expected)
    assert log == []


def _comparable(column: Any) -> list[str]:
    if pa.types.is_temporal(column.type) and not pa.types.is_date(column.type):
        column = column.cast(pa.int64())
    # `repr` tells 0.0 from -0.0 and lets NaN equal NaN.
    return [repr(value) for value in column.to_pylist()]


@settings(max_examples=50, deadline=None)
@given(batch=_batches())
def test_what_is_written_is_what_is_read(batch: pa.RecordBatch) -> None:
    descriptor = os.memfd_create("result")
    write_batch(descriptor, batch)
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        with ipc.open_stream(file) as reader:
            assert reader.schema == batch.schema
            batches = list(reader)
    assert len(batches) == 1
    assert batches[0].equals(batch)


def test_a_string_column_comes_back_with_wide_offsets(opened: Open) -> None:
    batch = pa.RecordBatch.from_pydict({"x": pa.array(["a", None], pa.string())})
    column = frame_to_output(opened(batch).frame, log=print).batch.column(0)
    assert column.type == pa.large_string()
    assert column.to_pylist() == ["a", None]


def test_spans_of_days_come_back(opened: Open) -> None:
    frame = pd.DataFrame({"x": np.array([timedelta(days=5), None], dtype="m8[s]")})
    batch = frame_to_output(frame, log=print).batch
    pd.testing.assert_frame_equal(opened(batch).frame, frame)
