"""What `azureml_main` may return, and how frames are translated on their way."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from studiolo.sandbox.exchange.job import Failure, Outcome

Run = Callable[..., Outcome]
TableOf = Callable[..., pa.Table]
ConsoleOf = Callable[..., str]
FailureOf = Callable[..., Failure]

FRAME = "import numpy as np\nimport pandas as pd\nframe = pd.DataFrame({'n': [1, 2]})\n"


def returning(expression: str) -> str:
    return f"{FRAME}def azureml_main(a=None):\n    return {expression}"


@pytest.mark.parametrize(
    "expression",
    [
        "frame,",
        "[frame]",
        "frame",
        "(frame, None)",
        "np.array([frame, None], dtype=object)",
        "{'n': [1, 2]}",
        "pd.Series([1, 2], name='n')",
        "pd.Series([1, 2], name='n'),",
    ],
)
def test_every_way_to_return_one_frame(table_of: TableOf, expression: str) -> None:
    assert table_of(returning(expression)).to_pydict() == {"n": [1, 2]}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("np.array([1, 2])", {"column": [1, 2]}),
        ("np.array([[1, 2], [3, 4]])", {"column_0": [1, 3], "column_1": [2, 4]}),
        ("42", {"column": [42]}),
        ("'text'", {"column": ["text"]}),
        ("{'a': 1, 'b': 'x'}", {"a": [1], "b": ["x"]}),
    ],
)
def test_simple_values_become_frames_and_the_log_says_so(
    run: Run, expression: str, expected: object
) -> None:
    outcome = run(returning(expression))
    assert outcome.tables["results_dataset"].to_pydict() == expected
    assert "becomes a frame" in outcome.log[0]


@pytest.mark.parametrize("expression", ["None", "()", "(None,)", "[]"])
def test_returning_nothing_is_an_empty_dataset(run: Run, expression: str) -> None:
    outcome = run(returning(expression))
    assert outcome.tables["results_dataset"].shape == (0, 0)
    assert "the Results Dataset is empty" in outcome.log[0]


def test_a_second_frame_leaves_by_its_own_port(run: Run) -> None:
    outcome = run(returning("frame, frame * 10"))
    assert outcome.failure is None
    assert outcome.tables["results_dataset"].to_pydict() == {"n": [1, 2]}
    assert outcome.tables["results_dataset2"].to_pydict() == {"n": [10, 20]}


def test_a_third_frame_is_refused_not_dropped(failure_of: FailureOf) -> None:
    failure = failure_of(returning("frame, frame, frame"))
    assert (failure.code, failure.classic_number) == ("too-many-results", 85)
    assert "a sequence of 3 elements" in failure.message


@pytest.mark.parametrize(
    "expression",
    ["object()", "(object(),)", "(x for x in [1])", "[1, 2]", "np.zeros((2, 2, 2, 2))"],
)
def test_what_is_no_frame_is_refused(run: Run, expression: str) -> None:
    outcome = run(returning(expression))
    assert outcome.failure is not None
    assert outcome.failure.code == "untranslatable-return"
    assert outcome.failure.classic_number == 85
    assert not any("becomes a frame" in line for line in outcome.log)


def test_names_become_text_and_duplicates_get_numbers(run: Run) -> None:
    expression = "pd.DataFrame([[1, 2, 3, 4, 5]], columns=[7, 'a', 'a', 'a (1)', 'a'])"
    outcome = run(returning(expression))
    names = outcome.tables["results_dataset"].column_names
    assert names == ["7", "a", "a (2)", "a (1)", "a (3)"]
    assert any("More than one column is named 'a'" in line for line in outcome.log)


def test_levels_of_names_are_joined(table_of: TableOf) -> None:
    expression = "pd.DataFrame({('a', 'mean'): [1], ('a', 'max'): [2], ('b', ''): [3]})"
    assert table_of(returning(expression)).column_names == ["a_mean", "a_max", "b"]


def test_the_index_comes_in_counting_from_zero(console_of: ConsoleOf) -> None:
    source = """
        import pandas as pd
        def azureml_main(a):
            print(list(a.index), a.index.dtype, type(a.index) is pd.RangeIndex)
    """
    printed = console_of(source, dataset1=pa.table({"x": ["a", "b", "c"]}))
    assert printed == "[0, 1, 2] int64 True\n"


def test_the_index_is_dropped_on_the_way_out_and_the_log_says_so(run: Run) -> None:
    outcome = run(returning("frame.set_index('n').assign(m=5)"))
    assert outcome.tables["results_dataset"].to_pydict() == {"m": [5, 5]}
    assert outcome.log == [
        "The row index of the returned frame is dropped; reset_index() keeps it as a column."
    ]
    assert run(returning("frame")).log == []


MISSING: dict[str, Any] = {
    "i": pa.array([1, None]),
    "f": pa.array([1.5, None]),
    "s": pa.array(["x", None], pa.large_string()),
    "b": pa.array([True, None]),
    "d": pa.array([datetime.date(2020, 2, 29), None]),
    "t": pa.array([datetime.datetime(2020, 2, 29, 12), None], pa.timestamp("us")),
    "z": pa.array([datetime.datetime(2020, 2, 29, 12), None], pa.timestamp("us", "Asia/Seoul")),
    "u": pa.array([datetime.timedelta(seconds=1), None], pa.duration("ms")),
    "y": pa.array([b"x", None], pa.large_binary()),
    "c": pa.array(["x", None]).dictionary_encode(),
    "m": pa.array([Decimal("1.50"), None]),
}


def test_missing_values_are_missing_in_the_script_and_after_it(table_of: TableOf) -> None:
    source = """
        def azureml_main(a):
            assert a.isna().iloc[0].sum() == 0, a
            assert a.isna().iloc[1].all(), a
            return a[a.columns[::-1]].copy(),
    """
    table = table_of(source, dataset1=pa.table(MISSING))
    assert table.column_names == list(MISSING)[::-1]
    for name, column in MISSING.items():
        came = table.column(name).to_pylist()
        assert came[0] == column.to_pylist()[0], name
        # A missing number of a float column is its NaN.
        assert came[1] is None or (name == "f" and came[1] != came[1]), name
        if name != "c":
            assert table.schema.field(name).type == column.type, name


def test_missing_values_that_a_script_makes_leave_as_missing(table_of: TableOf) -> None:
    expression = (
        "pd.DataFrame({'s': ['x', None], 'o': pd.array([1, None], dtype='Int64'), "
        "'t': [pd.Timestamp('2020-01-01'), pd.NaT], 'f': [1.0, np.nan]})"
    )
    table = table_of(returning(expression))
    assert [table[name][1].as_py() for name in "sot"] == [None, None, None]
    assert table["f"].to_pandas().isna().tolist() == [False, True]


def test_a_frame_can_be_changed_without_changing_the_dataset(
    table_of: TableOf, one: pa.Table
) -> None:
    source = "def azureml_main(a):\n    a['name'] = 'changed'\n    return a,"
    for _ in range(2):
        assert table_of(source, dataset1=one).to_pydict() == {"name": ["changed"]}
    assert one.to_pydict() == {"name": ["first"]}


def test_an_object_in_a_cell_is_refused_with_its_place(failure_of: FailureOf) -> None:
    failure = failure_of(returning("pd.DataFrame({'good': [1, 2], 'bad': ['x', [1]]})"))
    assert (failure.code, failure.classic_number) == ("untranslatable-column", 85)
    assert "'bad'" in failure.message
    assert "row 1" in failure.message


def test_a_pickled_model_travels_as_bytes(table_of: TableOf) -> None:
    model = table_of(
        """
        import pickle
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        def azureml_main():
            model = LinearRegression().fit([[0], [1]], [0, 2])
            return pd.DataFrame({"model": [pickle.dumps(model)]}),
        """
    )
    source = """
        import pickle
        def azureml_main(data, models):
            return pickle.loads(models["model"][0]).predict(data[["x"]].to_numpy()).round(6)
    """
    scored = table_of(source, dataset1=pa.table({"x": [2.0, 3.0]}), dataset2=model)
    assert scored.to_pydict() == {"column": [4.0, 6.0]}
