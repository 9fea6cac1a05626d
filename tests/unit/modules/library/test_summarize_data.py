from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

COUNTS = ["Feature", "Count", "Unique Value Count", "Missing Value Count"]


@pytest.fixture
def summarize(load_module: Callable[[str], ModuleType]) -> Any:
    return load_module("summarize_data").azureml_main


def test_agrees_with_scipy(summarize: Any) -> None:
    values = np.round(np.random.default_rng(0).normal(10, 3, 1001), 1)
    frame = pd.DataFrame({"x": [*values, None, None]})
    row = summarize(frame).iloc[0]
    assert row[COUNTS].tolist() == ["x", 1003, len(np.unique(values)), 2]
    expected = {
        "Min": values.min(),
        "Max": values.max(),
        "Mean": values.mean(),
        "Mean Deviation": np.abs(values - values.mean()).mean(),
        "1st Quartile": np.percentile(values, 25),
        "Median": np.median(values),
        "3rd Quartile": np.percentile(values, 75),
        "Mode": stats.mode(values).mode,
        "Range": np.ptp(values),
        "Sample Variance": values.var(ddof=1),
        "Sample Standard Deviation": values.std(ddof=1),
        "Sample Skewness": stats.skew(values, bias=False),
        "Sample Kurtosis": stats.kurtosis(values, bias=False),
        "P0.5": np.percentile(values, 0.5),
        "P1": np.percentile(values, 1),
        "P5": np.percentile(values, 5),
        "P95": np.percentile(values, 95),
        "P99.5": np.percentile(values, 99.5),
    }
    assert list(row.index) == [*COUNTS, *expected]
    for name, value in expected.items():
        assert row[name] == pytest.approx(value), name


def test_truth_counts_as_1_and_0(summarize: Any) -> None:
    frame = pd.DataFrame({"b": pd.array([True, True, False, None], "boolean")})
    row = summarize(frame).iloc[0]
    assert row[["Min", "Max", "Mode", "Range", "Median"]].tolist() == [0, 1, 1, 1, 1]
    assert row["Mean"] == pytest.approx(2 / 3)


def test_other_columns_have_the_three_counts_only(summarize: Any) -> None:
    frame = pd.DataFrame({"t": ["a", "a", None], "d": pd.to_datetime(["2020-01-01"] * 3)})
    frame["c"] = frame["t"].astype("category")
    frame["none"] = pd.Series([None] * 3, dtype="float64")
    summary = summarize(frame)
    assert summary[COUNTS].to_numpy().tolist() == [
        ["t", 3, 1, 1],
        ["d", 3, 1, 0],
        ["c", 3, 1, 1],
        ["none", 3, 0, 3],
    ]
    assert summary.drop(columns=COUNTS).isna().all(axis=None)
    assert set(map(str, summary.drop(columns=COUNTS).dtypes)) == {"float64"}


@pytest.mark.parametrize("values", [[1.0], [float("inf"), 1.0], [2**53 + 0.0, -1.0]])
def test_odd_numbers_give_no_warning(summarize: Any, values: list[float]) -> None:
    assert summarize(pd.DataFrame({"x": values}))["Max"][0] == max(values)


def test_empty_datasets(summarize: Any) -> None:
    assert summarize(pd.DataFrame({"x": pd.Series([], dtype="int64")}))["Count"].tolist() == [0]
    assert summarize(pd.DataFrame()).shape == (0, 22)
