"""The profile against plain, slow arithmetic, for any values."""

import math
import statistics as plain
from collections import Counter
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.profile import ColumnProfile, profile_dataset

INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 5)
MODERATE = st.floats(-1e100, 1e100, allow_subnormal=False) | st.sampled_from([0.5, 1.0, 3.0])


def profile_in_chunks(values: list[object], data_type: pa.DataType, bins: int) -> ColumnProfile:
    middle = len(values) // 2
    parts = (values[:middle], values[middle:])
    batches = [pa.record_batch({"x": pa.array(part, data_type)}) for part in parts]
    table = pa.Table.from_batches(batches)
    [profile] = profile_dataset(Dataset(table=table), bins=bins).columns
    return profile


@given(st.lists(st.none() | INTEGERS, min_size=1), st.integers(1, 13))
def test_integers(values: list[object], bins: int) -> None:
    profile = profile_in_chunks(values, pa.int64(), bins)
    present = sorted(value for value in values if isinstance(value, int))
    assert profile.count == len(present)
    assert profile.missing == len(values) - len(present)
    assert profile.unique == len(set(present))
    if not present:
        assert profile.statistics is None
        return
    assert profile.statistics is not None
    assert profile.histogram is not None
    low, high = present[0], present[-1]
    assert (profile.statistics.minimum, profile.statistics.maximum) == (low, high)
    middle = Fraction(present[(len(present) - 1) // 2] + present[len(present) // 2], 2)
    exactly = middle.numerator if middle.denominator == 1 else float(middle)
    assert profile.statistics.median == exactly
    mean = float(profile.statistics.mean)
    assert mean == float(Fraction(sum(present), len(present)))
    if len(present) > 1:
        expected = math.sqrt(plain.variance(map(Fraction, present)))
        assert float(profile.statistics.standard_deviation or 0) == pytest.approx(expected)
    if low < high:
        places = [min((value - low) * bins // (high - low), bins - 1) for value in present]
        counted = Counter(places)
        assert profile.histogram.counts == tuple(counted[place] for place in range(bins))


@given(st.lists(st.none() | st.just(math.nan) | MODERATE, min_size=1), st.integers(1, 13))
def test_floats_as_numpy_sees_them(values: list[object], bins: int) -> None:
    profile = profile_in_chunks(values, pa.float64(), bins)
    present = np.array([v for v in values if isinstance(v, float) and not math.isnan(v)])
    assert (profile.count, profile.missing) == (present.size, len(values) - present.size)
    assert profile.unique == len(set(present.tolist()))
    if present.size == 0:
        assert profile.statistics is None
        return
    found = profile.statistics
    assert found is not None
    low, high = present.min(), present.max()
    assert (found.minimum, found.maximum) == (low, high)
    near = {"rel": 1e-9, "abs": max(abs(low), abs(high)) * 1e-12}
    quartiles = (found.first_quartile, found.median, found.third_quartile)
    assert list(map(float, quartiles)) == pytest.approx(
        np.quantile(present, [0.25, 0.5, 0.75]).tolist(), **near
    )
    assert float(found.mean) == pytest.approx(present.mean(), **near)
    assert low <= float(found.mean) <= high
    if present.size > 1:
        # NumPy squares the numbers, so that small ones vanish.
        scale = max(abs(low), abs(high)) or 1.0
        expected = (present / scale).std(ddof=1) * scale
        assert float(found.standard_deviation or 0) == pytest.approx(expected, **near)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2))
def test_float_histograms_keep_their_word(values: list[object]) -> None:
    histogram = profile_in_chunks(values, pa.float64(), 10).histogram
    assert histogram is not None
    edges, counts = [float(edge) for edge in histogram.edges], histogram.counts
    assert sum(counts) == len(values)
    assert edges == sorted(edges)
    numbers = [value for value in values if isinstance(value, float)]
    for place, count in enumerate(counts):
        last = place == len(counts) - 1
        inside = [
            number
            for number in numbers
            if edges[place] <= number and (number < edges[place + 1] or last)
        ]
        assert len(inside) == count


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50).filter(lambda v: min(v) < max(v)))
def test_float_histogram_is_numpys(values: list[object]) -> None:
    histogram = profile_in_chunks(values, pa.float64(), 10).histogram
    assert histogram is not None
    try:
        counts, edges = np.histogram(np.array(values, dtype=float), 10)
    except ValueError:
        # NumPy gives up where fewer floats than bins lie between the ends; ours does not.
        reject()
    assert histogram.counts == tuple(counts)
    assert histogram.edges == tuple(edges)


@given(st.lists(st.none() | st.text(max_size=2)))
def test_texts(values: list[object]) -> None:
    for data_type in (pa.string(), pa.dictionary(pa.int32(), pa.string())):
        profile = profile_in_chunks(values, data_type, 10)
        counted = Counter(value for value in values if value is not None)
        assert profile.count == counted.total()
        assert profile.missing == len(values) - counted.total()
        assert profile.unique == len(counted)
        assert profile.top_values is not None
        assert [(top.value, top.count) for top in profile.top_values] == counted.most_common(10)
