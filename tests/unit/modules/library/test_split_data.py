from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def split(load_module: Callable[[str], ModuleType]) -> Any:
    return load_module("split_data").azureml_main


def rows(count: int) -> pd.DataFrame:
    return pd.DataFrame({"row": range(count)})


def test_halves_at_random_by_default_and_keeps_the_order(split: Any) -> None:
    first, second = split(rows(1000))
    assert len(first) == 500
    assert first["row"].is_monotonic_increasing
    assert sorted([*first["row"], *second["row"]]) == list(range(1000))
    assert list(first["row"]) != list(split(rows(1000))[0]["row"])


def test_a_seed_gives_the_same_split_each_time(split: Any) -> None:
    first, second = split(rows(100), random_seed=7)
    again, _ = split(rows(100), random_seed=7)
    pd.testing.assert_frame_equal(first, again)
    assert set(first["row"]).isdisjoint(second["row"])


@pytest.mark.parametrize(
    ("count", "fraction", "expected"),
    [(7, 0.5, 3), (100, 0.29, 29), (10, 0.7, 7), (9, 1 / 3, 3), (5, 0, 0), (5, 1, 5), (0, 0.5, 0)],
)
def test_an_odd_row_goes_to_the_second_output(
    split: Any, count: int, fraction: float, expected: int
) -> None:
    first, second = split(rows(count), fraction=fraction, randomized_split=False)
    assert list(first["row"]) == list(range(expected))
    assert list(second["row"]) == list(range(expected, count))


@pytest.mark.parametrize("randomized", [True, False])
def test_each_stratum_has_its_share(split: Any, randomized: bool) -> None:
    keys = pd.Series(["a"] * 31 + ["b"] * 50 + [None] * 20, dtype="category")
    frame = pd.DataFrame({"key": keys.sample(frac=1, random_state=0).to_numpy()})
    first, second = split(
        frame,
        fraction=0.3,
        randomized_split=randomized,
        stratified_split=True,
        stratification_key_column="key",
    )
    assert len(first) == 30
    assert len(second) == 71
    shares = first["key"].value_counts(dropna=False) / frame["key"].value_counts(dropna=False)
    assert np.allclose(shares, 0.3, atol=1 / 20)


def test_a_stratified_split_needs_its_column(split: Any) -> None:
    with pytest.raises(ValueError, match="Choose the stratification key column"):
        split(rows(4), stratified_split=True)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('\\"Text" Gryphon', [0, 3]),
        ('\\"Text" ^(g|G)', [0, 1]),
        ("(\\0) ^[a-f]", [3]),
        ("(\\Text) \\d$", [1]),
    ],
)
@pytest.mark.parametrize("dtype", ["str", "category"])
def test_finds_text(split: Any, expression: str, expected: list[int], dtype: str) -> None:
    texts = ["Gryphon", "gryphon 2", None, "a Gryphon"]
    frame = pd.DataFrame({"Text": pd.Series(texts, dtype=dtype)})
    first, second = split(frame, splitting_mode="Regular Expression", regular_expression=expression)
    assert list(first.index) == expected
    assert sorted([*first.index, *second.index]) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('\\"n" > 2', [3, 4]),
        ("(\\0)<=3 & !=2", [0, 1, 3]),
        ('\\"n" < 1 | >= 2 & < 4', [0, 2, 3]),
        ('\\"n" == 4 | \\"n" == 0', [0, 4]),
        ('\\"when" > 10-08-2015', [4]),
        ('\\"when" >= 2015-10-08', [3, 4]),
        ('\\"when" > 10/8/2015 11:00', [3, 4]),
        ('\\"zoned" == 2015-10-07 12:00', [2]),
        ('\\"Elapsed" < 00:01:00 & > 00:00:30', [2]),
        ('\\"gaps" != 1', [0, 4]),
    ],
)
def test_compares_numbers_dates_and_durations(
    split: Any, expression: str, expected: list[int]
) -> None:
    frame = pd.DataFrame(
        {
            "n": range(5),
            "when": pd.date_range("2015-10-05 12:00", periods=5),
            "zoned": pd.date_range("2015-10-05 12:00", periods=5, tz="Europe/Berlin"),
            "Elapsed": pd.to_timedelta([0, 20, 40, 60, 80], unit="s"),
            "gaps": pd.array([0, 1, None, None, 4], "Int64"),
        }
    )
    if "10-08-2015" in expression:
        frame["when"] = frame["when"].dt.normalize()
    first, second = split(
        frame, splitting_mode="Relative Expression", relational_expression=expression
    )
    assert list(first.index) == expected
    assert len(first) + len(second) == 5


@pytest.mark.parametrize(
    ("mode", "expression", "sentence"),
    [
        ("Regular Expression", "no column", "does not name a column"),
        ("Regular Expression", '\\"absent" x', "Its columns are: text, n"),
        ("Regular Expression", "(\\7) x", 'no column "7"'),
        ("Regular Expression", '\\"text" (', "not a regular expression: missing"),
        ("Regular Expression", '\\"n" 1', "needs text"),
        ("Relative Expression", '\\"n" about 3', "is not a comparison"),
        ("Relative Expression", '\\"n" > three', '"three" can\'t be compared'),
        ("Relative Expression", '\\"text" > 3', "compares numbers, dates and durations"),
        ("Relative Expression", '\\"n" > 3 & \\"text" > 3', "only one column"),
    ],
)
def test_says_what_is_wrong_with_an_expression(
    split: Any, mode: str, expression: str, sentence: str
) -> None:
    frame = pd.DataFrame({"text": ["a"], "n": [1]})
    with pytest.raises(ValueError) as caught:
        split(
            frame,
            splitting_mode=mode,
            regular_expression=expression,
            relational_expression=expression,
        )
    assert sentence in str(caught.value)


def test_both_outputs_keep_types_and_roles(split: Any) -> None:
    frame = pd.DataFrame({"c": pd.Series(["x", "y"], dtype="category"), "n": [1, 2]})
    frame.attrs["roles"] = {"n": "label"}
    for part in split(frame):
        assert list(part.dtypes) == list(frame.dtypes)
        assert part.attrs["roles"] == {"n": "label"}
