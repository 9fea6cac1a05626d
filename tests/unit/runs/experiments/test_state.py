"""The states of a run: whatever happens, each node ends once and the run ends once, at last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.state import (
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
from studiolo.store.run_record import NodeState, RunStatus

Graph = Mapping[NodeName, Sequence[NodeName]]
OUTCOMES = (NodeState.FINISHED, NodeState.KEPT, NodeState.FAILED)
A, B, C, D = (NodeName(name) for name in "abcd")


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Nodes in an order in which each comes after those it needs; some are needed twice over."""
    names = [NodeName(f"n{number}") for number in range(draw(st.integers(0, 9)))]
    return {
        name: draw(st.lists(st.sampled_from(names[:number]), max_size=4)) if number else []
        for number, name in enumerate(names)
    }


@dataclass
class Journal:
    """Follows a run by its instructions alone, and complains where they make no sense."""

    needs: Graph
    running: list[NodeName] = field(default_factory=list)
    ended: dict[NodeName, NodeState] = field(default_factory=dict)
    because_of: dict[NodeName, NodeName | None] = field(default_factory=dict)
    started: set[NodeName] = field(default_factory=set)
    cancelled: bool = False
    status: RunStatus | None = None

    def follow(self, instructions: Sequence[Instruction]) -> None:
        for instruction in instructions:
            assert self.status is None, "something is to be done after the end"
            match instruction:
                case StartNode(node=node):
                    assert node not in self.started | self.ended.keys()
                    assert not self.cancelled
                    assert all(self.ended.get(need) in HAS_RESULT for need in self.needs[node])
                    self.started.add(node)
                    self.running.append(node)
                case NoteNode(node=node, state=state, because_of=because_of):
                    assert node not in self.started | self.ended.keys()
                    assert state in {NodeState.SKIPPED, NodeState.CANCELLED}
                    self.ended[node] = state
                    self.because_of[node] = because_of
                case StopNodes(nodes=nodes):
                    assert self.cancelled
                    assert sorted(nodes) == sorted(self.running)
                case EndRun(status=status):
                    assert not self.running
                    assert self.ended.keys() == self.needs.keys()
                    self.status = status

    def end(self, node: NodeName, state: NodeState) -> Event:
        self.running.remove(node)
        self.ended[node] = state
        return NodeEnded(node=node, state=state)

    def upstream_of(self, node: NodeName) -> set[NodeName]:
        found: set[NodeName] = set()
        ahead = list(self.needs[node])
        while ahead:
            need = ahead.pop()
            if need not in found:
                found.add(need)
                ahead += self.needs[need]
        return found


def carried_out(needs: Graph, data: st.DataObject, *, may_be_cancelled: bool) -> Journal:
    """A run in which anything happens that can."""
    state, journal = RunState(needs=needs), Journal(needs)
    journal.follow(state.handle(Begun()))
    while journal.status is None:
        choices: list[NodeName | None] = [*journal.running]
        choices += [None] * may_be_cancelled
        assert choices, "nothing runs, and the run is not over"
        chosen = data.draw(st.sampled_from(choices), label="what happens")
        if chosen is None:
            journal.cancelled = True
            journal.follow(state.handle(CancelAsked()))
        else:
            ends = (*OUTCOMES, NodeState.CANCELLED) if journal.cancelled else OUTCOMES
            ending = data.draw(st.sampled_from(ends), label=f"{chosen} ends as")
            journal.follow(state.handle(journal.end(chosen, ending)))
        in_state = {n: s for n, s in state.states.items() if s is not NodeState.WAITING}
        assert in_state == {**journal.ended, **dict.fromkeys(journal.running, NodeState.RUNNING)}
    assert state.handle(CancelAsked()) == [], "it is too late"
    return journal


