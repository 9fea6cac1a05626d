"""Carries out a plan: starts what is ready, hands results on, records what has ended."""

import os
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from studiolo.errors import StudioloError
from studiolo.experiments.experiment import NodeName
from studiolo.modules.definition import PortKind, PortName
from studiolo.runs.engine import Done, Engine, Work
from studiolo.runs.exports import Exporter
from studiolo.runs.kept_results import KeptResults
from studiolo.runs.local_engine import bytes_of
from studiolo.runs.plan import Plan, Step
from studiolo.runs.progress import NodeProgress, Observer
from studiolo.runs.recorder import Ended, Recorder
from studiolo.runs.state import (
    HAS_RESULT,
    Begun,
    CancelAsked,
    EndRun,
    Event,
    Instruction,
    NodeEnded,
    NoteNode,
    RunState,
    StartNode,
    StopNodes,
)
from studiolo.sandbox.job import Connected, Failure
from studiolo.sandbox.memory_file import MemoryFile
from studiolo.sandbox.sealed_table import SealedTable
from studiolo.store.errors import BlobMissingError, BlobRottenError
from studiolo.store.result_record import StoredResult
from studiolo.store.run_record import NodeState, RunStatus

#: Memory that is left to everything else when a second node is to start beside a first.
_SPARE_BYTES = 512 << 20
Results = Mapping[str, Connected]


class Sources:
    """What the host does for steps itself: reading dataset files, and text that is one."""

    def __init__(
        self,
        read: Callable[[Step], Done],
        unpacked: Callable[[Step, MemoryFile], SealedTable],
        files: Callable[[Step], Mapping[str, Connected]],
    ) -> None:
        """Give what does it.

        Args:
            read: Carries out a dataset step.
            unpacked: Gives the dataset in the zip of a dataset step.
            files: Gives the datasets that a module's parameters stand for.
        """
        self.read = read
        self.unpacked = unpacked
        self.files = files


@dataclass(frozen=True, kw_only=True)
class _Cancel:
    """Somebody asked for the end."""


@dataclass(frozen=True, kw_only=True)
class _Broken:
    """Something that is no fault of a step; the run can't go on."""

    error: Exception


