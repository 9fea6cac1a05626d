"""Several runs in one workspace at the same time: processes, threads, and who is interrupted."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from studiolo.store.locks import WorkspaceUse
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder, run_in

NODES = """
data: {dataset: n.csv}
one: {module: execute-python-script, script: plus.py, inputs: {dataset1: data}}
two: {module: execute-python-script, script: plus.py, inputs: {dataset1: one}}
three: {module: execute-python-script, script: plus.py, inputs: {dataset1: two}}
"""
SCRIPTS = {"plus.py": "def azureml_main(frame, *, by: int = 1):\n    return frame + by\n"}
#: Runs an experiment when told to, and says how it went.
ANOTHER_PROCESS = """
import json, sys
from pathlib import Path
from studiolo.workspace.workspace import Workspace
with Workspace(Path(sys.argv[1])) as workspace:
    experiment = workspace.experiment(sys.argv[2])
    print("ready", flush=True)
    sys.stdin.readline()
    result = workspace.run(experiment)
    table = result["three"].dataset().table.to_pydict()
    states = {name: node.state for name, node in result.nodes.items()}
    print(json.dumps([result.status, states, table]), flush=True)
"""


def another(place: WorkspaceFolder, experiment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS, str(place.root), experiment],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def together(*processes: "subprocess.Popen[str]") -> list[Any]:
    """Let them run at once; what each says of it."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return answers


def test_two_processes_run_one_experiment_that_has_never_run(place: WorkspaceFolder) -> None:
    place.dataset("n.csv", "n\n1\n")
    place.experiment(NODES, scripts=SCRIPTS)
    for status, states, table in together(*(another(place, "experiment") for _ in range(2))):
        assert status == "finished"
        assert set(states.values()) <= {"finished", "kept"}
        assert table == {"n": [4]}
    after = place.run()
    assert after.ran() == set()
    with Workspace(place.root) as workspace:
        runs = workspace.runs.newest()
    assert [run.status for run in runs] == ["finished"] * 3


def test_two_processes_run_two_experiments(place: WorkspaceFolder) -> None:
    place.dataset("n.csv", "n\n1\n")
    place.experiment(NODES, scripts=SCRIPTS, name="first")
    place.experiment(
        NODES, scripts={"plus.py": SCRIPTS["plus.py"].replace("1", "2")}, name="second"
    )
    first, second = together(another(place, "first"), another(place, "second"))
    assert first[2] == {"n": [4]}
    assert second[2] == {"n": [7]}
    assert place.run("first").ran() == place.run("second").ran() == set()


def test_threads_share_an_open_workspace_that_nobody_has_used(place: WorkspaceFolder) -> None:
    place.dataset("n.csv", "n\n1\n")
    count = 4
    for number in range(count):
        script = SCRIPTS["plus.py"].replace("1", str(number + 1))
        place.experiment(NODES, scripts={"plus.py": script}, name=f"e{number}")
    begin = threading.Barrier(count)
    with Workspace(place.root) as workspace:

        def run(number: int) -> tuple[str, dict[str, list[Any]]]:
            begin.wait()
            ran = run_in(workspace, f"e{number}")
            return ran.status, ran.table("three")

        with ThreadPoolExecutor(count) as threads:
            assert list(threads.map(run, range(count))) == [
                ("finished", {"n": [1 + 3 * (number + 1)]}) for number in range(count)
            ]


def test_two_openings_of_a_workspace_in_one_process(place: WorkspaceFolder) -> None:
    place.dataset("n.csv", "n\n1\n")
    place.experiment(NODES, scripts=SCRIPTS)
    with Workspace(place.root) as first, Workspace(place.root) as second:
        assert run_in(first).table("three") == {"n": [4]}
        assert run_in(second).ran() == set()
        assert run_in(second, parameters={("two", "by"): "5"}).table("three") == {"n": [8]}
        assert run_in(first, parameters={("two", "by"): "5"}).ran() == set()


def test_nothing_that_a_run_needs_is_swept_while_it_goes_on(place: WorkspaceFolder) -> None:
    """A sweep is for whoever is alone; somebody who reads holds it off."""
    place.dataset("n.csv", "n\n1\n")
    place.experiment(NODES, scripts=SCRIPTS)
    place.run()
    orphan = place.root / ".studiolo" / "blobs" / "ab" / ("ab" + 62 * "0")
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"nobody refers to this")
    with WorkspaceUse.begin(place.root / ".studiolo"):
        place.run()
        assert orphan.exists()
    place.run()
    assert not orphan.exists()
    assert place.run().ran() == set()
