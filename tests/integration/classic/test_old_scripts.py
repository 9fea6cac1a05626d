"""Scripts of the time as a whole: Python 2, the table's lines, pictures, Azure ML's stand-in."""

import io
import zipfile
from typing import TYPE_CHECKING

import pyarrow as pa

from studiolo.old_code.python2_values import SIGNS
from studiolo.old_code.retired_call import Effect, Syntax
from studiolo.old_code.table import RETIRED_CALLS
from studiolo.runs.scripts.old_code_notes import notes_before
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo_guest.classic import python2

if TYPE_CHECKING:
    from .conftest import Run

FRAME = pa.table({"a": [1.5, 2.0, 3.0], "b": [3, 2, 1], "name": ["x1", "y2", "z3"]})
SURROUNDINGS = """\
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

def azureml_main(given):
    given.to_csv("a.csv")
    for code in LINES:
        times = given.set_index(pd.date_range("2020-01-01", periods=3))[["a"]]
        row = given.set_index("name").iloc[0]
        frame, other = given.copy(), given.copy()
        try:
            exec(code, dict(globals(), frame=frame, times=times, row=row, other=other))
        except Exception as error:
            print(code, "|", type(error).__name__, error)
"""
#: Of Python 2 without a syntax of its own: in its scripts they are names, here they are texts.
PYTHON_2 = """\
import sys, StringIO, urllib2, cPickle
from itertools import izip

reload(sys)
sys.setdefaultencoding("utf-8")

def azureml_main(frame):
\tif True:
                total = 0L
\tcounts = {"x": 1}
\tfor key, value in counts.iteritems():
\t\tprint key, value,
\tprint "and", len(counts.keys()), counts.keys()[0], counts.has_key("x")
\tprint >>sys.stdout, unicode("u"), "t".decode("utf-8"), `1`, 0777, 3 <> 4
\tfor i in xrange(2):
\t\ttotal += i
\ttry:
\t\traise ValueError, "no rows"
\texcept ValueError, error:
\t\tprint error, total, reduce(lambda a, b: a + b, [1, 2]), cmp(2, 1)
\texec "inner = 5"
\timport helper
\tprint helper.f(), sorted(izip([1], [2])), sys.maxint > 0, isinstance("", basestring)
\treturn frame.ix[frame.b > 1].append(frame),
"""


def test_lines_of_the_table_work_unless_it_says_why_not(run: "Run") -> None:
    restored = [c for c in RETIRED_CALLS if not isinstance(c.shape, Syntax) and not c.lost]
    lines = [c.old for c in restored if c not in _of_python_2()]
    outcome = run(f"LINES = {lines!r}\n{SURROUNDINGS}", FRAME)
    assert outcome.failure is None, outcome.failure.traceback
    assert [line for line in outcome.device.console.splitlines() if "|" in line] == []


def test_a_line_that_the_table_calls_lost_is_not_there(run: "Run") -> None:
    # What imports, and fails or differs when it is called.
    there = ("RandomizedPCA", "arima_model")
    lost = [c for c in RETIRED_CALLS if c.lost and c.effect is Effect.FAILS]
    lines = [c.old for c in lost if not any(name in c.old for name in there)]
    outcome = run(f"LINES = {lines!r}\n{SURROUNDINGS}", FRAME)
    assert outcome.failure is None, outcome.failure.traceback
    failed = [line for line in outcome.device.console.splitlines() if " | " in line]
    assert len(failed) == len(lines), outcome.device.console


def test_a_script_of_python_2_runs_with_its_bundle(run: "Run") -> None:
    helper = b"def f():\n    print 'helper'\n    return xrange(3)[1]\n"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("helper.py", helper)
    bundle = zipped.getvalue()
    with MemoryFile.of_bytes(bundle, "bundle") as file:
        outcome = run(PYTHON_2, FRAME, bundle=file)
    assert outcome.failure is None, outcome.failure.traceback
    assert outcome.device.console.splitlines() == [
        "x 1 and 1 x True",
        "u t 1 511 True",
        "no rows 1 3 1",
        "helper",
        "1 [(1, 2)] True True",
    ]
    assert outcome.tables["results_dataset"]["b"].to_pylist() == [3, 2, 3, 2, 1]
    # Each is named once, with its lines, and so are those of the module.
    notes = notes_before(PYTHON_2, bundle, classic=True)
    assert any(note.startswith("lines 12, 13, 14, 20 and 23: `print 'done'`") for note in notes), (
        notes
    )
    assert any(note.startswith("helper.py, line 2: `print 'done'`") for note in notes), notes
    assert any(note.startswith("line 24: `frame.ix[0]` is retired; use") for note in notes), notes


