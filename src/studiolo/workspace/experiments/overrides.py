"""Values of parameters that are given for one run, as text, instead of the experiment's own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from studiolo.experiments.experiment import Experiment, Node, NodeName
from studiolo.modules.declaration import read_script_parameters
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, Parameter, ParameterKind
from studiolo.modules.script import read_script
from studiolo.modules.values import checked_value
from studiolo.runs.errors import NodeUnknownError
from studiolo.runs.planning.plan import Modules

_COLUMNS = {ParameterKind.COLUMN, ParameterKind.COLUMNS}
#: What says "all columns" or "no column" where others are names.
_WORDS = {"all", "none"}


def with_parameters(
    experiment: Experiment, values: Mapping[tuple[str, str], str], modules: Modules
) -> Experiment:
    """The experiment with these values, by node and parameter, in the place of its own.

    Raises:
        NodeUnknownError: There is no such node.
        ParameterValueError: A parameter can't have the value.
    """
    nodes = dict(experiment.nodes)
    for (name, parameter), text in values.items():
        node = nodes.get(NodeName(name))
        if node is None:
            raise NodeUnknownError(node=name, known=list(nodes))
        value = _value(_parameters(experiment, node, modules), parameter, text)
        nodes[node.name] = replace(node, parameters={**node.parameters, parameter: value})
    return replace(experiment, nodes=nodes)


def _parameters(experiment: Experiment, node: Node, modules: Modules) -> Sequence[Parameter]:
    if node.module is None:
        return ()
    if node.module == EXECUTE_PYTHON_SCRIPT and node.script is not None:
        return read_script_parameters(read_script(experiment.folder / node.script).source)
    return modules.find(node.module).parameters


def _value(parameters: Sequence[Parameter], name: str, text: str) -> Any:
    parameter = next((p for p in parameters if p.name == name), None)
    if parameter is None:
        # The check says so, and lists the parameters.
        return text
    value = checked_value(parameter, text, from_text=True)
    if parameter.kind not in _COLUMNS or not isinstance(value, dict):
        return value
    # A selection of columns, as the experiment's file would have it.
    typed = text.strip()
    if typed.startswith("{"):
        return json.loads(typed)
    return typed if typed in _WORDS else value["rules"][0]["names"]
