import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.profile import Histogram, Statistics, profile_dataset


def shown(values: Any, data_type: pa.DataType) -> tuple[Statistics, Histogram]:
    table = pa.table({"x": pa.array(values, data_type)})
    [profile] = profile_dataset(Dataset(table=table)).columns
    assert profile.statistics is not None
    assert profile.histogram is not None
    return profile.statistics, profile.histogram


def test_dates() -> None:
    days = [dt.date(2024, 3, 1), dt.date(2024, 3, 4), None, dt.date(2024, 2, 29)]
    for data_type in (pa.date32(), pa.date64()):
        statistics, histogram = shown(days, data_type)
        assert (statistics.minimum, statistics.maximum) == ("2024-02-29", "2024-03-04")
        assert (statistics.median, statistics.mean) == ("2024-03-01", "2024-03-01")
        assert statistics.standard_deviation == "P2DT1H57M36S"
        assert (histogram.edges[0], histogram.edges[-1]) == ("2024-02-29", "2024-03-04")
        assert sum(histogram.counts) == 3


def test_date_edges_are_those_that_the_counts_are_of() -> None:
    statistics, histogram = shown([0, 1, 2, 3], pa.date32())
    assert statistics.third_quartile == "1970-01-03"
    assert histogram.edges[:5] == ("1970-01-01", *["1970-01-02"] * 3, "1970-01-03")
    assert histogram.counts == (1, 0, 0, 1, 0, 0, 1, 0, 0, 1)


@pytest.mark.parametrize(
    ("units", "data_type", "expected"),
    [
        (0, pa.timestamp("s"), "1970-01-01T00:00:00"),
        (1_500, pa.timestamp("ms"), "1970-01-01T00:00:01.5"),
        (-1, pa.timestamp("ns"), "1969-12-31T23:59:59.999999999"),
        (1_700_000_000, pa.timestamp("s", "Europe/Rome"), "2023-11-14T23:13:20+01:00"),
        (1_690_000_000, pa.timestamp("s", "America/St_Johns"), "2023-07-22T01:56:40-02:30"),
        (0, pa.timestamp("us", "+05:30"), "1970-01-01T05:30:00+05:30"),
        (0, pa.timestamp("s", "Atlantis/Capital"), "1970-01-01T00:00:00Z"),
        (10**12, pa.timestamp("s"), "33658-09-27T01:46:40"),
        (3_661, pa.time32("s"), "01:01:01"),
        (1_000_001, pa.time64("us"), "00:00:01.000001"),
        (0, pa.duration("s"), "PT0S"),
        (90_061_500, pa.duration("ms"), "P1DT1H1M1.5S"),
        (-86_400, pa.duration("s"), "-P1D"),
        (-1, pa.duration("ns"), "-PT0.000000001S"),
        (2**63 - 1, pa.duration("us"), "P106751991DT4H54.775807S"),
    ],
)
def test_moments_and_durations_as_text(units: int, data_type: pa.DataType, expected: str) -> None:
    storage = pa.int32() if pa.types.is_time32(data_type) else pa.int64()
    column = pa.array([units, units], storage).cast(data_type)
    statistics, _ = shown(column, data_type)
    assert (statistics.minimum, statistics.median, statistics.mean) == (expected,) * 3
    assert statistics.standard_deviation == "PT0S"


def test_whole_range_of_timestamps() -> None:
    ends = pa.array([-(2**63) + 1, 2**63 - 1], pa.int64())
    statistics, histogram = shown(ends.cast(pa.timestamp("us", "UTC")), pa.timestamp("us", "UTC"))
    assert statistics.minimum == "-290308-12-21T19:59:05.224193+00:00"
    assert statistics.maximum == "294247-01-10T04:00:54.775807+00:00"
    assert histogram.counts == (1, *[0] * 8, 1)


def test_categories_of_dates() -> None:
    column = pa.array([5, 5, None], pa.int32()).cast(pa.date32()).dictionary_encode()
    [profile] = profile_dataset(Dataset(table=pa.table({"x": column}))).columns
    assert profile.top_values is not None
    assert [(top.value, top.count) for top in profile.top_values] == [("1970-01-06", 2)]
