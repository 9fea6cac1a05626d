"""Runs on an engine that does what a test says: orders of ends, lost workers, room."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from studiolo.runs.engines.engine import ReadyStep, RunContext, StepOutcome
from studiolo.runs.engines.references import ResultReference, ResultTable
from studiolo.runs.errors import ResultGoneError
from studiolo.runs.experiments.progress import NodeProgress
from studiolo.runs.experiments.state import HAS_RESULT
from studiolo.workspace.workspace import Workspace

from ..workspaces import Ran, Watcher, WorkspaceFolder, ran, run_in
from .fake_engine import FakeEngine, FakeRun
from .test_fake_engine import SCRIPTS

NODES = """
data: {dataset: n.csv}
one: {module: execute-python-script, script: plus.py, inputs: {dataset1: data}}
two: {module: execute-python-script, script: plus.py, inputs: {dataset1: one}}
other: {module: execute-python-script, script: twice.py, inputs: {dataset1: data}}
sum:
  module: execute-python-script
  script: add.py
  inputs: {dataset1: two, dataset2: other}
"""
TEXTS = dict.fromkeys(["plus.py", "twice.py", "add.py"], "def azureml_main(a, b=None):\n    pass\n")


def twice(tables: Mapping[str, pa.Table], run: FakeRun) -> pa.Table:
    return pa.table({"n": [2 * n.as_py() for n in tables["dataset1"]["n"]]})


def add(tables: Mapping[str, pa.Table], run: FakeRun) -> pa.Table:
    pairs = zip(tables["dataset1"]["n"], tables["dataset2"]["n"], strict=True)
    return pa.table({"n": [one.as_py() + other.as_py() for one, other in pairs]})


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(scripts={**SCRIPTS, "twice.py": twice, "add.py": add})


@pytest.fixture
def workspace(place: WorkspaceFolder, engine: FakeEngine) -> Iterator[Workspace]:
    place.dataset("n.csv", "n\n5\n")
    # The texts differ, so that the recipes do.
    texts = {name: f"# {name}\n{text}" for name, text in TEXTS.items()}
    place.experiment(NODES, scripts=texts)
    with Workspace(place.root, engine=engine) as opened:
        yield opened


@pytest.mark.parametrize("order", [("one", "other"), ("other", "one")])
def test_the_order_in_which_nodes_end_makes_no_difference(
    order: tuple[str, str], workspace: Workspace, engine: FakeEngine
) -> None:
    engine.hold(*order)
    running = workspace.start(workspace.experiment("experiment"))
    engine.wait_for(("began", "one"), ("began", "other"))
    for node in order:
        engine.release(node)
        engine.wait_for(("ended", node))
    assert running.wait() == "finished"
    result = ran(workspace.result(running.id))
    assert [node for what, node in engine.log if what == "ended"].index(order[0]) == 0
    assert result.table("sum") == {"n": [17]}
    # What has run is kept, and the engine is not asked for it again.
    engine.log.clear()
    assert run_in(workspace).ran() == set()
    assert engine.log == []


def test_a_lost_worker_fails_its_node_and_not_the_run_of_others(
    workspace: Workspace, engine: FakeEngine
) -> None:
    engine.lost.add("one")
    first = run_in(workspace)
    assert first.states == {
        "data": "finished",
        "one": "failed",
        "two": "skipped",
        "other": "finished",
        "sum": "skipped",
    }
    assert first.failure("one")[0] == "worker-lost"
    again = run_in(workspace)
    assert again.kept() == {"data", "other"}
    assert again.table("sum") == {"n": [17]}


def test_a_cancelled_run_ends_what_runs_and_starts_nothing_more(
    workspace: Workspace, engine: FakeEngine
) -> None:
    engine.hold("one")
    running = workspace.start(workspace.experiment("experiment"))
    engine.wait_for(("began", "one"), ("ended", "other"))
    running.cancel()
    assert running.wait() == "cancelled"
    assert ("began", "two") not in engine.log
    assert ran(workspace.result(running.id), read=False).states["one"] == "cancelled"


@pytest.mark.parametrize("slots", [1, 2])
def test_runs_at_once_share_the_room_of_the_engine(
    slots: int, place: WorkspaceFolder, workspace: Workspace
) -> None:
    workspace.close()
    engine = FakeEngine(scripts={**SCRIPTS, "twice.py": twice, "add.py": add}, slots=slots)
    with Workspace(place.root, engine=engine) as opened:

        def run(_: int) -> Ran:
            return run_in(opened, again=True)

        with ThreadPoolExecutor(3) as pool:
            results = list(pool.map(run, range(3)))
    assert [result.table("sum") for result in results] == [{"n": [17]}] * 3
    assert engine.most <= slots
    assert sum(what == "began" for what, _ in engine.log) == 12


def test_two_runs_of_one_experiment_tell_each_its_own_events(
    workspace: Workspace, engine: FakeEngine
) -> None:
    engine.hold("one")
    experiment = workspace.experiment("experiment")
    first, second = (workspace.start(experiment) for _ in range(2))
    engine.wait_for(("began", "one"))
    engine.release("one")
    assert first.wait() == second.wait() == "finished"
    for running in (first, second):
        told = list(running.events())
        assert [number for number, _ in told] == list(range(1, len(told) + 1))
        # Who comes late is told the same, and who knows a part is told the rest.
        assert list(running.events()) == told
        assert list(running.events(after=3)) == told[3:]
        states = [(e.node, e.state) for _, e in told if isinstance(e, NodeProgress)]
        ended = [node for node, state in states if state in HAS_RESULT]
        assert sorted(ended) == ["data", "one", "other", "sum", "two"]


def test_a_slow_observer_gets_the_console_in_order(place: WorkspaceFolder) -> None:
    engine = FakeEngine(scripts=SCRIPTS)
    place.dataset("n.csv", "n\n5\n")
    place.experiment(
        """
        data: {dataset: n.csv}
        say: {module: execute-python-script, script: say.py, inputs: {dataset1: data}}
        """,
        scripts={"say.py": "def azureml_main(a):\n    pass\n"},
    )
    watcher = Watcher()
    with Workspace(place.root, engine=engine) as workspace:
        run_in(workspace, observer=watcher)
    assert list(watcher.console.values()) == ["".join(f"line {number}\n" for number in range(5))]


def test_a_dataset_that_a_parameter_stands_for_is_a_reference_too(place: WorkspaceFolder) -> None:
    """It is held as long as its step runs."""

    class Watched(FakeEngine):
        def execute(
            self,
            work: ReadyStep,
            run: RunContext,
            *,
            on_console: Callable[[str], None] | None = None,
        ) -> StepOutcome:
            seen.append((run.results, work.files["data"]))
            return super().execute(work, run, on_console=on_console)

    seen: list[tuple[ResultTable, ResultReference]] = []
    place.experiment('typed: {module: enter-data-manually, parameters: {data: "n\\n5\\n"}}')
    engine = Watched(scripts={"enter_data_manually.py": lambda tables, _: tables["data"]})
    with Workspace(place.root, engine=engine) as workspace:
        assert run_in(workspace).table("typed") == {"n": [5]}
    ((results, reference),) = seen
    with pytest.raises(ResultGoneError):
        results.resolve(reference)
