"""The ports of a node, whatever it is: a dataset, a saved model or transform, or a module."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Node
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.declaration import read_script_parameters
from studiolo.modules.definition import (
    EXECUTE_PYTHON_SCRIPT,
    InputPort,
    ModuleDefinition,
    OutputPort,
    Parameter,
    PortKind,
)
from studiolo.modules.script import read_script
from studiolo.runs.planning.plan import DATASET_PORT, SAVED_PORTS


@dataclass(frozen=True, kw_only=True)
class NodePorts:
    """The ports and parameters that a node has."""

    inputs: Sequence[InputPort] = ()
    outputs: Sequence[OutputPort] = ()
    #: Those of its module; of a script, those that the script declares.
    parameters: Sequence[Parameter] = ()
    #: Its module; None for a node that has none, or whose module can't be used.
    module: ModuleDefinition | None = None
    #: Why its module or its script can't be used.
    error: StudioloError | None = None


def ports_of(
    node: Node,
    catalogue: Catalogue,
    *,
    folder: Path,
    kind: Callable[[str, int | None], PortKind | None],
) -> NodePorts:
    """The ports of a node, as its canvas draws them.

    Args:
        node: The node.
        catalogue: The modules.
        folder: The experiment's folder, which has its scripts.
        kind: What a dataset file holds, in a version; None if there is none.
    """
    if node.saved is not None:
        port, of_kind = SAVED_PORTS[node.saved.kind], node.saved.kind
        label = "Trained model" if of_kind is PortKind.MODEL else "Transform"
        return NodePorts(outputs=[OutputPort(name=port, label=label, kind=of_kind)])
    if node.dataset is not None:
        found = kind(node.dataset, node.version) or PortKind.DATASET
        return NodePorts(outputs=[OutputPort(name=DATASET_PORT, label="Dataset", kind=found)])
    if node.module is None:
        return NodePorts()
    try:
        module = catalogue.find(node.module)
    except StudioloError as error:
        return NodePorts(error=error)
    if module.id != EXECUTE_PYTHON_SCRIPT or node.script is None:
        return _of_module(module, module.parameters)
    try:
        own = read_script_parameters(read_script(folder / node.script).source)
    except StudioloError as error:
        return _of_module(module, (), error)
    return _of_module(module, own)


def _of_module(
    module: ModuleDefinition, parameters: Sequence[Parameter], error: StudioloError | None = None
) -> NodePorts:
    return NodePorts(
        inputs=module.inputs,
        outputs=module.outputs,
        parameters=parameters,
        module=module,
        error=error,
    )
