"""Old scripts are read, whichever Python they are of; today's are left alone."""

from pathlib import Path

import pytest

import studiolo
from studiolo.old_code.advice import call_behind, classic_notes, listed, notes
from studiolo.old_code.reading import read_old_code

PYTHON_2 = '''\
import urllib2, pandas as pd
def azureml_main(df, d2=None):
    print "shape", (df.shape,
        1)
    print >>log, "x"
    try:
        if df: print 'a'
    except ValueError, e:
        raise KeyError, "x"
    s = "print this; `x` <> 0777"
    """
    print that
    """
    print
    x = 10L if 1 <> 2 else `s`
    return df.ix[:, 1],
'''


def found(source: str) -> list[tuple[int, str]]:
    return [(one.line, one.call.old_line) for one in read_old_code(source).found]


def test_a_script_of_python_2_is_read_to_its_end() -> None:
    assert found(PYTHON_2) == [
        (1, "import urllib2"),
        (3, "print 'done'"),
        (5, "print 'done'"),
        (7, "print 'done'"),
        (8, "except ValueError, error: pass"),
        (9, "raise ValueError, 'no rows'"),
        (15, "1 <> 2"),
        (15, "x = 0777 + 10L"),
        (15, "x = `1`"),
        (16, "frame.ix[0]"),
    ]
    assert read_old_code(PYTHON_2).mistakes == ()


def test_what_is_wrong_in_either_python_is_named_and_the_rest_is_read() -> None:
    reading = read_old_code("x = )\nimport urllib2\nwhile:\n    x.ix\n")
    assert [line for line, _ in reading.mistakes] == [1, 3]
    assert [one.line for one in reading.found] == [2, 4]


@pytest.mark.parametrize(
    "source", ["", "\x00", "(" * 10_000, "x = 1\n" * 3 + "\tx = 2", "'''", "print 'a\nprint 'b"]
)
def test_anything_can_be_read(source: str) -> None:
    read_old_code(source)


@pytest.mark.parametrize(
    "line",
    [
        "items.append(1)",
        "items.sort(); np.sort(x); items.sort(key=len)",
        "d['a'][k] = 1",
        "frame.loc[mask, 'a'] = 1; frame.iloc[0]['a']",
        "frame['a'] = frame['a'].fillna(0)",
        "frame.fillna(0, inplace=True)",
        "frame['a'].str.replace('-', ''); frame['a'].str.replace('a+', '', regex=True)",
        "frame['a'].str.replace('.', '')",
        "'a.b'.replace('a.b', '')",
        "np.float64(1); np.int_; np.array([1], dtype=float)",
        "reduce = 1; print(reduce)",
        "from functools import reduce; reduce(f, x)",
        "pd.to_datetime(x).to_period('M'); pd.period_range('2020', freq='M', periods=2)",
        "times.resample('D').mean(); axes.plot(x, y); frame.plot(ax=axes)",
        "from pandas.plotting import scatter_matrix; import azureml_helpers",
        "if frame['a'].dtype == 'float64': pass",
        "raw.decode('utf-8'); b'a'.decode('utf-8')",
    ],
)
def test_today_s_code_is_left_alone(line: str) -> None:
    body = "".join(f"    {part.strip()}\n" for part in line.split(";"))
    assert found(f"import numpy as np, pandas as pd\ndef azureml_main(frame):\n{body}") == []


@pytest.mark.parametrize(
    ("line", "old"),
    [
        ("if frame[c].dtype == 'object': pass", "frame['name'].dtype == 'object'"),
        ("if frame[c].dtype != object: pass", "frame['name'].dtype == 'object'"),
        ("if frame.dtypes[c] in ('object', 'O'): pass", "frame['name'].dtype == 'object'"),
        ("if frame[c].dtype == np.object_: pass", "frame['name'].dtype == 'object'"),
        ("if frame[c].dtype.kind == 'O': pass", "frame['name'].dtype == 'object'"),
        ("frame.a[mask] = 1", "frame['a'][frame['b'] > 1] = 0"),
        ("frame[mask]['a'] = 1", "frame['a'][frame['b'] > 1] = 0"),
        ("frame.loc[mask]['a'] += 1", "frame['a'][frame['b'] > 1] = 0"),
        ("frame.a.replace('x', 'z', inplace=True)", "frame['a'].fillna(0, inplace=True)"),
        ("frame['a'].str.replace(r'\\d', '')", "frame['name'].str.replace('[0-9]+', '')"),
    ],
)
def test_what_succeeds_with_another_meaning_is_noted(line: str, old: str) -> None:
    source = f"import numpy as np\ndef azureml_main(frame):\n    {line}\n    {line}\n"
    (note,) = notes(read_old_code(source))
    assert note.startswith("lines 3 and 4: ")
    assert f"`{old}`" in note


