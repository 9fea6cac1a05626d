"""Decimals and large integers stay what they are, or are refused with the column's name."""

from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

Run = Callable[..., Any]
ODD = 2**53 + 1
BIG = 2**64 - 1


@pytest.fixture(scope="session")
def run(load_module: Callable[[str], ModuleType]) -> Run:
    """Runs a module of the library, named by its file's stem."""
    return lambda stem, *inputs, **parameters: load_module(stem).azureml_main(*inputs, **parameters)


def decimals(*texts: str | None) -> pd.Series:
    return pd.Series([None if text is None else Decimal(text) for text in texts], dtype=object)


def integers(*values: int | None, dtype: Any = "Int64") -> pd.Series:
    return pd.Series(values, dtype=dtype)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (integers(1), integers(2**63 - 1, dtype="uint64"), [1, 2**63 - 1]),
        (integers(1, dtype="int64"), integers(BIG, dtype="uint64"), [1, BIG]),
        (integers(-1, dtype="int64"), integers(BIG, dtype="uint64"), [-1, BIG]),
        (integers(None, 2), integers(BIG, dtype="uint64"), [None, 2, BIG]),
        (integers(2**53, dtype="int64"), pd.Series([1.5]), [2**53, 1.5]),
        (decimals("1.10", None), decimals("2.5"), [Decimal("1.1"), None, Decimal("2.5")]),
        (decimals("1.10"), integers(ODD), [Decimal("1.1"), ODD]),
        (pd.Series(pd.Categorical([ODD, None])), integers(2), [ODD, None, 2]),
        (pd.Series([], dtype="uint64"), integers(-5, dtype="int64"), [-5]),
    ],
)
def test_rows_of_different_types_keep_their_values(
    run: Run, first: Any, second: Any, expected: list[Any]
) -> None:
    combined = run("add_rows", pd.DataFrame({"x": first}), pd.DataFrame({"x": second}))["x"]
    assert [None if pd.isna(value) else value for value in combined.tolist()] == expected


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4),
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=4),
)
def test_no_integer_is_ever_rounded(run: Run, signed: list[int], unsigned: list[int]) -> None:
    first = pd.DataFrame({"x": pd.Series(signed, dtype="int64")})
    second = pd.DataFrame({"x": pd.Series(unsigned, dtype="uint64")})
    assert run("add_rows", first, second)["x"].tolist() == signed + unsigned
    keys = {"left_key_columns": ["x"], "right_key_columns": ["x"]}
    matched = run("join_data", first, second, join_type="Left Semi-Join", **keys)["x"].tolist()
    assert matched == [value for value in signed if value in unsigned]


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (integers(ODD, dtype="int64"), pd.Series([1.5]), 'column "x" holds integers beyond 2'),
        (pd.Series([1.5, None]), integers(ODD, None), 'column "x" holds integers beyond 2'),
        (decimals("1.5"), pd.Series([0.1]), 'column "x" holds decimals in one dataset'),
        (decimals("1.5"), pd.Series(["a"]), "is of the type decimal in the first dataset"),
    ],
)
def test_rows_that_would_be_rounded(run: Run, first: Any, second: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        run("add_rows", pd.DataFrame({"x": first}), pd.DataFrame({"x": second}))


@pytest.mark.parametrize(
    ("left", "right", "matched"),
    [
        (integers(ODD, 5, dtype="int64"), pd.Series([2.0**53, 5.0]), [5]),
        (integers(ODD, 2**53), integers(ODD, dtype="uint64"), [ODD]),
        (integers(BIG, 7, dtype="uint64"), integers(7, -1, dtype="int64"), [7]),
        (integers(BIG, dtype="uint64"), integers(BIG, dtype="uint64"), [BIG]),
        (decimals("1.50", "2"), decimals("1.5", None), [Decimal("1.5")]),
        (decimals("1.50", "2.00"), integers(2, None), [Decimal(2)]),
        (pd.Series(pd.Categorical([ODD, None])), integers(ODD, 2**53), [ODD]),
    ],
)
def test_keys_are_compared_exactly(run: Run, left: Any, right: Any, matched: list[Any]) -> None:
    joined = run(
        "join_data",
        pd.DataFrame({"a": left}),
        pd.DataFrame({"b": right}),
        left_key_columns=["a"],
        right_key_columns=["b"],
    )
    assert joined["a"].tolist() == matched


def test_keys_that_no_comparison_is_exact_for(run: Run) -> None:
    keys = {"left_key_columns": ["a"], "right_key_columns": ["b"]}
    left, right = pd.DataFrame({"a": decimals("0.1")}), pd.DataFrame({"b": [0.1]})
    with pytest.raises(ValueError, match='key "a" of the left dataset is of the type decimal'):
        run("join_data", left, right, **keys)
    left, right = pd.DataFrame({"a": [ODD]}), pd.DataFrame({"b": [0.5]})
    with pytest.raises(ValueError, match="holds integers beyond 2"):
        run(
            "join_data",
            left,
            right,
            join_type="Full Outer Join",
            keep_right_key_columns=False,
            **keys,
        )


@pytest.mark.parametrize(
    ("values", "data_type", "expected"),
    [
        (decimals("1.0", None, str(ODD)), "Integer", [1, None, ODD]),
        (decimals("9.99", None), "Floating point", [9.99, None]),
        (decimals("0.00", "0.10"), "Boolean", [False, True]),
        (decimals("0.0000000000", "1.10", None), "String", ["0.0000000000", "1.10", None]),
        (pd.Series([str(ODD), f"{ODD}.0", "1e3"]), "Integer", [ODD, ODD, 1000]),
        (pd.Series(["9007199254740992", "0.1"]), "Floating point", [2.0**53, 0.1]),
        (integers(BIG, dtype="uint64"), "Integer", [BIG]),
        (pd.Series(pd.Categorical([ODD, None])), "String", [str(ODD), None]),
    ],
)
def test_types_change_without_rounding(
    run: Run, values: Any, data_type: str, expected: list[Any]
) -> None:
    edited = run("edit_metadata", pd.DataFrame({"x": values}), column=["x"], data_type=data_type)
    assert [None if pd.isna(value) else value for value in edited["x"].tolist()] == expected


@pytest.mark.parametrize(
    ("values", "data_type"),
    [
        (decimals("1.5"), "Integer"),
        (decimals("0.12345678901234567890"), "Floating point"),
        (integers(ODD, dtype="int64"), "Floating point"),
        (pd.Series([str(ODD)]), "Floating point"),
        (pd.Series([str(2**63)]), "Integer"),
        (pd.Series(["1e30"]), "Integer"),
        (pd.Series(["30"]), "TimeSpan"),
        (pd.Series(["3-4"]), "TimeSpan"),
    ],
)
def test_types_that_would_change_a_value(run: Run, values: Any, data_type: str) -> None:
    with pytest.raises(ValueError, match=f'in row 1 of the column "x" is not .*{data_type}'):
        run("edit_metadata", pd.DataFrame({"x": values}), column=["x"], data_type=data_type)


def clean(run: Run, dataset: pd.DataFrame, **parameters: Any) -> tuple[pd.DataFrame, Any]:
    cleaned, transformation = run(
        "clean_missing_data", dataset, columns_to_be_cleaned=[*dataset], **parameters
    )
    return cleaned, transformation


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("Custom substitution value", "0"),
        ("Replace with mean", "11.57"),  # 34.70 / 3
        ("Replace with median", "11.40"),
        ("Replace with mode", "1.10"),
    ],
)
def test_decimals_are_cleaned_as_decimals(run: Run, mode: str, expected: str) -> None:
    dataset = pd.DataFrame({"x": decimals("1.10", "22.20", None, "11.40")})
    cleaned, transformation = clean(run, dataset.copy(), cleaning_mode=mode)
    assert cleaned["x"].tolist() == list(map(Decimal, ("1.10", "22.20", expected, "11.40")))
    assert transformation.transform(dataset.copy())["x"].tolist() == cleaned["x"].tolist()


