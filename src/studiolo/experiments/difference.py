"""The differences between two versions of an experiment, node by node."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from studiolo.datasets.change import Change
from studiolo.experiments.experiment import Experiment, Node, NodeName
from studiolo.experiments.saved_form import saved_form
from studiolo.experiments.yaml.patch import same


class ChangedBy(StrEnum):
    """Who changed something since the version that both began with."""

    THEM = "them"
    US = "us"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class NodeDifference:
    """A node that differs between their version and ours, or that only one of them has."""

    theirs: Node | None
    ours: Node | None
    #: By key of the file, such as "dataset", "inputs.dataset1" or "parameters.trees": their value
    #: (before) and ours (after), in the form of the file; None where it has no value.
    values: Mapping[str, Change]
    #: None if the version that both began with is not known.
    changed_by: ChangedBy | None


@dataclass(frozen=True, kw_only=True)
class ExperimentDifference:
    """Two versions of an experiment, as far as they differ."""

    #: Its name and description: theirs (before) and ours (after).
    values: Mapping[str, Change]
    #: In the order of their version; nodes that only ours has come last.
    nodes: Mapping[NodeName, NodeDifference]


def difference(
    theirs: Experiment | None, ours: Experiment, *, base: Experiment | None
) -> ExperimentDifference:
    """Compare their version with ours.

    Args:
        theirs: Their version; None if they deleted it.
        ours: Our version.
        base: The version that both began with, if it is known.
    """
    if theirs is None:
        theirs = Experiment(name="", nodes={}, folder=ours.folder)
    their_form, our_form = saved_form(theirs), saved_form(ours)
    their_nodes, our_nodes = their_form.pop("nodes"), our_form.pop("nodes")
    base_nodes = None if base is None else saved_form(base)["nodes"]
    return ExperimentDifference(
        values=_changes(their_form, our_form),
        nodes={
            NodeName(name): NodeDifference(
                theirs=theirs.nodes.get(NodeName(name)),
                ours=ours.nodes.get(NodeName(name)),
                values=_changes(_flat(change.before), _flat(change.after)),
                changed_by=None if base_nodes is None else _by(base_nodes.get(name), change),
            )
            for name, change in _changes(their_nodes, our_nodes).items()
        },
    )


def _changes(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Change]:
    """The values that differ as YAML tells them apart: 1 is not true."""
    return {
        key: Change(before=theirs.get(key), after=ours.get(key))
        for key in dict.fromkeys([*theirs, *ours])
        if not same(theirs.get(key), ours.get(key))
    }


def _by(base: Any, change: Change) -> ChangedBy:
    if same(base, change.before):
        return ChangedBy.US
    return ChangedBy.THEM if same(base, change.after) else ChangedBy.BOTH


def _flat(form: Mapping[str, Any] | None) -> dict[str, Any]:
    """A node's keys, those of its inputs and parameters one by one."""
    flat: dict[str, Any] = {}
    for key, value in (form or {}).items():
        if key in ("inputs", "parameters"):
            flat |= {f"{key}.{inner}": part for inner, part in value.items()}
        else:
            flat[key] = value
    return flat
