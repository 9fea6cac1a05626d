"""What a script does wrong: exit code 1 (124 for a time-out), its own lines, and a way out."""

from dataclasses import dataclass

import pytest

from .command_line import CommandLine


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A script that fails, and what must be said of it."""

    source: str
    #: As it stands in the brackets.
    error: str
    facts: tuple[str, ...]
    options: tuple[str, ...] = ()


CASES = {
    "no azureml_main": Wrong(
        source="def azureml_mian(a):\n    return a\n",
        error="entry-missing, classic 0085",
        facts=("azureml_main", "azureml_mian"),
    ),
    "too few arguments": Wrong(
        source="def azureml_main():\n    return None\n",
        error="arity-mismatch, classic 0085",
        facts=("Dataset1", "azureml_main", "1 data frame"),
    ),
    "a syntax error": Wrong(
        source="import os\ndef azureml_main(a):\n    return a +* 2\n",
        error="script-syntax, classic 0085",
        facts=(
            '  File "script.py", line 3\n    return a +* 2\n              ^\nSyntaxError: ',
            "SyntaxError: invalid syntax",
            "→ script.py, line 3",
        ),
    ),
    "an exception": Wrong(
        source="def azureml_main(a):\n    return a['nme']\n",
        error="script-exception, classic 0085",
        facts=("KeyError: 'nme'", '"script.py", line 2', "a['nme']"),
    ),
    "an exception of its own": Wrong(
        source="class Mine(Exception): pass\ndef azureml_main(a):\n    raise Mine('so')\n",
        error="script-exception, classic 0085",
        facts=("Mine: so", "line 3"),
    ),
    "an exit": Wrong(
        source="import sys\ndef azureml_main(a):\n    sys.exit('early')\n",
        error="script-exit, classic 0085",
        facts=("sys.exit('early')", "line 3", "returning from azureml_main"),
    ),
    "an exit without a word": Wrong(
        source="import os\ndef azureml_main(a):\n    print('so far')\n    os._exit(3)\n",
        error="ended-without-result, classic 0085",
        facts=("exit code 3", "os._exit"),
    ),
    "a wrong return type": Wrong(
        source="def azureml_main(a):\n    return object()\n",
        error="untranslatable-return, classic 0085",
        facts=("type object", "pandas DataFrame", "pickle.dumps"),
    ),
    "too many results": Wrong(
        source="def azureml_main(a):\n    return a, a, a\n",
        error="too-many-results, classic 0085",
        facts=("3 elements", "results_dataset2"),
    ),
    "a column that no dataset holds": Wrong(
        source="""
            import pandas as pd
            def azureml_main(a):
                return pd.DataFrame({"fine": [1, 2], "deep": [1, {"a": 2}]})
            """,
        error="untranslatable-column, classic 0085",
        facts=("'deep'", "row 1", "dict", "json.dumps"),
    ),
    "a missing library": Wrong(
        source="import sklearn\nimport cowsay\ndef azureml_main(a):\n    return a\n",
        error="library-missing, classic 0085",
        facts=(
            "'cowsay'",
            "environment 'default'",
            '# /// script\n  # dependencies = ["cowsay"]\n  # ///',
            "script.py, line 2",
        ),
    ),
    "a missing library under another name": Wrong(
        source="def azureml_main(a):\n    import cv2.aruco\n",
        error="library-missing, classic 0085",
        facts=("'cv2'", "opencv-python", "line 2"),
    ),
    "the network": Wrong(
        source="""
            import urllib.request
            def azureml_main(a):
                urllib.request.urlopen("http://192.0.2.1/data.csv")
            """,
        error="network-refused, classic 0085",
        facts=("network", "connect it as a dataset", "line 3"),
    ),
    "a name on the network": Wrong(
        source="""
            import urllib.request
            def azureml_main(a):
                urllib.request.urlopen("http://example.com/data.csv")
            """,
        error="network-refused, classic 0085",
        facts=("network", "connect it as a dataset", "line 3"),
    ),
    "too much memory at once": Wrong(
        source="import numpy\ndef azureml_main(a):\n    numpy.ones(10 ** 10)\n",
        error="out-of-memory, classic 0138",
        facts=("74.5 GiB", "--memory", "line 3"),
        options=("--memory", "512MiB"),
    ),
    "too much memory bit by bit": Wrong(
        source="""
            def azureml_main(a):
                kept = []
                while True:
                    kept.append(bytearray(1 << 24))
            """,
        error="out-of-memory, classic 0138",
        facts=("--memory",),
        options=("--memory", "512MiB"),
    ),
    "a crash": Wrong(
        source="import ctypes\ndef azureml_main(a):\n    ctypes.string_at(0)\n",
        error="crashed, classic 0085",
        facts=("segmentation fault", "compiled code"),
    ),
    "too many columns": Wrong(
        source="""
            import numpy, pandas
            def azureml_main(a):
                return pandas.DataFrame(numpy.zeros((1, 100_001)))
            """,
        error="result-too-large",
        facts=("100,001 columns", "100,000", "fewer"),
    ),
    "a killed interpreter": Wrong(
        source="""
            import os, signal
            def azureml_main(a):
                os.kill(os.getpid(), signal.SIGKILL)
            """,
        error="killed, classic 0085",
        facts=("killed",),
        # With namespaces a script is the first process of its own, which can't be killed.
        options=("--isolation", "off"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_failure_is_told_in_the_words_and_lines_of_the_script(
    studiolo: CommandLine, case: str
) -> None:
    wrong = CASES[case]
    studiolo.file("data.csv", "n\n1\n")
    ended = studiolo.run(
        wrong.source, "--dataset1", "data.csv", "--output", "out.csv", *wrong.options
    )
    assert ended.code == 1, ended.err
    assert f"error[{wrong.error}]: " in ended.err
    for fact in wrong.facts:
        assert fact in ended.err
    assert "failed in " in ended.err
    assert studiolo.names == {"data.csv", "script.py"}


def test_a_helper_of_the_bundle_is_where_its_exception_is(studiolo: CommandLine) -> None:
    bundle = studiolo.bundle(
        {
            "tools/__init__.py": "",
            "tools/ratio.py": (
                "def ratio(a, b):\n"
                "    try:\n"
                "        return a / b\n"
                "    except ZeroDivisionError as error:\n"
                "        raise ValueError('no ratio') from error\n"
            ),
        }
    )
    ended = studiolo.run(
        "from tools.ratio import ratio\ndef azureml_main():\n    return ratio(1, 0)\n",
        *("--script-bundle", bundle),
    )
    assert ended.code == 1
    first, second = ended.err.split("The above exception was the direct cause")
    assert 'File "Script Bundle/tools/ratio.py", line 3, in ratio' in first
    assert "ZeroDivisionError: division by zero" in first
    assert 'File "script.py", line 3, in azureml_main' in second
    assert 'File "Script Bundle/tools/ratio.py", line 5, in ratio' in second
    assert "error[script-exception, classic 0085]: ValueError: no ratio\n" in second
    assert "→ Script Bundle/tools/ratio.py, line 5: raise ValueError" in second


def test_a_module_that_is_in_no_bundle_may_be_meant(studiolo: CommandLine) -> None:
    bundle = studiolo.bundle({"tools.py": "import missing_part\n"})
    ended = studiolo.run("import tools\ndef azureml_main():\n    pass\n", "--script-bundle", bundle)
    assert ended.code == 1
    assert "'missing_part'" in ended.err
    assert "script bundle" in ended.err
    assert "→ Script Bundle/tools.py, line 1" in ended.err


def test_a_time_out_has_the_exit_code_of_timeout(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        "import time\ndef azureml_main():\n    print('so far')\n    time.sleep(300)\n",
        *("--timeout", "1", "--device", "device"),
    )
    assert ended.code == 124
    assert ended.out == "so far\n"
    assert "error[timed-out]: " in ended.err
    assert "1 second" in ended.err
    assert "--timeout" in ended.err
    assert studiolo.read("device/console.txt") == "so far\n"
