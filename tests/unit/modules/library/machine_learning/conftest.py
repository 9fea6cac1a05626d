"""Data that scikit-learn brings along, as the frames that a module gets."""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

mpl.use("Agg")


@pytest.fixture(autouse=True)
def figures() -> Iterator[Callable[[], list[str]]]:
    """Tells the titles of the figures that are open, and closes them after the test."""
    yield lambda: [plt.figure(number).axes[0].get_title() for number in plt.get_fignums()]
    plt.close("all")


@pytest.fixture
def run(load_module: Callable[[str], ModuleType]) -> Callable[..., Any]:
    """Runs a module of the library, named by its file's stem."""
    return lambda stem, *inputs, **parameters: load_module(stem).azureml_main(*inputs, **parameters)


@pytest.fixture
def tumours() -> pd.DataFrame:
    """Two classes, 0 and 1, in the column "target"; numbers for features."""
    frame: pd.DataFrame = load_breast_cancer(as_frame=True).frame
    return frame.iloc[:, [0, 1, 4, 6, 8, -1]].copy()


@pytest.fixture
def irises() -> pd.DataFrame:
    """Three classes, texts, in the column "species"."""
    iris = load_iris(as_frame=True)
    sizes: pd.DataFrame = iris.data
    return sizes.assign(species=pd.Series(iris.target_names[iris.target], dtype="str"))


@pytest.fixture
def patients() -> pd.DataFrame:
    """A number to predict, in the column "target"."""
    frame: pd.DataFrame = load_diabetes(as_frame=True).frame
    return frame


@pytest.fixture
def mixed() -> pd.DataFrame:
    """Every type that a column can have, with gaps, and what can't be a feature."""
    return pd.DataFrame(
        {
            "age": pd.array([21, None, 43, 54, 65, 76], dtype="Int64"),
            "height": [1.5, 1.6, None, 1.8, 1.9, 1.7],
            "member": pd.array([True, False, None, True, False, True], dtype="boolean"),
            "paid": [True, True, False, False, True, False],
            "city": pd.Series(["Bern", "Rome", None, "Rome", "Bern", "Oslo"], dtype="str"),
            "size": pd.Categorical(["S", "M", "L", None, "M", "S"]),
            "joined": pd.date_range("2020-01-01", periods=6),
            "empty": pd.Series([None] * 6, dtype="str"),
            "bought": pd.Series(["no", "yes", "no", "yes", "yes", None], dtype="str"),
        }
    )
