"""Modules as documents: what a palette shows, and what a form is made of."""

from collections.abc import Mapping, Sequence
from typing import cast

from typing_extensions import TypedDict

from studiolo.errors import StudioloError
from studiolo.experiments.json_value import Json
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import (
    EXECUTE_PYTHON_SCRIPT,
    InputPort,
    ModuleDefinition,
    OutputPort,
    Parameter,
)


class PortDeclaration(TypedDict):
    """A port of a module."""

    name: str
    #: The name that people see.
    label: str
    #: `dataset`, `model`, `transform` or `zip`.
    kind: str
    #: Of an input: whether the module runs without it. Of an output: whether it may be empty.
    optional: bool


class ParameterDeclaration(TypedDict):
    """A parameter, with all that a form needs of it."""

    name: str
    label: str
    #: `integer`, `number`, `boolean`, `text`, `code`, `choice`, `columns`, `column`, `file` or
    #: `data`.
    kind: str
    required: bool
    default: Json
    #: Whether null is a value.
    nullable: bool
    #: A sentence for people who fill in the form.
    help: str
    minimum: float | None
    maximum: float | None
    choices: Sequence[str]
    #: The input port whose columns are chosen from.
    port: str | None
    #: Of code: `python`, `sql` or `csv`.
    language: str
    #: Of data that are typed in: the parameters that say their format, and whether there is a
    #: header.
    format: str | None
    header: str | None
    #: Other parameters, each with the values at which this one is used; all must have one of them.
    used_if: Mapping[str, Sequence[Json]]


class ModuleDocument(TypedDict):
    """A module."""

    id: str
    name: str
    #: Its place in the palette, outermost category first.
    category: Sequence[str]
    description: str
    #: Whether it is one of the workspace's own.
    own: bool
    #: Whether equal inputs give equal results.
    deterministic: bool
    #: Whether a node brings a script along.
    takes_script: bool
    inputs: Sequence[PortDeclaration]
    outputs: Sequence[PortDeclaration]
    parameters: Sequence[ParameterDeclaration]


class BrokenModule(TypedDict):
    """A module whose file can't be used."""

    id: str
    code: str
    message: str


class ModulesDocument(TypedDict):
    """The modules that nodes can name, in the order of a palette."""

    modules: Sequence[ModuleDocument]
    broken: Sequence[BrokenModule]


def modules_document(catalogue: Catalogue) -> ModulesDocument:
    """The document of a catalogue."""
    return {
        "modules": [
            module_document(found, own=catalogue.is_own(found.id))
            for found in catalogue.definitions
        ],
        "broken": [_broken(module, error) for module, error in catalogue.errors.items()],
    }


def module_document(module: ModuleDefinition, *, own: bool) -> ModuleDocument:
    """The document of a module."""
    return {
        "id": module.id,
        "name": module.name,
        "category": list(module.category),
        "description": module.description,
        "own": own,
        "deterministic": module.deterministic,
        "takes_script": module.id == EXECUTE_PYTHON_SCRIPT,
        "inputs": [port_declaration(port) for port in module.inputs],
        "outputs": [port_declaration(port) for port in module.outputs],
        "parameters": [parameter_declaration(parameter) for parameter in module.parameters],
    }


def port_declaration(port: InputPort | OutputPort) -> PortDeclaration:
    """The document of a port."""
    return {
        "name": port.name,
        "label": port.label,
        "kind": port.kind.value,
        "optional": port.optional,
    }


def parameter_declaration(parameter: Parameter) -> ParameterDeclaration:
    """The document of a parameter."""
    return {
        "name": parameter.name,
        "label": parameter.label,
        "kind": parameter.kind.value,
        "required": parameter.required,
        "default": cast("Json", parameter.default),
        "nullable": parameter.nullable,
        "help": parameter.help,
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "choices": list(parameter.choices),
        "port": parameter.port,
        "language": parameter.language,
        "format": parameter.format,
        "header": parameter.header,
        "used_if": cast("Mapping[str, Sequence[Json]]", parameter.used_if),
    }


def _broken(module: str, error: StudioloError) -> BrokenModule:
    return {"id": module, "code": error.code, "message": str(error)}
