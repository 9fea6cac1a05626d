"""Experiments: what a node of a chain costs, what an unchanged graph costs, and passing data on.

The peers run the same chain of a frame with ten rows to which each node adds one. None of them
isolates a node; some give it a process of its own, which is the nearest to what is done here.
"""

import statistics
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.peers_environment import peers_python
from benchmarks.turns import print_noise, spread
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.reading.files import write_dataset
from studiolo.experiments.experiment import Experiment
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.workspace.workspace import Workspace

_ADD_ONE = """
def azureml_main(dataframe1=None):
    dataframe1["a"] = dataframe1["a"] + {step}
    return dataframe1,
"""
_IDENTITY = """
def azureml_main(dataframe1=None):
    return dataframe1,
"""
_PEERS = Path(__file__).parent / "peers"
_CHAIN = 100
#: Peers that take long for a node run fewer of them.
_CANDIDATES = {
    "Kedro, sequential; same process, no isolation": ("kedro_chain.py", "100", "sequential"),
    "Prefect; same process, no isolation": ("prefect_chain.py", "100"),
    "Dagster, in process; no isolation": ("dagster_chain.py", "100", "in-process"),
    "Kedro, parallel; a process a node, no isolation": ("kedro_chain.py", "12", "parallel"),
    "Dagster, multiprocess; a process a node, no isolation": (
        "dagster_chain.py",
        "4",
        "multiprocess",
    ),
}
_GIGABYTE_ROWS = 6_250_000
_COLUMNS = 20


def main() -> None:
    """Run the comparisons and print them."""
    print_noise()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        _print_chain(place / "chain")
        _print_unchanged(place / "unchanged")
        _print_planning(place / "planning")
        _print_handover(place / "handover")


def _print_chain(folder: Path) -> None:
    print(f"\na chain of {_CHAIN} nodes, ms a node: median (min-max)")
    workspace = _workspace(folder)
    ours: list[float] = []
    peers: dict[str, list[float]] = {name: [] for name in _CANDIDATES}
    python = peers_python()
    with workspace:
        experiment = _chain(workspace, _CHAIN, _ADD_ONE)
        level = ""
        for turn in range(4):
            # A different value each time, so that every node has something to do.
            script = experiment.folder / "step.py"
            script.write_text(_ADD_ONE.format(step=turn + 1))
            start = time.perf_counter()
            result = _finished(workspace, experiment)
            seconds = (time.perf_counter() - start) / _CHAIN * 1000
            if turn:
                ours.append(seconds)
                for name, (program, *arguments) in _CANDIDATES.items():
                    peers[name].append(_peer(python, program, arguments))
            level = next(
                node.kept.isolation for node in reversed(list(result.nodes.values())) if node.kept
            )
    print(f"{f'studiolo; a process a node, isolation {level}':55}{spread(ours)}")
    for name, times in peers.items():
        ratios = [our / other for our, other in zip(ours, times, strict=True)]
        print(f"{name:55}{spread(times)}, ours / this {spread(ratios)}")


