from collections.abc import Callable
from types import ModuleType
from typing import Any

import pandas as pd
import pytest


@pytest.fixture
def edit(load_module: Callable[[str], ModuleType]) -> Any:
    return load_module("edit_metadata").azureml_main


def test_nothing_changes_by_default(edit: Any) -> None:
    frame = pd.DataFrame({"c": pd.Categorical(["b", None], ["b", "a"], ordered=True), "n": [1, 2]})
    frame.attrs["roles"] = {"n": "label"}
    edited = edit(frame.copy(), column=["c", "n"])
    pd.testing.assert_frame_equal(edited, frame)
    assert edited.attrs["roles"] == {"n": "label"}


@pytest.mark.parametrize(
    ("values", "data_type", "expected"),
    [
        (["1", " -2", None], "Integer", pd.Series([1, -2, None], dtype="Int64")),
        ([str(2**62 + 1), None], "Integer", pd.Series([2**62 + 1, None], dtype="Int64")),
        ([1.0, 2.0], "Integer", pd.Series([1, 2])),
        ([True, False], "Integer", pd.Series([1, 0])),
        ([1, 2], "Floating point", pd.Series([1.0, 2.0])),
        (["1e3", None, "-.5"], "Floating point", pd.Series([1000, None, -0.5])),
        (["TRUE", " false", None], "Boolean", pd.Series([True, False, None], dtype="boolean")),
        ([0, 2], "Boolean", pd.Series([False, True])),
        ([0.0, None], "Boolean", pd.Series([False, None], dtype="boolean")),
        ([1, None], "String", pd.Series(["1.0", None], dtype="str")),
        ([True, False], "String", pd.Series(["True", "False"], dtype="str")),
        (
            ["2020-01-31", "2020-01-31T12:00", None],
            "DateTime",
            pd.Series([pd.Timestamp("2020-01-31"), pd.Timestamp("2020-01-31 12:00"), pd.NaT]),
        ),
        (
            ["00:01:00", "2 days", None],
            "TimeSpan",
            pd.to_timedelta(pd.Series(["00:01:00", "2 days", None])),
        ),
    ],
)
def test_changes_types(edit: Any, values: list[Any], data_type: str, expected: Any) -> None:
    frame = pd.DataFrame({"x": values})
    edited = edit(frame, column=["x"], data_type=data_type)["x"]
    pd.testing.assert_series_equal(edited, expected, check_names=False)


def test_reads_dates_of_a_format(edit: Any) -> None:
    frame = pd.DataFrame({"d": ["31.01.2020 12:30", None]})
    edited = edit(frame, column=["d"], data_type="DateTime", datetime_format="%d.%m.%Y %H:%M")
    assert edited["d"].tolist() == [pd.Timestamp("2020-01-31 12:30"), pd.NaT]


def test_dates_that_cannot_stand_in_one_column(edit: Any) -> None:
    frame = pd.DataFrame({"d": ["2020-01-31", "2020-01-31T12:00Z"]})
    with pytest.raises(ValueError, match="dates with a time zone and dates without one"):
        edit(frame, column=["d"], data_type="DateTime")
    with pytest.raises(ValueError, match="can't be read as dates"):
        edit(frame, column=["d"], data_type="DateTime", datetime_format="%Q")


def test_what_is_no_date_beside_dates_with_a_time_zone_is_named(edit: Any) -> None:
    frame = pd.DataFrame({"d": ["2020-01-31T12:00+01:00", "2020-01-31T12:00Z", "soon"]})
    with pytest.raises(ValueError, match='"soon" in row 3 of the column "d" is not a'):
        edit(frame, column=["d"], data_type="DateTime")


def test_dates_are_written_as_text(edit: Any) -> None:
    frame = pd.DataFrame({"d": pd.to_datetime(["2020-01-31 12:30", "NaT"])})
    edited = edit(frame, column=["d"], data_type="String")["d"]
    assert edited.fillna("-").tolist() == ["2020-01-31 12:30:00", "-"]


def test_a_categorical_column_stays_one(edit: Any) -> None:
    frame = pd.DataFrame({"c": pd.Categorical(["2", None, "1"])})
    edited = edit(frame, column=["c"], data_type="Integer")["c"]
    assert edited.tolist()[::2] == [2, 1]
    assert list(edited.cat.categories) == [1, 2]


def test_makes_columns_categorical_and_back(edit: Any) -> None:
    frame = pd.DataFrame({"n": pd.array([2, None, 1], "Int64"), "t": ["x", None, "y"]})
    frame["b"] = pd.array([True, None, False], "boolean")
    marked = edit(frame.copy(), column=["n", "t", "b"], categorical="Categorical")
    assert [str(dtype) for dtype in marked.dtypes] == ["category"] * 3
    back = edit(marked, column=["n", "t", "b"], categorical="NonCategorical")
    pd.testing.assert_frame_equal(back, frame)


