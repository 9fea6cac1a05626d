"""The states of a run and of its nodes: events in, instructions out, no effects.

A run is what happens to its nodes. `RunState.handle` takes one event after another (something was
done, a user asked for something) and says what is to be done next; the scheduler does it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from studiolo.experiments.experiment import NodeName
from studiolo.store.run_record import NodeState, RunStatus

#: How a node that was started can end.
_ENDS = frozenset({NodeState.FINISHED, NodeState.KEPT, NodeState.FAILED, NodeState.CANCELLED})
#: States after which the nodes that need this one can run.
HAS_RESULT = frozenset({NodeState.FINISHED, NodeState.KEPT})


# Events.


@dataclass(frozen=True, kw_only=True)
class Begun:
    """The run begins."""


@dataclass(frozen=True, kw_only=True)
class NodeEnded:
    """A node that was started has ended."""

    node: NodeName
    #: FINISHED, KEPT, FAILED or CANCELLED.
    state: NodeState


@dataclass(frozen=True, kw_only=True)
class CancelAsked:
    """The run is asked to stop."""


Event = Begun | NodeEnded | CancelAsked

# Instructions.


@dataclass(frozen=True, kw_only=True)
class StartNode:
    """Everything that the node needs is there: run it, or take what is kept."""

    node: NodeName


@dataclass(frozen=True, kw_only=True)
class NoteNode:
    """The node will not run; record that and why."""

    node: NodeName
    state: NodeState
    #: For SKIPPED: the node that did not succeed.
    because_of: NodeName | None = None


@dataclass(frozen=True, kw_only=True)
class StopNodes:
    """End the nodes that are running."""

    nodes: Collection[NodeName]


@dataclass(frozen=True, kw_only=True)
class EndRun:
    """Nothing is left to do."""

    status: RunStatus


Instruction = StartNode | NoteNode | StopNodes | EndRun


@dataclass(kw_only=True)
class RunState:
    """One run's state. It changes by `handle` only, which touches nothing else."""

    #: The nodes that take part, in an order in which each comes after those that it needs, with
    #: those that it needs.
    needs: Mapping[NodeName, Sequence[NodeName]]
    states: dict[NodeName, NodeState] = field(init=False)
    cancelled: bool = field(default=False, init=False)
    _missing: dict[NodeName, int] = field(init=False)
    _needed_by: dict[NodeName, list[NodeName]] = field(init=False)
    _left: int = field(init=False)
    _ended: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.states = dict.fromkeys(self.needs, NodeState.WAITING)
        self._missing = {node: len(set(needed)) for node, needed in self.needs.items()}
        self._needed_by = {node: [] for node in self.needs}
        for node, needed in self.needs.items():
            for other in dict.fromkeys(needed):
                self._needed_by[other].append(node)
        self._left = len(self.needs)

    def handle(self, event: Event) -> list[Instruction]:
        """Take in what has happened; what to do about it, in order.

        Raises:
            ValueError: It can't have happened, such as the end of a node that did not run.
        """
        match event:
            case Begun():
                ready = [
                    node
                    for node, missing in self._missing.items()
                    if not missing and self.states[node] is NodeState.WAITING
                ]
                return [*self._start(ready), *self._end()]
            case CancelAsked():
                return self._cancel()
            case NodeEnded():
                return self._node_ended(event.node, event.state)

    def _node_ended(self, node: NodeName, state: NodeState) -> list[Instruction]:
        if self.states[node] is not NodeState.RUNNING or state not in _ENDS:
            raise ValueError(f"{node} is {self.states[node]} and can't become {state}")
        self._settle(node, state)
        if state not in HAS_RESULT:
            return [*self._skip_after(node, state), *self._end()]
        ready = []
        for other in self._needed_by[node]:
            self._missing[other] -= 1
            if not self._missing[other] and self.states[other] is NodeState.WAITING:
                ready.append(other)
        return [*self._start(ready), *self._end()]

    def _start(self, nodes: Sequence[NodeName]) -> list[Instruction]:
        for node in nodes:
            self.states[node] = NodeState.RUNNING
        return [StartNode(node=node) for node in nodes]

    def _skip_after(self, node: NodeName, state: NodeState) -> list[Instruction]:
        """Nothing that needs the node, however far away, can run any more."""
        left_out = NodeState.CANCELLED if state is NodeState.CANCELLED else NodeState.SKIPPED
        notes: list[Instruction] = []
        pending = [node]
        while pending:
            for other in self._needed_by[pending.pop()]:
                if self.states[other] is NodeState.WAITING:
                    self._settle(other, left_out)
                    notes.append(NoteNode(node=other, state=left_out, because_of=node))
                    pending.append(other)
        return notes

    def _cancel(self) -> list[Instruction]:
        if self.cancelled or self._ended:
            return []
        self.cancelled = True
        notes: list[Instruction] = []
        running = []
        for node, state in self.states.items():
            if state is NodeState.WAITING:
                self._settle(node, NodeState.CANCELLED)
                notes.append(NoteNode(node=node, state=NodeState.CANCELLED))
            elif state is NodeState.RUNNING:
                running.append(node)
        return [*notes, StopNodes(nodes=running), *self._end()]

    def _settle(self, node: NodeName, state: NodeState) -> None:
        self.states[node] = state
        self._left -= 1

    def _end(self) -> list[Instruction]:
        if self._left or self._ended:
            return []
        self._ended = True
        return [EndRun(status=self._status())]

    def _status(self) -> RunStatus:
        states = set(self.states.values())
        if NodeState.CANCELLED in states:
            return RunStatus.CANCELLED
        return RunStatus.FAILED if NodeState.FAILED in states else RunStatus.FINISHED
