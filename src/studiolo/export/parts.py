"""Picks the parts of a Python file that a program needs."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studiolo.python_source import parsed

_FOR_CHECKERS = re.compile(r"  # (noqa|type: ignore).*$")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Some definitions of a file, and what the file imports for them."""

    #: A line each, as the file has them.
    imports: str
    #: In the order of the file, each a block of lines.
    constants: tuple[str, ...]
    functions: tuple[str, ...]


def names_defined(source: str) -> frozenset[str]:
    """Every name that a file binds at its top level."""
    return frozenset(name for node in parsed(source).body for name in _bound(node))


def parts_of(source: str, wanted: Iterable[str]) -> Parts:
    """The definitions of these names in a file, and all that they make use of."""
    body = [node for node in parsed(source).body if _bound(node)]
    needed = set(wanted)
    users = {name: node for node in body for name in _bound(node)}
    ahead = [name for name in needed if name in users]
    while ahead:
        new = set(_used(users[ahead.pop()])) & users.keys() - needed
        needed |= new
        ahead += new
    # What is said there to checkers of this file is nothing to say to others.
    lines = [_FOR_CHECKERS.sub("", line) for line in source.splitlines()]
    imports = []
    constants = []
    functions = []
    for node in body:
        kept = [name for name in _bound(node) if name in needed]
        if not kept:
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.names = [alias for alias in node.names if (alias.asname or alias.name) in needed]
            imports.append(ast.unparse(node))
        elif isinstance(node, ast.FunctionDef):
            functions.append("\n".join(lines[_first_line(node) - 1 : node.end_lineno]))
        else:
            constants.append("\n".join(_with_comment(lines, node)))
    return Parts(imports="\n".join(imports), constants=tuple(constants), functions=tuple(functions))


def _bound(node: ast.stmt) -> list[str]:
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [alias.asname or alias.name.partition(".")[0] for alias in names]
        case ast.FunctionDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _used(node: ast.stmt) -> Iterator[str]:
    return (part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _with_comment(lines: list[str], node: ast.stmt) -> list[str]:
    """The lines of a constant, with those of the comment above it."""
    first = node.lineno - 1
    while first and lines[first - 1].startswith("#:"):
        first -= 1
    return lines[first : node.end_lineno]
