from collections import namedtuple
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from studiolo_guest.contract.returned import frames_returned
from studiolo_guest.frames.errors import TooManyResultsError, UntranslatableReturnError

FRAME = pd.DataFrame({"a": [1, 2]})
OTHER = pd.DataFrame({"b": [3]})
Pair = namedtuple("Pair", ["first", "second"])


def array_of(*elements: Any) -> Any:
    array = np.empty(len(elements), dtype=object)
    for position, element in enumerate(elements):
        array[position] = element
    return array


@pytest.mark.parametrize(
    "returned",
    [FRAME, (FRAME,), [FRAME], array_of(FRAME), (FRAME, None), [FRAME, None, None]],
    ids=["bare", "tuple", "list", "array", "pair with None", "trailing Nones"],
)
def test_one_frame_in_every_form(returned: Any) -> None:
    log: list[str] = []
    frames = frames_returned(returned, log=log.append)
    assert len(frames) == 1
    assert frames[0] is FRAME
    assert log == []


@pytest.mark.parametrize(
    "returned",
    [
        (FRAME, OTHER),
        [FRAME, OTHER],
        array_of(FRAME, OTHER),
        Pair(FRAME, OTHER),
        (FRAME, OTHER, None),
    ],
)
def test_a_second_frame_is_a_second_result(returned: Any) -> None:
    first, second = frames_returned(returned, log=print)
    assert first is FRAME
    assert second is OTHER


@pytest.mark.parametrize("returned", [None, (), [], (None,), [None, None], array_of(None)])
def test_nothing_is_an_empty_dataset_and_told(returned: Any) -> None:
    log: list[str] = []
    frames = frames_returned(returned, log=log.append)
    assert [frame.shape for frame in frames] == [(0, 0)]
    assert len(log) == 1
    assert "empty" in log[0]


def test_a_missing_first_frame_does_not_move_the_second() -> None:
    log: list[str] = []
    first, second = frames_returned((None, OTHER), log=log.append)
    assert first.shape == (0, 0)
    assert second is OTHER
    assert len(log) == 1


@pytest.mark.parametrize(
    ("returned", "count"),
    [((FRAME, OTHER, FRAME), 3), ([FRAME] * 5, 5), ((FRAME, None, OTHER, None), 3)],
)
def test_more_results_than_ports_are_refused(returned: Any, count: int) -> None:
    with pytest.raises(TooManyResultsError, match=f"{count} elements.*results_dataset2") as caught:
        frames_returned(returned, log=print)
    assert caught.value.count == count


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (pd.Series([1, 2], name="a"), FRAME),
        (pd.Series([1, 2]), pd.DataFrame({"column": [1, 2]})),
        (pd.Index([1, 2]), pd.DataFrame({"column": [1, 2]})),
        (pd.Categorical(["x"]), pd.DataFrame({"column": pd.Categorical(["x"])})),
        ({"a": [1, 2]}, FRAME),
        ({"auc": 0.5, "name": "x"}, pd.DataFrame({"auc": [0.5], "name": ["x"]})),
        ({}, pd.DataFrame()),
        (np.array([1, 2]), pd.DataFrame({"column": [1, 2]})),
        (np.array([[1, 2], [3, 4]]), pd.DataFrame({"column_0": [1, 3], "column_1": [2, 4]})),
        (np.array([(1, 2.5)], dtype="i8,f8"), pd.DataFrame({"f0": [1], "f1": [2.5]})),
        (np.array(["x", "y"], dtype=object), pd.DataFrame({"column": ["x", "y"]})),
        (np.array(3), pd.DataFrame({"column": [3]})),
        (0.5, pd.DataFrame({"column": [0.5]})),
        ("text", pd.DataFrame({"column": ["text"]})),
        (Decimal("1.5"), pd.DataFrame({"column": [Decimal("1.5")]})),
        ((pd.Series([1, 2], name="a"),), FRAME),
        (({"a": [1, 2]},), FRAME),
        ([np.array([1, 2])], pd.DataFrame({"column": [1, 2]})),
    ],
)
def test_other_data_becomes_a_frame_and_is_told(returned: Any, expected: pd.DataFrame) -> None:
    log: list[str] = []
    (frame,) = frames_returned(returned, log=log.append)
    pd.testing.assert_frame_equal(frame, expected, check_column_type=False)
    assert len(log) == 1


def test_numpy_makes_numbers_of_a_list_of_frames_and_that_is_told() -> None:
    log: list[str] = []
    (frame,) = frames_returned(np.array([FRAME]), log=log.append)
    assert frame["column_0"].tolist() == [1, 2]
    assert "names are lost" in log[0]


@pytest.mark.parametrize(
    ("returned", "found", "way_out"),
    [
        ([1, 2, 3, 4], "a list that holds", "pandas.DataFrame"),
        ([1, 2], "a list that holds a value of the type int", "values"),
        ([{"a": 1}, {"a": 2}], "a list that holds a value of the type dict", "rows"),
        ((FRAME, "accuracy"), "a tuple that holds a value of the type str", "values"),
        ((object(),), "a tuple that holds a value of the type object", "objects"),
        ((row for row in [1]), "the type generator", "pickle"),
        ({1, 2}, "the type set", "pickle"),
        (object(), "the type object", "pickle"),
        (pa.table({"a": [1]}), "the type pyarrow.lib.Table", "to_pandas"),
        (np.zeros((3, 1, 1, 1)), "an array of 4 dimensions", "reshape"),
        ({"a": [1], "b": [1, 2]}, "a dict that is not a table", "same number"),
    ],
)
def test_what_is_no_frame_is_named(returned: Any, found: str, way_out: str) -> None:
    with pytest.raises(UntranslatableReturnError) as caught:
        frames_returned(returned, log=lambda _: None)
    assert found in str(caught.value)
    assert way_out in str(caught.value)
    assert caught.value.code == "untranslatable-return"
