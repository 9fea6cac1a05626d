"""`studiolo modules`: what a node of an experiment can be."""

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from studiolo.cli.reporting import reported_errors, show_error
from studiolo.cli.terminal import Terminal
from studiolo.experiments.saved_form import on_one_line
from studiolo.experiments.yaml.text import Layout, document_text
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import (
    EXECUTE_PYTHON_SCRIPT,
    InputPort,
    ModuleDefinition,
    ModuleId,
    OutputPort,
    Parameter,
    ParameterKind,
    PortKind,
)
from studiolo.modules.values import allowed_values
from studiolo.rendering.plain_text import printable
from studiolo.workspace.errors import WorkspaceMissingError
from studiolo.workspace.folder.root import MODULES, find_root

#: Placeholders in the snippet where a person has to choose.
_NODE, _VALUE, _COLUMN = "NODE", "VALUE", "COLUMN"


def _completions(begun: str) -> Sequence[str]:
    return [module for module in Catalogue(_own_modules()).ids if module.startswith(begun)]


def command(
    module: Annotated[
        str | None,
        typer.Argument(
            help="A module's id, such as split-data. Default: list all modules.",
            autocompletion=_completions,
        ),
    ] = None,
) -> None:
    """List the modules that nodes can use, or show one module's ports and parameters."""
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        catalogue = Catalogue(_own_modules())
        if module is not None:
            _show(console, catalogue.find(ModuleId(module)))
            return
        _list(console, catalogue.definitions)
        for error in catalogue.errors.values():
            show_error(errors, error)


def _own_modules() -> Path | None:
    try:
        return find_root(Path()) / MODULES
    except WorkspaceMissingError:
        return None


def _list(console: Terminal, definitions: Sequence[ModuleDefinition]) -> None:
    for category, modules in groupby(definitions, lambda module: tuple(module.category)):
        console.print(Text(printable(", ".join(category)), style="bold"))
        table = _table()
        for module in modules:
            table.add_row(Text(f"  {module.id}", style="cyan"), Text(printable(module.description)))
        console.print(table)
        console.print()
    console.say(Text("studiolo modules ID shows one, with an example node to copy.", style="dim"))


def _show(console: Terminal, module: ModuleDefinition) -> None:
    console.print(Text.assemble((printable(module.name), "bold"), f" ({module.id})"))
    console.say(Text(printable(module.description)))
    _show_rows(console, "Inputs", [(p.name, _port(p)) for p in module.inputs])
    _show_rows(console, "Outputs", [(p.name, _port(p)) for p in module.outputs])
    _show_rows(console, "Parameters", [(p.name, _parameter(p)) for p in module.parameters])
    console.print()
    console.print(Text("In an experiment", style="bold"))
    console.print(Text(printable(node_text(module))), soft_wrap=True, end="")


def _show_rows(console: Terminal, title: str, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    console.print()
    console.print(Text(title, style="bold"))
    table = _table()
    for name, said in rows:
        table.add_row(Text(f"  {name}", style="cyan"), Text(printable(said)))
    console.print(table)


def _table() -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _port(port: InputPort | OutputPort) -> str:
    kind = "" if port.kind is PortKind.DATASET else f", {port.kind}"
    return f"{port.label}{kind}{', optional' if port.optional else ''}"


def _parameter(parameter: Parameter) -> str:
    default = "required" if parameter.required else f"default: {_shown(parameter.default)}"
    said = f"{parameter.label}. {parameter.help}" if parameter.help else parameter.label
    return f"{said.strip()} ({allowed_values(parameter)}; {default})".replace("`", "")


def _shown(value: object) -> str:
    if value is None or value == "":
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def node_text(module: ModuleDefinition) -> str:
    """A node of the module as `nodes` of an experiment has it, with its defaults."""
    node: dict[str, Any] = {"module": str(module.id)}
    if module.id == EXECUTE_PYTHON_SCRIPT:
        node["script"] = "script.py"
    if module.inputs:
        node["inputs"] = {str(port.name): _NODE for port in module.inputs if not port.optional}
    parameters = dict(_parameters(module.parameters))
    if parameters:
        node["parameters"] = parameters
    name = str(module.id).replace("-", " ")
    return document_text({"nodes": {name: node}}, Layout(on_one_line=on_one_line))


def _parameters(parameters: Sequence[Parameter]) -> Iterator[tuple[str, Any]]:
    for parameter in parameters:
        if parameter.required:
            several = parameter.kind is ParameterKind.COLUMNS
            yield parameter.name, [_COLUMN] if several else _VALUE
        elif parameter.default is not None:
            yield parameter.name, parameter.default
