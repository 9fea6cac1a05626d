import datetime as dt
import io
import math
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from studiolo.cli.views.profile_text import (
    histogram_blocks,
    short_number,
    short_value,
    top_values_text,
)
from studiolo.cli.views.profile_view import render_profile
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.profile import ColumnKind, TopValue, profile_dataset

PASSENGERS = pa.table(
    {
        "age": [22.0, 38.0, 26.0, 35.0, None, 54.0],
        "sex": ["male", "female", "female", "female", "male", "male"],
        "name": [f"passenger {number}" for number in range(6)],
        "boarded": [dt.datetime(1912, 4, 10, 12, number) for number in range(6)],
        "survived": [False, True, True, True, False, False],
        "fare": [7.25, math.inf, 7.925, 53.1, 8.05, -0.0],
    }
)


def printed(table: pa.Table, width: int) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    console.print(render_profile(profile_dataset(Dataset(table=table))))
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_a_wide_terminal_shows_everything() -> None:
    assert printed(PASSENGERS, 160) == [
        "6 rows, 6 columns",
        "",
        "name      type           missing  unique              mean            median"
        "               min               max     std  distribution",
        "age       float64              1       5                35                35"
        "                22                54   12.45  ██  ██   █",
        "sex       string               0       2                 ·                 ·"
        "                 ·                 ·       ·  male 50%, female 50%",
        "name      string               0       6                 ·                 ·"
        "                 ·                 ·       ·  passenger 0 17%, passenger 1 17%",
        "boarded   timestamp[us]        0       6  1912-04-10 12:02  1912-04-10 12:02"
        "  1912-04-10 12:00  1912-04-10 12:05  1m 52s  █ █ █ █ ██",
        "survived  boolean              0       2                 ·                 ·"
        "                 ·                 ·       ·  false 50%, true 50%",
        "fare      float64              0       6             15.27             7.925"
        "                 0              53.1   21.42  ▃█       ▃",
        "",
        "fare: 1 infinite, left out of the statistics.",
    ]


def test_a_narrow_terminal_says_what_it_leaves_out() -> None:
    lines = printed(PASSENGERS.select(["age", "sex"]), 60)
    assert lines[2].split() == [
        *("name", "missing", "unique", "mean", "min", "max", "distribution")
    ]
    assert lines[-1] == "No room for median, type, std: --json shows everything."
    assert max(map(len, lines)) <= 60


def test_long_names_are_cut_before_columns_go() -> None:
    table = pa.table({"the number of times a patient was pregnant": [1, 2, 3]})
    heading, row = printed(table, 90)[2:4]
    assert heading.split()[-2:] == ["std", "distribution"]
    assert row.startswith("the number of times …  ")


def test_days_are_enough_where_the_clock_has_no_room() -> None:
    moments = [dt.datetime(2020, 1, 1, 10, 30), dt.datetime(2023, 1, 1, 10, 30)]
    wide, narrow = (printed(pa.table({"at": moments}), width)[3] for width in (140, 80))
    assert "2020-01-01 10:30" in wide
    assert "2020-01-01" in narrow
    assert "10:30" not in narrow


def test_no_columns() -> None:
    assert printed(pa.table({}), 80) == ["0 rows, 0 columns"]


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
def test_hostile_texts_keep_to_their_line_and_width(width: int) -> None:
    name = "\x1b[31mred\n[bold]x[/bold]"
    table = pa.table({name: ["a\nb\x1b[2J", "日本語テキスト" * 9, None, "x" * 10_000]})
    lines = printed(table, width)
    assert "\x1b" not in "".join(lines)
    assert max(map(cell_len, lines)) <= width
    assert len([line for line in lines if line.startswith("\ufffd[31m"[: width // 4])]) == 1


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (3.8450520833, "3.845"),
        (120.8945, "120.9"),
        (999.96, "1000"),
        (12345.678, "12,346"),
        (-0.33, "-0.33"),
        (0.0001234567, "0.0001235"),
        (0.00001234567, "1.235e-5"),
        (199, "199"),
        (123456789, "123,456,789"),
        (2**63 - 1, "9.223e18"),
        (1.7e308, "1.7e308"),
        (-1e9, "-1e9"),
        (100.0, "100"),
    ],
)
def test_short_numbers(number: float, text: str) -> None:
    assert short_number(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_short_numbers_are_near_and_short(number: float) -> None:
    text = short_number(number).replace(",", "")
    assert len(text) <= 11
    assert Decimal(text) == pytest.approx(Decimal(number), rel=Decimal("0.001"))


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("2024-03-01", ColumnKind.DATE, "2024-03-01"),
        ("2024-03-01T12:30:59.25+01:00", ColumnKind.DATE_TIME, "2024-03-01 12:30"),
        ("12:30:00", ColumnKind.TIME, "12:30:00"),
        ("-P2DT1H57M36S", ColumnKind.TIME_SPAN, "-2d 1h"),
        ("PT0.5S", ColumnKind.TIME_SPAN, "0.5s"),
        ("PT1M52.249722S", ColumnKind.TIME_SPAN, "1m 52s"),
        ("PT52.249722S", ColumnKind.TIME_SPAN, "52.25s"),
        (True, ColumnKind.BOOLEAN, "true"),
    ],
)
def test_short_values(value: str | bool, kind: ColumnKind, text: str) -> None:
    assert short_value(value, kind) == text


def test_blocks_show_the_smallest_bin_and_leave_empty_ones_empty() -> None:
    assert histogram_blocks([1, 0, 1000, 500, 126]) == "▁ █▄▂"
    assert histogram_blocks([5]) == "█"
    assert histogram_blocks([1] * 20) == "█" * 10


def test_top_values_fill_the_room_there_is() -> None:
    tops = [TopValue(value="male", count=2), TopValue(value="", count=1)]
    assert top_values_text(tops, 300, 60) == "male <1%, (empty text) <1%"
    assert top_values_text(tops, 3, 12) == "male 67%"
    assert top_values_text([TopValue(value="x" * 99, count=1)], 1, 14) == "xxxxxxxx… 100%"
    assert top_values_text([TopValue(value="x" * 99, count=1)], 1, 6) == "xxxxx…"
