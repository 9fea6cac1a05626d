"""Records the outcome of a run's nodes, while the run is in progress.

A node counts as ended once its blobs and its record are on the disk; only then is it announced. The
nodes after it do not wait for that: what they need is in memory.
"""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Self

from studiolo.experiments.experiment import NodeName
from studiolo.runs.engines.engine import StepOutcome
from studiolo.runs.experiments.kept_results import KeptResults
from studiolo.runs.experiments.progress import NodeProgress, Observer
from studiolo.runs.planning.plan import Step
from studiolo.sandbox.exchange.job import Connected, Failure
from studiolo.store.identity import RunId
from studiolo.store.measures import Cost
from studiolo.store.records import Records
from studiolo.store.result_record import NewResult, StoredResult
from studiolo.store.run_record import FinishedNode, NodeChange, NodeOutcome, NodeState

#: Seconds between two records of running nodes. Shorter ones are recorded at their end only.
_INTERVAL = 1.0


@dataclass(frozen=True, kw_only=True)
class EndedStep:
    """A node that has ended in this run."""

    step: Step
    state: NodeState
    reason: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    #: Of a node that ran: its outcome.
    done: StepOutcome | None = None
    #: The outputs that it refers to, by port: they are held until they are recorded.
    results: Mapping[str, Connected] = field(default_factory=dict)
    #: Of a node that could not even be started.
    failure: Failure | None = None
    #: Of a kept node: what stands in for it.
    kept: StoredResult | None = None


@dataclass(kw_only=True)
class _UnderWay:
    """A node that runs."""

    started_at: datetime
    console: list[str] = field(default_factory=list)
    #: Whether what is here is recorded.
    recorded: bool = False


class Recorder:
    """A thread that records ended nodes, as many in one transaction as have come together.

    Nodes that take longer are recorded while they run, with what they have printed: those who look
    sees it, and a process that is killed leaves it behind. Finish it, or use it as a context
    manager.
    """

    def __init__(
        self,
        run: RunId,
        records: Records,
        results: KeptResults,
        observer: Observer,
        *,
        on_error: Callable[[Exception], None],
    ) -> None:
        """``on_error`` is told if something can't be recorded; nothing more is, then."""
        self._run = run
        self._records = records
        self._results = results
        self._observer = observer
        self._on_error = on_error
        self._waiting: queue.SimpleQueue[list[EndedStep] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._under_way: dict[NodeName, _UnderWay] = {}
        self._look_again = time.monotonic() + _INTERVAL
        self._thread = threading.Thread(target=self._record_all, name="studiolo-recorder")
        self._thread.start()

    def note_start(self, node: NodeName, started_at: datetime) -> None:
        """A node begins to run."""
        with self._lock:
            self._under_way[node] = _UnderWay(started_at=started_at)

    def note_console(self, node: NodeName, text: str) -> None:
        """A node that runs printed something."""
        with self._lock:
            running = self._under_way.get(node)
            if running is not None:
                running.console.append(text)
                running.recorded = False

    def record(self, *ended: EndedStep) -> None:
        """Record these, soon and in the order in which they come."""
        with self._lock:
            for item in ended:
                self._under_way.pop(item.step.name, None)
        self._waiting.put(list(ended))

    def finish(self) -> None:
        """Wait until everything is recorded that can be."""
        self._waiting.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def _record_all(self) -> None:
        failed = False
        more = True
        while more:
            batch, more = self._next_batch()
            if failed:
                continue
            try:
                if batch:
                    self._record(batch)
                self._record_under_way()
            except Exception as error:  # noqa: BLE001  # the end of a thread: the run raises it
                failed = True
                self._on_error(error)

    def _next_batch(self) -> tuple[list[EndedStep], bool]:
        batch: list[EndedStep] = []
        while True:
            try:
                if batch:
                    item = self._waiting.get_nowait()
                else:
                    item = self._waiting.get(timeout=self._until_next_look())
            except queue.Empty:
                return batch, True
            if item is None:
                return batch, False
            batch += item

    def _until_next_look(self) -> float:
        return max(0.0, self._look_again - time.monotonic())

    def _record_under_way(self) -> None:
        """Record the running nodes, from time to time."""
        if self._until_next_look():
            return
        self._look_again = time.monotonic() + _INTERVAL
        with self._lock:
            changes = [
                NodeChange(
                    node=node,
                    state=NodeState.RUNNING,
                    started_at=running.started_at,
                    console="".join(running.console),
                )
                for node, running in self._under_way.items()
                if not running.recorded
            ]
            for running in self._under_way.values():
                running.recorded = True
                running.console = ["".join(running.console)]
        if changes:
            self._records.change_nodes(self._run, changes)

    def _record(self, batch: list[EndedStep]) -> None:
        nodes = [self._finished(ended) for ended in batch]
        self._records.finish_nodes(self._run, nodes)
        for node, ended in zip(nodes, batch, strict=True):
            self._observer.node_changed(_progress(node.outcome, ended))

    def _finished(self, ended: EndedStep) -> FinishedNode:
        step, done, kept = ended.step, ended.done, ended.kept
        outcome = NodeOutcome(
            node=step.name,
            state=ended.state,
            reason=ended.reason,
            recipe_digest=step.digest,
            started_at=ended.started_at,
            ended_at=ended.ended_at,
        )
        if kept is not None:
            outcome = replace(outcome, from_run=kept.run, **kept.measures)
        if done is not None:
            return self._ran(ended, done, outcome)
        failure = None if ended.failure is None else asdict(ended.failure)
        return FinishedNode(outcome=replace(outcome, failure=failure))

    def _ran(self, ended: EndedStep, done: StepOutcome, outcome: NodeOutcome) -> FinishedNode:
        images = self._results.put_images(done.images)
        manifest = self._results.put(ended.results)
        recorded = replace(
            outcome,
            **Cost.of(done),
            rows=manifest.rows,
            bytes=manifest.size,
            console=done.console,
            log=done.log,
            network=[connection.to_json() for connection in done.network] or None,
            images=images,
            failure=None if done.failure is None else asdict(done.failure),
        )
        if done.failure is not None:
            return FinishedNode(outcome=recorded)
        assert ended.ended_at is not None
        result = NewResult(
            recipe_digest=ended.step.digest,
            recipe=ended.step.recipe,
            outputs=manifest.outputs,
            blobs=manifest.blobs,
            console=done.console,
            log=done.log,
            images=images,
            **recorded.measures,
            environment=done.environment,
            isolation=done.isolation,
            run=self._run,
            node=ended.step.name,
            created_at=ended.ended_at,
        )
        return FinishedNode(outcome=recorded, result=result)


def _progress(recorded: NodeOutcome, ended: EndedStep) -> NodeProgress:
    failure = ended.failure
    if ended.done is not None:
        failure = ended.done.failure
    return NodeProgress(
        node=recorded.node,
        state=recorded.state,
        reason=recorded.reason,
        **recorded.measures,
        from_run=recorded.from_run,
        failure=failure,
    )
