"""Why a script failed, in the words and lines of the person who wrote it."""

from collections.abc import Callable
from textwrap import dedent

import pyarrow as pa
import pytest

from studiolo.sandbox.exchange.job import Failure, Outcome, Remedy
from studiolo.sandbox.policy.policy import load_policy

Run = Callable[..., Outcome]
ConsoleOf = Callable[..., str]
FailureOf = Callable[..., Failure]

HELPER = """
def ratio(a, b):
    try:
        return a / b
    except ZeroDivisionError as error:
        raise ValueError(f"bad b: {b}") from error
"""


def places(failure: Failure) -> list[tuple[str, int, str, str]]:
    return [(frame.file, frame.line, frame.function, frame.source) for frame in failure.frames]


def test_the_traceback_has_the_user_s_lines_and_no_others(failure_of: FailureOf) -> None:
    source = """
        import pandas as pd

        def azureml_main(frame=None):
            return pd.DataFrame({"a": [1]})["nope"],
    """
    failure = failure_of(source)
    assert (failure.code, failure.classic_number) == ("script-exception", 85)
    assert (failure.exception_type, failure.message) == ("KeyError", "'nope'")
    line = 'return pd.DataFrame({"a": [1]})["nope"],'
    assert places(failure) == [("script.py", 4, "azureml_main", line)]
    assert failure.traceback.splitlines()[:3] == [
        "Traceback (most recent call last):",
        '  File "script.py", line 4, in azureml_main',
        f"    {line}",
    ]
    assert "site-packages" not in failure.traceback
    # pandas raises it twice; once is enough to read.
    assert failure.traceback.count("KeyError") == 1


def test_a_helper_of_the_bundle_is_the_user_s_too_and_causes_are_kept(
    failure_of: FailureOf,
) -> None:
    source = """
        from helper import ratio

        def azureml_main():
            return ratio(1, 0)
    """
    failure = failure_of(source, bundle={"helper.py": HELPER})
    assert places(failure) == [
        ("script.py", 4, "azureml_main", "return ratio(1, 0)"),
        (
            "Script Bundle/helper.py",
            6,
            "ratio",
            'raise ValueError(f"bad b: {b}") from error',
        ),
    ]
    cause, _, effect = failure.traceback.partition(
        "\nThe above exception was the direct cause of the following exception:\n"
    )
    assert 'File "Script Bundle/helper.py", line 4, in ratio' in cause
    assert "ZeroDivisionError: division by zero" in cause
    assert effect.rstrip().endswith("ValueError: bad b: 0")


def test_an_exception_during_another_keeps_both(failure_of: FailureOf) -> None:
    source = """
        def azureml_main():
            try:
                {}["key"]
            except KeyError:
                raise ValueError("late")
    """
    trace = failure_of(source).traceback
    assert trace.index("KeyError: 'key'") < trace.index("ValueError: late")


def test_exceptions_of_the_script_s_own_have_their_plain_names(failure_of: FailureOf) -> None:
    failure = failure_of(
        "class Bad(Exception):\n    pass\ndef azureml_main():\n    raise Bad('data')"
    )
    assert failure.exception_type == "Bad"
    assert failure.traceback.splitlines()[-1] == "Bad: data"


def test_an_exception_that_cannot_say_what_it_is_still_ends_in_a_report(
    failure_of: FailureOf,
) -> None:
    source = """
        class Bad(Exception):
            def __str__(self):
                raise RuntimeError
        def azureml_main():
            raise Bad
    """
    failure = failure_of(source)
    assert (failure.code, failure.exception_type) == ("script-exception", "Bad")


@pytest.mark.parametrize(
    ("source", "line", "column", "said"),
    [
        ("def azureml_main():\n    return (1,,\n", 2, 15, "invalid syntax"),
        (
            "def azureml_main():\n    print 'hello'\n",
            2,
            5,
            "Missing parentheses in call to 'print'",
        ),
        ("def azureml_main():\n    x = 1\n\ty = 2\n", 3, 1, "inconsistent use of tabs and spaces"),
    ],
)
def test_a_syntax_error_points_at_its_column(
    failure_of: FailureOf, source: str, line: int, column: int, said: str
) -> None:
    failure = failure_of(source)
    assert (failure.code, failure.classic_number) == ("script-syntax", 85)
    (place,) = failure.frames
    assert (place.file, place.line, place.column) == ("script.py", line, column)
    assert said in failure.message
    assert "^" in failure.traceback


@pytest.mark.parametrize("code", ["-" * 100_000 + "1", "x" + ".a" * 100_000, "(" * 1_000])
def test_code_that_is_nested_without_end_is_a_syntax_error(
    code: str, failure_of: FailureOf
) -> None:
    failure = failure_of(f"x = {code}\n")
    assert failure.code == "script-syntax"
    assert "nested" in failure.message


def test_a_syntax_error_in_a_helper_is_found_there(failure_of: FailureOf) -> None:
    failure = failure_of("import helper", bundle={"helper.py": "x = 1\ny = (,\n"})
    assert failure.code == "script-syntax"
    assert [(place.file, place.line) for place in failure.frames] == [
        ("script.py", 1),
        ("Script Bundle/helper.py", 2),
    ]


