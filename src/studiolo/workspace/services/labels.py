"""The label columns of an experiment: what its models were trained to tell."""

from collections.abc import Iterator

from studiolo.datasets.dataset import ColumnRole
from studiolo.runs.planning.plan import Plan, Step
from studiolo.workspace.saved.saved_objects import SavedObjects

#: What the modules that train call the parameter for it, as Train Model does.
_PARAMETER = "label_column"


def label_columns(plan: Plan, saved: SavedObjects) -> frozenset[str]:
    """The columns that models of a plan were trained to tell, in it or before they were saved."""
    return frozenset(name for step in plan.steps.values() for name in _of_step(step, saved))


def _of_step(step: Step, saved: SavedObjects) -> Iterator[str]:
    told = [step.node.parameters.get(_PARAMETER)]
    if step.saved is not None:
        record = saved.find(step.saved.saved, step.saved.version).record
        told.append(record.parameters.get(_PARAMETER))
        told += [one.get("name") for one in record.columns if one.get("role") == ColumnRole.LABEL]
    return (name for name in told if isinstance(name, str))