@given(graphs(), st.data())
def test_each_node_ends_once_and_the_run_ends_last(needs: Graph, data: st.DataObject) -> None:
    journal = carried_out(needs, data, may_be_cancelled=True)
    states = set(journal.ended.values())
    if NodeState.CANCELLED in states:
        assert journal.status is RunStatus.CANCELLED
    elif NodeState.FAILED in states:
        assert journal.status is RunStatus.FAILED
    else:
        assert journal.status is RunStatus.FINISHED
        assert states <= HAS_RESULT


@given(graphs(), st.data())
def test_a_failure_stops_what_hangs_on_it_and_nothing_else(
    needs: Graph, data: st.DataObject
) -> None:
    journal = carried_out(needs, data, may_be_cancelled=False)
    failed = {node for node, state in journal.ended.items() if state is NodeState.FAILED}
    for node, state in journal.ended.items():
        above = failed & journal.upstream_of(node)
        assert (state is NodeState.SKIPPED) == bool(above)
        assert (node in journal.started) == (not above)
        if above:
            assert journal.because_of[node] in above


@given(graphs(), st.data())
def test_nothing_starts_once_somebody_asked_for_the_end(needs: Graph, data: st.DataObject) -> None:
    state, journal = RunState(needs=needs), Journal(needs)
    journal.follow(state.handle(Begun()))
    if journal.status is not None:
        return
    journal.cancelled = True
    journal.follow(state.handle(CancelAsked()))
    assert state.handle(CancelAsked()) == []
    for node in data.draw(st.permutations(journal.running)):
        ending = data.draw(st.sampled_from([*OUTCOMES, NodeState.CANCELLED]))
        journal.follow(state.handle(journal.end(node, ending)))
    never_started = journal.needs.keys() - journal.started
    assert {journal.ended[node] for node in never_started} <= {NodeState.CANCELLED}
    assert journal.status is not None


@given(graphs(), st.data())
def test_what_can_not_have_happened_is_refused(needs: Graph, data: st.DataObject) -> None:
    state, journal = RunState(needs=needs), Journal(needs)
    journal.follow(state.handle(Begun()))
    before = dict(state.states)
    for node in needs:
        if node not in journal.running:
            with pytest.raises(ValueError, match=f"{node} is waiting and can't become finished"):
                state.handle(NodeEnded(node=node, state=NodeState.FINISHED))
        for never in (NodeState.WAITING, NodeState.RUNNING, NodeState.SKIPPED):
            with pytest.raises(ValueError, match=f"can't become {never}"):
                state.handle(NodeEnded(node=node, state=never))
    assert state.states == before


def test_a_run_of_nothing_is_finished() -> None:
    assert RunState(needs={}).handle(Begun()) == [EndRun(status=RunStatus.FINISHED)]


def test_a_run_that_is_cancelled_before_it_begins_starts_nothing() -> None:
    state = RunState(needs={A: []})
    assert EndRun(status=RunStatus.CANCELLED) in state.handle(CancelAsked())
    assert state.handle(Begun()) == []


def test_who_is_left_out_knows_whose_failure_it_was_however_far_away() -> None:
    state = RunState(needs={A: [], B: [A], C: [B], D: []})
    assert state.handle(Begun()) == [StartNode(node=A), StartNode(node=D)]
    assert state.handle(NodeEnded(node=A, state=NodeState.FAILED)) == [
        NoteNode(node=B, state=NodeState.SKIPPED, because_of=A),
        NoteNode(node=C, state=NodeState.SKIPPED, because_of=A),
    ]
    assert state.handle(NodeEnded(node=D, state=NodeState.FINISHED)) == [
        EndRun(status=RunStatus.FAILED)
    ]


def test_a_long_chain_needs_no_deep_stack() -> None:
    names = [NodeName(str(number)) for number in range(20_000)]
    state = RunState(needs={n: names[i - 1 : i] if i else [] for i, n in enumerate(names)})
    state.handle(Begun())
    assert len(state.handle(NodeEnded(node=names[0], state=NodeState.FAILED))) == len(names)
