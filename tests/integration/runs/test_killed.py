"""A run whose process is killed at any moment leaves nothing half-done, and the next goes on."""

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.store.identity import BlobDigest
from studiolo.store.locks import SoleUse, is_running
from studiolo.store.records import Records
from studiolo.store.run_record import NodeState, RunStatus
from studiolo.workspace.folder.state_folder import StateFolder
from studiolo.workspace.workspace import Workspace

from ..workspaces import Ran, WorkspaceFolder, ran, run_in

ROOT = Path(__file__).parents[3]
#: Everything depends on the amount, and grows with it.
NODES = """
data: {dataset: v.csv}
start:
  module: execute-python-script
  script: start.py
  inputs: {dataset1: data}
a1: {module: execute-python-script, script: plus.py, inputs: {dataset1: start}}
a2: {module: execute-python-script, script: plus.py, inputs: {dataset1: a1}}
a3: {module: execute-python-script, script: plus.py, inputs: {dataset1: a2}}
b1: {module: execute-python-script, script: mean.py, inputs: {dataset1: start, dataset2: start}}
b2: {module: execute-python-script, script: mean.py, inputs: {dataset1: b1, dataset2: a1}}
b3: {module: execute-python-script, script: plus.py, inputs: {dataset1: b2}}
both: {module: execute-python-script, script: mean.py, inputs: {dataset1: a3, dataset2: b3}}
c1: {module: execute-python-script, script: plus.py, inputs: {dataset1: both}}
c2: {module: execute-python-script, script: mean.py, inputs: {dataset1: both, dataset2: a1}}
end: {module: execute-python-script, script: mean.py, inputs: {dataset1: c1, dataset2: c2}}
"""
SCRIPTS = {
    "start.py": "def azureml_main(f, *, amount: int = 0):\n    return f + amount\n",
    "plus.py": "def azureml_main(f):\n    print('plus')\n    return f + 1\n",
    "mean.py": "def azureml_main(f, g):\n    return (f + g) / 2\n",
}
KILLS = 27


class Executioner:
    """Runs the experiment in a process that is killed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, place: WorkspaceFolder, amount: int, told: int, seconds: float) -> int:
        """What the process ended with."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = json.dumps([str(place.root), amount, told, seconds])
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def executioner() -> Iterator[Executioner]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.runs.killed_run"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Executioner(process)


def grown(table: dict[str, list[Any]], amount: int) -> dict[str, list[Any]]:
    """What the table would be with that amount."""
    return {name: [value + amount for value in values] for name, values in table.items()}


def check_whole(workspace: Workspace, result: ExperimentResult, expected: Ran, amount: int) -> None:
    """What a killed run recorded is whole, and nothing else looks as if it were."""
    for name, node in result.nodes.items():
        going_on = {NodeState.WAITING, NodeState.RUNNING}
        assert node.state in {NodeState.FINISHED, NodeState.KEPT} | going_on
        if node.state in going_on:
            assert node.record.ended_at is None
            assert not node.ports
            continue
        assert node.kept is not None
        for entry in node.kept.outputs.values():
            for digest in entry["files"]:
                StateFolder(workspace.root).blobs.check(BlobDigest(digest))
        moved = 0 if name == "data" else amount
        assert node.dataset().table.to_pydict() == grown(expected.table(name), moved)


def test_a_run_is_killed_at_many_moments(place: WorkspaceFolder) -> None:
    place.dataset("v.csv", "v\n1\n2.5\n")
    place.experiment(NODES, scripts=SCRIPTS)
    undisturbed = place.run()
    assert len(undisturbed.ran()) == len(undisturbed.states) == 12
    chance = random.Random(20250131)
    finished = Counter[int]()
    with executioner() as block, Workspace(place.root) as workspace:
        for kill in range(KILLS):
            amount = kill + 1
            # Spread over all that a run is told of its nodes, and a few before the first.
            told = max(0, kill - 3)
            seconds = chance.uniform(0, 0.15) if not told else chance.choice([0, 0.002, 0.01])
            before = {run.id for run in workspace.runs.newest()}
            assert block.run(place, amount, told, seconds) in {-signal.SIGKILL, 0}

            new = [run for run in workspace.runs.newest() if run.id not in before]
            assert len(new) <= 1
            had: set[str] = set()
            for run in new:
                assert not is_running(StateFolder(workspace.root).path, run.id)
                killed = workspace.result(run.id)
                check_whole(workspace, killed, undisturbed, amount)
                had = {n for n, node in killed.nodes.items() if node.state is NodeState.FINISHED}
                finished[len(had)] += 1

            following = run_in(workspace, parameters={("start", "amount"): str(amount)})
            assert following.status == RunStatus.FINISHED
            assert following.kept() >= had
            assert following.kept() | following.ran() == set(undisturbed.states)
            assert following.kept() == {"data", *had}
            for name in undisturbed.states:
                moved = 0 if name == "data" else amount
                assert following.table(name) == grown(undisturbed.table(name), moved)
            for run in new:
                after = ran(workspace.result(run.id), read=False)
                if had != undisturbed.states.keys() - {"data"}:
                    assert after.status == RunStatus.INTERRUPTED
                assert set(after.states.values()) <= {
                    NodeState.FINISHED,
                    NodeState.KEPT,
                    NodeState.CANCELLED,
                    NodeState.SKIPPED,
                }
        # The kills hit something, at many different stages.
        assert sum(finished.values()) >= 20
        assert len(finished) >= 5, finished
        check_tidy(workspace)
    assert place.run().ran() == set()


def check_tidy(workspace: Workspace) -> None:
    """Nothing lies around that no record knows of."""
    state = StateFolder(workspace.root)
    with SoleUse.begin(state.path):
        pass
    blobs = {path.name for path in state.blobs.folder.glob("??/*")}
    with Records.open(state.path) as records:
        assert blobs == records.referenced_blobs()
    assert not list(state.blobs.folder.glob("incoming-*"))
    assert not list((state.path / "locks").glob("run-*"))
