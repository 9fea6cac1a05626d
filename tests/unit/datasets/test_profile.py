import math
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.profile import (
    BinsOutOfRangeError,
    ColumnKind,
    ColumnProfile,
    ColumnTypeError,
    Statistics,
    TopValue,
    profile_dataset,
)

NAN, INF = math.nan, math.inf


def profile_of(values: Any, data_type: Any = None, *, bins: int = 10) -> ColumnProfile:
    column: Any = values
    if not isinstance(values, pa.ChunkedArray | pa.Array):
        column = pa.array(values, data_type)
    [profile] = profile_dataset(Dataset(table=pa.table({"x": column})), bins=bins).columns
    return profile


def statistics_of(values: Any, data_type: Any = None) -> Statistics:
    statistics = profile_of(values, data_type).statistics
    assert statistics is not None
    return statistics


def test_rows_columns_names_and_roles() -> None:
    table = pa.table({"age": [1, 2], "sex": ["f", "m"], "weight": [1.5, 2.5]})
    roles = {"sex": ColumnRole.LABEL, "weight": ColumnRole.WEIGHT}
    profile = profile_dataset(Dataset(table=table, roles=roles))
    assert profile.row_count == 2
    assert [(c.name, c.feature_type, c.type) for c in profile.columns] == [
        ("age", "Numeric Feature", "int64"),
        ("sex", "String Label", "string"),
        ("weight", "Numeric Weight", "float64"),
    ]


@pytest.mark.parametrize(
    ("data_type", "feature_type", "type_text"),
    [
        (pa.bool_(), "Boolean Feature", "boolean"),
        (pa.float32(), "Numeric Feature", "float32"),
        (pa.uint8(), "Numeric Feature", "uint8"),
        (pa.decimal128(10, 2), "Numeric Feature", "decimal(10, 2)"),
        (pa.large_string(), "String Feature", "string"),
        (pa.string_view(), "String Feature", "string"),
        (pa.dictionary(pa.int8(), pa.string()), "Categorical Feature", "categorical of string"),
        (pa.date32(), "Date Feature", "date"),
        (pa.time64("us"), "Time Feature", "time64[us]"),
        (pa.timestamp("us", "UTC"), "DateTime Feature", "timestamp[us, tz=UTC]"),
        (pa.duration("s"), "TimeSpan Feature", "duration[s]"),
        (pa.binary(4), "Binary Feature", "binary"),
        (pa.null(), "Empty Feature", "null"),
    ],
)
@pytest.mark.parametrize("values", [[], [None, None]])
def test_columns_without_values(
    data_type: pa.DataType, feature_type: str, type_text: str, values: list[None]
) -> None:
    profile = profile_of(values, data_type)
    assert (profile.feature_type, profile.type) == (feature_type, type_text)
    assert (profile.count, profile.missing, profile.unique) == (0, len(values), 0)
    assert (profile.infinite, profile.statistics, profile.histogram) == (0, None, None)
    assert not profile.top_values


def test_no_columns_and_no_chunks() -> None:
    assert profile_dataset(Dataset(table=pa.table({}))).columns == ()
    types = {"a": pa.float64(), "b": pa.string(), "c": pa.int8(), "d": pa.decimal128(3, 1)}
    schema = pa.schema([pa.field(name, data_type) for name, data_type in types.items()])
    profile = profile_dataset(Dataset(table=pa.Table.from_batches([], schema)))
    assert [column.unique for column in profile.columns] == [0, 0, 0, 0]


def test_nan_is_missing_and_infinities_are_left_out() -> None:
    profile = profile_of([1.0, NAN, None, 3.0, INF, -INF, INF])
    assert (profile.count, profile.missing, profile.infinite, profile.unique) == (5, 2, 3, 4)
    assert profile.statistics is not None
    assert (profile.statistics.minimum, profile.statistics.maximum) == (1.0, 3.0)
    assert (profile.statistics.mean, profile.statistics.median) == (2.0, 2.0)
    assert profile.histogram is not None
    assert sum(profile.histogram.counts) == 2


def test_only_infinities() -> None:
    profile = profile_of([INF, INF, None])
    assert (profile.count, profile.missing, profile.infinite, profile.unique) == (2, 1, 2, 1)
    assert profile.statistics is None
    assert profile.histogram is None


def test_negative_zero_is_zero() -> None:
    profile = profile_of([-0.0, 0.0])
    assert profile.unique == 1
    assert profile.statistics is not None
    assert str(profile.statistics.minimum) == "0.0"


@pytest.mark.parametrize(("value", "data_type"), [(0.1, pa.float64()), (7, pa.int16())])
def test_a_single_value_has_no_deviation_and_equal_ones_none_at_all(
    value: float, data_type: pa.DataType
) -> None:
    alone = profile_of([value], data_type)
    assert alone.statistics is not None
    assert alone.statistics.standard_deviation is None
    same = profile_of([value] * 1000, data_type)
    assert same.statistics is not None
    assert same.statistics.standard_deviation == 0
    assert same.statistics.mean == value
    assert same.histogram is not None
    assert (same.histogram.edges, same.histogram.counts) == ((value, value), (1000,))


