"""The facts about a node that help with its script: its wires, its packages, its bundle."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from studiolo.environments.known_packages import KnownPackages, known_packages
from studiolo.environments.named.script_environments import ScriptEnvironments
from studiolo.environments.request import EnvironmentRequest
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Experiment, Node, NodeName
from studiolo.modules.definition import InputPort, PortKind
from studiolo.modules.script import read_script
from studiolo.modules.script_metadata import ScriptMetadata, read_script_metadata
from studiolo.runs.errors import NodeUnknownError
from studiolo.runs.scripts.environment_choice import AUTO, chosen_environment
from studiolo.workspace.language.script_folder import ScriptContext
from studiolo.workspace.studio.node_ports import ports_of
from studiolo.workspace.workspace import Workspace


def node_of(experiment: Experiment, name: str) -> Node:
    """A node of an experiment.

    Raises:
        NodeUnknownError: It has none of that name.
    """
    node = experiment.nodes.get(NodeName(name))
    if node is None:
        raise NodeUnknownError(node=name, known=list(experiment.nodes))
    return node


def script_context(workspace: Workspace, experiment: Experiment, name: str) -> ScriptContext:
    """The context of the script of a node.

    What can't be found out is left out: a script is helped with while an experiment is unfinished.

    Args:
        workspace: Where it is.
        experiment: The experiment as its page shows it.
        name: The node's name.

    Raises:
        NodeUnknownError: There is no such node.
    """
    node = node_of(experiment, name)
    kind = workspace.datasets.kind
    ports = ports_of(node, workspace.catalogue, folder=experiment.folder, kind=kind)
    packages = _packages(workspace, experiment, node)
    major, minor, _ = packages.interpreter.version
    return ScriptContext(
        frames=_frames(node, ports.inputs),
        packages=packages.folders,
        python=f"{major}.{minor}",
        bundle=_bundle(workspace, experiment, node, ports.inputs),
    )


def packages_text(workspace: Workspace, experiment: Experiment, name: str) -> str:
    """A text that changes whenever the packages do that the script of a node finds.

    Raises:
        NodeUnknownError: There is no such node.
    """
    node = node_of(experiment, name)
    if node.script is None:
        return ""
    return "\n".join(map(str, _packages(workspace, experiment, node).folders))


def _frames(node: Node, inputs: Sequence[InputPort]) -> Sequence[bool]:
    """The arguments, as the script contract binds them."""
    connected = [port.name in node.inputs for port in inputs if port.kind is PortKind.DATASET]
    return connected if node.port_binding == "slot" else [True] * sum(connected)


def _packages(workspace: Workspace, experiment: Experiment, node: Node) -> KnownPackages:
    source, file = "", None
    with suppress(StudioloError):
        if node.script is not None:
            file = experiment.folder / node.script
            source = read_script(file).source
        metadata = read_script_metadata(source)
        named = node.environment or metadata.environment or experiment.environment
        if named == AUTO:
            named = chosen_environment(source).environment
        metadata = replace(metadata, environment=named)
        environments = ScriptEnvironments(workspace.environments.named)
        return known_packages(environments.request(metadata, script=file))
    return known_packages(EnvironmentRequest.of(ScriptMetadata()))


def _bundle(
    workspace: Workspace, experiment: Experiment, node: Node, inputs: Sequence[InputPort]
) -> bytes | None:
    zips = [port.name for port in inputs if port.kind is PortKind.ZIP and port.name in node.inputs]
    for port in zips:
        begins = experiment.nodes.get(node.inputs[port].node)
        if begins is not None and begins.dataset is not None:
            with suppress(StudioloError):
                return workspace.datasets.bundle(begins.dataset, begins.version)
    return None
