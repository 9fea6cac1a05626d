"""A node's job, with the inputs that it has in its experiment, to be looked into by a person."""

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from studiolo.environments.environment import Environment
from studiolo.environments.progress import ProgressCallback
from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.modules.definition import PortKind, PortName
from studiolo.runs.engines.local_engine import job_of, limits_of
from studiolo.runs.errors import NodeUnknownError
from studiolo.runs.experiments.progress import Observer
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.runs.planning.plan import Plan, Step
from studiolo.runs.planning.selection import Selection
from studiolo.sandbox.exchange.job import Connected, Job
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.sandbox import Sandbox
from studiolo.store.errors import BlobMissingError, BlobRottenError
from studiolo.store.run_record import Session
from studiolo.workspace.debugging.errors import InputsMissingError, NothingToDebugError
from studiolo.workspace.experiments.checked_experiment import CheckedExperiment
from studiolo.workspace.sandboxes.sandbox_factory import LocalSandboxFactory
from studiolo.workspace.sandboxes.secret_store import SecretStore
from studiolo.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class NodeJob:
    """A node as it would run now, with the network and the secrets that it is given."""

    job: Job
    limits: Limits
    environment: Environment
    #: The folder of its script on this machine; None for a module that is built in.
    folder: Path | None
    factory: LocalSandboxFactory

    def sandbox(self, *shown: Path) -> Sandbox:
        """A new sandbox for it, in which these folders can be read as well."""
        return self.factory.sandbox_for(self.environment, warm=0, shown=shown)


def node_job(
    workspace: Workspace,
    experiment: CheckedExperiment,
    node: str,
    *,
    session: Session,
    observer: Observer | None = None,
    progress: ProgressCallback | None = None,
    cancelled: threading.Event | None = None,
) -> NodeJob:
    """The job of a node. What it needs is run first, unless all its inputs are kept.

    That run is recorded as one for the session; the session itself is not recorded.

    Raises:
        NodeUnknownError: There is no such node.
        NothingToDebugError: It runs no code.
        InputsMissingError: A node that it needs has no result.
        SecretMissingError: A secret that it is given is not kept.
        StudioloError: The experiment has mistakes, or what it needs can't be had.
    """
    own = experiment.experiment
    name = NodeName(node)
    if name not in own.nodes:
        raise NodeUnknownError(node=node, known=list(own.nodes))
    if own.nodes[name].module is None:
        raise NothingToDebugError(node=node)
    before = sorted({source.node for source in own.nodes[name].inputs.values()})
    to_node = Selection.of(own, to=[name])
    with workspace.runs.in_use():
        plan = workspace.plan(experiment, to_node)
        inputs = _kept_inputs(workspace, plan, plan.steps[name])
    if inputs is None:
        selection = Selection.of(own, to=before)
        result = workspace.run(
            experiment,
            selection=selection,
            observer=observer,
            cancelled=cancelled,
            prepares=session,
        )
        with workspace.runs.in_use():
            # With the draws that the run has made.
            plan = workspace.plan(experiment, to_node)
            inputs = _inputs(workspace, plan, plan.steps[name], result)
    step = plan.steps[name]
    with workspace.runs.in_use():
        files = workspace.datasets.files(step, [])
    assert step.environment is not None
    settings = replace(workspace.run_settings, allow=step.allow)
    factory = LocalSandboxFactory(settings, progress=progress)
    secrets = SecretStore().values(step.node.secrets) if step.node.secrets else {}
    return NodeJob(
        job=replace(job_of(step, inputs, files), seed=step.seed, secrets=secrets),
        limits=limits_of(factory.limits, step.node.limits) or factory.limits,
        environment=factory.environment_for(step.environment),
        folder=_folder(own, step),
        factory=factory,
    )


def _kept_inputs(workspace: Workspace, plan: Plan, step: Step) -> dict[PortName, Connected] | None:
    """The inputs of a step from earlier runs, so that none begins for it; None if one has to."""
    sources = {port: (plan.steps[node], output) for port, (node, output) in step.sources.items()}
    kept = workspace.runs.kept({source.digest for source, _ in sources.values()})
    inputs = {}
    for port, (source, output) in sources.items():
        result = kept.get(source.digest) if source.may_be_kept else None
        if result is None or output not in result.outputs:
            return None
        try:
            given = workspace.runs.output(result, output)
        except (BlobMissingError, BlobRottenError):
            return None
        inputs[port] = _taken(workspace, step, port, source, given)
    return inputs


def _inputs(
    workspace: Workspace, plan: Plan, step: Step, result: ExperimentResult
) -> dict[PortName, Connected]:
    inputs = {}
    for port, (node, output) in step.sources.items():
        source = result[node]
        if output not in source.ports:
            raise InputsMissingError(node=step.name, port=port, source=node, output=output)
        inputs[port] = _taken(workspace, step, port, plan.steps[node], source.output(output))
    return inputs


def _taken(
    workspace: Workspace, step: Step, port: PortName, source: Step, given: Connected
) -> Connected:
    """The value as its port takes it: a zip may be a packed dataset."""
    assert step.definition is not None
    takes = step.definition.input(port)
    dataset = takes is not None and takes.kind is PortKind.DATASET
    if dataset and isinstance(given, MemoryFile):
        return workspace.datasets.unpacked(source, given)
    return given


def _folder(experiment: Experiment, step: Step) -> Path | None:
    if step.node.script is not None:
        return (experiment.folder / step.node.script).resolve().parent
    path = None if step.definition is None else step.definition.path
    return None if path is None else path.parent
