"""The decisions of a set-up: which model a service scores with, what enters, what it returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studiolo.experiments.experiment import NodeName, Source
from studiolo.experiments.web_service.errors import ServiceSetUpError
from studiolo.experiments.web_service.wiring import Wiring, listed_nodes
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, PortKind, PortName


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Decisions of the user; whatever is left open has to be clear from the experiment."""

    #: The node that trains the model to score with, or its untrained learner.
    learner: str | None = None
    #: Where rows of callers enter: a dataset, or NODE or NODE.PORT that takes them.
    inputs: Sequence[str] = ()
    #: What the service returns: NODE, or NODE.PORT.
    outputs: Sequence[str] = ()


def chosen_outputs(wiring: Wiring, choices: Choices) -> list[Source]:
    """The outputs of nodes that the service returns.

    Raises:
        ServiceSetUpError: The user has to say which.
    """
    if choices.outputs:
        return [_named_output(wiring, text) for text in choices.outputs]
    scorers = _scorers(wiring, choices.learner)
    ends = _ends(wiring, scorers[0]) if scorers else _last_nodes(wiring)
    if len(ends) != 1:
        raise ServiceSetUpError(
            f"The service could return what {listed_nodes(ends)} give.",
            remedy=f'Choose: --output "{ends[0]}"',
            option="--output",
            choices=ends,
        )
    return [_dataset_of(wiring, ends[0])]


def entries(wiring: Wiring, kept: Mapping[NodeName, Mapping[PortName, Source]]) -> list[NodeName]:
    """The nodes that data come from, in the part of the experiment that is kept."""
    given = {
        source.node
        for name, inputs in kept.items()
        for port, source in inputs.items()
        if wiring.takes(name, port) is PortKind.DATASET
    }
    return [
        name
        for name in wiring.nodes
        if name in given and not any(wiring.inputs(name, PortKind.DATASET))
    ]


def chosen_inputs(
    wiring: Wiring, kept: Mapping[NodeName, Mapping[PortName, Source]], choices: Choices
) -> list[list[tuple[NodeName, PortName]]]:
    """For each input of the service the ports that take its rows.

    Raises:
        ServiceSetUpError: The user has to say where rows enter.
    """
    if choices.inputs:
        return [_named_input(wiring, kept, text) for text in choices.inputs]
    found = entries(wiring, kept)
    if not found:
        # A script that makes its own data: callers send parameters at most.
        return []
    if len(found) > 1:
        raise ServiceSetUpError(
            f"Data enter what the service runs from {listed_nodes(found)}.",
            remedy=f'Choose what callers send: --input "{found[0]}". The rest stays as it is.',
            option="--input",
            choices=found,
        )
    ports = ports_fed_by(wiring, kept, found[0])
    scripts = [node for node, _ in ports if wiring.nodes[node].module == EXECUTE_PYTHON_SCRIPT]
    if scripts and len({node for node, _ in ports}) > 1:
        # One of them may train on these rows, which nothing but its code says.
        raise ServiceSetUpError(
            f'The data of "{found[0]}" go to {listed_nodes([node for node, _ in ports])}.',
            remedy=f"Choose which of them take the rows of callers: --input "
            f'"{scripts[-1]}" for that node alone, --input "{found[0]}" for all.',
            option="--input",
            choices=list(dict.fromkeys([found[0], *(node for node, _ in ports)])),
        )
    return [ports]


def ports_fed_by(
    wiring: Wiring, kept: Mapping[NodeName, Mapping[PortName, Source]], name: NodeName
) -> list[tuple[NodeName, PortName]]:
    """The dataset ports of kept nodes that take what a node gives."""
    return [
        (other, port)
        for other, inputs in kept.items()
        for port, source in inputs.items()
        if source.node == name and wiring.takes(other, port) is PortKind.DATASET
    ]


