"""Join Data, Add Rows and Add Columns."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

Load = Callable[[str], ModuleType]


@pytest.fixture
def join(load_module: Load) -> Any:
    return load_module("join_data").azureml_main


@pytest.fixture
def add_rows(load_module: Load) -> Any:
    return load_module("add_rows").azureml_main


@pytest.fixture
def add_columns(load_module: Load) -> Any:
    return load_module("add_columns").azureml_main


@pytest.fixture
def left() -> pd.DataFrame:
    frame = pd.DataFrame({"id": [3, 1, 2, 1], "Month": ["Mar", "Jan", "Feb", "jan"]})
    frame.attrs["roles"] = {"Month": "label"}
    return frame


@pytest.fixture
def right() -> pd.DataFrame:
    frame = pd.DataFrame({"key": [1, 3, 9], "Month": ["JAN", "Mar", "Sep"], "n": [10, 30, 90]})
    frame.attrs["roles"] = {"Month": "score"}
    return frame


def on_id(join: Any, left: pd.DataFrame, right: pd.DataFrame, **parameters: Any) -> pd.DataFrame:
    joined = join(left, right, left_key_columns=["id"], right_key_columns=["key"], **parameters)
    assert isinstance(joined, pd.DataFrame)
    return joined


@pytest.mark.parametrize(
    ("join_type", "how"), [("Inner Join", "inner"), ("Left Outer Join", "left")]
)
def test_joins_as_pandas_does(
    join: Any, left: pd.DataFrame, right: pd.DataFrame, join_type: str, how: Any
) -> None:
    joined = on_id(join, left, right, join_type=join_type)
    expected = left.merge(right, left_on="id", right_on="key", how=how, suffixes=("", " (1)"))
    pd.testing.assert_frame_equal(joined, expected, check_dtype=False)
    assert joined["n"].dtype == ("int64" if how == "inner" else "Int64")
    assert joined.attrs["roles"] == {"Month": "label", "Month (1)": "score"}


def test_a_full_outer_join_puts_right_rows_without_a_partner_below(
    join: Any, left: pd.DataFrame, right: pd.DataFrame
) -> None:
    joined = on_id(join, left, right, join_type="Full Outer Join")
    assert joined["id"].tolist() == [3, 1, 2, 1, pd.NA]
    assert joined["key"].tolist() == [3, 1, pd.NA, 1, 9]
    assert joined["Month (1)"].fillna("-").tolist() == ["Mar", "JAN", "-", "JAN", "Sep"]


def test_without_right_keys_no_key_is_lost(
    join: Any, left: pd.DataFrame, right: pd.DataFrame
) -> None:
    joined = on_id(join, left, right, join_type="Full Outer Join", keep_right_key_columns=False)
    assert list(joined.columns) == ["id", "Month", "Month (1)", "n"]
    assert joined["id"].tolist() == [3, 1, 2, 1, 9]
    inner = on_id(join, left, right, keep_right_key_columns=False)
    assert inner["id"].tolist() == [3, 1, 1]


def test_a_semi_join_gives_each_left_row_once(join: Any, left: pd.DataFrame) -> None:
    right = pd.DataFrame({"key": [1, 1, 3]})
    joined = on_id(join, left, right, join_type="Left Semi-Join")
    pd.testing.assert_frame_equal(
        joined.reset_index(drop=True), left.iloc[[0, 1, 3]].reset_index(drop=True)
    )


def test_text_keys_match_with_their_case_or_without(
    join: Any, left: pd.DataFrame, right: pd.DataFrame
) -> None:
    keys = {"left_key_columns": ["Month"], "right_key_columns": ["Month"]}
    assert join(left, right, **keys)["id"].tolist() == [3]
    assert join(left, right, match_case=False, **keys)["id"].tolist() == [3, 1, 1]


def test_keys_of_several_columns(join: Any, left: pd.DataFrame) -> None:
    right = pd.DataFrame({"key": [1, 1], "m": ["jan", "Feb"], "n": [1.5, None]})
    joined = join(left, right, left_key_columns=["id", "Month"], right_key_columns=["key", "m"])
    assert joined.to_dict("records") == [{"id": 1, "Month": "jan", "key": 1, "m": "jan", "n": 1.5}]


def test_a_missing_key_equals_no_other(join: Any) -> None:
    frame = pd.DataFrame({"id": pd.array([1, None], "Int64")})
    other = frame.rename(columns={"id": "key"})
    assert len(on_id(join, frame, other)) == 1
    outer = on_id(join, frame, other, join_type="Full Outer Join")
    assert outer["id"].tolist() == [1, pd.NA, pd.NA]
    assert outer["key"].tolist() == [1, pd.NA, pd.NA]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pd.Series([1, 2]), pd.Series([2.0, 2.5])),
        (pd.Series([True, False]), pd.Series([False, None], dtype="boolean")),
        (pd.Series([b"x", b"y"], dtype=object), pd.Series([b"y", None], dtype=object)),
        (pd.Series([1, 2], dtype="int8"), pd.Series([2, None], dtype="Int64")),
        (pd.Series([1, 2], dtype="category"), pd.Series([2, 5], dtype="category")),
        (pd.Series(["1", "2"], dtype="category"), pd.Series(["2", None], dtype="str")),
        (
            pd.to_datetime(pd.Series(["2020-01-01", "2020-01-02"])),
            pd.Series(["2020-01-02", None]).astype("M8[ns]"),
        ),
    ],
)
def test_keys_of_one_kind_go_together(join: Any, one: Any, other: Any) -> None:
    joined = on_id(join, pd.DataFrame({"id": one}), pd.DataFrame({"key": other}))
    assert joined["id"].tolist() == [one[1]]
    assert joined["id"].dtype == one.dtype
    assert joined["key"].dtype == other.dtype


def test_joining_empty_datasets(join: Any, left: pd.DataFrame, right: pd.DataFrame) -> None:
    assert on_id(join, left.head(0), right).empty
    assert len(on_id(join, left, right.head(0), join_type="Left Outer Join")) == 4
    nothing = pd.DataFrame({"key": pd.Series([], dtype="str")})
    assert len(on_id(join, left, nothing, join_type="Full Outer Join")) == 4


def test_keys_that_can_never_be_equal(join: Any, left: pd.DataFrame, right: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match='"id" of the left dataset is of the type int64'):
        join(left, right, left_key_columns=["id"], right_key_columns=["Month"])
    with pytest.raises(ValueError, match="1 key columns are selected for the left dataset and 2"):
        join(left, right, left_key_columns=["id"], right_key_columns=["key", "Month"])


def test_adds_rows_below(add_rows: Any) -> None:
    first = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    first.attrs["roles"] = {"b": "label"}
    second = pd.DataFrame({"b": ["y"], "a": [0.5]})
    combined = add_rows(first, second)
    expected = pd.DataFrame({"a": [1, 2, 0.5], "b": ["x", None, "y"]})
    pd.testing.assert_frame_equal(combined, expected)
    assert combined.attrs["roles"] == {"b": "label"}


def test_a_column_without_values_goes_with_everything(add_rows: Any) -> None:
    full = pd.DataFrame(
        {"i": [2**60 + 1], "b": [True], "d": pd.to_datetime(["2020-01-01"]), "t": ["x"]}
    )
    full["c"] = full["t"].astype("category")
    empty = pd.DataFrame({name: pd.Series([None], dtype="str") for name in full.columns})
    below = add_rows(full, empty)
    above = add_rows(empty, full)
    assert below["i"].tolist() == [2**60 + 1, pd.NA]
    assert above["i"].tolist() == [pd.NA, 2**60 + 1]
    for name in ("d", "t", "c"):
        assert below[name].dtype == above[name].dtype == full[name].dtype
        assert above[name].isna().tolist() == below[name].isna().tolist()[::-1] == [True, False]
    pd.testing.assert_frame_equal(add_rows(full, empty.head(0)), full)
    pd.testing.assert_frame_equal(add_rows(empty.head(0), full), full)


def test_categories_of_both_sides_are_joined(add_rows: Any) -> None:
    first = pd.DataFrame({"c": pd.Series(["x"], dtype="category")})
    second = pd.DataFrame({"c": pd.Series(["y", None], dtype="category")})
    combined = add_rows(first, second)["c"]
    assert list(combined.cat.categories) == ["x", "y"]
    assert combined.isna().tolist() == [False, False, True]
    text = pd.DataFrame({"c": ["z"]})
    assert add_rows(first, text)["c"].tolist() == ["x", "z"]


def test_rows_that_do_not_go_together(add_rows: Any) -> None:
    with pytest.raises(ValueError, match='the second one has no "b"'):
        add_rows(pd.DataFrame({"a": [1], "b": [1]}), pd.DataFrame({"a": [1]}))
    with pytest.raises(ValueError, match='the first one has no "b"'):
        add_rows(pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1], "b": [1]}))
    with pytest.raises(ValueError, match="int64 in the first dataset and str in the second"):
        add_rows(pd.DataFrame({"a": [1]}), pd.DataFrame({"a": ["1"]}))
    with pytest.raises(ValueError, match="do not go together"):
        add_rows(pd.DataFrame({"a": pd.Series([b"x"], dtype=object)}), pd.DataFrame({"a": ["x"]}))


def test_adds_columns_and_numbers_names_that_are_taken(add_columns: Any) -> None:
    left = pd.DataFrame({"a": [1, 2], "a (1)": [3, 4]})
    left.attrs["roles"] = {"a": "label"}
    right = pd.DataFrame({"a": ["x", "y"], "b": [True, False], "a (1)": [0, 0]})
    right.attrs["roles"] = {"a": "score"}
    combined = add_columns(left, right)
    assert list(combined.columns) == ["a", "a (1)", "a (2)", "b", "a (1) (1)"]
    assert combined["a (2)"].tolist() == ["x", "y"]
    assert combined.attrs["roles"] == {"a": "label", "a (2)": "score"}


def test_fewer_rows_are_filled_up_with_missing_values(add_columns: Any) -> None:
    left = pd.DataFrame({"i": [2**60 + 1], "b": [True], "t": ["x"], "f": [0.5]})
    combined = add_columns(left, pd.DataFrame({"n": [1, 2]}))
    assert combined["i"].tolist() == [2**60 + 1, pd.NA]
    assert combined["b"].tolist() == [True, pd.NA]
    assert combined[["t", "f"]].isna().to_numpy().tolist() == [[False, False], [True, True]]
    assert combined["n"].dtype == "int64"
    assert len(add_columns(left.head(0), left)) == 1


def test_a_left_key_without_values_takes_the_type_of_the_right_one(join: Any) -> None:
    left = pd.DataFrame({"id": pd.Series([None], dtype="str")})
    for values in ([2**60 + 1], ["x"], [pd.Timestamp("2020-01-01")], [b"x"]):
        joined = on_id(
            join,
            left,
            pd.DataFrame({"key": values}),
            join_type="Full Outer Join",
            keep_right_key_columns=False,
        )
        assert joined["id"].isna().tolist() == [True, False]
        assert joined["id"][1] == values[0]
