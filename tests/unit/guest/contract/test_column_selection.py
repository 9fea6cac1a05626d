import ast
import inspect
import sys
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo_guest.contract import column_selection
from studiolo_guest.contract.column_selection import (
    ColumnCountError,
    ColumnMissingError,
    ColumnNumberError,
    select,
    select_one,
)

#: A column of each type, by the name of its type.
TYPES = pd.DataFrame(
    {
        "int": [1, 2],
        "int gaps": pd.array([1, None], dtype="Int64"),
        "float": [0.5, None],
        "bool": [True, False],
        "bool gaps": pd.array([True, None], dtype="boolean"),
        "str": ["a", None],
        "day": pd.to_datetime(pd.Series(["2020-01-01", None])),
        "zoned": pd.to_datetime(pd.Series(["2020-01-01", None]), utc=True),
        "span": pd.to_timedelta([1, None], unit="s"),
        "category": pd.Categorical([1, 2]),
        "flags": pd.Categorical([True, False]),
        "bytes": pd.Series([b"a", None], dtype=object),
        "decimal": pd.Series([Decimal(1), None], dtype=object),
        "nothing": pd.Series([None, None], dtype=object),
    }
)


def frame(*columns: str, **roles: str) -> pd.DataFrame:
    made = pd.DataFrame({name: [0] for name in columns})
    made.attrs["roles"] = roles
    return made


def rules(begin: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"begin": begin, "rules": list(steps)}


def including(**criterion: Any) -> dict[str, Any]:
    return {"include": True, **criterion}


def excluding(**criterion: Any) -> dict[str, Any]:
    return {"include": False, **criterion}


def test_all_or_none() -> None:
    assert select(frame("b", "a"), rules("all")) == ["b", "a"]
    assert select(frame("b", "a"), rules("none")) == []


def test_names_keep_their_order_and_rules_that_of_the_dataset() -> None:
    abc = frame("a", "b", "c")
    assert select(abc, rules("none", including(names=["c", "a"]))) == ["c", "a"]
    assert select(abc, rules("none", including(names=["c"]), including(names=["a"]))) == ["a", "c"]
    assert select(abc, rules("all", including(names=["c", "a"]))) == ["a", "b", "c"]


def test_each_rule_changes_what_those_before_it_left() -> None:
    abc = frame("a", "b", "c")
    steps = excluding(names=["a", "b"]), including(names=["a"]), excluding(indices=[[3, 3]])
    assert select(abc, rules("all", *steps)) == ["a"]


def test_numbers_count_from_one_and_ranges_include_both_ends() -> None:
    found = select(frame(*"abcdef"), rules("none", including(indices=[[5, 6], [1, 1], [1, 2]])))
    assert found == ["a", "b", "e", "f"]


@pytest.mark.parametrize(
    ("type_name", "columns"),
    [
        ("numeric", ["int", "int gaps", "float", "decimal"]),
        ("integer", ["int", "int gaps"]),
        ("floating point", ["float"]),
        ("boolean", ["bool", "bool gaps"]),
        ("string", ["str"]),
        ("datetime", ["day", "zoned"]),
        ("timespan", ["span"]),
        ("categorical", ["category", "flags"]),
        ("binary", ["bytes"]),
    ],
)
def test_types(type_name: str, columns: list[str]) -> None:
    assert select(TYPES, rules("none", including(types=[type_name]))) == columns


def test_columns_without_a_role_are_features() -> None:
    made = frame("a", "y", "w", y="label", w="weight")
    assert select(made, rules("none", including(roles=["feature"]))) == ["a"]
    assert select(made, rules("all", excluding(roles=["label", "score"]))) == ["a", "w"]
    assert select(pd.DataFrame({"a": []}), rules("all", excluding(roles=["label"]))) == ["a"]


@pytest.mark.parametrize(
    "selection",
    [
        rules("none", including(names=["Aeg"])),
        rules("all", excluding(names=["Aeg"])),
        rules("none", including(names=["BMI"]), including(names=["Aeg"])),
    ],
)
def test_a_missing_column_is_named_with_those_there_are(selection: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as caught:
        select(frame("Age", "BMI"), selection)
    error = caught.value
    assert isinstance(error, ColumnMissingError)
    assert (error.name, error.close, error.columns) == ("Aeg", ("Age",), ("Age", "BMI"))
    assert error.classic_number == 1
    assert str(error) == (
        'There is no column "Aeg" in the dataset. Did you mean "Age"? Its columns are "Age", "BMI".'
    )


def test_case_is_a_difference_that_is_suggested() -> None:
    with pytest.raises(ColumnMissingError, match=r'Did you mean "Outcome"\?'):
        select_one(frame("Outcome"), "OUTCOME")


def test_a_wide_dataset_is_not_listed_to_the_end() -> None:
    with pytest.raises(ColumnMissingError, match=r'"c19" and 80 more\.$'):
        select_one(frame(*(f"c{number}" for number in range(100))), "x")
    with pytest.raises(ColumnMissingError, match=r"It has no columns at all\.$"):
        select_one(pd.DataFrame(), "x")


def test_a_number_that_no_column_has() -> None:
    with pytest.raises(ColumnNumberError, match="There is no column 3") as caught:
        select(frame("a", "b"), rules("none", including(indices=[[1, 3]])))
    assert (caught.value.number, caught.value.classic_number) == (3, 60)


def test_one_column() -> None:
    made = frame("a", "y", y="label")
    assert select_one(made, "a") == "a"
    assert select_one(made, rules("none", including(roles=["label"]))) == "y"
    with pytest.raises(ColumnCountError, match="it matches none"):
        select_one(made, rules("none"))
    with pytest.raises(ColumnCountError, match=r'it matches these 2: "a", "y"\.') as caught:
        select_one(made, rules("all"))
    assert caught.value.classic_number == 22


NAMES = st.lists(st.sampled_from("abcdef"), unique=True)


@given(st.lists(st.tuples(st.booleans(), NAMES), min_size=2), st.booleans())
def test_a_column_is_selected_if_the_last_rule_about_it_includes_it(
    steps: list[tuple[bool, list[str]]], begins_with_all: bool
) -> None:
    expected = dict.fromkeys("abcdef", begins_with_all)
    for include, names in steps:
        expected.update(dict.fromkeys(names, include))
    found = select(
        frame(*"abcdef"),
        rules(
            "all" if begins_with_all else "none",
            *({"include": include, "names": names} for include, names in steps),
        ),
    )
    assert found == [name for name, selected in expected.items() if selected]


def test_it_can_be_pasted_into_another_program() -> None:
    tree = ast.parse(inspect.getsource(column_selection))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    }
    assert imported <= sys.stdlib_module_names | {"pandas"}