def test_the_call_behind_an_error_is_the_one_in_the_failing_line() -> None:
    source = "import pandas.tools.rplot\nimport pandas.tools.plotting\nrow[1]\nframe.ix\n"
    reading = read_old_code(source)
    missing = "ModuleNotFoundError: No module named 'pandas.tools'"
    for line, text in ((1, "rplot"), (2, "plotting")):
        call = call_behind(missing, reading, {line: source.splitlines()[line - 1]})
        assert call is not None
        assert text in call.old
    position = call_behind("KeyError: 1", reading, {3: "row[1]"})
    assert position is not None
    assert "iloc[1]" in position.today
    assert call_behind("KeyError: 1", reading, {3: "lookup[key]"}) is None
    assert call_behind("ValueError: no", reading, {4: "frame.ix"}) is None
    shown = listed(reading, "s.py", told=position).splitlines()
    assert [line.strip()[:7] for line in shown[1:]] == [
        "line 1:",
        "line 2:",
        "line 4:",
    ]


def test_a_list_of_the_one_call_that_was_told_is_none() -> None:
    reading = read_old_code("frame.ix\n")
    assert listed(reading, "s.py", told=reading.found[0].call) == ""
    many = read_old_code("".join(f"import {name}\n" for name in ("urllib2", "Queue")) * 40)
    (first, *lines) = listed(many, "s.py", told=many.found[0].call).splitlines()
    assert first == "Retired calls of this script:"
    assert [line.split(":")[0] for line in lines] == [
        "  lines 1, 3, 5, 7, 9, 11, 13, 15 and 32 more",
        "  lines 2, 4, 6, 8, 10, 12, 14, 16 and 32 more",
    ]


@pytest.mark.parametrize(
    "error",
    [
        "ValueError: x must be positive",
        "AttributeError: 'list' object has no attribute 'sorted'",
        "AttributeError: 'Basket' object has no attribute 'append'",
        "ModuleNotFoundError: No module named 'seabron'",
        "SyntaxError: invalid syntax",
    ],
)
def test_other_errors_are_nobody_s(error: str) -> None:
    assert call_behind(error, read_old_code("x = 1"), {1: "x = 1"}) is None


def test_our_own_code_has_no_retired_calls() -> None:
    for path in Path(studiolo.__file__).parent.rglob("*.py"):
        reading = read_old_code(path.read_text(encoding="utf-8"))
        assert [one for one in reading.found if one.call.errors] == [], path


def test_silent_changes_are_named_in_old_scripts_and_not_in_new_ones() -> None:
    new = "m = pd.DataFrame({'b': x, 'a': y})\nz = pd.cut(m.loc[0], 2)\n"
    assert notes(read_old_code(new)) == []
    named = notes(read_old_code(f"{new}m['a'][0] = 1\n"))
    assert [note.partition(":")[0] for note in named] == ["line 1", "line 2", "line 3"]
    # In `classic` they are what they were, which its log says of any script.
    assert classic_notes(read_old_code(new))[1] == (
        "line 2: `pd.cut(frame['a'], 2)` means what it did then. The labels are intervals today; "
        "they were texts such as `(2, 4]`. Write `labels=[…]`, if the labels are compared or shown."
    )


@pytest.mark.parametrize(
    "today",
    [
        "m = pd.DataFrame({'a': x, 'b': y})",
        "m = pd.DataFrame({'b': x, 'a': y}, columns=['a', 'b'])",
        "z = np.argmax(p)",
        "z = p.argmax()",
        "z = frame['n'].str.extract('([a-z])', expand=False)",
        "z = frame['n'].str.extract('([a-z])([0-9])')",
        "z = frame.describe()",
        "z = frame.pivot_table('a', index='n', columns='b')",
        "z = frame.groupby('n').agg({'a': 'min', 'b': ['max', 'min']})",
        "z = frame['n'].replace({'a': None})",
        "m = SVC(kernel='linear')",
        "m = RandomForestClassifier(50)",
        "m = LogisticRegression(**options)",
    ],
)
def test_what_means_the_same_today_is_not_found(today: str) -> None:
    assert found(f"def azureml_main(frame):\n    {today}\n") == []
