"""The contract of engines: what the scheduler counts on. A new engine inherits these tests."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from studiolo.datasets.dataset import Dataset
from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import PortName
from studiolo.runs.engines.engine import Engine, ReadyStep, RunContext, StepOutcome
from studiolo.runs.engines.references import ResultReference
from studiolo.runs.errors import ResultGoneError
from studiolo.runs.experiments.results_in_memory import Results, ResultsInMemory
from studiolo.runs.planning.plan import DATASET_PORT, Plan
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.store.identity import RecipeDigest
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

NODES = """
data: {dataset: n.csv}
plus: {module: execute-python-script, script: plus.py, inputs: {dataset1: data}}
plus again: {module: execute-python-script, script: plus.py, inputs: {dataset1: plus}}
fail: {module: execute-python-script, script: fail.py, inputs: {dataset1: data}}
say: {module: execute-python-script, script: say.py, inputs: {dataset1: data}}
hang: {module: execute-python-script, script: hang.py, inputs: {dataset1: data}}
late:
  module: execute-python-script
  script: hang.py
  inputs: {dataset1: data}
  timeout: 1s
"""
#: What an engine that runs no Python needs to have something else for.
SCRIPTS = {
    "plus.py": "def azureml_main(frame):\n    return frame + 1,\n",
    "fail.py": "def azureml_main(frame):\n    raise ValueError('no')\n",
    "say.py": (
        "def azureml_main(frame):\n"
        "    for number in range(5):\n"
        "        print('line', number, flush=True)\n"
        "    return frame,\n"
    ),
    "hang.py": (
        "import time\n\n"
        "def azureml_main(frame):\n"
        "    print('begun', flush=True)\n"
        "    while True:\n"
        "        time.sleep(0.01)\n"
    ),
}
RESULT = PortName("results_dataset")


class CountingResults(ResultsInMemory):
    """A table that counts what is handed over."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan, plan.steps.values())
        self.handed_over: list[RecipeDigest] = []

    def hand_over(
        self, recipe: RecipeDigest, results: Results
    ) -> Mapping[PortName, ResultReference]:
        self.handed_over.append(recipe)
        return super().hand_over(recipe, results)


class Bench:
    """A run of a plan, and an engine that carries out its steps."""

    def __init__(self, plan: Plan, engine: Engine, numbers: Sequence[int]) -> None:
        self.plan = plan
        self.engine = engine
        self.results = CountingResults(plan)
        self.run = RunContext(results=self.results)
        # As the host does that has read the dataset.
        value = SealedTable.of_dataset(Dataset(table=pa.table({"n": numbers})))
        self.results.hand_over(plan.steps[NodeName("data")].digest, {DATASET_PORT: value})
        self.results.handed_over.clear()

    def ready(self, node: str) -> ReadyStep:
        step = self.plan.steps[NodeName(node)]
        inputs = {
            port: ResultReference(recipe=self.plan.steps[source].digest, port=output)
            for port, (source, output) in step.sources.items()
        }
        return ReadyStep(step=step, inputs=inputs)

    def execute(self, node: str, *, on_console: Callable[[str], None] | None = None) -> StepOutcome:
        return self.engine.execute(self.ready(node), self.run, on_console=on_console)

    def numbers(self, outcome: StepOutcome) -> list[int]:
        """The column of a step's result, found by its reference."""
        value = self.results.resolve(outcome.results[RESULT])
        assert isinstance(value, SealedTable)
        return [int(number) for number in value.table.column("n").to_pylist() if number is not None]


def failure_of(outcome: StepOutcome) -> str:
    assert outcome.failure is not None
    assert outcome.results == {}
    return outcome.failure.code


