"""Whether a batch can be cut into pieces: each row of a reply depends on one row of the input."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from studiolo.experiments.experiment import NodeName
from studiolo.experiments.web_service.interface import ServiceInterface
from studiolo.modules.definition import (
    EXECUTE_PYTHON_SCRIPT,
    PYTHON_DEVICE,
    ModuleDefinition,
    PortKind,
)
from studiolo.runs.planning.plan import Plan, Step
from studiolo.services.errors import ServiceGraphError
from studiolo.services.versions.scoring_plan import returns_model

_KEY = "row-wise"


@dataclass(frozen=True, kw_only=True)
class RowWise:
    """The decision about a version, and the reason for it."""

    #: Whether a batch is scored in pieces, in order; if not, in one piece.
    decided: bool
    #: Why in one piece, as a sentence; empty if in pieces.
    reason: str = ""


def row_wise(
    plan: Plan, interface: ServiceInterface, nodes: Sequence[NodeName], *, told: bool | None = None
) -> RowWise:
    """Decide it for a scoring graph.

    Args:
        plan: All of its steps.
        interface: Its Web Service Input and Output nodes, and what callers may set.
        nodes: Those that run for each request, in their order.
        told: What the publisher says, who may know better.

    Raises:
        ServiceGraphError: A script's block says neither true nor false.
    """
    if any(returns_model(plan, node) for node in interface.outputs.values()):
        return RowWise(decided=False, reason="It returns a model that all rows train.")
    if told is not None:
        return RowWise(decided=told, reason="" if told else "Its publisher said so.")
    if len(interface.inputs) != 1:
        number = len(interface.inputs)
        return RowWise(decided=False, reason=f"It has {number} inputs, and not one.")
    for output, node in interface.outputs.items():
        if any(port == PYTHON_DEVICE for _, port in plan.steps[node].sources.values()):
            reason = f"The output {output!r} is what a script prints and draws for all rows."
            return RowWise(decided=False, reason=reason)
    set_by_callers = {(node, name) for one in interface.parameters for node, name in one.targets}
    carrying = set(interface.inputs.values())
    for name in nodes:
        step = plan.steps[name]
        reason = _reason(step, carrying, {p for node, p in set_by_callers if node == name})
        if reason:
            return RowWise(decided=False, reason=f"The node {name!r} {reason}.")
        carrying.add(name)
    return RowWise(decided=True)


def _reason(step: Step, carrying: Set[NodeName], set_by_callers: Set[str]) -> str:
    """Why a step needs all rows at once; empty if it does not."""
    definition = step.definition
    assert definition is not None
    kinds = {
        _kind(definition, port) for port, (node, _) in step.sources.items() if node in carrying
    }
    if not kinds:
        return "takes no rows of the input"
    if kinds != {PortKind.DATASET}:
        return "takes what another node learns from all rows"
    conditions = _conditions(step, definition)
    if conditions is None:
        return f"({definition.name}) may look at several rows"
    for parameter, allowed in conditions.items():
        declared = definition.parameter(parameter)
        default = None if declared is None else declared.default
        value = step.parameters.get(parameter, default)
        if parameter in set_by_callers:
            return f"has a parameter {parameter}, set by callers, that may make it look at all rows"
        if value not in allowed:
            return f"looks at all rows, because its parameter {parameter} is {value!r}"
    return ""


def _kind(definition: ModuleDefinition, port: Any) -> PortKind:
    found = definition.input(port)
    return PortKind.DATASET if found is None else found.kind


def _conditions(step: Step, definition: ModuleDefinition) -> Mapping[str, Sequence[Any]] | None:
    """Conditions under which a step takes rows one by one; None if it never does."""
    if definition.id != EXECUTE_PYTHON_SCRIPT:
        return definition.row_wise
    # What a script does with rows is for the script to say.
    given = step.metadata.studiolo.get(_KEY, False)
    if not isinstance(given, bool):
        raise ServiceGraphError(
            node=step.name,
            problem=f"has {_KEY} = {given!r} in its script",
            remedy=f"Write {_KEY} = true if each row of its result depends on one row alone.",
        )
    return {} if given else None
