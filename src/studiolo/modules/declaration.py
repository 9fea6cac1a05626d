"""Reads what a module is from the text of its file, which is never run."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from studiolo.modules.definition import (
    EXECUTE_PYTHON_SCRIPT,
    Export,
    InputPort,
    ModuleDefinition,
    ModuleId,
    OutputPort,
    Parameter,
    ParameterKind,
    PortKind,
    PortName,
)
from studiolo.modules.errors import (
    ModuleBlockUnreadableError,
    ModuleDeclarationError,
    ModuleEntryMissingError,
    ModuleInputsDifferError,
    ModuleParameterUnknownError,
    ModuleStarredParameterError,
    ModuleSyntaxError,
    ScriptMetadataError,
    ScriptMetadataRepeatedError,
    block_error,
)
from studiolo.modules.parameter_declaration import (
    check_used_if,
    declared_parameter,
    readable,
    script_parameter,
)
from studiolo.modules.script_metadata import ScriptMetadata, read_script_metadata
from studiolo.modules.signature import Argument, Outline, Signature, read_outline
from studiolo.toml_table import TomlTable, TomlTableError

_KEYS = (
    "name",
    "category",
    "classic-id",
    "deterministic",
    "nullable",
    "random",
    "row-wise",
    "seed",
    "inputs",
    "outputs",
    "parameters",
    "exports",
)
_PORT_KEYS = ("label", "kind", "optional")
_CLASSIC_ID = re.compile(r"[0-9a-f]{32}")
#: The category of modules that name none.
_CATEGORY = ("Custom",)
#: What a module returns that does not say it: as a script does.
_OUTPUTS = (
    OutputPort(name=PortName("results_dataset"), label="Results Dataset", kind=PortKind.DATASET),
    OutputPort(
        name=PortName("results_dataset2"),
        label="Results Dataset2",
        kind=PortKind.DATASET,
        optional=True,
    ),
)
#: Kinds whose values the host prepares for modules, and for scripts does not.
_PREPARED = {
    ParameterKind.COLUMNS,
    ParameterKind.COLUMN,
    ParameterKind.FILE,
    ParameterKind.DATA,
}
_TOO_DEEP = "it is nested too deeply"
#: Thousands of nodes share few sources.
_KEPT = 1024


def read_declaration(source: str, *, id: ModuleId, path: Path | None) -> ModuleDefinition:  # noqa: A002
    """The definition of the module whose file has that text.

    A file without a metadata block is a module too: its positional parameters are its inputs, and
    its name is that of the file.

    Args:
        source: The text of the file.
        id: Names the module in experiments.
        path: The file, named in errors; None for what has none.

    Raises:
        ModuleDeclarationError: The file does not say what a module is. Names file and line.
    """
    return _read(source, id, path)


def read_script_parameters(source: str) -> Sequence[Parameter]:
    """The parameters of a script of an Execute Python Script node.

    A script with a syntax error, or without `azureml_main`, has none: its run explains it best.
    If a parameter is not written in a module's form, its declaration is guessed from what is there.
    """
    return _read_script_parameters(source)


@lru_cache(maxsize=_KEPT)
def _read(source: str, module: ModuleId, path: Path | None) -> ModuleDefinition:
    file = f"{module.replace('-', '_')}.py" if path is None else str(path)
    try:
        return _Declaration(source, module, file).definition(path)
    except TomlTableError as error:
        raise block_error(error) from error
    except RecursionError as error:
        raise ModuleSyntaxError(reason=_TOO_DEEP, file=file, line=1) from error


@lru_cache(maxsize=_KEPT)
def _read_script_parameters(source: str) -> tuple[Parameter, ...]:
    try:
        signature = read_outline(source).signature
        return () if signature is None else _script_parameters(source, signature)
    except (SyntaxError, RecursionError):
        return ()


def _script_parameters(source: str, signature: Signature) -> tuple[Parameter, ...]:
    try:
        block = read_script_metadata(source).table().table("parameters")
    except (ScriptMetadataError, ScriptMetadataRepeatedError, TomlTableError):
        block = ScriptMetadata().table()
    return tuple(_script_parameter(argument, block) for argument in signature.keyword_only)


def _script_parameter(argument: Argument, block: TomlTable) -> Parameter:
    try:
        declared = declared_parameter(argument, block.table(argument.name), ports=())
    except (ModuleDeclarationError, TomlTableError):
        return script_parameter(argument)
    return script_parameter(argument) if declared.kind in _PREPARED else declared


class _Declaration:
    """A module's file, taken apart."""

    def __init__(self, source: str, module: ModuleId, file: str) -> None:
        self._source = source
        self._id = module
        self._file = file

    def definition(self, path: Path | None) -> ModuleDefinition:
        outline = self._outline()
        signature = self._signature(outline)
        block = self._metadata().table(self._file)
        block.only(_KEYS)
        inputs = self._inputs(block.table("inputs"), signature)
        datasets = [port.name for port in inputs if port.kind is PortKind.DATASET]
        parameters = self._parameters(block.table("parameters"), signature, datasets)
        return ModuleDefinition(
            id=self._id,
            name=block.text("name", _title(self._id)),
            category=_category(block),
            description=outline.description,
            inputs=inputs,
            outputs=self._outputs(block),
            parameters=parameters,
            source=self._source,
            path=path,
            classic_id=_classic_id(block),
            deterministic=block.flag("deterministic", True),
            random=block.flag("random", True),
            seed=block.word("seed", _names(parameters, ParameterKind.INTEGER), "") or None,
            exports=self._exports(block.table("exports"), datasets, parameters),
            row_wise=_row_wise(block, [parameter.name for parameter in parameters]),
        )

    def _outline(self) -> Outline:
        try:
            return read_outline(self._source)
        except SyntaxError as error:
            raise ModuleSyntaxError(
                reason=error.msg, file=self._file, line=error.lineno or 1
            ) from error

    def _signature(self, outline: Outline) -> Signature:
        signature = outline.signature
        if signature is None:
            raise ModuleEntryMissingError(functions=outline.functions, file=self._file, line=1)
        for argument in signature.starred:
            raise ModuleStarredParameterError(
                parameter=argument.name, file=self._file, line=argument.line
            )
        return signature

    def _metadata(self) -> ScriptMetadata:
        try:
            return read_script_metadata(self._source)
        except ScriptMetadataError as error:
            reason = f'the "# /// script" block cannot be read: {error.reason}.'
            line = error.line
            raise ModuleBlockUnreadableError(reason=reason, file=self._file, line=line) from error
        except ScriptMetadataRepeatedError as error:
            reason = (
                f'this is a second "# /// script" block, after that in line {error.first_line}.'
                " Put everything into one and delete the other."
            )
            line = error.second_line
            raise ModuleBlockUnreadableError(reason=reason, file=self._file, line=line) from error

    def _inputs(self, tables: TomlTable, signature: Signature) -> tuple[InputPort, ...]:
        taken = {argument.name: argument for argument in signature.positional}
        declared = list(tables.content)
        # Which frame becomes which argument of a script is for its own signature to say.
        if declared and self._id != EXECUTE_PYTHON_SCRIPT and declared != list(taken):
            raise ModuleInputsDifferError(
                declared=declared, taken=list(taken), file=self._file, line=tables.line(declared[0])
            )
        ports = []
        for name in declared or taken:
            table = tables.table(name)
            table.only(_PORT_KEYS)
            has_default = name in taken and taken[name].default is not None
            ports.append(
                InputPort(
                    name=PortName(name),
                    label=table.text("label", readable(name)),
                    kind=_port_kind(table),
                    optional=table.flag("optional", has_default),
                )
            )
        return tuple(ports)

    def _outputs(self, block: TomlTable) -> tuple[OutputPort, ...]:
        if "outputs" not in block:
            return _OUTPUTS
        ports = []
        for name, table in block.table("outputs").tables():
            table.only(_PORT_KEYS)
            ports.append(
                OutputPort(
                    name=PortName(name),
                    label=table.text("label", readable(name)),
                    kind=_port_kind(table),
                    optional=table.flag("optional", False),
                )
            )
        return tuple(ports)

    def _parameters(
        self, tables: TomlTable, signature: Signature, datasets: Sequence[PortName]
    ) -> tuple[Parameter, ...]:
        known = [argument.name for argument in signature.keyword_only]
        for name in tables.content:
            if name not in known:
                raise ModuleParameterUnknownError(
                    parameter=name, known=known, file=self._file, line=tables.line(name)
                )
        parameters = tuple(
            declared_parameter(argument, tables.table(argument.name), ports=datasets)
            for argument in signature.keyword_only
        )
        for parameter in parameters:
            table = tables.table(parameter.name)
            check_used_if(table, [other for other in parameters if other is not parameter])
            if parameter.kind is ParameterKind.DATA:
                table.word("format", _names(parameters, ParameterKind.CHOICE), "")
                table.word("header", _names(parameters, ParameterKind.BOOLEAN), "")
        return parameters

    def _exports(
        self, tables: TomlTable, datasets: Sequence[PortName], parameters: Sequence[Parameter]
    ) -> Mapping[PortName, Export]:
        tables.only(datasets)
        exports = {}
        for port, table in tables.tables():
            table.only(("file", "mode"))
            if "file" not in table:
                why = "it names the parameter that says which file to write"
                raise table.missing("file", why)
            exports[PortName(port)] = Export(
                file=table.word("file", _names(parameters, ParameterKind.TEXT), ""),
                mode=table.word("mode", _names(parameters, ParameterKind.CHOICE), "") or None,
            )
        return exports