class Scheduler:
    """One run of a plan. `carry_out` it once; `cancel` it from any thread."""

    def __init__(
        self,
        plan: Plan,
        *,
        engine: Engine,
        sources: Sources,
        exporter: Exporter,
        results: KeptResults,
        kept: Mapping[NodeName, StoredResult],
        reasons: Mapping[NodeName, str],
        observer: Observer,
        slots: int | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            plan: What to do.
            engine: What runs modules.
            sources: What reads dataset files.
            exporter: What writes files for modules that export.
            results: Where results are kept.
            kept: For steps that need not run: the results that stand in for them.
            reasons: Why each step runs, or does not.
            observer: Whom to tell.
            slots: How many steps may run at once; as many as there are processors if not given.
        """
        self._plan = plan
        self._engine = engine
        self._sources = sources
        self._exporter = exporter
        self._kept_results = results
        self._kept = kept
        self._reasons = reasons
        self._observer = observer
        self._slots = slots or os.cpu_count() or 1
        self._events: queue.SimpleQueue[NodeEnded | _Cancel | _Broken] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._in_memory: dict[NodeName, Results] = {}
        self._made_again: dict[NodeName, threading.Lock] = {}
        running = [step for name, step in plan.steps.items() if name not in kept]
        #: How many steps have still to take a node's results.
        self._takers = Counter(needed for step in running for needed in set(step.needs))
        self._ready: deque[Step] = deque()
        self._running = 0
        self._error: Exception | None = None
        self._recorder: Recorder

    def cancel(self) -> None:
        """Stop what runs, start nothing more."""
        self._events.put(_Cancel())

    def break_off(self, error: Exception) -> None:
        """Stop because of something that is no fault of a step; `carry_out` raises it."""
        self._events.put(_Broken(error=error))

    def carry_out(self, recorder: Recorder) -> RunStatus:
        """Do everything that the plan says, and record it; how it ended.

        Raises:
            StudioloError: It could not go on; what had ended before is recorded.
        """
        self._recorder = recorder
        steps = self._plan.steps
        self._engine.expect(
            [s for n, s in steps.items() if n not in self._kept and s.dataset is None]
        )
        state = RunState(needs={name: step.needs for name, step in steps.items()})
        with ThreadPoolExecutor(self._slots, thread_name_prefix="studiolo-step") as workers:
            status = self._handle(state, Begun(), recorder)
            while status is None:
                self._start_ready(workers)
                status = self._handle(state, self._next_event(), recorder)
        recorder.finish()
        # What could not be recorded is only known now.
        while not self._events.empty():
            if isinstance(event := self._events.get(), _Broken):
                self._error = self._error or event.error
        if self._error is not None:
            raise self._error
        return status

    def _next_event(self) -> Event:
        event = self._events.get()
        if isinstance(event, NodeEnded):
            return event
        if isinstance(event, _Broken):
            self._error = self._error or event.error
        return CancelAsked()

    def _handle(self, state: RunState, event: Event, recorder: Recorder) -> RunStatus | None:
        """Let the state take in an event, and do what it says; the status once the run is over."""
        kept: list[Ended] = []
        instructions: deque[Instruction] = deque()
        status = None
        if isinstance(event, NodeEnded):
            self._running -= 1
        instructions.extend(state.handle(event))
        while instructions:
            match instructions.popleft():
                case StartNode(node=node):
                    if node in self._kept:
                        kept.append(self._kept_end(node))
                        ended = NodeEnded(node=node, state=NodeState.KEPT)
                        instructions.extend(state.handle(ended))
                    else:
                        self._ready.append(self._plan.steps[node])
                case NoteNode() as note:
                    kept.append(self._left_out(note))
                case StopNodes():
                    self._stop.set()
                    for step in self._ready:
                        ended = NodeEnded(node=step.name, state=NodeState.CANCELLED)
                        kept.append(
                            self._ended(step, NodeState.CANCELLED, "The run was cancelled.")
                        )
                        instructions.extend(state.handle(ended))
                    self._ready.clear()
                case EndRun(status=ended_as):
                    status = ended_as
        if kept:
            recorder.record(*kept)
        return status

    def _kept_end(self, node: NodeName) -> Ended:
        return Ended(
            step=self._plan.steps[node],
            state=NodeState.KEPT,
            reason=self._reasons[node],
            kept=self._kept[node],
        )

    def _left_out(self, note: NoteNode) -> Ended:
        reason = (
            f"The node {note.because_of!r}, which it needs, did not succeed."
            if note.state is NodeState.SKIPPED
            else "The run was cancelled."
        )
        return self._ended(self._plan.steps[note.node], note.state, reason)

    def _ended(self, step: Step, state: NodeState, reason: str) -> Ended:
        return Ended(step=step, state=state, reason=reason)

    def _start_ready(self, workers: ThreadPoolExecutor) -> None:
        while self._ready and self._running < self._slots and self._has_room():
            step = self._ready.popleft()
            self._running += 1
            workers.submit(self._run, step)

    def _has_room(self) -> bool:
        """Whether another step fits into memory beside those that run; alone each one does."""
        if not self._running:
            return True
        step = self._ready[0]
        with self._lock:
            given = sum(
                bytes_of(result)
                for node in set(step.needs)
                for result in self._in_memory.get(node, {}).values()
            )
        return _available_memory() > _SPARE_BYTES + 2 * given

    def _run(self, step: Step) -> None:
        """Carry out one step, in a worker's thread."""
        try:
            ended = self._carried_out(step, self._reasons[step.name])
        except Exception as error:  # noqa: BLE001  # the end of a thread: `carry_out` raises it
            ended = self._ended(step, NodeState.FAILED, f"Studiolo itself failed: {error!r}")
            self.break_off(error)
        self._recorder.record(ended)
        self._events.put(NodeEnded(node=step.name, state=ended.state))

    def _carried_out(self, step: Step, reason: str) -> Ended:
        started = datetime.now(UTC)
        self._observer.node_changed(
            NodeProgress(node=step.name, state=NodeState.RUNNING, reason=reason)
        )
        done, failure = None, None
        try:
            done = self._done(step)
        except StudioloError as error:
            # Not of the step's own making, but it can't be done, and others perhaps can.
            failure = _failure_of(error)
        state = NodeState.FAILED if done is None else _state_of(done)
        if done is not None and state in HAS_RESULT and self._takers[step.name]:
            with self._lock:
                self._in_memory[step.name] = done.results
        self._let_go(step)
        return Ended(
            step=step,
            state=state,
            reason=reason,
            started_at=started,
            ended_at=datetime.now(UTC),
            done=done,
            failure=failure,
        )

    def _done(self, step: Step) -> Done:
        if step.dataset is not None:
            return self._sources.read(step)
        inputs: dict[PortName, Connected] = {}
        for port, (node, output) in step.sources.items():
            results = self._results_of(node)
            if isinstance(results, Failure):
                return Done(results={}, failure=results, seconds=0.0)
            if output not in results:
                return Done(results={}, failure=_empty_input(port, node, output), seconds=0.0)
            inputs[port] = self._as_needed(step, port, node, results[output])
        work = Work(step=step, inputs=inputs, files=self._sources.files(step))
        if (refused := self._exporter.refusal(step)) is not None:
            return Done(results={}, failure=refused, seconds=0.0)
        done = self._engine.execute(
            work,
            on_console=lambda text: self._observer.console_written(step.name, text),
            cancelled=self._stop,
        )
        if done.failure is None:
            try:
                self._exporter.export(step, inputs)
            except StudioloError as error:
                return replace(done, results={}, failure=_failure_of(error))
        return done

    def _as_needed(self, step: Step, port: PortName, node: NodeName, given: Connected) -> Connected:
        """What a node gave; of a zip the dataset in it, where the port takes one."""
        assert step.definition is not None
        takes = step.definition.input(port)
        if takes is None or takes.kind is not PortKind.DATASET or isinstance(given, SealedTable):
            return given
        return self._sources.unpacked(self._plan.steps[node], given)

    def _results_of(self, node: NodeName) -> Results | Failure:
        """What a node gave, from memory or from what is kept; why not, if that is lost."""
        with self._lock:
            if node in self._in_memory:
                return self._in_memory[node]
            again = self._made_again.setdefault(node, threading.Lock())
        with again:
            with self._lock:
                if node in self._in_memory:
                    return self._in_memory[node]
            try:
                results: Results = self._kept_results.open(self._kept[node].outputs)
            except (BlobMissingError, BlobRottenError) as error:
                made = self._run_after_all(self._plan.steps[node], error)
                if isinstance(made, Failure):
                    return made
                results = made
            with self._lock:
                self._in_memory[node] = results
        return results

    def _run_after_all(
        self, step: Step, error: BlobMissingError | BlobRottenError
    ) -> Results | Failure:
        """What was kept of a step is damaged: have it made again."""
        self._kept_results.discard(error)
        with self._lock:
            # Nobody has counted on this step to take anything.
            self._takers.update(set(step.needs))
        ended = self._carried_out(step, f"What was kept of it is damaged: {_damage(error)}.")
        self._recorder.record(ended)
        if ended.done is not None and ended.done.failure is None:
            return ended.done.results
        failure = ended.failure if ended.done is None else ended.done.failure
        assert failure is not None
        if ended.state is NodeState.CANCELLED:
            return failure
        message = f"The node {step.name!r}, which it needs, had to run again: {failure.message}"
        return replace(failure, message=message, traceback="", frames=())

    def _let_go(self, step: Step) -> None:
        """The step has taken its inputs: results that nobody else will take are let go of."""
        with self._lock:
            for node in set(step.needs):
                self._takers[node] -= 1
                if not self._takers[node]:
                    self._in_memory.pop(node, None)


def _state_of(done: Done) -> NodeState:
    if done.failure is None:
        return NodeState.FINISHED
    return NodeState.CANCELLED if done.failure.code == "cancelled" else NodeState.FAILED


def _empty_input(port: PortName, node: NodeName, output: PortName) -> Failure:
    return Failure(
        code="input-empty",
        classic_number=3,
        message=f"The input {port} has no data: the node {node!r} left its output {output} empty.",
    )


def _damage(error: BlobMissingError | BlobRottenError) -> str:
    if isinstance(error, BlobMissingError):
        return f'the file "{error.path}" is not there'
    return f'the file "{error.path}" is not what was written ({error.reason})'


def _failure_of(error: StudioloError) -> Failure:
    return Failure(code=error.code, classic_number=error.classic_number, message=str(error))


def _available_memory() -> int:
    """Bytes that processes can still take without swapping."""
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return _SPARE_BYTES * 4
