"""Select Columns in Dataset and Remove Duplicate Rows."""

from collections.abc import Callable
from types import ModuleType

import pandas as pd
import pytest

Load = Callable[[str], ModuleType]


@pytest.fixture
def frame() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "id": pd.array([1, 2, 1, None, None], "Int64"),
            "name": ["a", "A", "a", None, None],
            "x": [0.5, 1.5, 0.5, None, 2.0],
        }
    )
    frame["name"] = frame["name"].astype("category")
    frame.attrs["roles"] = {"x": "label"}
    return frame


def test_columns_come_in_the_order_of_the_selection(load_module: Load, frame: pd.DataFrame) -> None:
    select = load_module("select_columns_in_dataset").azureml_main
    selected = select(frame, select_columns=["x", "id"])
    pd.testing.assert_frame_equal(selected, pd.DataFrame({"x": frame["x"], "id": frame["id"]}))
    assert selected.attrs["roles"] == {"x": "label"}
    with pytest.raises(ValueError, match="Select at least one"):
        select(frame, select_columns=[])


def test_the_first_of_equal_rows_is_retained(load_module: Load, frame: pd.DataFrame) -> None:
    unique = load_module("remove_duplicate_rows").azureml_main
    assert unique(frame, key_columns=["id", "name", "x"]).index.tolist() == [0, 1, 3, 4]
    assert unique(frame, key_columns=["id"]).index.tolist() == [0, 1, 3]
    last = unique(frame, key_columns=["id", "name"], retain_first_duplicate_row=False)
    assert last.index.tolist() == [1, 2, 4]
    assert last.attrs["roles"] == {"x": "label"}
    assert unique(frame.head(0), key_columns=["id"]).empty
    with pytest.raises(ValueError, match="Select at least one"):
        unique(frame, key_columns=[])
