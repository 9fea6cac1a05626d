"""The check of an experiment's web service: its names and its parameters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from studiolo.experiments.experiment import WEB_SERVICE_PLACE, Experiment, Node, NodeName
from studiolo.experiments.spelling import Spelling, listed
from studiolo.experiments.web_service.interface import (
    NAME_PARAMETER,
    WEB_SERVICE_INPUT,
    WEB_SERVICE_OUTPUT,
    service_name,
)
from studiolo.modules.definition import Parameter, ParameterKind

#: Kinds of parameters whose values fit into the text that a caller sends.
_SETTABLE: Final = {
    ParameterKind.INTEGER,
    ParameterKind.NUMBER,
    ParameterKind.BOOLEAN,
    ParameterKind.TEXT,
    ParameterKind.CODE,
    ParameterKind.CHOICE,
    ParameterKind.COLUMN,
}
_WORDS = {WEB_SERVICE_INPUT: "input", WEB_SERVICE_OUTPUT: "output"}


@dataclass(frozen=True, kw_only=True)
class ServiceMistake:
    """A mistake, as a finding says it."""

    code: str
    message: str
    #: Where it stands, as in `Experiment.lines`.
    place: tuple[str, ...]
    node: NodeName | None = None
    is_warning: bool = False


def service_mistakes(
    experiment: Experiment, parameters: Callable[[Node], Sequence[Parameter] | None]
) -> Iterator[ServiceMistake]:
    """Mistakes in the web service of an experiment; none if it has no web service.

    Args:
        experiment: The experiment.
        parameters: Those of a node; None if they are unknown, which other findings say.
    """
    yield from _names(experiment)
    setters: dict[tuple[NodeName, str], str] = {}
    for name, targets in experiment.web_service_parameters.items():
        found: list[tuple[Node, Parameter]] = []
        for target in targets:
            other = setters.setdefault(target, name)
            if other != name:
                message = f'is set by "{other}", too. Delete one of them'
                yield _about(name, f'"{".".join(target)}" {message}.', node=target[0])
            yield from _target(experiment, name, target, parameters, found)
        yield from _values(name, found)


def _target(
    experiment: Experiment,
    name: str,
    target: tuple[NodeName, str],
    parameters: Callable[[Node], Sequence[Parameter] | None],
    found: list[tuple[Node, Parameter]],
) -> Iterator[ServiceMistake]:
    """Whether there is such a node and parameter; if so, it is added to those that are found."""
    node_name, parameter_name = target
    node = experiment.nodes.get(node_name)
    if node is None:
        hint = Spelling().hint(node_name, experiment.nodes.keys())
        message = f'there is no node "{node_name}".{hint}'
        yield _about(name, message, code="node-unknown")
        return
    known = parameters(node)
    parameter = next((one for one in known or () if one.name == parameter_name), None)
    if parameter is not None:
        found.append((node, parameter))
    elif known is not None:
        names = [one.name for one in known]
        hint = Spelling().hint(parameter_name, names)
        message = (
            f'the node "{node_name}" has no parameter "{parameter_name}".{hint} Its parameters: '
            f"{listed(names) or 'none'}."
        )
        yield _about(name, message, code="parameter-unknown", node=node_name)


def _about(
    name: str, message: str, *, code: str = "web-service-parameter", node: NodeName | None = None
) -> ServiceMistake:
    """A mistake in a web-service parameter."""
    return ServiceMistake(
        code=code,
        message=f'The web-service parameter "{name}": {message}',
        place=(WEB_SERVICE_PLACE, name),
        node=node,
    )


def _names(experiment: Experiment) -> Iterator[ServiceMistake]:
    """Mistakes in the names of inputs and outputs, and whether there is an output."""
    first: dict[tuple[str, str], NodeName] = {}
    for node in experiment.nodes.values():
        word = _WORDS.get(node.module) if node.module is not None else None
        if word is None:
            continue
        name = service_name(node)
        place = (node.name, "parameters", NAME_PARAMETER)
        if name != name.strip() or not name.isprintable() or "/" in name:
            yield ServiceMistake(
                code="web-service-name",
                message=f'The web-service {word} of node "{node.name}" can\'t be called "{name}". '
                'A name is any text without "/" and line breaks, and without blanks around it.',
                place=place,
                node=node.name,
            )
        other = first.setdefault((word, name), node.name)
        if other != node.name:
            yield ServiceMistake(
                code="web-service-name",
                message=f'The nodes "{other}" and "{node.name}" are both the web-service {word} '
                f'"{name}". Give one of them another name.',
                place=place,
                node=node.name,
            )
        if word == "output":
            yield from _connection(node)
    words = {word for word, _ in first}
    if (words or experiment.web_service_parameters) and "output" not in words:
        yield ServiceMistake(
            code="web-service-output-missing",
            message="The experiment has no Web Service Output, so a service would return nothing. "
            f"Add a node with the module {WEB_SERVICE_OUTPUT}, or ignore this until you publish.",
            place=(),
            is_warning=True,
        )


def _connection(node: Node) -> Iterator[ServiceMistake]:
    """Whether a Web Service Output has something to return, and one thing only."""
    place = (node.name, "inputs")
    what = f'The node "{node.name}" ({WEB_SERVICE_OUTPUT})'
    wanted = "It needs a dataset or a trained model, and returns that."
    if not node.inputs:
        message = f"{what} is not connected. {wanted}"
        yield ServiceMistake(code="input-missing", message=message, place=place, node=node.name)
    if len(node.inputs) > 1:
        message = f"{what} has two connections. {wanted}"
        yield ServiceMistake(
            code="web-service-output", message=message, place=place, node=node.name
        )


def _values(name: str, found: Sequence[tuple[Node, Parameter]]) -> Iterator[ServiceMistake]:
    """Whether callers can set the parameters, and all of them with one value."""
    for node, parameter in found:
        if parameter.kind not in _SETTABLE:
            message = (
                f'callers can\'t set "{node.name}.{parameter.name}", which is of the kind '
                f"{parameter.kind}. They can set numbers, true or false, texts, choices and the "
                "name of one column."
            )
            yield _about(name, message, node=node.name)
            return
    for (node, parameter), (other, second) in pairwise(found):
        shown = f'"{node.name}.{parameter.name}" and "{other.name}.{second.name}"'
        if (parameter.kind, *parameter.choices) != (second.kind, *second.choices):
            message = (
                f"{shown} take different values: {parameter.kind} and {second.kind}. Give each a "
                "name of its own."
            )
            yield _about(name, message, node=other.name)
            return
        before = node.parameters.get(parameter.name, parameter.default)
        after = other.parameters.get(second.name, second.default)
        if before != after:
            message = (
                f"{shown} are {before!r} and {after!r} in the experiment. Give both the same "
                "value, which is what callers get who send none."
            )
            yield _about(name, message, node=other.name)
            return
