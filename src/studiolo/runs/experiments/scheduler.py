"""Carries out a plan: starts what is ready, in the order in which it becomes so."""

import queue
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from studiolo.experiments.experiment import NodeName
from studiolo.runs.engines.capacity import Capacity, Share
from studiolo.runs.experiments.recorder import EndedStep, Recorder
from studiolo.runs.experiments.state import (
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
from studiolo.runs.experiments.step_runner import StepRunner
from studiolo.runs.planning.plan import Plan, Step
from studiolo.store.result_record import StoredResult
from studiolo.store.run_record import NodeState, RunStatus


@dataclass(frozen=True, kw_only=True)
class _Cancel:
    """The run was asked to end."""


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """A step that had to wait for room may ask again."""


@dataclass(frozen=True, kw_only=True)
class _Broken:
    """Something that is not a step's fault; the run can't go on."""

    error: Exception


class Scheduler:
    """One run of a plan. `carry_out` it once; `cancel` it from any thread."""

    def __init__(
        self,
        plan: Plan,
        *,
        kept: Mapping[NodeName, StoredResult],
        reasons: Mapping[NodeName, str],
        capacity: Capacity,
    ) -> None:
        """Prepare a run.

        Args:
            plan: What to do.
            kept: For steps that need not run: the results that stand in for them.
            reasons: Why each step runs, or does not.
            capacity: The room for steps, which other runs may share.
        """
        self._plan = plan
        self._kept = kept
        self._reasons = reasons
        self._capacity = capacity
        self._state = RunState(needs={name: step.needs for name, step in plan.steps.items()})
        self._events: queue.SimpleQueue[NodeEnded | _Cancel | _Turn | _Broken] = queue.SimpleQueue()
        self._ready: deque[Step] = deque()
        #: The sizes of the inputs of the steps that run.
        self._running: dict[NodeName, int] = {}
        self._error: Exception | None = None

    def cancel(self) -> None:
        """Stop what runs, start nothing more."""
        self._events.put(_Cancel())

    def break_off(self, error: Exception) -> None:
        """Stop because of something that is not a step's fault; `carry_out` raises it."""
        self._events.put(_Broken(error=error))

    def carry_out(self, runner: StepRunner, recorder: Recorder) -> RunStatus:
        """Do everything that the plan says, and record it; how it ended.

        Raises:
            StudioloError: It could not continue; what had ended before is recorded.
        """
        with (
            self._capacity.share(lambda: self._events.put(_Turn())) as share,
            ThreadPoolExecutor(self._capacity.slots, thread_name_prefix="studiolo-step") as workers,
        ):
            status = self._handle(Begun(), runner, recorder)
            while status is None:
                while self._ready and self._has_turn(self._ready[0], share, runner):
                    workers.submit(self._run, self._ready.popleft(), runner, recorder)
                happened = self._next_event(share)
                if happened is not None:
                    status = self._handle(happened, runner, recorder)
                if not self._ready:
                    share.stop_waiting()
        recorder.finish()
        # What could not be recorded is only known now.
        while not self._events.empty():
            if isinstance(event := self._events.get(), _Broken):
                self._error = self._error or event.error
        if self._error is not None:
            raise self._error
        return status

    def _has_turn(self, step: Step, share: Share, runner: StepRunner) -> bool:
        size = runner.in_memory.bytes_for(step)
        if not share.take(size):
            return False
        self._running[step.name] = size
        return True

    def _next_event(self, share: Share) -> Event | None:
        """The next thing that happens; None if it is only that there may be room now."""
        event = self._events.get()
        if isinstance(event, NodeEnded):
            share.give_back(self._running.pop(event.node))
            return event
        if isinstance(event, _Turn):
            return None
        if isinstance(event, _Broken):
            self._error = self._error or event.error
        return CancelAsked()

    def _handle(self, event: Event, runner: StepRunner, recorder: Recorder) -> RunStatus | None:
        """Give the state an event and carry out its instructions; the status if the run is over."""
        settled: list[EndedStep] = []
        instructions: deque[Instruction] = deque(self._state.handle(event))
        status = None
        while instructions:
            match instructions.popleft():
                case StartNode(node=node) if node in self._kept:
                    settled.append(self._kept_end(node))
                    instructions.extend(self._ends(node, NodeState.KEPT))
                case StartNode(node=node):
                    self._ready.append(self._plan.steps[node])
                case NoteNode() as note:
                    settled.append(self._left_out(note))
                case StopNodes():
                    runner.stop()
                    for step in self._ready:
                        settled.append(_cancelled(step))
                        instructions.extend(self._ends(step.name, NodeState.CANCELLED))
                    self._ready.clear()
                case EndRun(status=ended_as):
                    status = ended_as
        if settled:
            recorder.record(*settled)
        return status

    def _ends(self, node: NodeName, state: NodeState) -> list[Instruction]:
        """The consequences of the end of a node that was never given to a thread."""
        return self._state.handle(NodeEnded(node=node, state=state))

    def _kept_end(self, node: NodeName) -> EndedStep:
        return EndedStep(
            step=self._plan.steps[node],
            state=NodeState.KEPT,
            reason=self._reasons[node],
            kept=self._kept[node],
        )

    def _left_out(self, note: NoteNode) -> EndedStep:
        step = self._plan.steps[note.node]
        if note.state is not NodeState.SKIPPED:
            return _cancelled(step)
        reason = f"The node {note.because_of!r}, which it needs, did not succeed."
        return EndedStep(step=step, state=note.state, reason=reason)

    def _run(self, step: Step, runner: StepRunner, recorder: Recorder) -> None:
        """Carry out one step, in a worker's thread."""
        try:
            ended = runner.carry_out(step, self._reasons[step.name])
        except Exception as error:  # noqa: BLE001  # the end of a thread: `carry_out` raises it
            reason = f"Studiolo itself failed: {error!r}"
            ended = EndedStep(step=step, state=NodeState.FAILED, reason=reason)
            self.break_off(error)
        recorder.record(ended)
        self._events.put(NodeEnded(node=step.name, state=ended.state))


def _cancelled(step: Step) -> EndedStep:
    return EndedStep(step=step, state=NodeState.CANCELLED, reason="The run was cancelled.")
