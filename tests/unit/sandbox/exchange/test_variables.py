import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.sandbox.exchange.variables import (
    CollectedVariables,
    FrameVariables,
    Problem,
    Variable,
    read_variables,
    variables_from_record,
)

TABLE = {
    "rows": 9,
    "columns": 9,
    "names": ["a"],
    "types": ["int64"],
    "index": ["0"],
    "cells": [["1"]],
}
X = {"frame": 1, "name": "x", "type": "int", "text": "3", "table": None, "problem": None}
FRAME = {**X, "name": "frame", "type": "DataFrame", "text": "", "table": TABLE}
END = {"left_out": [[1, 2], [0, 5]]}


def read(*lines: object) -> CollectedVariables:
    return read_variables(b"\n".join(json.dumps(line).encode() for line in lines))


def names(found: CollectedVariables) -> list[str]:
    return [v.name for frame in found.frames.values() for v in frame.shown]


def test_the_lines_of_a_guest_are_read() -> None:
    found = read(X, FRAME, END)
    assert found.complete
    x, frame = found.frames[1].shown
    assert (x.name, x.type, x.text, x.problem) == ("x", "int", "3", None)
    assert frame.table is not None
    assert frame.table.cells == [["1"]]
    assert found.frames[1].left_out == 2
    assert found.frames[0] == FrameVariables(shown=[], left_out=5)


def test_a_later_line_replaces_the_one_that_expected_the_worst() -> None:
    found = read({**X, "problem": "slow"}, X, {**X, "name": "y", "problem": "slow"})
    assert not found.complete
    assert [v.problem for v in found.frames[1].shown] == [None, Problem.SLOW]


@pytest.mark.parametrize(
    "line",
    [
        {**X, "frame": -1},
        {**X, "name": 3},
        {**X, "text": None},
        {**X, "problem": "unheard of"},
        {**X, "table": []},
        {**X, "table": {**TABLE, "rows": "9"}},
        {**X, "table": {**TABLE, "cells": [["1", "2"]]}},
        {**X, "table": {**TABLE, "types": []}},
        {**X, "table": {**TABLE, "cells": [[1]]}},
        {"left_out": [[1]]},
        {"left_out": 3},
        [],
    ],
    ids=str,
)
def test_nothing_after_a_line_that_is_wrong_is_believed(line: object) -> None:
    found = read(X, line, {**X, "name": "after"}, END)
    assert names(found) == ["x"]
    assert not found.complete


def test_texts_are_cut_and_whole_characters() -> None:
    found = read({**X, "text": "a" * 10**5, "name": "\ud800"}, END)
    (variable,) = found.frames[1].shown
    assert (variable.name, len(variable.text)) == ("?", 2000)


def test_a_flood_is_cut() -> None:
    found = read(*[{**X, "name": str(n)} for n in range(10_000)])
    assert len(names(found)) <= 2000


@given(st.binary() | st.lists(st.from_type(int) | st.text()).map(lambda v: json.dumps(v).encode()))
def test_whatever_comes_there_is_an_answer(content: bytes) -> None:
    assert isinstance(read_variables(content), CollectedVariables)


def test_what_is_recorded_is_read_again() -> None:
    frame = FrameVariables(
        shown=[*read(X, FRAME, END).frames[1].shown, Variable(name="s", type="", text="")],
        left_out=4,
    )
    recorded: dict[str, Any] = json.loads(json.dumps(asdict(frame)))
    assert variables_from_record(recorded) == frame
