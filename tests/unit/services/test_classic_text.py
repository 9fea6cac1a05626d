from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.services.classic_text import (
    date_time_text,
    double_text,
    read_date_time,
    read_time_span,
    single_text,
    time_span_text,
)

NOON = 1_275_242_940_000_000_000  # 2010-05-30 18:09:00


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.059025701135397, "0.059025701135397"),
        (1e-05, "1E-05"),
        (0.0001, "0.0001"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (65.0, "65"),
        (-0.5, "-0.5"),
        (1e14, "100000000000000"),
        (1e15, "1E+15"),
        (1.2345678901234568e17, "1.2345678901234568E+17"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1.7976931348623157e308, "1.7976931348623157E+308"),
        (5e-324, "4.94065645841247E-324"),
    ],
)
def test_a_double_is_written_as_dot_net_does(number: float, text: str) -> None:
    assert double_text(number) == text


@given(st.floats(allow_nan=False))
def test_a_double_comes_back_from_its_text(number: float) -> None:
    assert float(double_text(number)) == number


@given(st.floats(width=32, allow_nan=False))
def test_a_single_comes_back_from_its_text(number: float) -> None:
    assert float(np.float32(single_text(number))) == number


def test_a_single_has_no_digits_of_a_double() -> None:
    assert single_text(float(np.float32(0.1))) == "0.1"
    assert single_text(float("nan")) == "NaN"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("5/30/2010 6:09:00 PM", NOON),
        ("05/30/2010 18:09:00", NOON),
        ("5/30/2010 6:09 PM", NOON),
        ("5/30/2010 12:00:00 AM", NOON - 65_340 * 10**9),
        ("5/30/2010 12:09:00 PM", NOON - 6 * 3600 * 10**9),
        ("5/30/2010", NOON - 65_340 * 10**9),
        ("2010-05-30", NOON - 65_340 * 10**9),
        ("2010-05-30T18:09:00", NOON),
        ("2010-05-30 18:09", NOON),
        ("2010-05-30T18:09:00.000Z", NOON),
        ("2010-05-30T18:09:00.0000000", NOON),
        ("2010-05-30T20:09:00+02:00", NOON),
        ("2010-05-30T18:09:00.123456789Z", NOON + 123_456_789),
    ],
)
def test_times_are_read_as_iso_and_as_classic_clients_write_them(text: str, moment: int) -> None:
    assert read_date_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "30/5/2010", "2010-13-01", "2010-02-30", "5/30/10", "2010-05-30T24:00:00"),
        *("5/30/2010 0:09:00 PM", "5/30/2010 13:09:00 PM", "2010-05-30T18:09:00+25:00"),
        *(
            "201\N{ARABIC-INDIC DIGIT ZERO}-05-30",
            "2010-05-30T18:60:00",
            "2010-05-30T18:09:00.1234567891Z",
        ),
    ],
)
def test_other_texts_are_not_times(text: str) -> None:
    with pytest.raises(ValueError):
        read_date_time(text)


def test_a_time_is_written_as_the_classic_service_did() -> None:
    assert date_time_text(NOON, "ns") == "5/30/2010 6:09:00 PM"
    assert date_time_text(0, "s") == "1/1/1970 12:00:00 AM"
    assert date_time_text(-1_500, "ms") == "12/31/1969 11:59:58.5 PM"
    with pytest.raises(ValueError, match="year"):
        date_time_text(10**12, "s")


@given(st.datetimes(), st.sampled_from(["us", "ns"]))
def test_a_time_comes_back_from_its_text(moment: datetime, unit: str) -> None:
    since = moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    microseconds = since // timedelta(microseconds=1)
    units = microseconds * (1 if unit == "us" else 1000)
    assert read_date_time(date_time_text(units, unit)) == microseconds * 1000
    assert read_date_time(moment.isoformat()) == microseconds * 1000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("02:03:04", 7384),
        ("1.02:03:04", 93_784),
        ("-1.02:03:04", -93_784),
        ("1 days 02:03:04", 93_784),
        ("-1 days +23:59:59", -1),
        ("2 days", 172_800),
        ("P1DT2H3M4S", 93_784),
        ("-PT0.5S", -0.5),
        ("00:00:00.5", 0.5),
    ],
)
def test_durations_are_read_in_three_spellings(text: str, seconds: float) -> None:
    assert read_time_span(text) == seconds * 10**9


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "5", "1:2:3", "a day"])
def test_other_texts_are_not_durations(text: str) -> None:
    with pytest.raises(ValueError):
        read_time_span(text)


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(["us", "ns"]))
def test_a_duration_comes_back_from_its_text(units: int, unit: str) -> None:
    assert read_time_span(time_span_text(units, unit)) == units * (1000 if unit == "us" else 1)