def _peer(python: Path, program: str, arguments: list[str]) -> float:
    done = subprocess.run(
        [python, program, *arguments],
        cwd=_PEERS,
        env={"PATH": "/usr/bin:/bin", "HOME": "/tmp", "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])


def _print_unchanged(folder: Path) -> None:
    with _workspace(folder) as workspace:
        experiment = _chain(workspace, 1000, "", module="select-columns-in-dataset")
        start = time.perf_counter()
        _finished(workspace, experiment)
        first = time.perf_counter() - start
        again = [_seconds(partial(_finished, workspace, experiment)) for _ in range(7)]
        read = partial(workspace.experiment, experiment.folder)
        whole = [_seconds(lambda: _finished(workspace, read())) for _ in range(7)]
    print(f"\n1,000 nodes: first run {first:.1f} s, {first:.1f} ms a node")
    print(f"run again, nothing changed: {spread(again)} s")
    print(f"and read from its file as well: {spread(whole)} s")


def _print_planning(folder: Path) -> None:
    with _workspace(folder) as workspace:
        experiment = _chain(workspace, 5000, "", module="select-columns-in-dataset")
        read = [_seconds(lambda: workspace.experiment(experiment.folder)) for _ in range(5)]
        check = [_seconds(lambda: workspace.check(experiment)) for _ in range(5)]
        checked = workspace.checked(experiment.folder)
        plan = [_seconds(lambda: workspace.plan(checked)) for _ in range(5)]
    both = statistics.median(check) + statistics.median(plan)
    print(f"\n5,000 nodes: read {spread(read)} s, check {spread(check)} s, plan {spread(plan)} s")
    print(f"check and plan together: {both:.3g} s")


def _print_handover(folder: Path) -> None:
    """A gigabyte through ten nodes that return what they get."""
    with _workspace(folder) as workspace:
        rng = np.random.default_rng(0)
        columns = {f"c{n}": pa.array(rng.random(_GIGABYTE_ROWS)) for n in range(_COLUMNS)}
        table = pa.table(columns)
        size = table.nbytes
        write_dataset(Dataset(table=table), workspace.root / "datasets" / "big.arrow")
        ten = _chain(workspace, 10, _IDENTITY, dataset="big.arrow")
        # The dataset itself is read, checked and kept once.
        _finished(workspace, _chain(workspace, 1, _IDENTITY, dataset="big.arrow", name="warm"))
        source = np.empty(size, np.uint8)
        target = np.empty(size, np.uint8)
        source[:] = 1
        target[:] = 1
        floor = [_seconds(lambda: np.copyto(target, source)) for _ in range(5)]
        times = []
        for turn in range(3):
            (ten.folder / "step.py").write_text(f"{_IDENTITY}\n# turn {turn}\n")
            times.append(_seconds(partial(_finished, workspace, ten)))
    once = statistics.median(floor)
    print(f"\n{size / 1e9:.2f} GB through ten identity nodes: {spread(times)} s")
    shares = statistics.median(times) / once
    print(f"one memcpy of it: {spread(floor)} s; the run takes {shares:.2f} of that,")
    print(f"and {shares / 10:.2f} of ten, one a node")


def _workspace(folder: Path) -> Workspace:
    (folder / "datasets").mkdir(parents=True)
    (folder / "studiolo.toml").write_text('name = "benchmark"\n')
    ten: dict[str, list[Any]] = {"a": list(range(10)), "b": [f"value {n}" for n in range(10)]}
    write_dataset(Dataset(table=pa.table(ten)), folder / "datasets" / "ten.arrow")
    return Workspace(folder)


def _chain(
    workspace: Workspace,
    count: int,
    script: str,
    *,
    module: str = "execute-python-script",
    dataset: str = "ten.arrow",
    name: str = "chain",
) -> Experiment:
    """An experiment whose nodes form a chain."""
    folder = workspace.root / "experiments" / name
    folder.mkdir(parents=True)
    own = (
        "script: step.py, inputs: {{dataset1: {before}}}"
        if script
        else "inputs: {{dataset: {before}}}, parameters: {{select_columns: all}}"
    )
    lines = ["studiolo: 1", f"name: {name}", "nodes:", f"  n0: {{dataset: {dataset}}}"]
    lines += [
        f"  n{number}: {{module: {module}, {own.format(before=f'n{number - 1}')}}}"
        for number in range(1, count + 1)
    ]
    (folder / "experiment.yaml").write_text("\n".join(lines) + "\n")
    if script:
        (folder / "step.py").write_text(script.format(step=0))
    return workspace.experiment(name)


def _finished(workspace: Workspace, experiment: Experiment) -> ExperimentResult:
    result = workspace.run(experiment)
    if not result.succeeded:
        raise RuntimeError(str(result.status))
    return result


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
