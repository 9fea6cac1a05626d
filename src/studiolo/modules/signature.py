"""Reads what a module's `azureml_main` takes, without running anything."""

import ast
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studiolo.modules.definition import ParameterKind
from studiolo.python_source import parsed, parsed_expression

ENTRY = "azureml_main"

_SIMPLE = {
    "int": ParameterKind.INTEGER,
    "float": ParameterKind.NUMBER,
    "bool": ParameterKind.BOOLEAN,
    "str": ParameterKind.TEXT,
}
# The filters of `warnings` are the whole process's: two threads must not change them at once.
_WARNINGS = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Argument:
    """A parameter of a function, as written."""

    name: str
    line: int
    annotation: ast.expr | None = None
    default: ast.expr | None = None


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The arguments of `azureml_main`."""

    line: int
    #: In the order in which they are passed.
    positional: Sequence[Argument]
    #: The parameters after `*`.
    keyword_only: Sequence[Argument]
    #: "*args" and "**kwargs", as far as it has them.
    starred: Sequence[Argument]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The facts about a Python file that reading it reveals."""

    #: The docstring's first line.
    description: str
    #: The functions that it defines at its top level.
    functions: Sequence[str]
    #: That of `azureml_main`; None where it defines none.
    signature: Signature | None


@dataclass(frozen=True, kw_only=True)
class AnnotatedKind:
    """The values that an annotation allows."""

    kind: ParameterKind
    choices: Sequence[str] = ()
    nullable: bool = False


def read_outline(source: str) -> Outline:
    """The outline of a Python file.

    Raises:
        SyntaxError: It is not valid Python, or nested too deeply to be read.
    """
    try:
        with _WARNINGS, warnings.catch_warnings():
            # A doubtful escape in a text concerns those who run the file.
            warnings.simplefilter("ignore")
            tree = parsed(source)
    except SyntaxError:
        raise
    except (ValueError, MemoryError, RecursionError) as error:
        # A NUL byte; parentheses without end.
        raise SyntaxError(str(error) or "it is nested too deeply") from error
    aliases = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    entries = [function for function in functions if function.name == ENTRY]
    docstring = ast.get_docstring(tree) or ""
    return Outline(
        description=docstring.partition("\n")[0].strip(),
        functions=tuple(function.name for function in functions),
        # Of two with the same name, Python keeps the last.
        signature=_signature(entries[-1], aliases) if entries else None,
    )


def _signature(function: ast.FunctionDef, aliases: Mapping[str, ast.expr]) -> Signature:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    starred = []
    if arguments.vararg:
        starred.append(Argument(name=f"*{arguments.vararg.arg}", line=arguments.vararg.lineno))
    if arguments.kwarg:
        starred.append(Argument(name=f"**{arguments.kwarg.arg}", line=arguments.kwarg.lineno))
    return Signature(
        line=function.lineno,
        positional=_arguments(positional, defaults, aliases),
        keyword_only=_arguments(arguments.kwonlyargs, arguments.kw_defaults, aliases),
        starred=tuple(starred),
    )


def _arguments(
    arguments: Sequence[ast.arg],
    defaults: Sequence[ast.expr | None],
    aliases: Mapping[str, ast.expr],
) -> tuple[Argument, ...]:
    return tuple(
        Argument(
            name=argument.arg,
            line=argument.lineno,
            annotation=argument.annotation and _spelled_out(argument.annotation, aliases),
            default=default,
        )
        for argument, default in zip(arguments, defaults, strict=True)
    )


def _spelled_out(annotation: ast.expr, aliases: Mapping[str, ast.expr]) -> ast.expr:
    """The annotation with what the file calls `Mode = Literal["Mean", "Median"]` put in."""
    match annotation:
        case ast.Name(id=name):
            return aliases.get(name, annotation)
        case ast.BinOp(left=left, op=operator, right=right):
            return ast.BinOp(_spelled_out(left, aliases), operator, _spelled_out(right, aliases))
    return annotation


def annotated_kind(annotation: ast.expr | None) -> AnnotatedKind | None:
    """The values that an annotation such as `int | None` allows; None if it does not say.

    It is read by its words: `Literal` is that of `typing` whatever the module makes of the name.
    """
    if annotation is None:
        return None
    parts = _parts(annotation)
    said = [part for part in parts if not _is_none(part)]
    if len(said) != 1:
        return None
    nullable = len(said) < len(parts)
    (part,) = said
    if isinstance(part, ast.Name) and part.id in _SIMPLE:
        return AnnotatedKind(kind=_SIMPLE[part.id], nullable=nullable)
    choices = _choices(part)
    if choices is None:
        return None
    return AnnotatedKind(kind=ParameterKind.CHOICE, choices=choices, nullable=nullable)


def allows_none(annotation: ast.expr | None) -> bool:
    """Whether None is one of the things that an annotation allows."""
    return annotation is not None and any(_is_none(part) for part in _parts(annotation))


def _parts(annotation: ast.expr) -> list[ast.expr]:
    """The members of a union, however it is written; one that is none is its only member."""
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _parts(left) + _parts(right)
        case ast.Subscript(value=value, slice=ast.Tuple(elts=members)) if _is(value, "Union"):
            return [part for member in members for part in _parts(member)]
        case ast.Subscript(value=value, slice=member) if _is(value, "Optional"):
            return [*_parts(member), ast.Constant(None)]
        case ast.Constant(value=str(text)):
            try:
                return _parts(parsed_expression(text))
            except (SyntaxError, ValueError, MemoryError, RecursionError):
                return [annotation]
    return [annotation]


def _choices(annotation: ast.expr) -> tuple[str, ...] | None:
    match annotation:
        case ast.Subscript(value=value, slice=inside) if _is(value, "Literal"):
            members = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            texts = [
                member.value
                for member in members
                if isinstance(member, ast.Constant) and isinstance(member.value, str)
            ]
            return tuple(texts) if len(texts) == len(members) else None
    return None


def _is(expression: ast.expr, name: str) -> bool:
    """Whether it is that name of `typing`, alone or after a dot."""
    return (isinstance(expression, ast.Name) and expression.id == name) or (
        isinstance(expression, ast.Attribute) and expression.attr == name
    )


def _is_none(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is None
