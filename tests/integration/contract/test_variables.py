"""The local variables of a script that failed, as the real sandbox hands them over."""

from collections.abc import Callable, Mapping
from textwrap import indent

import pyarrow as pa
import pytest

from studiolo.sandbox.exchange.job import Failure, Outcome
from studiolo.sandbox.exchange.variables import FrameVariables, Problem, Variable

SCRIPT = """
import pandas as pd

LIMIT = 140

def only_high(features, api_key):
    config = {"password": "hunter2"}
    return features[features["Glucose"] > LIMIT]

def azureml_main(dataframe1=None, dataframe2=None):
    dataframe1["age"] += 1
    for trees in (100, 200):
        pass
    return only_high(dataframe1, "Zm9v")
"""
ENDS = "Not all local variables could be collected"


def by_name(variables: FrameVariables) -> Mapping[str, Variable]:
    return {variable.name: variable for variable in variables.shown}


def test_each_frame_has_them_as_they_were(failure_of: Callable[..., Failure]) -> None:
    failure = failure_of(SCRIPT, dataset1=pa.table({"age": [30, 40], "name": ["a", "b"]}))
    outer, inner = [by_name(frame.variables) for frame in failure.frames]
    assert list(outer) == ["dataframe1", "dataframe2", "trees"]
    assert (outer["trees"].type, outer["trees"].text) == ("int", "200")
    assert outer["dataframe2"].text == "None"
    assert list(inner) == ["features", "api_key", "config"]
    table = inner["features"].table
    assert table is not None
    assert (table.rows, table.columns) == (2, 2)
    assert table.cells == [["31", "a"], ["41", "b"]]
    assert inner["api_key"].problem is Problem.SECRET
    assert inner["config"].text == "{'password': •••}"
    assert "Zm9v" not in str(inner)
    assert "hunter2" not in str(inner)


def test_at_the_top_level_definitions_are_left_out(failure_of: Callable[..., Failure]) -> None:
    failure = failure_of("import os\nx = 1\ndef f(): pass\nclass C: pass\n1 / 0")
    assert list(by_name(failure.frames[0].variables)) == ["x"]


def failing_with(shows: str) -> str:
    return f"""
class Odd:
    def __repr__(self):
{indent(shows, " " * 8)}

def azureml_main(dataframe1=None, dataframe2=None):
    before = 1
    odd = Odd()
    after = 2
    1 / 0
"""


@pytest.mark.parametrize(
    ("shows", "problem", "text"),
    [
        ("while True: pass", Problem.SLOW, ""),
        ("raise KeyError('no', 'way')", Problem.RAISED, "KeyError: ('no', 'way')"),
        ("raise SystemExit(3)", Problem.RAISED, "SystemExit: 3"),
        ("print('hello'); return 'Odd'", Problem.PRINTED, "Odd"),
        ("return 7", Problem.RAISED, "TypeError: __repr__ returned non-string (type int)"),
        ("import sys; sys.setrecursionlimit(10**6); return repr(self)", Problem.RAISED, ""),
    ],
    ids=["hangs", "raises", "exits", "prints", "no text", "recursion"],
)
def test_a_value_whose_own_code_misbehaves_is_named(
    run: Callable[..., Outcome], shows: str, problem: Problem, text: str
) -> None:
    outcome = run(failing_with(shows))
    assert outcome.failure is not None
    assert outcome.failure.exception_type == "ZeroDivisionError"
    found = by_name(outcome.failure.frames[-1].variables)
    if "recursion" in shows:
        # Whether the stack or the time ends first.
        assert found["before"].text == "1"
        assert found["odd"].problem in {Problem.RAISED, Problem.SLOW}
        return
    assert found["odd"].problem is problem
    assert found["odd"].text == text
    assert found["after"].text == "2"
    assert "hello" not in outcome.device.console


@pytest.mark.parametrize(
    "shows",
    ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)", "sum(range(10**12))"],
    ids=["ends", "crashes", "hangs in C"],
)
def test_the_failure_is_told_even_if_showing_a_value_ends_the_process(
    run: Callable[..., Outcome], shows: str
) -> None:
    outcome = run(failing_with(shows))
    assert outcome.failure is not None
    assert outcome.failure.exception_type == "ZeroDivisionError"
    found = by_name(outcome.failure.frames[-1].variables)
    assert found["before"].text == "1"
    assert found["odd"].problem is Problem.SLOW
    assert any(ENDS in line for line in outcome.log)


def test_their_number_is_bounded(failure_of: Callable[..., Failure]) -> None:
    failure = failure_of(
        """
        def deep(n):
            exec("; ".join(f"v{i} = {i}" for i in range(200)))
            locals_of_this = list(range(n))
            a = b = c = d = "x" * 10_000
            return 1 / 0 if n == 0 else deep(n - 1)

        def azureml_main(dataframe1=None, dataframe2=None):
            globals().update({f"v{i}": i for i in range(200)})
            deep(300)
        """
    )
    shown = [frame.variables for frame in failure.frames]
    assert len(shown) == 50
    # The innermost come first, as long as there is room.
    assert shown[-1].shown
    assert sum(len(variables.shown) for variables in shown) <= 400
    assert sum(len(str(variables)) for variables in shown) < 1_000_000
    assert any(variables.left_out for variables in shown)


def test_a_script_that_succeeds_has_none(run: Callable[..., Outcome]) -> None:
    outcome = run("def azureml_main(a=None, b=None):\n    return None")
    assert outcome.failure is None
