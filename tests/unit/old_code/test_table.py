"""The table of retired calls describes calls that are found, and advice that can be read."""

import re
from textwrap import indent

import pytest

from studiolo.old_code.reading import read_old_code
from studiolo.old_code.retired_call import Effect, RetiredCall, Syntax
from studiolo.old_code.table import RETIRED_CALLS

#: What the examples of the table take for granted.
IMPORTS = """\
import jellyfish, scipy
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.feature_extraction.text import CountVectorizer
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.ensemble import (
    GradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
)
from sklearn.linear_model import LinearRegression, SGDClassifier
from sklearn.model_selection import KFold
from sklearn.preprocessing import OneHotEncoder
"""


def script_with(call: RetiredCall) -> str:
    if isinstance(call.shape, Syntax):
        return f"{IMPORTS}{call.old}\n"
    return f"{IMPORTS}def azureml_main(frame, times):\n{indent(call.old, '    ')}\n"


@pytest.mark.parametrize("call", RETIRED_CALLS, ids=lambda call: call.old_line)
def test_each_example_is_found_and_nothing_else(call: RetiredCall) -> None:
    reading = read_old_code(script_with(call))
    lines = len(script_with(call).splitlines())
    expected = [] if call.shape is None else [(lines, call)]
    assert [(found.line, found.call) for found in reading.found] == expected
    assert reading.mistakes == ()


@pytest.mark.parametrize("call", RETIRED_CALLS, ids=lambda call: call.old_line)
def test_each_says_what_to_write(call: RetiredCall) -> None:
    assert call.sentence.endswith(".")
    assert call.today in call.sentence
    assert not call.changed or call.changed.endswith(".")
    assert bool(call.errors) is (call.effect is Effect.FAILS)
    assert "2to3" not in call.sentence
    for pattern in (*call.errors, call.line):
        re.compile(pattern)


def test_no_two_are_the_same() -> None:
    examples = [call.old for call in RETIRED_CALLS]
    assert sorted(set(examples)) == sorted(examples)
