from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from studiolo_guest.debugging.shown import Shown, is_plain

BY = "\N{MULTIPLICATION SIGN}"
SECRET = "Zm9vYmFy"


def text_of(value: object) -> str:
    found: str = Shown((SECRET,))(value)["text"]
    return found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (3, "3"),
        ("it's", '"it\'s"'),
        ([1, [2, [3, [4, [5]]]]], "[1, [2, [3, [4, [...]]]]]"),
        ({"b": 1, "a": {"c"}}, "{'b': 1, 'a': {'c'}}"),
        (set(), "set()"),
        (frozenset({1}), "frozenset({1})"),
        ({}, "{}"),
        (
            {"frame": pd.DataFrame({"a": [1, 2]})},
            "{'frame': <DataFrame 2 \N{MULTIPLICATION SIGN} 1>}",
        ),
        ([np.zeros((2, 3))], "[<ndarray 2 \N{MULTIPLICATION SIGN} 3>]"),
        (np.array([1, 2]), "2, int64\n[1, 2]"),
        (np.array(7), "a single value, int64\n7"),
        (pd.Timestamp("2020-01-02"), "Timestamp('2020-01-02 00:00:00')"),
    ],
)
def test_a_value_is_shown_as_python_shows_it(value: object, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        b"y" * 10**6,
        10**4000,
        list(range(10**5)),
        set(range(10**5)),
        dict.fromkeys(range(10**5)),
        [["z" * 10**5] * 99] * 99,
        np.zeros((1000, 1000)),
        np.zeros((9, 9, 9)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_large_value_is_cut(value: object) -> None:
    assert 0 < len(text_of(value)) <= 1000


def test_the_length_of_a_long_text_is_told() -> None:
    assert text_of("x" * 12345).endswith("… (12,345 characters)")


def test_secrets_are_hidden_before_a_text_is_cut() -> None:
    @dataclass
    class Login:
        user: str
        password: str

    assert text_of(f"see {SECRET}") == "'see •••'"
    assert SECRET[:4] not in text_of("x" * (400 - 4) + SECRET)
    assert text_of({"password": "hunter2"}) == "{'password': •••}"
    assert text_of([Login("me", "hunter2")]).endswith("Login(user='me', password=•••)]")


def test_a_frame_is_a_little_table() -> None:
    frame = pd.DataFrame(
        {
            "n": range(100),
            "day": pd.date_range("2020-01-01", periods=100),
            "api_key": ["abc"] * 100,
            **{f"c{n}": ["x" * 500] * 100 for n in range(20)},
        }
    )
    table: dict[str, Any] = Shown(())(frame)["table"]
    assert (table["rows"], table["columns"]) == (100, 23)
    assert table["names"] == ["n", "day", "api_key", "c0", "c1", "c2", "c3", "c4"]
    assert table["index"] == ["0", "1", "2", "3", "4"]
    assert table["cells"][1][:3] == ["1", "2020-01-02 00:00:00", "•••"]
    assert len(table["cells"][0][3]) == 80


@pytest.mark.parametrize(
    ("frame", "size"),
    [
        (pd.DataFrame(), (0, 0)),
        (pd.DataFrame(index=[1, 2]), (2, 0)),
        (pd.DataFrame({"a": []}), (0, 1)),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), (1, 2)),
        (pd.Series([1, None], name=("a", 1)), (2, 1)),
        (pd.DataFrame({"a": pd.Series([pd.NA, pd.NaT, None], dtype=object)}), (3, 1)),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), (1, 1)),
    ],
    ids=str,
)
def test_a_frame_of_any_shape(frame: object, size: tuple[int, int]) -> None:
    table = Shown(())(frame)["table"]
    assert (table["rows"], table["columns"]) == size
    assert all(len(row) == len(table["names"]) for row in table["cells"])
    assert len(table["cells"]) == len(table["index"]) or not table["names"]


def test_only_values_of_python_itself_are_plain() -> None:
    class Text(str):
        pass

    assert is_plain("a")
    assert not is_plain(Text("a"))
    assert not is_plain([1])
