import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.rendering.amounts import count_text, duration_text, end_text, moment_text, size_text


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1.0 KiB"),
        (12_595, "12.3 KiB"),
        (200 << 10, "200 KiB"),
        ((1 << 20) - 1, "1.0 MiB"),
        (5 << 30, "5.0 GiB"),
        (3000 << 40, "3,000 TiB"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


@given(st.integers(0, 1 << 60))
def test_a_size_takes_little_room_and_is_right_to_a_tenth(size: int) -> None:
    number, unit = size_text(size).split()
    powers = {"byte": 0, "bytes": 0, "KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40}
    shown = float(number.replace(",", "")) * 2 ** powers[unit]
    assert abs(shown - size) <= 0.051 * max(size, 1)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.00 s"),
        (0.017, "0.02 s"),
        (9.99, "9.99 s"),
        (9.996, "10.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3599.6, "1 h 0 min"),
        (4_000_000, "1,111 h 6 min"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_one_is_no_plural() -> None:
    assert [count_text(n, "row") for n in (0, 1, 1024)] == ["0 rows", "1 row", "1,024 rows"]


@pytest.mark.usefixtures("new_york")
def test_moments_are_those_of_this_machines_clock() -> None:
    began = datetime(2025, 1, 31, 4, 59, 58, tzinfo=UTC)
    assert moment_text(began) == "2025-01-30 23:59:58"
    assert end_text(began + timedelta(seconds=1), after=began) == "23:59:59"
    assert end_text(began + timedelta(seconds=2), after=began) == "2025-01-31 00:00:00"
    assert moment_text(None) == end_text(None, after=began) == "\N{EN DASH}"