def _port_kind(table: TomlTable) -> PortKind:
    return PortKind(table.word("kind", tuple(PortKind), PortKind.DATASET))


def _row_wise(block: TomlTable, parameters: Sequence[str]) -> Mapping[str, Sequence[Any]] | None:
    """Under which values of its parameters a module takes rows one by one; None if it does not."""
    given = block.content.get("row-wise", False)
    if isinstance(given, bool):
        return {} if given else None
    if not isinstance(given, dict):
        block.refuse("row-wise", "true, false or a table of parameters and their values")
    table = block.table("row-wise")
    table.only(parameters)
    for name, values in given.items():
        if not isinstance(values, list) or not values:
            table.refuse(name, "a list of values")
    return given


def _category(block: TomlTable) -> tuple[str, ...]:
    category = block.texts("category", _CATEGORY)
    if not category or not all(word.strip() for word in category):
        block.refuse("category", "a list of texts")
    return category


def _classic_id(block: TomlTable) -> str | None:
    classic_id = block.text("classic-id", "")
    if classic_id and not _CLASSIC_ID.fullmatch(classic_id):
        block.refuse("classic-id", "32 hexadecimal digits, in lower case")
    return classic_id or None


def _names(parameters: Sequence[Parameter], kind: ParameterKind) -> list[str]:
    return [parameter.name for parameter in parameters if parameter.kind is kind]


def _title(module: ModuleId) -> str:
    """The name of a module that has no other: "My Module" for my-module."""
    return " ".join(word[:1].upper() + word[1:] for word in module.split("-") if word)