def test_large_integers_are_cleaned_exactly(run: Run) -> None:
    dataset = pd.DataFrame({"x": integers(2**62 + 1, 2**62 + 3, None)})
    for mode in ("Replace with mean", "Replace with median"):
        cleaned, _ = clean(run, dataset.copy(), cleaning_mode=mode)
        assert cleaned["x"][2] == 2**62 + 2
    small = pd.DataFrame({"x": integers(1, None, dtype="Int8")})
    cleaned, _ = clean(run, small, replacement_value="300")
    assert cleaned["x"].tolist() == [1, 300]
    with pytest.raises(ValueError, match='the column "x" are not integers of the same 64 bits'):
        clean(run, dataset, replacement_value=str(10**20))


def test_mice_predicts_decimals_and_widens_integers(run: Run) -> None:
    dataset = pd.DataFrame(
        {
            "x": [1.0, 2.0, 3.0, 4.0] * 5 + [200.0],
            "d": [Decimal(number) / 2 for number in (1, 2, 3, 4)] * 5 + [None],
            "n": pd.array([1, 2, 3, 4] * 5 + [None], dtype="Int8"),
        }
    )
    cleaned, mice = clean(run, dataset, cleaning_mode="Replace using MICE")
    assert isinstance(cleaned["d"][20], Decimal)
    nothing = pd.DataFrame({"x": [8.0], "d": [None], "n": pd.Series([None], dtype="str")})
    row = mice.transform(nothing).iloc[0]
    assert float(row["d"]) == pytest.approx(4, abs=0.5)
    assert -row["d"].as_tuple().exponent == 1
    assert row["n"] == pytest.approx(8, abs=1)
    assert float(cleaned["d"][20]) == pytest.approx(100, abs=5)
    assert cleaned["n"][20] == pytest.approx(200, abs=5)


