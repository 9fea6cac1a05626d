"""Errors in a module that are found before anything runs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.suggestions import did_you_mean
from studiolo.toml_table import TomlMistakeKind, TomlTableError


def _shown(value: object) -> str:
    """A value for a sentence: on one line and not too long."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        text = str(value)
    except ValueError:
        # Python does not write out whole numbers beyond 4300 digits.
        return "a number of thousands of digits"
    shortened = text if len(text) <= 80 else f"{text[:77]}..."
    if not shortened.isprintable():
        shortened = shortened.encode("unicode_escape").decode("ascii")
    return f'"{shortened}"' if isinstance(value, str) else shortened


def _listed(names: Iterable[str], *, most: int = 20) -> str:
    every = [f'"{name}"' for name in names]
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def _did_you_mean(value: object, known: Iterable[str]) -> str:
    return did_you_mean(value if isinstance(value, str) else _shown(value), known)


class ScriptMissingError(StudioloError):
    """There is no script at that path."""

    code: ClassVar[str] = "script-missing"
    classic_number: ClassVar[int | None] = 48

    def __init__(self, *, path: str, hint: str = "") -> None:
        self.path = path
        #: What may be meant; see `missing_path`.
        self.hint = hint
        super().__init__(
            "What was given as a script's path is a text of several lines. Make a script of it: "
            "studiolo.Script(source=TEXT)."
            if "\n" in path
            else f'There is no script "{path}".{hint}'
        )


class ScriptUnreadableError(StudioloError):
    """A script's file is there, but is not readable text."""

    code: ClassVar[str] = "script-unreadable"
    classic_number: ClassVar[int | None] = 48

    def __init__(self, *, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f'The script "{path}" can\'t be read: {reason}.')