#: With what Python 2.7.18 prints for it.
VALUES_OF_PYTHON_2 = """\
import numpy as np

def azureml_main(frame):
    print 7 / 2, len(frame) / 2, 7 / 2.0, -7 / 2, np.arange(3) / 2, np.int64(7) / 2
    half = 7
    half /= 2
    print half, map(str, [1, 2]), filter(None, [0, 1]), zip([1], [2]), range(3) + [9]
    print map(None, [1, 2], [3]), filter(lambda c: c > "a", "abc"), round(2.5), round(1.005, 2)
    print frame["b"].tolist(), (frame["b"] / 2).tolist(), "%s" % u"text".encode("utf-8")
"""
PRINTED = [
    "3 1 3.5 -4 [0 0 1] 3",
    "3 ['1', '2'] [1] [(1, 2)] [0, 1, 2, 9]",
    "[(1, 3), (2, None)] bc 3.0 1.0",
    "[3, 2, 1] [1.5, 1.0, 0.5] b'text'",  # Python 2 printed text; the log says it
]


def test_values_of_python_2_are_restored_or_named(run: "Run") -> None:
    outcome = run(VALUES_OF_PYTHON_2, FRAME)
    assert outcome.failure is None, outcome.failure.traceback
    assert outcome.device.console.splitlines() == PRINTED
    notes = notes_before(VALUES_OF_PYTHON_2, None, classic=True)
    named = [note.partition(" in ")[0] for note in notes if "Python 2" in note]
    assert [note.partition("`")[0] for note in named] == [
        "lines 4, 6 and 9: ",
        "lines 7 and 8: ",
        "line 8: ",
        "line 9: ",
    ]
    assert SIGNS.pattern == python2._SIGNS.pattern, "the log speaks of what the guest converts"


def test_a_failure_shows_the_line_as_the_script_has_it(run: "Run") -> None:
    outcome = run("def azureml_main():\n    print 'a'\n    print 1 / 0, 'b'\n")
    assert outcome.failure is not None
    assert outcome.failure.frames[-1].line == 3
    assert outcome.failure.frames[-1].source == "print 1 / 0, 'b'"


def test_what_is_of_no_python_is_the_error_of_today_s(run: "Run") -> None:
    outcome = run("def azureml_main():\n    print 'a'\n    return ((\n")
    assert outcome.failure is not None
    assert outcome.failure.code == "script-syntax"


def test_pictures_and_logged_values_land_in_the_device(run: "Run") -> None:
    outcome = run(
        """
        import matplotlib
        matplotlib.use("Qt4Agg")
        import matplotlib.pyplot as plt
        import pandas.tools.rplot as rplot
        from azureml.core import Run

        def azureml_main(frame):
            plot = rplot.RPlot(frame, x="a", y="b")
            plot.add(rplot.TrellisGrid(["name", "."]))
            plot.add(rplot.GeomPoint(colour=rplot.ScaleGradient("b", (0, 0, 0), (1, 1, 1))))
            plot.add(rplot.GeomPolyFit(1))
            plot.add(rplot.GeomHistogram())
            plot.render(plt.gcf())
            plt.savefig("trellis.png")
            run = Run.get_context()
            run.log("accuracy", 0.5)
            run.log_image("the curve", plot=plt)
            plt.close("all")
        """,
        FRAME,
    )
    assert outcome.failure is None, outcome.failure.traceback
    assert outcome.device.console == "accuracy: 0.5\n"
    assert {image.name for image in outcome.device.images} == {"trellis.png", "the curve.png"}


def test_pip_is_answered_with_the_lines_that_do_it(run: "Run") -> None:
    how = "pip install humanize"
    outcome = run(f"import os\ndef azureml_main():\n    os.system({how!r})\n")
    assert '# dependencies = ["humanize"]' in outcome.device.console


def _of_python_2() -> set[object]:
    from studiolo.old_code.python2_calls import PYTHON_2 as CALLS

    return set(CALLS)