def test_figures_of_decimals(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    dataset = pd.DataFrame({"x": decimals("1.10", "22.20", None), "n": [ODD, 1, 2]})
    summary = run("summarize_data", dataset)
    assert summary["Max"].tolist()[0] == 22.2
    assert summary["Mean"][0] == pytest.approx(11.65)
    assert 'figures of "n" are rounded' in capsys.readouterr().out


def test_decimals_are_scaled(run: Run) -> None:
    dataset = pd.DataFrame({"x": decimals("1.0", None, "3.0")})
    scaled, function = run(
        "normalize_data",
        dataset.copy(),
        columns_to_transform=["x"],
        transformation_method="MinMax",
    )
    assert scaled["x"].fillna(-1).tolist() == [0, -1, 1]
    other = function.transform(pd.DataFrame({"x": [2.0]}))
    assert other["x"].tolist() == [0.5]


@pytest.mark.parametrize(
    ("values", "expression", "chosen"),
    [
        (decimals("9.99", "10.50", None), "> 9.99", [False, True, False]),
        (decimals("0.1", "0.3"), "== 0.1", [True, False]),
        (integers(ODD, 2**53), "> 9007199254740992.5", [True, False]),
        (integers(ODD, 2**53), "== 9007199254740993", [True, False]),
        (integers(BIG, 1, dtype="uint64"), ">= 18446744073709551615", [True, False]),
        (pd.Series([True, False]), "< 99999999999999999999", [True, True]),
        (integers(1, 2), "< nan", [False, False]),
    ],
)
def test_numbers_are_compared_exactly(
    run: Run, values: Any, expression: str, chosen: list[bool]
) -> None:
    dataset = pd.DataFrame({"x": values, "row": range(len(values))})
    first, _ = run(
        "split_data",
        dataset,
        splitting_mode="Relative Expression",
        relational_expression=f'\\"x" {expression}',
    )
    assert first["row"].tolist() == np.flatnonzero(chosen).tolist()


def test_a_duration_is_not_compared_with_a_number(run: Run) -> None:
    dataset = pd.DataFrame({"x": pd.to_timedelta(["00:01:00"])})
    expression = {"splitting_mode": "Relative Expression", "relational_expression": '\\"x" > 30'}
    with pytest.raises(ValueError, match='"30" can\'t be compared with the column "x"'):
        run("split_data", dataset, **expression)
    with pytest.raises(ValueError, match='value "30" does not fit the column "x"'):
        clean(run, pd.concat([dataset, dataset.shift()]), replacement_value="30")
