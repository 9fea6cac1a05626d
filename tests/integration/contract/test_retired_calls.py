"""Each retired call fails in the sandbox with the error that the table knows it by."""

from collections.abc import Callable
from textwrap import indent

import pandas as pd
import pyarrow as pa
import pytest

from studiolo.environments.building.build import default_environment
from studiolo.old_code.reading import read_old_code
from studiolo.old_code.retired_call import Effect, RetiredCall, Syntax
from studiolo.old_code.table import RETIRED_CALLS
from studiolo.runs.scripts.circumstances import Circumstances
from studiolo.runs.scripts.explanation import explained
from studiolo.sandbox.exchange.job import Failure, Job, Outcome

Run = Callable[..., Outcome]

FRAME = pa.table({"a": [1.0, 2.0, 3.0], "b": [3, 2, 1], "name": ["x1", "y2", "z3"]})
#: Connected as well, and turned into a series of times.
IMPORTS = """\
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
import scipy
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
BODY = """\
def azureml_main(frame):
    times = frame.set_index(pd.date_range("2020-01-01", periods=3))[["a"]]
    row = frame.set_index("name").iloc[0]
"""
FAILING = [call for call in RETIRED_CALLS if call.effect is Effect.FAILS]
#: Not in the default environment, so that an import of it fails first.
ABSENT = ("jellyfish", "statsmodels.tsa.arima_model")


def explained_failure(run: Run, source: str, **options: object) -> Failure:
    outcome = run(source, **options)
    assert outcome.failure is not None, outcome.device.console
    job = Job(source=source)
    return explained(outcome.failure, Circumstances(environment=default_environment(), job=job))


@pytest.mark.parametrize("call", FAILING, ids=lambda call: call.old_line)
def test_the_failure_of_a_retired_call_says_what_to_write(run: Run, call: RetiredCall) -> None:
    if any(name in call.old for name in ABSENT):
        pytest.skip("the library is not in the default environment")
    if isinstance(call.shape, Syntax):
        source = f"{call.old}\n"
    else:
        source = f"{IMPORTS}{BODY}{indent(call.old, '    ')}\n"
    failure = explained_failure(run, source, dataset1=FRAME)
    assert call.sentence in failure.message, failure
    # What was told is not listed once more.
    assert failure.message.count(call.sentence) == 1
    assert failure.frames[-1].line == len(source.splitlines())


def test_all_retired_calls_are_listed_at_the_first_failure(run: Run) -> None:
    source = """\
from sklearn.cross_validation import KFold

def azureml_main(frame):
    print frame.ix[0]
    return frame.append(frame),
"""
    message = explained_failure(run, source, dataset1=FRAME).message
    assert message.splitlines()[0].startswith("Missing parentheses in call to 'print'")
    for line, name in ((1, "model_selection"), (4, "iloc"), (5, "concat")):
        assert any(
            part.startswith(f"  line {line}:") and name in part for part in message.splitlines()
        ), message
    assert len(read_old_code(source).found) == 4


def test_a_silent_idiom_really_is_one(run: Run) -> None:
    """If pandas brings a meaning back, the table has to follow."""
    source = """\
import warnings
import pandas as pd

def azureml_main(frame):
    warnings.simplefilter("ignore")
    frame["a"][frame["b"] > 1] = 0
    frame["b"].replace(3, 9, inplace=True)
    print((frame["name"].dtype == "object"), frame["name"].str.replace("[0-9]", "").tolist())
    print(pd.get_dummies(frame["name"]).dtypes.iloc[0])
    return frame,
"""
    outcome = run(source, dataset1=FRAME)
    assert outcome.device.console == "False ['x1', 'y2', 'z3']\nbool\n"
    assert outcome.tables["results_dataset"].to_pydict() == FRAME.to_pydict()
    assert pd.Series(["x"]).dtype != "object"
