"""How the nodes of an experiment stand: what the newest run left of each, and if it still holds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Experiment, NodeName, experiment_key
from studiolo.store.run_record import WITH_OUTCOME, NodeRecord, NodeState
from studiolo.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class NodeStanding:
    """The newest outcome of a node."""

    record: NodeRecord
    #: Whether the node would give the same again; None if that is not known, because the
    #: experiment has mistakes or the node failed.
    up_to_date: bool | None
    #: The outputs at which it left something; None if that is not known.
    outputs: Collection[str] | None = None


def standings(
    workspace: Workspace, experiment: Experiment, *, sound: bool
) -> Mapping[NodeName, NodeStanding]:
    """The standings of nodes that have ever run.

    Args:
        workspace: Where they ran.
        experiment: The experiment as it is now.
        sound: Whether it has no mistakes; otherwise it is not known what has changed.
    """
    records = workspace.runs.latest_nodes(experiment_key(experiment, workspace.root))
    there = {name: record for name, record in records.items() if name in experiment.nodes}
    digests = _digests(workspace, experiment) if sound and there else {}
    # Only a script of the experiment leaves outputs empty.
    scripts = [record for name, record in there.items() if experiment.nodes[name].script]
    left = workspace.runs.outputs(record.recipe_digest for record in scripts)
    return {
        name: NodeStanding(
            record=record,
            up_to_date=_holds(record, digests.get(name)),
            outputs=left.get(record.recipe_digest),
        )
        for name, record in there.items()
        if record.state in WITH_OUTCOME
    }


def _holds(record: NodeRecord, digest: str | None) -> bool | None:
    if digest is None or record.state is NodeState.FAILED:
        return None
    return record.recipe_digest == digest


def _digests(workspace: Workspace, experiment: Experiment) -> Mapping[NodeName, str | None]:
    try:
        plan = workspace.plan(experiment)
    except StudioloError:
        # Something changes at this moment; the next look knows more.
        return {}
    return {name: step.digest for name, step in plan.steps.items()}
