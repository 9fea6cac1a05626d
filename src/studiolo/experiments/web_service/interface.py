"""The inputs, outputs and parameters that an experiment gives to a web service."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from studiolo.experiments.experiment import Experiment, Node, NodeName
from studiolo.modules.definition import ModuleId

#: The modules that mark where data enter a service, and where they leave it.
WEB_SERVICE_INPUT: Final = ModuleId("web-service-input")
WEB_SERVICE_OUTPUT: Final = ModuleId("web-service-output")
#: Their parameter for the name that callers use, and their only input port.
NAME_PARAMETER: Final = "name_for_callers"


@dataclass(frozen=True, kw_only=True)
class WebServiceParameter:
    """A parameter that callers may set."""

    #: The name that callers use.
    name: str
    #: The parameters that get its value: each with its node.
    targets: Sequence[tuple[NodeName, str]]


@dataclass(frozen=True, kw_only=True)
class ServiceInterface:
    """Where requests enter an experiment, and where replies leave it."""

    #: The Web Service Input nodes, by the names of the inputs.
    inputs: Mapping[str, NodeName]
    #: The Web Service Output nodes, by the names of the outputs.
    outputs: Mapping[str, NodeName]
    parameters: Sequence[WebServiceParameter] = ()


def service_interface(experiment: Experiment) -> ServiceInterface:
    """The interface of a service that an experiment was made for; empty if it was made for none.

    Of several nodes with one name, which a check finds, the last counts.
    """
    return ServiceInterface(
        inputs={service_name(node): node.name for node in _of(experiment, WEB_SERVICE_INPUT)},
        outputs={service_name(node): node.name for node in _of(experiment, WEB_SERVICE_OUTPUT)},
        parameters=[
            WebServiceParameter(name=name, targets=targets)
            for name, targets in experiment.web_service_parameters.items()
        ],
    )


def service_name(node: Node) -> str:
    """The name that callers use for a Web Service Input or Output node."""
    given = node.parameters.get(NAME_PARAMETER)
    return given if isinstance(given, str) and given else node.name


def _of(experiment: Experiment, module: ModuleId) -> Iterator[Node]:
    return (node for node in experiment.nodes.values() if node.module == module)
