from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer


@pytest.fixture
def clean(load_module: Callable[[str], ModuleType]) -> Any:
    main = load_module("clean_missing_data").azureml_main

    def run(frame: pd.DataFrame, **parameters: Any) -> tuple[pd.DataFrame, Any]:
        parameters.setdefault("columns_to_be_cleaned", list(frame.columns))
        cleaned, transformation = main(frame.copy(), **parameters)
        return cleaned, transformation

    return run


@pytest.fixture
def numbers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": [1.0, np.nan, 4.0, 4.0],
            "n": pd.array([1, 2, None, 2], "Int64"),
            "b": pd.array([True, True, False, None], "boolean"),
        }
    )


def test_puts_0_for_missing_values_by_default(clean: Any, numbers: pd.DataFrame) -> None:
    cleaned, _ = clean(numbers.assign(t=pd.Series(["a", None, "b", "c"], dtype="str")))
    assert cleaned["x"].tolist() == [1, 0, 4, 4]
    assert cleaned["n"].tolist() == [1, 2, 0, 2]
    assert cleaned["b"].tolist() == [True, True, False, False]
    assert cleaned["t"].tolist() == ["a", "0", "b", "c"]


@pytest.mark.parametrize(
    ("mode", "strategy"),
    [
        ("Replace with mean", "mean"),
        ("Replace with median", "median"),
        ("Replace with mode", "most_frequent"),
    ],
)
def test_agrees_with_scikit_learn(
    clean: Any, numbers: pd.DataFrame, mode: str, strategy: str
) -> None:
    cleaned, transformation = clean(numbers, cleaning_mode=mode)
    matrix = numbers.to_numpy(np.float64, na_value=np.nan)
    expected = SimpleImputer(strategy=strategy).fit(matrix).transform(matrix)
    expected[:, 1:] = np.rint(expected[:, 1:])
    assert np.allclose(cleaned.to_numpy(np.float64), expected)
    pd.testing.assert_frame_equal(transformation.transform(numbers.copy()), cleaned)


def test_the_mean_is_rounded_to_the_type_of_the_column(clean: Any) -> None:
    frame = pd.DataFrame(
        {
            "n": pd.array([1, 2, 2, None], "Int64"),
            "day": pd.to_datetime(["2020-01-01", "2020-01-03", "2020-01-02", "NaT"]),
            "zoned": pd.to_datetime(["2020-01-01", "2020-01-03", "2020-01-02", "NaT"], utc=True),
            "span": pd.to_timedelta([1, 3, 2, None], unit="s"),
        }
    )
    cleaned, _ = clean(frame, cleaning_mode="Replace with mean")
    assert cleaned.iloc[3].tolist() == [
        2,
        pd.Timestamp("2020-01-02"),
        pd.Timestamp("2020-01-02", tz="UTC"),
        pd.Timedelta(seconds=2),
    ]
    assert cleaned.dtypes.tolist() == frame.dtypes.tolist()


def test_the_mode_of_text_and_categories(clean: Any) -> None:
    frame = pd.DataFrame({"t": ["b", "a", "b", None]})
    frame["c"] = frame["t"].astype("category")
    cleaned, _ = clean(frame, cleaning_mode="Replace with mode")
    assert cleaned.iloc[3].tolist() == ["b", "b"]
    assert cleaned["c"].dtype == frame["c"].dtype


def test_a_replacement_may_be_a_new_category(clean: Any) -> None:
    frame = pd.DataFrame({"c": pd.Categorical(["a", None]), "n": pd.Categorical([1, None])})
    cleaned, _ = clean(frame)
    assert cleaned.iloc[1].tolist() == ["0", 0]
    assert list(cleaned["n"].cat.categories) == [1, 0]


def test_removes_rows_or_columns(clean: Any, numbers: pd.DataFrame) -> None:
    rows, removal = clean(
        numbers, columns_to_be_cleaned=["x", "n"], cleaning_mode="Remove entire row"
    )
    assert rows.index.tolist() == [0, 3]
    assert removal.transform(numbers.head(2)).index.tolist() == [0]
    numbers["full"] = 1
    columns, removal = clean(numbers, cleaning_mode="Remove entire column")
    assert list(columns.columns) == ["full"]
    assert list(removal.transform(numbers.dropna()).columns) == ["full"]


def test_only_columns_within_the_ratios_are_cleaned(clean: Any) -> None:
    frame = pd.DataFrame({"few": [np.nan, 1, 1, 1], "many": [np.nan, np.nan, np.nan, 1]})
    few, _ = clean(frame, maximum_missing_value_ratio=0.25)
    assert few.isna().sum().tolist() == [0, 3]
    many, _ = clean(frame, minimum_missing_value_ratio=0.5)
    assert many.isna().sum().tolist() == [1, 0]


@pytest.mark.parametrize("mode", ["Replace with mean", "Replace with mode", "Replace using MICE"])
def test_columns_without_any_value_are_removed_or_kept(clean: Any, mode: str) -> None:
    frame = pd.DataFrame({"x": [1.0, None], "none": pd.Series([None, None], dtype="str")})
    removed, removal = clean(frame, cleaning_mode=mode)
    assert list(removed.columns) == ["x"]
    assert list(removal.transform(frame.copy()).columns) == ["x"]
    kept, _ = clean(frame, cleaning_mode=mode, cols_with_all_missing_values="Propagate")
    assert kept["none"].isna().all()
    assert kept["x"].tolist() == [1, 1]


