"""The state of a run now, which may differ from the one that was recorded last."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from studiolo.experiments.experiment import NodeName
from studiolo.runs.history.experiment_result import ExperimentResult, NodeResult
from studiolo.store.locks import is_running
from studiolo.store.run_record import NodeState, RunRecord, RunStatus

#: The states of the nodes of a run whose process is gone, as the next run records them.
_LEFT = {NodeState.RUNNING: NodeState.CANCELLED, NodeState.WAITING: NodeState.SKIPPED}
_WHY_LEFT = "The process that was carrying out the run ended before the run did."


@dataclass(frozen=True, kw_only=True)
class CurrentRun:
    """A run with the current state of its nodes, whatever was last recorded."""

    record: RunRecord
    nodes: Mapping[NodeName, NodeResult]


def current_record(record: RunRecord, store: Path) -> RunRecord:
    """The run; interrupted, if it is recorded as running and its process is gone."""
    if record.status is RunStatus.RUNNING and not is_running(store, record.id):
        return replace(record, status=RunStatus.INTERRUPTED)
    return record


def current_run(result: ExperimentResult, store: Path) -> CurrentRun:
    """The same with the nodes: what an interrupted run left waiting does not wait any more."""
    record = current_record(result.record, store)
    nodes = result.nodes
    if record.status is RunStatus.INTERRUPTED:
        nodes = {name: _left(node) for name, node in nodes.items()}
    return CurrentRun(record=record, nodes=nodes)


def short_id(run: str) -> str:
    """The end of a run's id, which is enough to name it: `9f2c4e`."""
    return run.rpartition("-")[2]


def _left(node: NodeResult) -> NodeResult:
    state = _LEFT.get(node.state)
    if state is None:
        return node
    return replace(node, record=replace(node.record, state=state, reason=_WHY_LEFT))
