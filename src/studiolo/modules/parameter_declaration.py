"""Reads what a module, or a script, says about a parameter of its `azureml_main`."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from studiolo.modules.definition import Parameter, ParameterKind, PortName
from studiolo.modules.errors import (
    ModuleAnnotationError,
    ModuleDefaultError,
    ModuleKeyNotApplicableError,
    ParameterValueError,
)
from studiolo.modules.signature import AnnotatedKind, Argument, allows_none, annotated_kind
from studiolo.modules.values import checked_value
from studiolo.toml_table import TomlTable

#: Kinds that no annotation can say; those that one can are not said twice.
_DECLARED_KINDS = (
    ParameterKind.CODE,
    ParameterKind.COLUMNS,
    ParameterKind.COLUMN,
    ParameterKind.FILE,
    ParameterKind.DATA,
)
_NUMBERS = (ParameterKind.INTEGER, ParameterKind.NUMBER)
_OF_COLUMNS = (ParameterKind.COLUMNS, ParameterKind.COLUMN)
#: Keys that only some kinds have.
_KINDS_WITH: Mapping[str, Sequence[ParameterKind]] = {
    "minimum": _NUMBERS,
    "maximum": _NUMBERS,
    "port": _OF_COLUMNS,
    "language": (ParameterKind.CODE,),
    "format": (ParameterKind.DATA,),
    "header": (ParameterKind.DATA,),
}
#: Those of them that these kinds must have, and why.
_NEEDED = {
    "port": "it names the input whose columns can be selected",
    "language": "it says what the code is written in",
    "format": "it names the parameter that gives the format of the data",
}
_LANGUAGES = ("csv", "python", "sql")
_KINDS_OF_DEFAULTS: Mapping[type, ParameterKind] = {
    bool: ParameterKind.BOOLEAN,
    int: ParameterKind.INTEGER,
    float: ParameterKind.NUMBER,
    str: ParameterKind.TEXT,
}


def declared_parameter(
    argument: Argument, table: TomlTable, *, ports: Sequence[PortName]
) -> Parameter:
    """The parameter that a keyword-only argument is, with what its table adds.

    Args:
        argument: As the signature has it.
        table: [tool.studiolo.parameters.NAME]; empty where the signature says it all.
        ports: The dataset inputs of the module.

    Raises:
        ModuleDeclarationError, TomlTableError: One of them is wrong, or they contradict each other.
    """
    table.only(("label", "help", "kind", "used-if", *_KINDS_WITH))
    said = _kind(argument, table)
    _check_keys(table, said.kind)
    port = table.word("port", ports, "")
    minimum, maximum = _bounds(table)
    default = _literal(argument, table.file)
    parameter = Parameter(
        name=argument.name,
        label=table.text("label", readable(argument.name)),
        kind=said.kind,
        required=argument.default is None,
        nullable=said.nullable or _is_optional(argument, default),
        help=table.text("help", ""),
        minimum=minimum,
        maximum=maximum,
        choices=said.choices,
        port=PortName(port) if port else None,
        language=table.word("language", _LANGUAGES, ""),
        format=table.text("format", "") or None,
        header=table.text("header", "") or None,
        used_if=_used_if(table),
    )
    return _with_default(parameter, default, argument, table.file)


def script_parameter(argument: Argument) -> Parameter:
    """The parameter for a script's keyword-only argument, which may be written in any way.

    Without annotation or default it takes text; a default that can be
    told only by running the script is None here.
    """
    try:
        default = _literal(argument, "")
    except ModuleDefaultError:
        default = None
    said = annotated_kind(argument.annotation) or _kind_of(default)
    parameter = Parameter(
        name=argument.name,
        label=readable(argument.name),
        kind=said.kind if said else ParameterKind.TEXT,
        required=argument.default is None,
        nullable=allows_none(argument.annotation) or _is_optional(argument, default),
        choices=said.choices if said else (),
    )
    try:
        return _with_default(parameter, default, argument, "")
    except ModuleDefaultError:
        return parameter


def readable(name: str) -> str:
    """The words of a name: "Random seed" for "random_seed"."""
    words = " ".join(name.replace("_", " ").split())
    return words[:1].upper() + words[1:]


def _kind(argument: Argument, table: TomlTable) -> AnnotatedKind:
    said = annotated_kind(argument.annotation)
    if said is None and argument.annotation is None:
        said = _kind_of(_literal(argument, table.file))
    if "kind" in table:
        kind = table.word("kind", _DECLARED_KINDS, "")
        return AnnotatedKind(kind=ParameterKind(kind), nullable=allows_none(argument.annotation))
    if said is None:
        raise ModuleAnnotationError(
            parameter=argument.name,
            annotation="" if argument.annotation is None else ast.unparse(argument.annotation),
            file=table.file,
            line=argument.line,
        )
    return said


def _kind_of(default: Any) -> AnnotatedKind | None:
    kind = _KINDS_OF_DEFAULTS.get(type(default))
    return None if kind is None else AnnotatedKind(kind=kind)


def _is_optional(argument: Argument, default: Any) -> bool:
    return argument.default is not None and default is None


def _check_keys(table: TomlTable, kind: ParameterKind) -> None:
    """Refuse keys that the kind does not have, and ask for those that it must have."""
    for key, kinds in _KINDS_WITH.items():
        if key in table and kind not in kinds:
            raise ModuleKeyNotApplicableError(
                key=key,
                table=table.header,
                kind=kind,
                kinds=kinds,
                file=table.file,
                line=table.line(key),
            )
        if key in _NEEDED and key not in table and kind in kinds:
            raise table.missing(key, _NEEDED[key])


def check_used_if(table: TomlTable, parameters: Sequence[Parameter]) -> None:
    """Refuse a `used-if` that names what the other parameters of the module do not have.

    Args:
        table: [tool.studiolo.parameters.NAME].
        parameters: The other parameters.

    Raises:
        TomlTableError: There is no such parameter, or it can't have such a value.
    """
    conditions, used_if = table.table("used-if"), _used_if(table)
    conditions.only([parameter.name for parameter in parameters])
    for parameter in parameters:
        for value in used_if.get(parameter.name, ()):
            try:
                checked_value(parameter, value)
            except ParameterValueError as error:
                conditions.refuse(parameter.name, f"a list; of each value: {error.allowed}")


def _used_if(table: TomlTable) -> Mapping[str, Sequence[Any]]:
    conditions = table.table("used-if")
    found = {}
    for name, values in conditions.content.items():
        if not isinstance(values, list) or not values:
            conditions.refuse(name, "a list of values")
        found[name] = tuple(values)
    return found


def _bounds(table: TomlTable) -> tuple[float | None, float | None]:
    minimum, maximum = table.number("minimum"), table.number("maximum")
    if minimum is not None and maximum is not None and minimum > maximum:
        table.refuse("maximum", f"the minimum, {minimum}, or greater")
    return minimum, maximum


def _literal(argument: Argument, file: str) -> Any:
    if argument.default is None:
        return None
    try:
        return ast.literal_eval(argument.default)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        allowed = 'written out, such as 5, "text", True or None'
        raise _default_error(argument, allowed, file) from error


def _with_default(parameter: Parameter, default: Any, argument: Argument, file: str) -> Parameter:
    """The parameter with its default, which must be a value that a node could give it."""
    if default is None:
        return parameter
    try:
        checked = checked_value(parameter, default)
    except ParameterValueError as error:
        raise _default_error(argument, error.allowed, file) from error
    if parameter.kind in _OF_COLUMNS:
        # In the form of an experiment's file; its value is not for a form.
        return replace(parameter, default=default)
    return replace(parameter, default=checked)


def _default_error(argument: Argument, allowed: str, file: str) -> ModuleDefaultError:
    assert argument.default is not None
    return ModuleDefaultError(
        parameter=argument.name,
        default=_written(argument.default),
        allowed=allowed,
        file=file,
        line=argument.line,
    )


def _written(expression: ast.expr) -> str:
    try:
        return ast.unparse(expression)
    except ValueError:
        # A hexadecimal number that would have too many decimal digits.
        return "a number of thousands of digits"