def test_indicator_columns(clean: Any, numbers: pd.DataFrame) -> None:
    numbers.attrs["roles"] = {"b": "label"}
    cleaned, transformation = clean(
        numbers, columns_to_be_cleaned=["x"], generate_missing_value_indicator_column=True
    )
    assert cleaned["x_IsMissing"].tolist() == [False, True, False, False]
    assert cleaned.attrs["roles"] == {"b": "label"}
    assert "x_IsMissing" not in transformation.transform(numbers)


def test_mice_predicts_a_column_from_the_others(clean: Any) -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=200)
    truth = pd.DataFrame({"x": x, "y": 3 * x + 1, "n": np.rint(10 * x).astype(int)})
    frame = truth.astype({"n": "Int64"})
    frame.loc[:9, "y"] = None
    frame.loc[10:19, "n"] = None
    cleaned, transformation = clean(frame, cleaning_mode="Replace using MICE")
    assert np.allclose(cleaned["y"], truth["y"], atol=0.1)
    assert (cleaned["n"] - truth["n"]).abs().max() <= 1
    assert cleaned["n"].dtype == "Int64"
    pd.testing.assert_frame_equal(transformation.transform(frame.copy()), cleaned)
    # A column that was complete is predicted, too.
    other = truth.head(3).assign(x=[np.nan, 0.5, 1.0])
    assert transformation.transform(other)["x"].notna().all()


def test_what_was_learned_is_used_on_other_datasets(clean: Any, numbers: pd.DataFrame) -> None:
    _, transformation = clean(
        numbers, columns_to_be_cleaned=["x"], cleaning_mode="Replace with mean"
    )
    other = pd.DataFrame({"x": [np.nan, 100.0], "more": [None, "text"]})
    assert transformation.transform(other)["x"].tolist() == [3, 100]
    assert other["more"].isna().tolist() == [True, False]


def test_a_dataset_without_rows(clean: Any, numbers: pd.DataFrame) -> None:
    for mode in ("Custom substitution value", "Remove entire row", "Remove entire column"):
        cleaned, _ = clean(numbers.head(0), cleaning_mode=mode)
        assert list(cleaned.columns) == ["x", "n", "b"]
    for mode in ("Replace with mean", "Replace using MICE"):
        cleaned, _ = clean(
            numbers.head(0), cleaning_mode=mode, cols_with_all_missing_values="Propagate"
        )
        assert list(cleaned.columns) == ["x", "n", "b"]


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"cleaning_mode": "Replace with mean"},
            'The column "t" is of the type str, which has no mean',
        ),
        ({"cleaning_mode": "Replace using MICE"}, "MICE predicts numbers only"),
        ({"replacement_value": "none"}, 'The replacement value "none" does not fit the column "n"'),
    ],
)
def test_says_what_does_not_fit(clean: Any, parameters: dict[str, Any], sentence: str) -> None:
    frame = pd.DataFrame({"t": ["a", None], "n": pd.array([1, None], "Int64")})
    with pytest.raises(ValueError) as caught:
        clean(frame, **parameters)
    assert sentence in str(caught.value)


def test_names_the_column_that_another_dataset_lacks(clean: Any, numbers: pd.DataFrame) -> None:
    _, transformation = clean(numbers)
    with pytest.raises(ValueError, match='this dataset lacks: "x", "b"'):
        transformation.transform(numbers[["n"]])


def test_a_cleaning_is_applied_to_the_kind_of_column_it_was_made_for(clean: Any) -> None:
    halves = pd.DataFrame({"x": [1.5, 2.5, np.nan, 4.5]})
    _, mean = clean(halves, cleaning_mode="Replace with mean")
    integers = mean.transform(pd.DataFrame({"x": pd.array([1, None, 3], dtype="Int64")}))["x"]
    assert integers.tolist() == pytest.approx([1, 8.5 / 3, 3])
    _, infinite = clean(pd.DataFrame({"x": [np.inf, np.nan]}), cleaning_mode="Replace with mode")
    filled = infinite.transform(pd.DataFrame({"x": pd.array([1, None], dtype="Int64")}))["x"]
    assert filled.tolist() == [1, np.inf]
    with pytest.raises(ValueError, match="which beside the replacement 2"):
        mean.transform(pd.DataFrame({"x": pd.array([2**53 + 1, None], dtype="Int64")}))
    for other in (["a", None], [pd.Timestamp("2020-01-01"), None], pd.array([True, None])):
        with pytest.raises(ValueError, match="made for a column of the kind number"):
            mean.transform(pd.DataFrame({"x": other}))
    untouched = mean.transform(pd.DataFrame({"x": ["a", "b"]}))["x"]
    assert untouched.tolist() == ["a", "b"]


def test_a_column_without_values_takes_the_type_it_had(clean: Any, numbers: pd.DataFrame) -> None:
    numbers["t"] = pd.Series(["a", None, "b", "c"], dtype="str")
    numbers["c"] = pd.Categorical(["a", None, "b", "c"])
    nothing = pd.DataFrame({name: pd.Series([None], dtype="str") for name in numbers})
    _, zero = clean(numbers)
    assert zero.transform(nothing.copy()).iloc[0].tolist() == [0, 0, False, "0", "0"]
    _, mice = clean(numbers[["x", "n"]], cleaning_mode="Replace using MICE")
    predicted = mice.transform(nothing[["x", "n"]].copy())
    assert predicted.dtypes.astype(str).tolist() == ["float64", "Int64"]
