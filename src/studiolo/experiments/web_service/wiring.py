"""An experiment's wiring as the set-up of a service sees it: what learns, and what goes where."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from studiolo.experiments.experiment import Experiment, Node, NodeName, Source
from studiolo.experiments.graph import downstream_of
from studiolo.modules.definition import ModuleDefinition, ModuleId, OutputPort, PortKind, PortName

EVALUATE: Final = ModuleId("evaluate-model")
SPLIT: Final = ModuleId("split-data")
#: The parameter of Split Data that says how it splits, and the mode that only samples.
_MODE: Final = "splitting_mode"
_SAMPLING: Final = "Split Rows"
OBJECTS: Final = (PortKind.MODEL, PortKind.TRANSFORM)


class Wiring:
    """The nodes of an experiment that was checked, with what their modules say of their ports."""

    def __init__(
        self, experiment: Experiment, find: Callable[[ModuleId], ModuleDefinition]
    ) -> None:
        self.experiment = experiment
        self.nodes = experiment.nodes
        self._modules: Mapping[NodeName, ModuleDefinition] = {
            name: find(node.module)
            for name, node in experiment.nodes.items()
            if node.module is not None
        }
        self.downstream: Callable[[NodeName], frozenset[NodeName]] = lambda name: downstream_of(
            experiment, [name]
        )

    def takes(self, name: NodeName, port: PortName) -> PortKind:
        """The kind of an input port."""
        found = self._modules[name].input(port)
        return PortKind.DATASET if found is None else found.kind

    def inputs(self, name: NodeName, *kinds: PortKind) -> Iterator[tuple[PortName, Source]]:
        """The connected inputs of these kinds, in the order of the module's ports."""
        node = self.nodes[name]
        for port in self._modules[name].inputs if name in self._modules else ():
            if port.kind in kinds and port.name in node.inputs:
                yield port.name, node.inputs[port.name]

    def output(self, source: Source) -> OutputPort | None:
        """The output that an edge begins at; None for what is not a module."""
        definition = self._modules.get(source.node)
        if definition is None:
            return None
        if source.port is None:
            return next(iter(definition.outputs), None)
        return definition.output(source.port)

    def outputs(self, name: NodeName, kind: PortKind) -> list[OutputPort]:
        """The outputs of a node that are of a kind."""
        definition = self._modules.get(name)
        return [port for port in definition.outputs if port.kind is kind] if definition else []

    def learns(self, name: NodeName, kind: PortKind) -> bool:
        """Whether a node learns a model, or a transform, from a dataset."""
        return bool(self.outputs(name, kind)) and any(self.inputs(name, PortKind.DATASET))

    def scores_with(self, name: NodeName) -> list[NodeName]:
        """The nodes whose trained models a node scores data with; none if it does not score."""
        if self.outputs(name, PortKind.MODEL) or not self.outputs(name, PortKind.DATASET):
            return []
        models = (source.node for _, source in self.inputs(name, PortKind.MODEL))
        return [model for model in models if self.learns(model, PortKind.MODEL)]

    def consumers(self, name: NodeName) -> list[tuple[NodeName, PortName]]:
        """The input ports that datasets of a node go to."""
        return [
            (other, port)
            for other in self.nodes
            for port, source in self.inputs(other, PortKind.DATASET)
            if source.node == name
        ]

    def is_for_looking(self, name: NodeName) -> bool:
        """Whether a node only measures, or writes a file that no caller would look for."""
        definition = self._modules.get(name)
        return definition is not None and (definition.id == EVALUATE or bool(definition.exports))

    def passed_by(self, source: Source) -> Source:
        """Where an edge begins once nodes that only sample rows or write files are left out."""
        while True:
            node = self.nodes[source.node]
            definition = self._modules.get(source.node)
            samples = node.module == SPLIT and self._mode(node) == _SAMPLING
            if definition is None or not (samples or definition.exports):
                return source
            before = next(self.inputs(source.node, PortKind.DATASET), None)
            if before is None:
                return source
            source = before[1]

    def _mode(self, node: Node) -> object:
        declared = self._modules[node.name].parameter(_MODE)
        return node.parameters.get(_MODE, None if declared is None else declared.default)


def listed_nodes(names: Iterator[NodeName] | list[NodeName]) -> str:
    """Names of nodes as they can stand in a sentence."""
    shown = [f'"{name}"' for name in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
