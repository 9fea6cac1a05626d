"""The set-up of a web service: from an experiment that trains to one that scores.

What training learned takes the place of training, as "Set up web service" of the classic studio
did: saved models and transforms stand for the nodes that learned them, nodes that only training
needed are gone, and Web Service Input and Output stand where data enter and leave.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from studiolo.experiments.experiment import (
    Experiment,
    Node,
    NodeName,
    SavedName,
    Source,
    is_saved_name,
)
from studiolo.experiments.web_service.decisions import Choices, chosen_inputs, chosen_outputs
from studiolo.experiments.web_service.errors import ServiceSetUpError
from studiolo.experiments.web_service.interface import WEB_SERVICE_INPUT, WEB_SERVICE_OUTPUT
from studiolo.experiments.web_service.wiring import OBJECTS, Wiring
from studiolo.modules.definition import ModuleDefinition, ModuleId, PortKind, PortName

APPLY_TRANSFORMATION: Final = ModuleId("apply-transformation")
_TRANSFORMATION: Final = PortName("transformation")
_DATASET: Final = PortName("dataset")


@dataclass(frozen=True, kw_only=True)
class ToSave:
    """The model or transform that a node learned, and the name to save it under."""

    node: NodeName
    port: PortName
    saved: SavedName


@dataclass(frozen=True, kw_only=True)
class ServiceSetUp:
    """An experiment for a web service, and what has to be saved before it can run."""

    experiment: Experiment
    to_save: Sequence[ToSave]
    #: What became of the nodes, a sentence each.
    changes: Sequence[str]


def set_up_service(
    experiment: Experiment,
    find: Callable[[ModuleId], ModuleDefinition],
    *,
    folder: Path,
    choices: Choices | None = None,
) -> ServiceSetUp:
    """The experiment for a web service.

    Args:
        experiment: The experiment that trains, checked.
        find: Gives the module of an id.
        folder: The folder of the new experiment.
        choices: What the experiment leaves open.

    Raises:
        ServiceSetUpError: Something has to be decided first, or the experiment can't be a service.
    """
    modules = {node.module for node in experiment.nodes.values()}
    if modules & {WEB_SERVICE_INPUT, WEB_SERVICE_OUTPUT}:
        raise ServiceSetUpError(
            "The experiment has a Web Service Input or Output already.",
            remedy="It can be published as it is.",
        )
    return _SetUp(Wiring(experiment, find), choices or Choices()).made(folder)


class _SetUp:
    def __init__(self, wiring: Wiring, choices: Choices) -> None:
        self._wiring = wiring
        self._choices = choices
        self._trains = any(wiring.learns(name, PortKind.MODEL) for name in wiring.nodes)
        self._outputs = chosen_outputs(wiring, choices)
        #: The nodes that the service runs, with where their inputs come from.
        self._kept: dict[NodeName, dict[PortName, Source]] = {}
        #: The objects that are saved: the node and the port that gives them.
        self._objects: dict[tuple[NodeName, PortName], SavedName] = {}
        #: Nodes whose place Apply Transformation takes.
        self._applied: set[NodeName] = set()
        self._changes: list[str] = []

    def made(self, folder: Path) -> ServiceSetUp:
        self._keep()
        inputs = chosen_inputs(self._wiring, self._kept, self._choices)
        nodes = self._nodes()
        taken = set(self._wiring.nodes)
        for ports in inputs:
            self._add_input(nodes, _free("input", taken), ports)
        if self._trains:
            self._with_transforms(nodes, inputs)
            self._with_objects(nodes, taken)
        for source in self._outputs:
            self._add_output(nodes, _free("output", taken), source)
        left_out = [name for name in self._wiring.nodes if name not in nodes]
        if left_out:
            self._changes.append(f"Left out, only training needs it: {', '.join(left_out)}.")
        experiment = self._wiring.experiment
        return ServiceSetUp(
            experiment=replace(
                experiment,
                name=f"{experiment.name} (web service)",
                nodes=nodes,
                folder=folder,
                web_service_parameters=self._parameters(nodes),
            ),
            to_save=[
                ToSave(node=node, port=port, saved=saved)
                for (node, port), saved in self._objects.items()
            ],
            changes=self._changes,
        )

    def _keep(self) -> None:
        """Find what the outputs need, and stop where something learned is needed."""
        wiring = self._wiring
        if not self._trains:
            self._kept = {name: dict(node.inputs) for name, node in wiring.nodes.items()}
            return
        scored = {
            after
            for name in wiring.nodes
            if wiring.scores_with(name)
            for after in wiring.downstream(name)
        }
        ahead = [source.node for source in self._outputs]
        while ahead:
            name = ahead.pop()
            if name in self._kept:
                continue
            inputs: dict[PortName, Source] = {}
            for port, given in wiring.nodes[name].inputs.items():
                source = given if name in scored else wiring.passed_by(given)
                inputs[port] = source
                kind = wiring.takes(name, port)
                if kind in OBJECTS and wiring.learns(source.node, kind):
                    self._object(source, kind)
                else:
                    ahead.append(source.node)
            self._kept[name] = inputs

    def _object(self, source: Source, kind: PortKind) -> tuple[NodeName, PortName]:
        """Note that an object is to be saved; what names it."""
        port = source.port
        if port is None:
            output = self._wiring.output(source)
            assert output is not None
            port = output.name
        key = source.node, port
        self._objects.setdefault(key, SavedName(kind, self._saved_name(source.node, kind)))
        return key

    def _saved_name(self, node: NodeName, kind: PortKind) -> str:
        """The experiment's name for its only model; with the node's for anything else."""
        experiment = self._wiring.experiment.folder.resolve().name
        trained = [name for name in self._wiring.nodes if self._wiring.learns(name, PortKind.MODEL)]
        whole = experiment if kind is PortKind.MODEL and len(trained) == 1 else ""
        name = (whole or f"{experiment} {node}").replace("\\", "-").strip()
        return name if is_saved_name(name) else name[:60].strip(" .") or "saved"

    def _nodes(self) -> dict[NodeName, Node]:
        """The kept nodes, in the order of the file."""
        return {
            name: replace(node, inputs=self._kept[name])
            for name, node in self._wiring.nodes.items()
            if name in self._kept
        }

    def _add_input(
        self,
        nodes: dict[NodeName, Node],
        name: NodeName,
        ports: Sequence[tuple[NodeName, PortName]],
    ) -> None:
        source = self._kept[ports[0][0]][ports[0][1]]
        sample = Node(name=name, module=WEB_SERVICE_INPUT, inputs={_DATASET: source})
        _insert_after(nodes, source.node, sample)
        for node, port in ports:
            self._kept[node][port] = Source(node=name)
            nodes[node] = replace(nodes[node], inputs=self._kept[node])
        where = ", ".join(f"{node}.{port}" for node, port in ports)
        self._changes.append(
            f'Web Service Input "{name}": callers\' rows look like those of {source}, and go to '
            f"{where}."
        )

    def _add_output(self, nodes: dict[NodeName, Node], name: NodeName, source: Source) -> None:
        if source.node in self._applied:
            source = Source(node=source.node)
        nodes[name] = Node(name=name, module=WEB_SERVICE_OUTPUT, inputs={_DATASET: source})
        self._changes.append(f'Web Service Output "{name}": callers get what {source} gives.')

    def _with_transforms(
        self,
        nodes: dict[NodeName, Node],
        inputs: Sequence[Sequence[tuple[NodeName, PortName]]],
    ) -> None:
        """Apply what training learned to the rows of callers, instead of learning it anew."""
        wiring = self._wiring
        reached: set[NodeName] = set()
        ahead = [node for ports in inputs for node, _ in ports]
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead += [
                    other
                    for other, sources in self._kept.items()
                    if any(source.node == name for source in sources.values())
                ]
        for name in [name for name in wiring.nodes if name in reached]:
            if not wiring.learns(name, PortKind.TRANSFORM):
                continue
            datasets = list(wiring.inputs(name, PortKind.DATASET))
            if len(datasets) != 1 or len(wiring.outputs(name, PortKind.DATASET)) != 1:
                self._changes.append(
                    f'"{name}" learns from the rows of each request: it has several datasets, so '
                    "that Apply Transformation can't take its place."
                )
                continue
            output = wiring.outputs(name, PortKind.TRANSFORM)[0].name
            key = self._object(Source(node=name, port=output), PortKind.TRANSFORM)
            self._apply(nodes, name, nodes[name].inputs[datasets[0][0]], key)

    def _apply(
        self,
        nodes: dict[NodeName, Node],
        name: NodeName,
        source: Source,
        key: tuple[NodeName, PortName],
    ) -> None:
        """Let Apply Transformation take a node's place, by the same name."""
        before = nodes[name]
        self._applied.add(name)
        nodes[name] = Node(
            name=name,
            module=APPLY_TRANSFORMATION,
            inputs={_TRANSFORMATION: Source(node=name, port=key[1]), _DATASET: source},
            comment=before.comment,
        )
        for other, node in nodes.items():
            nodes[other] = replace(
                node,
                inputs={
                    port: Source(node=name)
                    if given.node == name and other != name and given.port != key[1]
                    else given
                    for port, given in node.inputs.items()
                },
            )
        self._changes.append(
            f'"{name}" is Apply Transformation with the saved transform '
            f'"{self._objects[key].name}".'
        )

    def _with_objects(self, nodes: dict[NodeName, Node], taken: set[NodeName]) -> None:
        """Add a node for each saved object, connected where the object was."""
        for (name, port), saved in self._objects.items():
            key = "trained_model" if saved.kind is PortKind.MODEL else "transform"
            called = name if name not in nodes else _free(f"{name} {key}", taken, numbered=False)
            taken.add(called)
            wanted = [Source(node=name, port=port)]
            if self._is_first(name, port) and name not in self._applied:
                wanted.append(Source(node=name))
            for other, node in nodes.items():
                inputs = {
                    target: Source(node=called) if given in wanted else given
                    for target, given in node.inputs.items()
                }
                nodes[other] = replace(node, inputs=inputs)
            comment = self._wiring.nodes[name].comment if called == name else ""
            made = (
                Node(name=called, comment=comment, trained_model=saved.name)
                if saved.kind is PortKind.MODEL
                else Node(name=called, comment=comment, transform=saved.name)
            )
            _insert_in_order(nodes, made, name, list(self._wiring.nodes))
            if called == name:
                what = "model" if saved.kind is PortKind.MODEL else "transform"
                self._changes.append(f'"{name}" is the saved {what} "{saved.name}".')

    def _is_first(self, name: NodeName, port: PortName) -> bool:
        """Whether an edge that names only the node means that port."""
        output = self._wiring.output(Source(node=name))
        return output is not None and output.name == port

    def _parameters(
        self, nodes: Mapping[NodeName, Node]
    ) -> Mapping[str, Sequence[tuple[NodeName, str]]]:
        """The web-service parameters of nodes that are as they were."""
        before = self._wiring.experiment
        left = {
            name: [
                (node, parameter)
                for node, parameter in targets
                if node in nodes and nodes[node].module == before.nodes[node].module
            ]
            for name, targets in before.web_service_parameters.items()
        }
        return {name: targets for name, targets in left.items() if targets}


def _free(word: str, taken: set[NodeName], *, numbered: bool = True) -> NodeName:
    """A name that no node has: input1; taken from then on."""
    word = word.replace("_", " ")
    number = 1
    name = NodeName(f"{word}{number}" if numbered else word)
    while name in taken:
        number += 1
        name = NodeName(f"{word}{number}" if numbered else f"{word} {number}")
    taken.add(name)
    return name


def _insert_after(nodes: dict[NodeName, Node], before: NodeName, new: Node) -> None:
    """Insert a node behind another one; at the beginning if that one is not there."""
    rest = list(nodes.items())
    position = next((n + 1 for n, (name, _) in enumerate(rest) if name == before), 0)
    rest.insert(position, (new.name, new))
    nodes.clear()
    nodes.update(rest)


def _insert_in_order(
    nodes: dict[NodeName, Node], new: Node, place: NodeName, order: Sequence[NodeName]
) -> None:
    """Insert a node where a node of the old file was, before what is now called so."""
    earlier = set(order[: order.index(place)])
    before = [name for name in nodes if name in earlier]
    _insert_after(nodes, before[-1] if before else NodeName(""), new)
