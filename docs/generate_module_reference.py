"""Writes `reference/module-library.md`: every built-in module, as its file declares it.

Run it after a change to a module: python docs/generate_module_reference.py
"""

import ast
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from studiolo.cli.commands.modules import node_text
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import InputPort, ModuleDefinition, OutputPort, Parameter
from studiolo.modules.values import allowed_values

_PAGE = Path(__file__).parent / "reference" / "module-library.md"
_INTRODUCTION = """\
# The module library

<!-- Made by docs/generate_module_reference.py; change the modules, not this page. -->

These modules come with Studiolo. Their names, ports, parameters and defaults are those of the
classic studio; each module says where it differs. An experiment refers to a module by its id:

```yaml
  halves:
    module: split-data
    inputs: {dataset: pima}
    parameters: {fraction: 0.7, random_seed: 7}
```

Below each module is a node to copy into an experiment, with all defaults. Replace the words in
capitals, and leave out parameters whose default suits you.

Each module is one file that you could have written: see [how to write a module](modules.md). That
page also explains [how to select columns](modules.md#selections-of-columns).
"""


def main() -> None:
    """Write the page."""
    _PAGE.write_text(module_reference(), encoding="utf-8")


def module_reference() -> str:
    """The page's text."""
    parts = [_INTRODUCTION]
    definitions = Catalogue().definitions
    for category, modules in groupby(definitions, lambda module: tuple(module.category)):
        parts.append(f"## {': '.join(category)}\n")
        parts += [_module(module) for module in modules]
    return "\n".join(parts)


def _module(module: ModuleDefinition) -> str:
    lines = [f"### {module.name}", "", f"`{module.id}`", ""]
    lines += [ast.get_docstring(ast.parse(module.source)) or module.description, ""]
    lines += [*_ports("Inputs", module.inputs), *_ports("Outputs", module.outputs)]
    if module.parameters:
        lines += ["| Parameter | | Values | Default |", "|---|---|---|---|"]
        lines += [_parameter(parameter) for parameter in module.parameters]
        lines.append("")
    lines += ["```yaml", node_text(module).rstrip(), "```", ""]
    return "\n".join(lines)


def _ports(title: str, ports: Sequence[InputPort | OutputPort]) -> Iterator[str]:
    if ports:
        named = (
            f"`{port.name}` ({port.label}{f', {port.kind}' if port.kind != 'dataset' else ''}"
            f"{', optional' if port.optional else ''})"
            for port in ports
        )
        yield f"{title}: {', '.join(named)}."
        yield ""


def _parameter(parameter: Parameter) -> str:
    default = "required" if parameter.required else _shown(parameter.default)
    said = f"{parameter.label}. {parameter.help}".strip()
    cells = (f"`{parameter.name}`", said, allowed_values(parameter), default)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _shown(value: object) -> str:
    if value is None or value == "":
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    main()
