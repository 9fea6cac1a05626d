"""The source of a module or script as a function of an exported program.

The function makes the module's names its own, so that those of two modules never meet, and returns
`azureml_main`. The lines are the module's, indented; inside of texts nothing changes. A source that
means something else inside a function than in a file of its own is carried along as text, and run
from that.
"""

import ast
import builtins
import inspect
import io
import symtable
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from studiolo.export.literals import indented, literal, quoted
from studiolo.modules.script_metadata import read_script_metadata
from studiolo.modules.signature import ENTRY
from studiolo.python_source import parsed

#: What these are called with, or hold, is the module's names or its place, not a function's.
_OF_A_MODULE: Final = {
    *("globals", "locals", "vars", "dir"),
    *("__file__", "__doc__", "__spec__", "__loader__", "__package__", "__builtins__"),
}
#: Libraries that look up functions and classes by the name of their module.
_FINDS_BY_NAME: Final = {
    *("cloudpickle", "concurrent", "copyreg", "dill", "inspect", "joblib", "multiprocessing"),
    *("pickle", "shelve"),
}


@dataclass(frozen=True, kw_only=True)
class SourceFunction:
    """A function that runs a source and returns its `azureml_main`."""

    #: Its definition.
    text: str
    #: Whether it carries the source along as text, to be run by `load`.
    is_loaded: bool


def as_function(source: str, *, name: str, file: str, gives: str = ENTRY) -> SourceFunction:
    """Make a function of the text of a module or script.

    Args:
        source: The text.
        name: What to call the function.
        file: The name of the source's file.
        gives: What the function returns of it, separated by commas.
    """
    source = _without_block(source).strip("\n") + "\n"
    text = _indented_source(source, name, file, gives)
    if text is not None:
        return SourceFunction(text=text, is_loaded=False)
    return SourceFunction(text=_loaded_source(source, name, file), is_loaded=True)


def _without_block(source: str) -> str:
    """The source without its metadata, which the program has at its own top."""
    metadata = read_script_metadata(source)
    if not metadata.text:
        return source
    lines = source.split("\n")
    first = metadata.line - 1
    del lines[first : first + metadata.text.count("\n") + 2]
    return "\n".join(lines)


def _indented_source(source: str, name: str, file: str, gives: str) -> str | None:
    tree = _parsed(source)
    if tree is None or _differs_inside_a_function(tree, source, set(gives.split(", "))):
        return None
    body = _indented(source, [docstring.lineno for docstring in _docstrings(tree)])
    if body is None:
        return None
    own_name = ""
    if any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(tree)):
        # It is not the program that is run here.
        own_name = f"    __name__ = {quoted(file.removesuffix('.py'))}\n"
    function = f"def {name}():\n{own_name}{body}\n    return {gives}\n"
    made = _parsed(function)
    if made is None or not isinstance(made.body[0], ast.FunctionDef):
        return None
    made.body = made.body[0].body[1 if own_name else 0 : -1]
    return function if _same(made, tree) else None


def _same(one: ast.Module, other: ast.Module) -> bool:
    """Whether two files have the same statements, however their docstrings are indented."""
    for tree in (one, other):
        for docstring in _docstrings(tree):
            docstring.value = inspect.cleandoc(str(docstring.value))
    return ast.dump(one) == ast.dump(other)


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in ast.walk(tree):
        if isinstance(node, documented) and node.body:
            match node.body[0]:
                case ast.Expr(value=ast.Constant(value=str()) as docstring):
                    yield docstring


def _loaded_source(source: str, name: str, file: str) -> str:
    for quotes in ("'''", '"""'):
        if quotes not in source and _is_plain(source):
            # Raw, so that each line is the module's own.
            text = f'r{quotes}\n{source}{quotes}.removeprefix("\\n")'
            return f"def {name}():\n    return load({quoted(file)}, {text})\n"
    call = f"return load(\n{indented(quoted(file))},\n{indented(literal(source, 0))},\n)"
    return f"def {name}():\n{indented(call)}\n"


def _is_plain(source: str) -> bool:
    """Whether a text comes back from a file unchanged."""
    return all(c in "\n\t" or c.isprintable() for c in source)


def _parsed(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            # A doubtful escape in a text is for the program's user to hear about.
            warnings.simplefilter("ignore")
            compile(source, "<module>", "exec", dont_inherit=True)
            return parsed(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _indented(source: str, docstrings: Sequence[int]) -> str | None:
    """The lines one level further right, but for those that begin inside a text.

    Docstrings, which begin in the given lines, are indented with what they describe.
    """
    inside: set[int] = set()
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            kind = tokenize.tok_name[token.type]
            if kind in ("FSTRING_START", "TSTRING_START"):
                opened.append(token.start[0])
            elif kind in ("FSTRING_END", "TSTRING_END"):
                inside.update(range(opened.pop() + 1, token.end[0] + 1))
            elif kind == "STRING" and token.start[0] not in docstrings:
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        return None
    return (
        "\n".join(
            line if number in inside or not line.strip() else "    " + line
            for number, line in enumerate(source.split("\n"), start=1)
        ).rstrip("\n")
        + "\n"
    )


def _differs_inside_a_function(tree: ast.Module, source: str, wanted: set[str]) -> bool:
    """Whether a source does not mean inside a function what it means in a file of its own."""
    nodes = list(ast.walk(tree))
    # `eval` and `exec` with names of their own don't see where they are called.
    harmless = {id(n.func) for n in nodes if isinstance(n, ast.Call) and len(n.args) > 1}
    imported: set[str] = set()
    for node in nodes:
        match node:
            case ast.Global() | ast.ImportFrom(module="__future__"):
                return True
            case ast.Attribute(attr="modules" | "__doc__"):
                return True
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                return True
            case ast.Name(id="eval" | "exec") if id(node) not in harmless:
                return True
            case ast.Name(id=name) if name in _OF_A_MODULE:
                return True
            case ast.Import(names=names):
                imported |= {alias.name.partition(".")[0] for alias in names}
            case ast.ImportFrom(module=str(module)):
                imported.add(module.partition(".")[0])
    return _looked_up_by_name(tree, imported) or _scopes_differ(source, wanted)


def _looked_up_by_name(tree: ast.Module, imported: set[str]) -> bool:
    """Whether a library may want to find the module's functions or classes again by their names."""
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    defined = [node.name for node in tree.body if isinstance(node, definitions)]
    return bool(imported & _FINDS_BY_NAME) and set(defined) != {ENTRY}


def _scopes_differ(source: str, wanted: set[str]) -> bool:
    """Whether a name would be looked up elsewhere than in a file of its own."""
    table = symtable.symtable(source, "<module>", "exec")
    bound = {s.get_name() for s in table.get_symbols() if _is_bound(s)}
    if not wanted <= bound or bound & set(dir(builtins)):
        return True
    return any(_reads_before(scope, bound) for scope in _scopes(table))


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _reads_before(scope: symtable.SymbolTable, bound: set[str]) -> bool:
    """Whether a class body has a name of the module's as its own: `class A: pd = pd`."""
    return scope.get_type() == "class" and any(
        s.is_assigned() and s.is_referenced() and s.get_name() in bound for s in scope.get_symbols()
    )


def _scopes(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    found = [table]
    for scope in found:
        found += scope.get_children()
    return found
