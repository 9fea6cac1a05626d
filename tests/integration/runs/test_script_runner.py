"""Running scripts from Python."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import studiolo
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.errors import DatasetFileMissingError
from studiolo.environments.environment import Environment
from studiolo.modules.errors import ScriptMissingError
from studiolo.runs.errors import (
    DatasetUnsuitableError,
    FrameUnsuitableError,
    ResultMissingError,
    RunFailedError,
)
from studiolo.runs.scripts.script_runner import ScriptRunner
from studiolo.sandbox.errors import IsolationUnavailableError

ECHO = studiolo.Script(source="def azureml_main(frame=None):\n    return frame\n")
TABLE = pa.table({"n": [1, 2, None], "t": ["x", None, "z"]})


@pytest.fixture(scope="module")
def runner(default_environment: Environment) -> Iterator[ScriptRunner]:
    with studiolo.open_runner() as opened:
        yield opened


def test_a_dataset_may_be_a_path_a_dataset_a_table_or_a_frame(
    runner: ScriptRunner, tmp_path: Path
) -> None:
    path = tmp_path / "data.csv"
    path.write_text("n,t\n1,x\n2,\n,z\n")
    frame = pd.DataFrame({"n": pd.array([1, 2, None], "Int64"), "t": ["x", None, "z"]})
    for source in (path, str(path), Dataset(table=TABLE), TABLE, frame):
        result = runner.run(ECHO, dataset1=source)
        assert result.succeeded
        assert result.table.column_names == ["n", "t"]
        assert result.table["n"].to_pylist() == [1, 2, None]
        assert result.table["t"].to_pylist() == ["x", None, "z"]


def test_what_is_no_dataset_is_refused(runner: ScriptRunner) -> None:
    with pytest.raises(DatasetUnsuitableError, match=r"dataset2 must be a path, .* not a list"):
        runner.run(ECHO, dataset2=[1, 2])  # type: ignore[arg-type]  # what is tested


def test_a_frame_that_no_dataset_holds_is_refused_with_its_column(runner: ScriptRunner) -> None:
    with pytest.raises(FrameUnsuitableError, match=r"'deep'.*row 0.*dict.*json.dumps") as caught:
        runner.run(ECHO, dataset1=pd.DataFrame({"deep": [{}]}))
    assert (caught.value.code, caught.value.column) == ("frame-unsuitable", "deep")


def test_results_are_a_dataset_a_table_and_a_frame(runner: ScriptRunner) -> None:
    result = runner.run(ECHO, dataset1=TABLE)
    assert result.dataset().table is result.table
    assert result.frame["t"].tolist()[0] == "x"
    assert result.frame.shape == (3, 2)
    mine = result.frame
    mine.iloc[0, 1] = "changed"
    assert result.frame.iloc[0, 1] == "x", "each frame is its own"


def test_what_is_given_is_never_changed(runner: ScriptRunner) -> None:
    script = studiolo.Script(
        source="def azureml_main(frame):\n    frame['n'] = 0\n    frame.iloc[0, 1] = 'new'\n"
    )
    frame = pd.DataFrame({"n": [1, 2], "t": ["x", "y"]})
    kept = frame.copy()
    assert runner.run(script, dataset1=frame).succeeded
    pd.testing.assert_frame_equal(frame, kept)
    table = pa.table({"n": [1, 2], "t": ["x", "y"]})
    assert runner.run(script, dataset1=table).succeeded
    assert table.to_pydict() == {"n": [1, 2], "t": ["x", "y"]}


def test_roles_must_be_of_columns_that_are_there(runner: ScriptRunner) -> None:
    dataset = Dataset(table=TABLE, roles={"label": ColumnRole.LABEL})
    with pytest.raises(studiolo.StudioloError, match='"label"'):
        runner.run(ECHO, dataset1=dataset)


def test_a_second_frame_leaves_by_its_own_port(runner: ScriptRunner) -> None:
    script = studiolo.Script(source="def azureml_main(frame):\n    return frame, frame.head(1)\n")
    result = runner.run(script, dataset1=TABLE)
    assert list(result.datasets) == ["results_dataset", "results_dataset2"]
    assert result.dataset("results_dataset2").table.num_rows == 1
    assert result.frame_of("results_dataset2").shape == (1, 2)


def test_a_port_that_is_empty_is_said(runner: ScriptRunner) -> None:
    result = runner.run(ECHO, dataset1=TABLE)
    with pytest.raises(ResultMissingError, match="results_dataset2 is empty") as caught:
        result.dataset("results_dataset2")
    assert (caught.value.code, caught.value.port) == ("result-missing", "results_dataset2")


def test_a_failed_run_is_a_result_until_its_results_are_asked_for(runner: ScriptRunner) -> None:
    script = studiolo.Script(source="def azureml_main():\n    1 / 0\n", name="mine.py")
    result = runner.run(script)
    assert not result.succeeded
    assert result.failure is not None
    assert (result.failure.code, result.failure.exception_type) == (
        "script-exception",
        "ZeroDivisionError",
    )
    assert [(frame.file, frame.line) for frame in result.failure.frames] == [("mine.py", 2)]
    for ask in (result.dataset, lambda: result.table, lambda: result.frame):
        with pytest.raises(RunFailedError, match="division by zero") as caught:
            ask()
        assert caught.value.failure_code == "script-exception"


def test_a_missing_script_and_a_missing_dataset_are_exceptions(
    runner: ScriptRunner, tmp_path: Path
) -> None:
    with pytest.raises(ScriptMissingError, match=r"none\.py"):
        runner.run(tmp_path / "none.py")
    with pytest.raises(DatasetFileMissingError, match=r"none\.csv"):
        runner.run(ECHO, dataset1=tmp_path / "none.csv")


def test_parameters_binding_and_seed_are_handed_on(runner: ScriptRunner) -> None:
    script = studiolo.Script(
        source=(
            "import numpy, pandas\n"
            "def azureml_main(first=None, second=None, *, size: int = 1):\n"
            "    draws = numpy.random.rand(size)\n"
            "    return pandas.DataFrame({'draw': draws, 'first': first is None})\n"
        )
    )
    options = {"dataset2": TABLE, "parameters": {"size": 3}, "port_binding": "slot", "seed": 7}
    first, second = (runner.run(script, **options).frame for _ in range(2))  # type: ignore[arg-type]  # a dict of several types
    assert first["first"].tolist() == [True] * 3
    assert first["draw"].tolist() == second["draw"].tolist()


def test_the_console_is_heard_while_the_script_runs(runner: ScriptRunner) -> None:
    heard: list[str] = []
    cancelled = threading.Event()

    def listen(text: str) -> None:
        heard.append(text)
        cancelled.set()

    script = studiolo.Script(
        source="import time\ndef azureml_main():\n    print('so far')\n    time.sleep(300)\n"
    )
    began = time.monotonic()
    result = runner.run(script, on_console=listen, cancelled=cancelled)
    assert time.monotonic() - began < 30
    assert "".join(heard) == result.device.console == "so far\n"
    assert result.failure is not None
    assert result.failure.code == "cancelled"


def test_many_threads_share_a_runner_and_never_a_process(runner: ScriptRunner) -> None:
    script = studiolo.Script(
        source=(
            "import builtins, pandas\n"
            "def azureml_main(frame):\n"
            "    seen = hasattr(builtins, 'mark'); builtins.mark = True\n"
            "    print(int(frame['n'][0]))\n"
            "    return pandas.DataFrame({'n': frame['n'], 'seen': seen})\n"
        )
    )

    def run(number: int) -> tuple[int, bool, str]:
        result = runner.run(script, dataset1=pa.table({"n": [number]}))
        row = result.table.to_pylist()[0]
        return row["n"], row["seen"], result.device.console

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(run, range(24))) == [(n, False, f"{n}\n") for n in range(24)]


def test_one_runner_serves_several_environments(runner: ScriptRunner) -> None:
    plain = "import humanize\ndef azureml_main():\n    return None\n"
    block = '# /// script\n# dependencies = ["humanize"]\n# ///\n'
    with_it = runner.run(studiolo.Script(source=block + plain))
    without = runner.run(studiolo.Script(source=plain))
    assert with_it.succeeded
    assert with_it.environment != "default"
    assert without.failure is not None
    assert without.failure.code == "library-missing"
    assert "humanize" in without.failure.message
    assert "environment 'default'" in without.failure.message


def test_isolation_that_cannot_be_had_is_an_exception(default_environment: Environment) -> None:
    settings = studiolo.RunSettings(
        isolation=studiolo.Isolation.STRICT, withheld=frozenset({"namespaces"})
    )
    with pytest.raises(IsolationUnavailableError, match="namespaces"):
        studiolo.run_script(ECHO, settings=settings)


def test_settings_limit_every_run(default_environment: Environment) -> None:
    slow = studiolo.Script(source="import time\ndef azureml_main():\n    time.sleep(300)\n")
    result = studiolo.run_script(slow, settings=studiolo.RunSettings(timeout=1))
    assert result.failure is not None
    assert result.failure.code == "timed-out"
    assert "1 second" in result.failure.message


def test_a_closed_runner_can_be_closed_again(default_environment: Environment) -> None:
    with studiolo.open_runner() as opened:
        assert opened.run(ECHO, dataset1=TABLE).succeeded
    opened.close()


def test_a_notebook_shows_a_result_as_it_shows_a_node(default_environment: Environment) -> None:
    source = """
import matplotlib.pyplot as plt, pandas
def azureml_main():
    print("<b>so far</b>")
    plt.plot([1, 2])
    return pandas.DataFrame({"<i>": [7]}, index=[3])
"""
    shown = studiolo.run_script(studiolo.Script(source=source, name="draw.py"))._repr_html_()
    for part in ("<b>draw.py</b>", "1 row, 1 column", "&lt;i&gt;", ">7</td>", "&lt;b&gt;so far"):
        assert part in shown
    assert "note: " in shown
    assert 'src="data:image/png;base64,' in shown


def test_a_notebook_shows_why_a_script_failed(default_environment: Environment) -> None:
    source = "def azureml_main():\n    return {}['<key>']\n"
    shown = studiolo.run_script(studiolo.Script(source=source))._repr_html_()
    assert ">failed<" in shown
    assert "&lt;key&gt;" in shown
    assert "<key>" not in shown