def _scorers(wiring: Wiring, learner: str | None) -> list[NodeName]:
    """The node that scores, or none for an experiment that trains nothing."""
    trained = [name for name in wiring.nodes if wiring.learns(name, PortKind.MODEL)]
    if not trained:
        learners = [name for name in wiring.nodes if wiring.outputs(name, PortKind.MODEL)]
        if learners:
            raise ServiceSetUpError(
                f"The experiment trains no model: {listed_nodes(learners)} is not connected to "
                "Train Model.",
                remedy="Add Train Model and Score Model, and run it.",
            )
        if learner is not None:
            raise ServiceSetUpError(
                "The experiment trains no model.", remedy="Leave --learner out.", option="--learner"
            )
        return []
    wanted = trained if learner is None else _trained_by(wiring, trained, learner)
    scorers = [name for name in wiring.nodes if set(wiring.scores_with(name)) & set(wanted)]
    # One whose scores another model builds on is on that one's way.
    scorers = [name for name in scorers if not wiring.downstream(name) & set(scorers)]
    if not scorers:
        raise ServiceSetUpError(
            f"No data are scored with the model of {listed_nodes(wanted)}.",
            remedy="Add Score Model, connect the model to it, and run the experiment.",
        )
    models = list(dict.fromkeys(m for name in scorers for m in wiring.scores_with(name)))
    if len(scorers) > 1 and len(models) > 1:
        raise ServiceSetUpError(
            f"The experiment scores data with the models of {listed_nodes(models)}.",
            remedy=f'Choose: --learner "{models[0]}"',
            option="--learner",
            choices=models,
        )
    if len(scorers) > 1:
        raise ServiceSetUpError(
            f"Data are scored by {listed_nodes(scorers)}.",
            remedy=f'Choose: --output "{scorers[0]}"',
            option="--output",
            choices=scorers,
        )
    return scorers


def _trained_by(wiring: Wiring, trained: Sequence[NodeName], learner: str) -> list[NodeName]:
    """The training nodes that are meant: by their own name, or by that of what they train."""
    found = [
        name
        for name in trained
        if name == learner
        or any(source.node == learner for _, source in wiring.inputs(name, PortKind.MODEL))
    ]
    if not found:
        raise ServiceSetUpError(
            f'The node "{learner}" trains no model.',
            remedy=f"Name one of {listed_nodes(list(trained))}.",
            option="--learner",
            choices=trained,
        )
    return found


def _ends(wiring: Wiring, scorer: NodeName) -> list[NodeName]:
    """The last nodes on the way from a scoring node, without those that only measure."""
    ends: list[NodeName] = []
    ahead, seen = [scorer], {scorer}
    while ahead:
        name = ahead.pop(0)
        after = [
            other
            for other, _ in wiring.consumers(name)
            if not wiring.is_for_looking(other) and wiring.outputs(other, PortKind.DATASET)
        ]
        if not after:
            ends.append(name)
        for other in after:
            if other not in seen:
                seen.add(other)
                ahead.append(other)
    return list(dict.fromkeys(ends))


def _last_nodes(wiring: Wiring) -> list[NodeName]:
    """The nodes whose datasets no node takes, in an experiment without a learner."""
    last = [
        name
        for name in wiring.nodes
        if wiring.outputs(name, PortKind.DATASET)
        and not wiring.is_for_looking(name)
        and all(wiring.is_for_looking(other) for other, _ in wiring.consumers(name))
    ]
    if not last:
        raise ServiceSetUpError(
            "No node of the experiment computes a dataset that a service could return.",
            remedy="Add a module or a script.",
        )
    return last


def _dataset_of(wiring: Wiring, name: NodeName) -> Source:
    """The first output of a node that is a dataset."""
    first = wiring.outputs(name, PortKind.DATASET)[0].name
    is_first = wiring.output(Source(node=name)) == wiring.output(Source(node=name, port=first))
    return Source(node=name, port=None if is_first else first)


def _named_output(wiring: Wiring, text: str) -> Source:
    name, _, port = text.partition(".")
    node = NodeName(name)
    given = [output.name for output in wiring.outputs(node, PortKind.DATASET)]
    if not given or (port and port not in given):
        raise ServiceSetUpError(
            f'"{text}" is not a dataset that a module of the experiment gives.',
            remedy="Name a node, or NODE.PORT.",
            option="--output",
        )
    return Source(node=node, port=PortName(port)) if port else _dataset_of(wiring, node)


def _named_input(
    wiring: Wiring, kept: Mapping[NodeName, Mapping[PortName, Source]], text: str
) -> list[tuple[NodeName, PortName]]:
    name, _, port = text.partition(".")
    node = NodeName(name)
    taken = [p for p in kept.get(node, {}) if wiring.takes(node, p) is PortKind.DATASET]
    ports = ports_fed_by(wiring, kept, node)
    if taken and (not port or port in taken):
        return [(node, PortName(port) if port else taken[0])]
    if ports and not taken and not port:
        return ports
    known = entries(wiring, kept)
    raise ServiceSetUpError(
        f'No data of the service enter at "{text}".',
        remedy=f"Name a dataset such as {listed_nodes(known)}, or NODE.PORT that takes one.",
        option="--input",
    )
