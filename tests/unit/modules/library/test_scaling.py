"""Normalize Data, Convert to Indicator Values and Apply Transformation."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import lognorm
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

Load = Callable[[str], ModuleType]


@pytest.fixture
def normalize(load_module: Load) -> Any:
    return load_module("normalize_data").azureml_main


@pytest.fixture
def to_indicators(load_module: Load) -> Any:
    return load_module("convert_to_indicator_values").azureml_main


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {"x": [1.0, 2.0, 4.0, 8.5], "n": pd.array([3, 1, None, 7], "Int64"), "t": list("abcd")}
    )


def everything(normalize: Any, frame: pd.DataFrame, **parameters: Any) -> Any:
    return normalize(frame.copy(), columns_to_transform=list(frame.columns), **parameters)


@pytest.mark.parametrize(
    ("method", "scaler"), [("ZScore", StandardScaler()), ("MinMax", MinMaxScaler())]
)
def test_agrees_with_scikit_learn(
    normalize: Any, frame: pd.DataFrame, method: str, scaler: Any
) -> None:
    scaled, function = everything(normalize, frame, transformation_method=method)
    matrix = frame[["x", "n"]].to_numpy(np.float64, na_value=np.nan)
    expected = scaler.fit_transform(matrix)
    assert np.allclose(scaled[["x", "n"]], expected, equal_nan=True)
    assert scaled["t"].equals(frame["t"])
    other = pd.DataFrame({"n": [100], "more": ["y"], "x": [-1]})
    assert np.allclose(
        function.transform(other)[["x", "n"]], scaler.transform(np.array([[-1, 100]]))
    )


def test_zscore_is_the_default(normalize: Any, frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        everything(normalize, frame)[0],
        everything(normalize, frame, transformation_method="ZScore")[0],
    )


def test_the_other_methods(normalize: Any, frame: pd.DataFrame) -> None:
    x = frame["x"].to_numpy()
    logistic, _ = everything(normalize, frame, transformation_method="Logistic")
    assert np.allclose(logistic["x"], 1 / (1 + np.exp(-x)))
    tanh, _ = everything(normalize, frame, transformation_method="TanH")
    assert np.allclose(tanh["x"], np.tanh(x))
    shares, function = everything(normalize, frame, transformation_method="LogNormal")
    shape, _, scale = lognorm.fit(x, floc=0)
    assert np.allclose(shares["x"], lognorm.cdf(x, shape, scale=scale))
    assert shares["n"].isna().tolist() == [False, False, True, False]
    below = function.transform(pd.DataFrame({"x": [0.0, -1.0, np.nan], "n": [1, 1, 1]}))
    assert below["x"].tolist()[:2] == [0, 0]
    assert np.isnan(below["x"][2])


@pytest.mark.parametrize("method", ["ZScore", "MinMax", "LogNormal"])
def test_constant_columns(normalize: Any, method: str) -> None:
    frame = pd.DataFrame({"x": [0.1, 0.1, 0.1, None]})
    zeros, _ = everything(normalize, frame, transformation_method=method)
    assert zeros["x"].fillna(-1).tolist() == [0, 0, 0, -1]
    gaps, _ = everything(
        normalize, frame, transformation_method=method, use_0_for_constant_columns=False
    )
    assert gaps["x"].isna().all()


def test_columns_without_values_or_rows(normalize: Any) -> None:
    frame = pd.DataFrame({"x": pd.array([None, None], "Int64")})
    assert everything(normalize, frame)[0]["x"].isna().all()
    assert everything(normalize, frame.head(0))[0].empty


def test_says_what_cannot_be_scaled(normalize: Any, frame: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="None of the selected columns holds numbers"):
        normalize(frame.copy(), columns_to_transform=["t"])
    with pytest.raises(ValueError, match='"x" has the value -2, and LogNormal needs numbers'):
        everything(normalize, frame.assign(x=-2.0), transformation_method="LogNormal")
    _, function = everything(normalize, frame)
    with pytest.raises(ValueError, match='scales the column "x", which this dataset does not'):
        function.transform(frame[["n"]])


@pytest.fixture
def colours() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "colour": pd.Categorical(["red", None, "blue"], ["red", "blue", "green"]),
            "size": pd.Categorical([2, 1, 2]),
            "n": [1, 2, 3],
        }
    )
    frame.attrs["roles"] = {"n": "label"}
    return frame


def test_one_column_a_category(to_indicators: Any, colours: pd.DataFrame) -> None:
    result, _ = to_indicators(colours, categorical_columns_to_convert=["size", "colour"])
    added = result.iloc[:, 3:]
    assert list(added.columns) == [
        "size-1",
        "size-2",
        "colour-red",
        "colour-blue",
        "colour-green",
        "colour-Missing",
    ]
    assert added.to_numpy().tolist() == [
        [0, 1, 1, 0, 0, 0],
        [1, 0, 0, 0, 0, 1],
        [0, 1, 0, 1, 0, 0],
    ]
    pd.testing.assert_frame_equal(result[list(colours.columns)], colours)
    assert result.attrs["roles"] == {"n": "label"}


def test_overwriting_leaves_the_columns_out(to_indicators: Any, colours: pd.DataFrame) -> None:
    result, _ = to_indicators(
        colours, categorical_columns_to_convert=["size"], overwrite_categorical_columns=True
    )
    assert list(result.columns) == ["colour", "n", "size-1", "size-2"]


def test_agrees_with_scikit_learn_on_other_datasets(
    to_indicators: Any, colours: pd.DataFrame
) -> None:
    _, indicators = to_indicators(
        colours.copy(),
        categorical_columns_to_convert=["size"],
        overwrite_categorical_columns=True,
    )
    other = pd.DataFrame({"size": [3, 2, 1, 2]})
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    expected = encoder.fit(colours[["size"]].astype(int)).transform(other)
    assert indicators.transform(other).to_numpy().tolist() == expected.tolist()


def test_only_categorical_columns_have_indicators(
    to_indicators: Any, colours: pd.DataFrame
) -> None:
    with pytest.raises(ValueError, match='"n" is not categorical but of the type int64'):
        to_indicators(colours, categorical_columns_to_convert=["n"])
    with pytest.raises(ValueError, match="Select at least one categorical column"):
        to_indicators(colours, categorical_columns_to_convert=[])


def test_apply_transformation_does_what_was_learned(
    load_module: Load, normalize: Any, frame: pd.DataFrame
) -> None:
    apply = load_module("apply_transformation").azureml_main
    scaled, function = everything(normalize, frame)
    pd.testing.assert_frame_equal(apply(function, frame.copy()), scaled)


def test_indicators_of_the_same_name_get_a_number(to_indicators: Any) -> None:
    dataset = pd.DataFrame(
        {
            "a": pd.Categorical(["b-c", "x"]),
            "a-b": pd.Categorical(["c", "y"]),
            "m": pd.Categorical(["Missing", None]),
            "a-x": [7, 7],
        }
    )
    result, indicators = to_indicators(dataset, categorical_columns_to_convert=["a", "a-b", "m"])
    assert list(result)[4:] == [
        *("a-b-c", "a-x (1)", "a-b-c (1)", "a-b-y", "m-Missing", "m-Missing (1)")
    ]
    assert result.iloc[0, 4:].tolist() == [1, 0, 1, 0, 1, 0]
    assert result.iloc[1, 4:].tolist() == [0, 1, 0, 1, 0, 1]
    assert list(indicators.transform(dataset)) == list(result)
    with pytest.raises(ValueError, match='already has columns with the names "a-b-c", "a-x '):
        indicators.transform(result)


def test_indicators_find_categories_by_value(to_indicators: Any) -> None:
    _, indicators = to_indicators(
        pd.DataFrame({"k": pd.Categorical([1, 2, None])}), categorical_columns_to_convert=["k"]
    )
    for other in ([2.0, 1.0, 3.0], ["2", "1", "3"], pd.Categorical([2, 1, 3])):
        result = indicators.transform(pd.DataFrame({"k": other}))
        assert result[["k-1", "k-2", "k-Missing"]].to_numpy().tolist() == [
            *([0, 1, 0], [1, 0, 0], [0, 0, 0])
        ]


def test_a_scaling_takes_a_column_without_values(normalize: Any) -> None:
    _, function = normalize(pd.DataFrame({"x": [1.0, 2.0]}), columns_to_transform=["x"])
    nothing = pd.DataFrame({"x": pd.Series([None], dtype="str")})
    assert function.transform(nothing)["x"].isna().tolist() == [True]
    with pytest.raises(ValueError, match="infinite number, by which ZScore can't scale"):
        normalize(pd.DataFrame({"x": [1.0, np.inf]}), columns_to_transform=["x"])
