"""The variables of an exported program: what nodes give to nodes."""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Final

from studiolo.experiments.experiment import NodeName
from studiolo.export.entry import may_return_two
from studiolo.export.names import Names
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, PortKind, PortName
from studiolo.runs.planning.plan import Plan, Step, outputs_of

#: The second output of a script.
SECOND: Final = PortName("results_dataset2")
_Output = tuple[NodeName, PortName]


class Variables:
    """A variable for each output, and who is still to take it."""

    def __init__(self, plan: Plan, names: Names) -> None:
        self._kinds: dict[_Output, PortKind] = {}
        self._variables: dict[_Output, str] = {}
        for name, step in plan.steps.items():
            for port, kind in outputs_of(step):
                self._kinds[name, port] = kind
                self._variables[name, port] = names.give(_described(step, port))
        steps = plan.steps.values()
        self._consumed = {source for step in steps for source in step.sources.values()}
        self._left = Counter(itertools.chain.from_iterable(map(_uses, steps)))
        nodes = {node for node, _ in self._consumed}
        #: The nodes whose outputs no node takes.
        self.ends = [name for name in plan.steps if name not in nodes]

    def of(self, node: NodeName, port: PortName) -> str:
        """The variable of an output."""
        return self._variables[node, port]

    def kind(self, node: NodeName, port: PortName) -> PortKind:
        """The kind of the variable's content."""
        return self._kinds[node, port]

    def taken(self, output: _Output) -> bool:
        """Note that a node takes an output; whether any other node is still to take it."""
        self._left[output] -= 1
        return self._left[output] > 0

    def wanted(self, step: Step) -> list[PortName]:
        """The outputs of a node that need a variable: what is taken, or shown in the end."""
        ports = [port for port, _ in outputs_of(step)]
        if step.name not in self.ends:
            return [port for port in ports if (step.name, port) in self._consumed]
        frames = [p for p in ports if self._kinds[step.name, p] is PortKind.DATASET]
        if step.script is not None and is_script(step) and not may_return_two(step.script.source):
            return frames[:1]
        return frames


def is_script(step: Step) -> bool:
    """Whether it is the script of an Execute Python Script node that runs, and not a module."""
    return step.definition is not None and step.definition.id == EXECUTE_PYTHON_SCRIPT


def files_written(step: Step) -> Iterator[tuple[PortName, str, bool]]:
    """The inputs that the host writes to files, the files, and whether others may be there."""
    for port, export in step.definition.exports.items() if step.definition else ():
        file = str(step.parameters.get(export.file) or "")
        if file and port in step.sources:
            mode = None if export.mode is None else step.parameters.get(export.mode)
            yield port, file, export.mode is None or mode == "Overwrite"


def _uses(step: Step) -> list[_Output]:
    """The outputs that a step takes, each as often as it does."""
    return [*step.sources.values(), *(step.sources[port] for port, _, _ in files_written(step))]


def _described(step: Step, port: PortName) -> str:
    """The text that an output's variable is named after."""
    alone = len(outputs_of(step)) == 1 or (is_script(step) and port != SECOND)
    return step.name if alone else f"{step.name} {port}"
