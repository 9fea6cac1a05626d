"""An engine that runs functions of a test instead of scripts, and does what the test says."""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import PortName
from studiolo.runs.engines.capacity import Capacity
from studiolo.runs.engines.engine import ReadyStep, RunContext, StepOutcome
from studiolo.runs.planning.plan import Step
from studiolo.sandbox.exchange.job import Failure
from studiolo.sandbox.exchange.sealed_table import SealedTable

#: Seconds between two looks at whether a step is to end.
_PAUSE = 0.005


class WorkerLostError(StudioloError):
    """The worker that carried out a step is gone."""

    code: ClassVar[str] = "worker-lost"

    def __init__(self) -> None:
        super().__init__("The worker that carried out the step is gone.")


class StepFailedError(Exception):
    """A script's mistake."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        super().__init__(message or code)


@dataclass(kw_only=True)
class FakeRun:
    """What a function that stands for a script can do besides computing."""

    say: Callable[[str], None]
    ends: Callable[[], None]

    def hang(self) -> None:
        """Go on until somebody ends it."""
        while True:
            self.ends()
            time.sleep(_PAUSE)


#: Stands for a script: the datasets at its ports, and its result.
FakeScript = Callable[[Mapping[str, pa.Table], FakeRun], pa.Table]


@dataclass(kw_only=True)
class FakeEngine:
    """Runs the functions that stand for scripts, by the scripts' names, in the calling thread.

    A node that is held ends only when it is released, so a test says in which order nodes end.
    """

    scripts: Mapping[str, FakeScript]
    slots: int = 2
    #: Nodes whose worker is lost; each once.
    lost: set[str] = field(default_factory=set)
    #: What happened, in order: ("began", node), ("ended", node).
    log: list[tuple[str, str]] = field(default_factory=list)
    #: The most steps that ran at the same time.
    most: int = 0
    _lock: threading.Condition = field(default_factory=threading.Condition)
    _held: set[str] = field(default_factory=set)
    _running: int = 0
    _closed: bool = False

    def __post_init__(self) -> None:
        self.capacity = Capacity(self.slots, available_memory=lambda: 1 << 50)

    def hold(self, *nodes: str) -> None:
        """Let these nodes not end before they are released."""
        with self._lock:
            self._held.update(nodes)

    def release(self, node: str) -> None:
        """Let a node end."""
        with self._lock:
            self._held.discard(node)

    def wait_for(self, *events: tuple[str, str]) -> None:
        """Until all of this has happened."""
        with self._lock:
            assert self._lock.wait_for(lambda: set(events) <= set(self.log), timeout=60), self.log

    def expect(self, steps: Collection[Step], run: RunContext) -> None:
        """There is nothing to prepare."""

    def execute(
        self, work: ReadyStep, run: RunContext, *, on_console: Callable[[str], None] | None = None
    ) -> StepOutcome:
        """Run the function that stands for the step's script."""
        if self._closed:
            raise ValueError("this engine is closed")
        node = work.step.name
        tables = {
            str(port): value.table
            for port, given in [*work.inputs.items(), *work.files.items()]
            if isinstance(value := run.results.resolve(given), SealedTable)
        }
        self._note("began", node, 1)
        try:
            return self._carried_out(work.step, tables, run, on_console or (lambda _: None))
        finally:
            self._note("ended", node, -1)

    def close(self) -> None:
        """Execute nothing more."""
        self._closed = True

    def _carried_out(
        self,
        step: Step,
        tables: Mapping[str, pa.Table],
        run: RunContext,
        on_console: Callable[[str], None],
    ) -> StepOutcome:
        began = time.monotonic()
        console: list[str] = []

        def say(text: str) -> None:
            console.append(text)
            on_console(text)

        def ends() -> None:
            if run.cancelled.is_set():
                raise StepFailedError("cancelled")
            limit = step.node.limits.timeout
            if limit is not None and time.monotonic() - began > limit:
                raise StepFailedError("timed-out")

        assert step.script is not None
        try:
            ends()
            while step.name in self._held:
                ends()
                time.sleep(_PAUSE)
            if step.name in self.lost:
                self.lost.remove(step.name)
                raise WorkerLostError
            made = self.scripts[step.script.name](tables, FakeRun(say=say, ends=ends))
        except StepFailedError as error:
            failure = Failure(code=error.code, classic_number=None, message=str(error))
            return StepOutcome(
                results={},
                failure=failure,
                console="".join(console),
                seconds=time.monotonic() - began,
            )
        value = SealedTable.of_dataset(Dataset(table=made))
        return StepOutcome(
            results=run.results.hand_over(step.digest, {PortName("results_dataset"): value}),
            console="".join(console),
            seconds=time.monotonic() - began,
            environment="fake",
            isolation="none",
        )

    def _note(self, what: str, node: NodeName, change: int) -> None:
        with self._lock:
            self.log.append((what, str(node)))
            self._running += change
            self.most = max(self.most, self._running)
            self._lock.notify_all()