def test_wrong_text_for_eval_is_not_wrong_syntax_of_the_script(failure_of: FailureOf) -> None:
    failure = failure_of("def azureml_main():\n    return eval('1 +')")
    assert (failure.code, failure.exception_type) == ("script-exception", "SyntaxError")
    assert places(failure) == [("script.py", 2, "azureml_main", "return eval('1 +')")]


def test_lines_are_counted_as_python_counts_them(failure_of: FailureOf) -> None:
    source = "x = '''a\x0cb\u2028c'''\r\n\x0c\r\ndef azureml_main():\r\n    raise ValueError(x)\r\n"
    assert places(failure_of(source)) == [("script.py", 4, "azureml_main", "raise ValueError(x)")]


def test_paths_in_a_message_stay_as_the_script_wrote_them(failure_of: FailureOf) -> None:
    source = """
        import os
        def azureml_main():
            raise ValueError(os.path.join(os.getcwd(), "data.csv"))
    """
    failure = failure_of(source)
    # Without namespaces the private folder has another name, what is in it has not.
    folder = load_policy().filesystem.folders[0].rpartition("/")[2]
    assert failure.message.endswith(f"/{folder}/data.csv")
    assert failure.traceback.rstrip().endswith(f"ValueError: {failure.message}")


def test_sys_exit_is_no_way_to_end(failure_of: FailureOf) -> None:
    failure = failure_of("import sys\ndef azureml_main():\n    sys.exit(0)")
    assert (failure.code, failure.classic_number) == ("script-exit", 85)
    assert "sys.exit(0)" in failure.message
    assert failure.frames[-1].line == 3


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("import azure.storage", "azure"),
        ("from pandas.tools.plotting import scatter_matrix", "pandas.tools"),
        ("from sklearn.cross_validation import train_test_split", "sklearn.cross_validation"),
    ],
)
def test_a_missing_library_is_named(failure_of: FailureOf, line: str, module: str) -> None:
    failure = failure_of(line)
    assert (failure.code, failure.classic_number) == ("library-missing", 85)
    assert failure.subject == module


def test_a_library_that_is_optional_to_the_script_is_no_failure(console_of: ConsoleOf) -> None:
    source = """
        try:
            import missing_library
        except ImportError:
            missing_library = None
        def azureml_main():
            print(missing_library)
    """
    assert console_of(source) == "None\n"


@pytest.mark.parametrize(
    "call",
    [
        "socket.create_connection(('192.0.2.1', 80))",
        "socket.socket()",
        "socket.gethostbyname('example.invalid')",
        "urllib.request.urlopen('http://example.invalid/')",
        "urllib.request.urlopen('http://192.0.2.1/')",
        "requests.get('https://example.invalid/')",
        "requests.get('http://192.0.2.1/')",
        "pandas.read_csv('http://example.invalid/data.csv')",
        "asyncio.run(asyncio.open_connection('192.0.2.1', 80))",
    ],
)
def test_the_network_is_refused_and_the_failure_says_so(failure_of: FailureOf, call: str) -> None:
    failure = failure_of(
        f"import asyncio, pandas, requests, socket, urllib.request\ndef azureml_main():\n    {call}"
    )
    assert (failure.code, failure.classic_number) == ("network-refused", 85)
    assert "which the sandbox refuses" in failure.message
    assert failure.remedy is Remedy.ALLOW_TARGET
    assert failure.frames[-1].source == call
    # However many layers of libraries raised it, the traceback says it once.
    assert failure.traceback.count("Traceback (most recent call last)") == 1


def test_too_much_memory_is_a_failure_of_its_own(failure_of: FailureOf) -> None:
    failure = failure_of("import numpy\ndef azureml_main():\n    numpy.ones(10**11)")
    assert (failure.code, failure.classic_number) == ("out-of-memory", 138)
    assert failure.frames[-1].line == 3


def test_after_any_failure_the_next_run_is_well(run: Run, one: pa.Table) -> None:
    for source in ("raise ValueError", "import os; os._exit(1)", "import os; os.kill(0, 9)"):
        assert run(source).failure is not None
        assert run("def azureml_main(a):\n    return a,", dataset1=one).failure is None


def test_a_script_of_python_2_is_told_the_line(failure_of: FailureOf) -> None:
    source = dedent(
        """
        def azureml_main(frame1):
            try:
                return frame1,
            except ValueError, error:
                return frame1,
        """
    ).lstrip()
    failure = failure_of(source)
    assert failure.code == "script-syntax"
    assert failure.frames[-1].line == 4


def test_both_ends_of_a_deep_recursion_are_kept(failure_of: FailureOf) -> None:
    source = """
        import sys

        def down(left):
            return down(left - 1) if left else 1 / 0

        def azureml_main(frame=None):
            sys.setrecursionlimit(20_000)
            down(9_998)
    """
    failure = failure_of(source)
    called = [frame.function for frame in failure.frames]
    assert called == ["azureml_main", *["down"] * 49]
    assert failure.frames_left_out == 10_000 - 50
    variables = [frame.variables.shown[0].text for frame in failure.frames[1:]]
    assert (variables[0], variables[8], variables[9], variables[-1]) == (
        "9998",
        "9990",
        "39",
        "0",
    )