class ScriptMetadataError(StudioloError):
    """The metadata block at the top of a script (PEP 723) cannot be read."""

    code: ClassVar[str] = "script-metadata-invalid"

    def __init__(self, *, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(
            f'The script\'s "# /// script" block cannot be read: line {line}: {reason}. The block'
            ' holds TOML, each line after "# ", such as: dependencies = ["humanize>=4"]. A line'
            ' "# ///" closes it.'
        )


class ScriptMetadataRepeatedError(StudioloError):
    """A script has two metadata blocks, so that neither can be trusted."""

    code: ClassVar[str] = "script-metadata-repeated"

    def __init__(self, *, first_line: int, second_line: int) -> None:
        self.first_line = first_line
        self.second_line = second_line
        super().__init__(
            f'The script has more than one "# /// script" block, in lines {first_line} and'
            f" {second_line}. Put everything into one and delete the other."
        )


class ModuleDeclarationError(StudioloError):
    """A module's file is not a valid declaration."""

    code: ClassVar[str] = "module-invalid"

    def __init__(self, reason: str, *, file: str, line: int) -> None:
        self.file = file
        self.line = line
        super().__init__(f"{file}, line {line}: {reason}")


class ModuleSyntaxError(ModuleDeclarationError):
    """A module's file is not valid Python."""

    code: ClassVar[str] = "module-syntax"

    def __init__(self, *, reason: str, file: str, line: int) -> None:
        self.reason = reason
        super().__init__(f"the module is not valid Python 3: {reason}.", file=file, line=line)


class ModuleBlockUnreadableError(ModuleDeclarationError):
    """The metadata block of a module is not TOML, or there are two."""

    code: ClassVar[str] = "module-block-unreadable"

    def __init__(self, *, reason: str, file: str, line: int) -> None:
        self.reason = reason
        super().__init__(reason, file=file, line=line)


class ModuleEntryMissingError(ModuleDeclarationError):
    """A module defines no `azureml_main` that can be read without running it."""

    code: ClassVar[str] = "module-entry-missing"
    classic_number: ClassVar[int | None] = 85

    def __init__(self, *, functions: Sequence[str], file: str, line: int) -> None:
        self.functions = tuple(functions)
        found = f" It defines {', '.join(functions[:8])}." if functions else ""
        super().__init__(
            f"the module defines no function azureml_main.{found} Define"
            " `def azureml_main(dataset):`, indented under nothing: a module's file is read, not"
            " run, to find out what it takes.",
            file=file,
            line=line,
        )


class ModuleStarredParameterError(ModuleDeclarationError):
    """The `azureml_main` of a module takes any arguments, so that it has no ports to show."""

    code: ClassVar[str] = "module-parameter-starred"

    def __init__(self, *, parameter: str, file: str, line: int) -> None:
        self.parameter = parameter
        super().__init__(
            f'azureml_main takes "{parameter}", but each port and each parameter of a module has a'
            " name: write them out, the ports first, then *, then the parameters.",
            file=file,
            line=line,
        )


class ModuleBlockError(ModuleDeclarationError):
    """A table of a module's metadata block has a mistake."""

    def __init__(self, mistake: TomlTableError) -> None:
        #: The mistake with its table, key and value, and what is allowed.
        self.mistake = mistake
        super().__init__(mistake.problem, file=mistake.file, line=mistake.line)


class ModuleKeyUnknownError(ModuleBlockError):
    """A metadata block has a key that means nothing."""

    code: ClassVar[str] = "module-key-unknown"


class ModuleKeyMissingError(ModuleBlockError):
    """A metadata block lacks a key that another one makes necessary."""

    code: ClassVar[str] = "module-key-missing"


class ModuleValueError(ModuleBlockError):
    """A key of a metadata block has a value that it can't have."""

    code: ClassVar[str] = "module-value-not-allowed"


class ModuleWordUnknownError(ModuleBlockError):
    """A key of a metadata block takes one of a few words, and has another one."""

    code: ClassVar[str] = "module-word-unknown"


_BLOCK_ERRORS: Mapping[TomlMistakeKind, type[ModuleBlockError]] = {
    TomlMistakeKind.KEY_UNKNOWN: ModuleKeyUnknownError,
    TomlMistakeKind.KEY_MISSING: ModuleKeyMissingError,
    TomlMistakeKind.VALUE: ModuleValueError,
    TomlMistakeKind.WORD_UNKNOWN: ModuleWordUnknownError,
}


def block_error(mistake: TomlTableError) -> ModuleBlockError:
    """The error of a module for a mistake in a table of its metadata block."""
    return _BLOCK_ERRORS[mistake.kind](mistake)


class ModuleKeyNotApplicableError(ModuleDeclarationError):
    """A key of a metadata block says something that this kind of parameter does not have."""

    code: ClassVar[str] = "module-key-not-applicable"

    def __init__(
        self, *, key: str, table: str, kind: str, kinds: Sequence[str], file: str, line: int
    ) -> None:
        self.key = key
        self.table = table
        self.kind = kind
        self.kinds = tuple(kinds)
        super().__init__(
            f'[{table}] has "{key}", which only a parameter of the kind {_listed(kinds)} can have;'
            f' this one is of the kind "{kind}". Remove it.',
            file=file,
            line=line,
        )


class ModuleParameterUnknownError(ModuleDeclarationError):
    """A metadata block describes a parameter that `azureml_main` does not have."""

    code: ClassVar[str] = "module-parameter-unknown"

    def __init__(self, *, parameter: str, known: Sequence[str], file: str, line: int) -> None:
        self.parameter = parameter
        self.known = tuple(known)
        choice = (
            f"It has {_listed(known)}."
            if known
            else "It has none: its parameters come after * in its definition."
        )
        super().__init__(
            f'the block describes a parameter "{parameter}", which azureml_main does not have.'
            f"{_did_you_mean(parameter, known)} {choice}",
            file=file,
            line=line,
        )


class ModuleInputsDifferError(ModuleDeclarationError):
    """The inputs that a metadata block describes are not those that `azureml_main` takes."""

    code: ClassVar[str] = "module-inputs-differ"

    def __init__(
        self, *, declared: Sequence[str], taken: Sequence[str], file: str, line: int
    ) -> None:
        self.declared = tuple(declared)
        self.taken = tuple(taken)
        takes = _listed(taken) if taken else "no positional parameter"
        super().__init__(
            f"the block describes the inputs {_listed(declared)}, but azureml_main takes {takes}."
            " Both must have the same names in the same order.",
            file=file,
            line=line,
        )


class ModuleAnnotationError(ModuleDeclarationError):
    """The values that a module's parameter takes can't be derived from its annotation."""

    code: ClassVar[str] = "module-annotation-unsupported"

    def __init__(self, *, parameter: str, annotation: str, file: str, line: int) -> None:
        self.parameter = parameter
        self.annotation = annotation
        what = f"is annotated {annotation}" if annotation else "has no annotation"
        super().__init__(
            f'the parameter "{parameter}" {what}. Annotate it int, float, bool, str or Literal[...]'
            " of texts, with | None if None is a value; or, for columns, files and data, say its"
            f" kind in [tool.studiolo.parameters.{parameter}].",
            file=file,
            line=line,
        )


class ModuleDefaultError(ModuleDeclarationError):
    """The default of a parameter can't be read without running the module, or is not allowed."""

    code: ClassVar[str] = "module-default-invalid"

    def __init__(self, *, parameter: str, default: str, allowed: str, file: str, line: int) -> None:
        self.parameter = parameter
        self.default = default
        self.allowed = allowed
        super().__init__(
            f'the default of the parameter "{parameter}" must be {allowed}, not {default}.',
            file=file,
            line=line,
        )


class UnknownModuleError(StudioloError):
    """There is no module of that id."""

    code: ClassVar[str] = "module-unknown"

    def __init__(self, *, id: str, known: Sequence[str]) -> None:  # noqa: A002
        self.id = id
        self.known = tuple(known)
        hint = _did_you_mean(id.replace("_", "-").replace(" ", "-"), known)
        super().__init__(
            f'There is no module "{id}".{hint} A module is built in, or a .py file in the'
            " workspace's folder modules."
        )


class ModuleIdTakenError(StudioloError):
    """A module of a workspace has the id of another one."""

    code: ClassVar[str] = "module-id-taken"

    def __init__(self, *, id: str, file: str, other: str) -> None:  # noqa: A002
        self.id = id
        self.file = file
        self.other = other
        super().__init__(
            f'The file "{file}" makes a module "{id}", but {other} has that id already. An'
            " experiment that names it could mean either: rename the file."
        )


class ParameterValueError(StudioloError):
    """A parameter of a node was given a value that it can't have."""

    code: ClassVar[str] = "parameter-value"
    classic_number: ClassVar[int | None] = 2

    def __init__(
        self, *, parameter: str, value: object, allowed: str, place: str = "", advice: str = ""
    ) -> None:
        self.parameter = parameter
        self.value = value
        self.allowed = allowed
        #: The part of the value that is wrong, where it has parts: "rule 2".
        self.place = place
        what = (
            f'In the parameter "{parameter}", {place}' if place else f'The parameter "{parameter}"'
        )
        super().__init__(f"{what} must be {allowed}, not {_shown(value)}. {advice}".strip())


class ParameterOutOfRangeError(ParameterValueError):
    """A number is smaller or greater than a parameter may be."""

    code: ClassVar[str] = "parameter-out-of-range"
    classic_number: ClassVar[int | None] = 8


class ParameterChoiceError(ParameterValueError):
    """A parameter takes one of a few values, and was given another one."""

    code: ClassVar[str] = "parameter-choice-unknown"

    def __init__(self, *, parameter: str, value: object, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)
        super().__init__(
            parameter=parameter,
            value=value,
            allowed=f"{'one of ' if len(choices) > 1 else ''}{_listed(choices, most=100)}",
            advice=_did_you_mean(value, choices).lstrip(),
        )


class ParameterMissingError(ParameterValueError):
    """A parameter has no default, and was given no value."""

    code: ClassVar[str] = "parameter-missing"
    classic_number: ClassVar[int | None] = None

    def __init__(self, *, parameter: str, value: object, allowed: str) -> None:
        super().__init__(
            parameter=parameter,
            value=value,
            allowed=allowed,
            advice="It has no default, so it needs a value.",
        )


class ColumnSelectionError(ParameterValueError):
    """A selection of columns is not written as one."""

    code: ClassVar[str] = "column-selection-invalid"

    def __init__(
        self,
        *,
        parameter: str,
        value: object,
        allowed: str,
        place: str = "",
        known: Sequence[str] = (),
    ) -> None:
        super().__init__(
            parameter=parameter,
            value=value,
            allowed=allowed,
            place=place,
            advice=_did_you_mean(value, known).lstrip(),
        )


class ColumnRangeError(ColumnSelectionError):
    """Columns are selected by number, and the numbers can't be read."""

    code: ClassVar[str] = "column-range-invalid"
    classic_number: ClassVar[int | None] = 59


class ColumnRangeOrderError(ColumnSelectionError):
    """Columns are selected by a range that contains no column."""

    code: ClassVar[str] = "column-range-empty"
    classic_number: ClassVar[int | None] = 60