def test_floats_at_the_limits() -> None:
    largest = 1.7e308
    statistics = statistics_of([largest, largest, -largest])
    assert statistics.mean == pytest.approx(largest / 3)
    assert statistics.median == largest
    assert statistics.first_quartile == pytest.approx(0.0)
    assert statistics.standard_deviation is None
    profile = profile_of([largest, 0.0, -largest])
    assert profile.histogram is not None
    assert [edge for edge in profile.histogram.edges if not math.isfinite(float(edge))] == []
    assert profile.histogram.counts == (1, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    tiny = statistics_of([1e-300, 3e-300])
    assert tiny.standard_deviation == pytest.approx(math.sqrt(2) * 1e-300)


def test_integers_at_the_limits_are_not_rounded() -> None:
    top = 2**63 - 1
    statistics = statistics_of([top, top - 1, top - 2], pa.int64())
    assert (statistics.minimum, statistics.median, statistics.maximum) == (top - 2, top - 1, top)
    assert statistics.standard_deviation == 1.0
    widest = statistics_of([-(2**63), 0, top], pa.int64())
    assert (widest.minimum, widest.median, widest.maximum) == (-(2**63), 0, top)
    unsigned = statistics_of([2**64 - 1, 2**64 - 3], pa.uint64())
    assert (unsigned.minimum, unsigned.maximum) == (2**64 - 3, 2**64 - 1)
    assert unsigned.median == 2**64 - 2


def test_decimals_stay_decimals() -> None:
    values = [Decimal("1.50"), Decimal("2.25"), None, Decimal("-99999999999999999999.01")]
    for data_type in (pa.decimal128(30, 2), pa.decimal256(60, 2)):
        profile = profile_of(values, data_type)
        statistics = profile.statistics
        assert (profile.count, profile.missing, profile.unique) == (3, 1, 3)
        assert statistics is not None
        assert str(statistics.minimum) == "-99999999999999999999.01"
        assert (str(statistics.median), str(statistics.maximum)) == ("1.50", "2.25")
        assert str(statistics.third_quartile) == "1.875"
        assert isinstance(statistics.mean, float)


def test_narrow_and_negative_scale_decimals() -> None:
    narrow = statistics_of([Decimal("0.1"), Decimal("0.4")], pa.decimal32(3, 1))
    assert (str(narrow.minimum), str(narrow.median)) == ("0.1", "0.25")
    hundreds = statistics_of([Decimal("1200"), Decimal("1500")], pa.decimal128(5, -2))
    assert (hundreds.minimum, hundreds.maximum) == (1200, 1500)
    assert hundreds.standard_deviation == pytest.approx(math.sqrt(2) * 150)


def test_ten_top_values_with_ties_as_they_come() -> None:
    values = ["z", *"abcdefghijkl", "l", None, "z", "z"]
    for data_type in (pa.string(), pa.large_string(), pa.string_view()):
        profile = profile_of(values, data_type)
        assert (profile.count, profile.missing, profile.unique) == (16, 1, 13)
        assert profile.top_values is not None
        assert [(top.value, top.count) for top in profile.top_values] == [
            ("z", 3),
            ("l", 2),
            *((letter, 1) for letter in "abcdefgh"),
        ]


def test_booleans_are_counted() -> None:
    profile = profile_of([True, False, None, True])
    assert profile.kind is ColumnKind.BOOLEAN
    assert profile.top_values == (
        TopValue(value=True, count=2),
        TopValue(value=False, count=1),
    )


def test_categories_may_differ_by_chunk_repeat_and_be_missing() -> None:
    repeated = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, 2, None, 0], pa.int8()), pa.array(["x", None, "x"])
    )
    other = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), pa.array(["y", "x"]))
    profile = profile_of(pa.chunked_array([repeated, other]))
    assert (profile.count, profile.missing, profile.unique) == (5, 2, 2)
    assert profile.top_values == (TopValue(value="x", count=4), TopValue(value="y", count=1))


def test_nan_among_categories_is_missing() -> None:
    profile = profile_of(
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 1, 0, 0]), pa.array([NAN, 2.5]))
    )
    assert (profile.count, profile.missing, profile.unique) == (2, 3, 1)
    assert profile.top_values == (TopValue(value=2.5, count=2),)


@pytest.mark.parametrize(
    "data_type", [pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(2)]
)
def test_binary_columns_have_counts_only(data_type: pa.DataType) -> None:
    profile = profile_of([b"aa", b"bb", b"aa", None], data_type)
    assert (profile.count, profile.missing, profile.unique) == (3, 1, 2)
    assert (profile.statistics, profile.histogram, profile.top_values) == (None, None, None)


def test_bins_can_be_chosen() -> None:
    histogram = profile_of([0, 1, 2, 3], pa.int64(), bins=2).histogram
    assert histogram is not None
    assert (histogram.edges, histogram.counts) == ((0, 1.5, 3), (2, 2))


@pytest.mark.parametrize("bins", [0, -1, 10_001])
def test_impossible_bins(bins: int) -> None:
    with pytest.raises(BinsOutOfRangeError) as caught:
        profile_of([1.0], bins=bins)
    assert str(caught.value) == (
        f"A histogram cannot have {bins} bins: choose a number from 1 to 10000."
    )
    assert (caught.value.bins, caught.value.classic_number) == (bins, 8)


def test_nested_columns_are_refused_by_name() -> None:
    with pytest.raises(
        ColumnTypeError, match=r"'x' holds values of type 'list<.*int64>'"
    ) as caught:
        profile_of([[1, 2]])
    assert caught.value.column == "x"