def test_roles(edit: Any) -> None:
    frame = pd.DataFrame({"a": [1], "b": [2], "t": ["x"]})

    def roles(before: dict[str, str], fields: str, *columns: str) -> Any:
        frame.attrs["roles"] = before
        return edit(frame.copy(), column=list(columns), fields=fields).attrs["roles"]

    assert roles({}, "Labels", "a", "t") == {"a": "label", "t": "label"}
    assert roles({"a": "label"}, "Weights", "a") == {"a": "weight"}
    assert roles({"a": "label", "b": "score"}, "Features", "a") == {"b": "score"}
    assert roles({"a": "label", "b": "score"}, "ClearScores", "a", "b") == {"a": "label"}
    assert roles({"a": "label", "b": "label"}, "ClearLabels", "b") == {"a": "label"}
    with pytest.raises(ValueError, match="only one weight column, and these would be: a, b"):
        roles({"b": "weight"}, "Weights", "a")
    with pytest.raises(ValueError, match='"t" is of the type str; weights are numbers'):
        roles({}, "Weights", "t")


def test_renames_columns_and_keeps_their_roles(edit: Any) -> None:
    frame = pd.DataFrame({"a": [1], "b": [2], "c": [3]})
    frame.attrs["roles"] = {"b": "label", "c": "score"}
    edited = edit(frame, column=["a", "b"], new_column_names='b, "x, y"')
    assert list(edited.columns) == ["b", "x, y", "c"]
    assert edited.attrs["roles"] == {"x, y": "label", "c": "score"}


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"column": []}, "matches no column"),
        ({"new_column_names": "x, y"}, "1 columns are selected, but 2 new names"),
        ({"new_column_names": "n"}, 'Two columns would be called "n"'),
        ({"new_column_names": " , "}, "1 columns are selected, but 2"),
        ({"new_column_names": '""'}, 'new name of the column "t" is empty'),
        ({"data_type": "Integer"}, '"1.5" in row 2 of the column "t" is not a whole number'),
        ({"data_type": "DateTime"}, '"1" in row 1 of the column "t" is not a date'),
        ({"data_type": "Boolean"}, '"1.5" in row 2 of the column "t" is not true or false'),
        ({"column": ["n"], "data_type": "DateTime"}, "of the type float64, which can't become"),
        ({"column": ["n"], "data_type": "Integer"}, '"inf" in row 2'),
        ({"column": ["big"], "data_type": "Integer"}, 'in row 1 of the column "big"'),
    ],
)
def test_says_what_cannot_be(edit: Any, parameters: dict[str, Any], sentence: str) -> None:
    frame = pd.DataFrame({"t": ["1", "1.5"], "n": [1, float("inf")], "big": [str(2**63), "1"]})
    with pytest.raises(ValueError) as caught:
        edit(frame, **{"column": ["t"]} | parameters)
    assert sentence in str(caught.value)


def test_a_dataset_without_rows(edit: Any) -> None:
    frame = pd.DataFrame({"t": pd.Series([], dtype="str")})
    for data_type, kind in (
        ("Integer", "int64"),
        ("Floating point", "float64"),
        ("DateTime", "datetime64"),
        ("TimeSpan", "timedelta64"),
    ):
        edited = edit(frame.copy(), column=["t"], data_type=data_type)
        assert str(edited["t"].dtype).startswith(kind)


def test_bytes_become_text_if_they_are_utf_8(edit: Any) -> None:
    edited = edit(pd.DataFrame({"x": [b"a", None]}), column=["x"], data_type="String")
    assert edited["x"].fillna("-").tolist() == ["a", "-"]
    with pytest.raises(ValueError, match='column "x" holds bytes that are not text'):
        edit(pd.DataFrame({"x": [b"\xff"]}), column=["x"], data_type="String")


def test_dates_of_different_time_zones_are_kept_in_utc(edit: Any) -> None:
    frame = pd.DataFrame({"d": ["2020-01-01T00:00:00+01:00", "2020-07-01T00:00:00+02:00"]})
    edited = edit(frame, column=["d"], data_type="DateTime")
    assert edited["d"].dt.strftime("%Y-%m-%d %H:%M %Z").tolist() == [
        "2019-12-31 23:00 UTC",
        "2020-06-30 22:00 UTC",
    ]


@pytest.mark.parametrize(
    ("values", "written", "said"),
    [
        (["31/01/2020"], "dd/MM/yyyy", "such as %d/%m/%Y"),
        (["2020-01-01T00:00:00Z", "2020-01-01"], "", "such as that in row 2"),
    ],
)
def test_dates_that_no_format_fits_say_what_to_do(
    values: list[str], written: str, said: str, edit: Any
) -> None:
    frame = pd.DataFrame({"d": values})
    with pytest.raises(ValueError, match=said):
        edit(frame, column=["d"], data_type="DateTime", datetime_format=written)