class EngineContract:
    """Inherit it, and give a fixture `engine`."""

    @pytest.fixture
    def engine(self) -> Engine:
        raise NotImplementedError

    @pytest.fixture
    def bench(self, place: WorkspaceFolder, engine: Engine) -> Iterator[Bench]:
        place.dataset("n.csv", "n\n1\n")
        place.experiment(NODES, scripts=SCRIPTS)
        with Workspace(place.root) as workspace:
            plan = workspace.plan(workspace.experiment("experiment"))
        bench = Bench(plan, engine, [1, 2])
        yield bench
        bench.run.cancelled.set()
        engine.close()

    def test_inputs_are_resolved_and_a_result_is_handed_over_once(self, bench: Bench) -> None:
        outcome = bench.execute("plus")
        assert outcome.failure is None
        digest = bench.plan.steps[NodeName("plus")].digest
        assert outcome.results == {RESULT: ResultReference(recipe=digest, port=RESULT)}
        assert bench.results.handed_over == [digest]
        assert bench.numbers(outcome) == [2, 3]
        assert outcome.seconds >= 0

    def test_a_result_is_the_input_of_the_next_step(self, bench: Bench) -> None:
        bench.execute("plus")
        assert bench.numbers(bench.execute("plus again")) == [3, 4]

    def test_a_reference_to_a_result_that_is_gone_is_an_error(self, bench: Bench) -> None:
        with pytest.raises(ResultGoneError, match="results_dataset") as caught:
            bench.execute("plus again")
        assert caught.value.recipe == bench.plan.steps[NodeName("plus")].digest
        assert bench.results.handed_over == []
        # It is no reason for the engine to do nothing more.
        assert bench.numbers(bench.execute("plus")) == [2, 3]

    def test_a_failing_step_is_an_outcome_and_hands_over_nothing(self, bench: Bench) -> None:
        failure_of(bench.execute("fail"))
        assert bench.results.handed_over == []
        assert bench.numbers(bench.execute("plus")) == [2, 3]

    def test_the_console_comes_in_order_and_before_the_outcome(self, bench: Bench) -> None:
        said: list[str] = []
        outcome = bench.execute("say", on_console=said.append)
        lines = [f"line {number}" for number in range(5)]
        assert outcome.console.splitlines() == lines
        assert "".join(said).splitlines() == lines
        count = len(said)
        bench.engine.close()
        assert len(said) == count

    def test_a_step_that_takes_longer_than_its_limit_is_ended(self, bench: Bench) -> None:
        assert failure_of(bench.execute("late")) == "timed-out"
        assert bench.results.handed_over == []

    def test_a_cancelled_run_ends_its_steps(self, bench: Bench) -> None:
        begun = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(
                bench.execute, "hang", on_console=lambda text: begun.set() if text else None
            )
            assert begun.wait(60) or running.done()
            bench.run.cancelled.set()
            assert failure_of(running.result(timeout=60)) == "cancelled"
        assert bench.results.handed_over == []

    def test_a_step_of_a_run_that_is_cancelled_already_does_not_run(self, bench: Bench) -> None:
        bench.run.cancelled.set()
        assert failure_of(bench.execute("plus")) == "cancelled"

    def test_a_cancelled_run_ends_no_step_of_another(self, bench: Bench) -> None:
        other = RunContext(results=bench.results)
        bench.run.cancelled.set()
        outcome = bench.engine.execute(bench.ready("plus"), other)
        assert bench.numbers(outcome) == [2, 3]

    def test_many_threads_execute_at_once_and_each_gets_its_own_result(self, bench: Bench) -> None:
        many = 6
        benches = [Bench(bench.plan, bench.engine, [number]) for number in range(many)]
        with ThreadPoolExecutor(many) as pool:
            outcomes = list(pool.map(lambda one: one.execute("plus"), benches))
        found = [one.numbers(outcome) for one, outcome in zip(benches, outcomes, strict=True)]
        assert found == [[number + 1] for number in range(many)]

    def test_a_slow_step_holds_up_no_other(self, bench: Bench) -> None:
        other = RunContext(results=bench.results)
        with ThreadPoolExecutor(1) as pool:
            hanging = pool.submit(bench.engine.execute, bench.ready("hang"), other)
            assert bench.numbers(bench.execute("plus")) == [2, 3]
            assert not hanging.done()
            other.cancelled.set()
            assert failure_of(hanging.result(timeout=60)) == "cancelled"

    def test_what_is_expected_need_not_come(self, bench: Bench) -> None:
        steps = [step for step in bench.plan.steps.values() if step.definition is not None]
        bench.engine.expect(steps, bench.run)
        bench.engine.expect([], bench.run)

    def test_it_has_room_for_a_step(self, bench: Bench) -> None:
        assert bench.engine.capacity.slots >= 1
        with bench.engine.capacity.share(lambda: None) as share:
            assert share.take(0)

    def test_a_closed_engine_executes_nothing(self, bench: Bench) -> None:
        bench.execute("plus")
        bench.engine.close()
        bench.engine.close()
        with pytest.raises(ValueError, match="closed"):
            bench.execute("say")
