"""A module, its ports and its parameters, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NewType

#: Names a module in an experiment: "split-data".
ModuleId = NewType("ModuleId", str)
#: Names a port of a module: "results_dataset1".
PortName = NewType("PortName", str)


class PortKind(StrEnum):
    """The kinds of values that travel along an edge."""

    #: A table with column roles.
    DATASET = "dataset"
    #: A learner, untrained or trained; pickled in the sandbox and only ever opened inside one.
    MODEL = "model"
    #: What was learned about a dataset to change others alike; travels as a model does.
    TRANSFORM = "transform"
    #: A zip of files, as uploaded.
    ZIP = "zip"


class ParameterKind(StrEnum):
    """How a parameter is shown and checked."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    #: One line.
    TEXT = "text"
    #: Many lines, in the language that the definition names.
    CODE = "code"
    #: One of the listed values.
    CHOICE = "choice"
    #: Columns of a dataset port: names, or rules; see `column_selection`.
    COLUMNS = "columns"
    #: One column of a dataset port.
    COLUMN = "column"
    #: A dataset file of the workspace; the module gets the dataset that it holds.
    FILE = "file"
    #: The text of a dataset, typed in; the module gets the dataset.
    DATA = "data"


@dataclass(frozen=True, kw_only=True)
class InputPort:
    """Where an edge may end."""

    name: PortName
    #: The name that people see: "Dataset1".
    label: str
    kind: PortKind
    #: Whether the module runs without it, and then gets None.
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class OutputPort:
    """Where an edge may begin."""

    name: PortName
    label: str
    kind: PortKind
    #: Whether the module may return nothing for it.
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A property of a module: a keyword-only parameter of its `azureml_main`."""

    name: str
    #: The name that people see: "Random seed".
    label: str
    kind: ParameterKind
    #: Whether a node has to give a value.
    required: bool = False
    #: The value of a node that gives none, in the form of an experiment's file; None where the
    #: module decides by itself.
    default: Any = None
    #: Whether None is a value.
    nullable: bool = False
    #: A sentence for people who fill in the form.
    help: str = ""
    #: Bounds of a number, included.
    minimum: float | None = None
    maximum: float | None = None
    #: The values of a choice.
    choices: Sequence[str] = ()
    #: The input port whose columns are chosen from.
    port: PortName | None = None
    #: The language of code: "python", "sql" or "csv".
    language: str = ""
    #: The parameter that says in which format data are typed in, and the one that says whether
    #: their first row holds the names of the columns.
    format: str | None = None
    header: str | None = None
    #: Other parameters, each with the values at which this one is used; all of them must have one.
    #: Empty if it is always used.
    used_if: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Export:
    """How the host writes what a dataset input holds, once the module has succeeded."""

    #: The parameter that names the workspace file; where its value is empty, nothing is written.
    file: str
    #: The parameter that says what to do with a file that is there already.
    mode: str | None = None


@dataclass(frozen=True, kw_only=True)
class ModuleDefinition:
    """A module: built-in, of a workspace, or the script of an Execute Python Script node."""

    id: ModuleId
    #: The name that people see: "Split Data".
    name: str
    #: Its place in the palette, outermost category first.
    category: Sequence[str]
    #: The first line of its docstring.
    description: str
    #: In the order of the positional parameters of `azureml_main`.
    inputs: Sequence[InputPort]
    #: In the order in which `azureml_main` returns them.
    outputs: Sequence[OutputPort]
    parameters: Sequence[Parameter]
    #: The text of its file.
    source: str
    #: The file; None for what has none.
    path: Path | None = None
    #: The id of the same module in the classic studio: 32 hexadecimal digits.
    classic_id: str | None = None
    #: Whether equal inputs give equal results, so that a kept one may stand in for a run.
    deterministic: bool = True
    #: Whether it draws random numbers.
    random: bool = True
    #: The parameter that decides what it draws; 0 and None leave that to chance.
    seed: str | None = None
    #: By dataset input, what the host writes of it to a file of the workspace.
    exports: Mapping[PortName, Export] = field(default_factory=dict)
    #: If each row of its outputs depends on one row of its datasets alone: the values that its
    #: parameters must have for that, by parameter. None if it may look at several rows.
    row_wise: Mapping[str, Sequence[Any]] | None = None

    def input(self, name: str) -> InputPort | None:
        """The input port of that name."""
        return next((port for port in self.inputs if port.name == name), None)

    def output(self, name: str) -> OutputPort | None:
        """The output port of that name."""
        return next((port for port in self.outputs if port.name == name), None)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name."""
        return next((known for known in self.parameters if known.name == name), None)


#: The module whose script a node brings along.
EXECUTE_PYTHON_SCRIPT = ModuleId("execute-python-script")
#: Its output for what the script printed and drew, as a dataset; made only where it is connected.
PYTHON_DEVICE = PortName("python_device")
