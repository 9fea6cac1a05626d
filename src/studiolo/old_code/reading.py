"""Finds the retired calls of a script, by reading it."""

import ast
import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from studiolo.old_code import python2
from studiolo.old_code.idioms import frames_in, idioms_in
from studiolo.old_code.python2_values import SIGNS, values_of_python_2
from studiolo.old_code.retired_call import (
    Attribute,
    Builtin,
    Idiom,
    Keyword,
    Path,
    RetiredCall,
    Syntax,
    Text,
)
from studiolo.old_code.table import RETIRED_CALLS


@dataclass(frozen=True, kw_only=True)
class Found:
    """A retired call, and the line of the script that has it."""

    line: int
    call: RetiredCall


@dataclass(frozen=True, kw_only=True)
class ScriptReading:
    """The signs of a script's age that were found by reading it."""

    #: By line; each call once a line.
    found: tuple[Found, ...]
    #: Line and message of what is a syntax error in Python 2 as well.
    mistakes: tuple[tuple[int, str], ...]
    #: Lines whose values are others in Python 3, and why, if the script is of Python 2.
    python_2_values: tuple[tuple[int, str], ...] = ()


class _Index:
    """The table by what a script is searched for."""

    def __init__(self) -> None:
        self.paths: dict[str, RetiredCall] = {}
        self.attributes: dict[str, RetiredCall] = {}
        self.builtins: dict[str, RetiredCall] = {}
        self.keywords: defaultdict[str, list[tuple[Keyword, RetiredCall]]] = defaultdict(list)
        self.texts: defaultdict[str, list[tuple[Text, RetiredCall]]] = defaultdict(list)
        self.forms: dict[str, RetiredCall] = {}
        for call in RETIRED_CALLS:
            match call.shape:
                case Path(names=names):
                    self.paths.update(dict.fromkeys(names, call))
                case Attribute(names=names):
                    self.attributes.update(dict.fromkeys(names, call))
                case Builtin(names=names):
                    self.builtins.update(dict.fromkeys(names, call))
                case Keyword(functions=functions) as keyword:
                    for function in functions:
                        self.keywords[function].append((keyword, call))
                case Text(functions=functions) as text:
                    for function in functions:
                        self.texts[function].append((text, call))
                case Syntax(form=form) | Idiom(form=form):
                    self.forms[form] = call

    def path(self, name: str) -> RetiredCall | None:
        """The entry for a dotted name: the longest that it begins with."""
        while name:
            if name in self.paths:
                return self.paths[name]
            name = name.rpartition(".")[0]
        return None


_INDEX: Final = _Index()


@functools.lru_cache(maxsize=1_000)
def read_old_code(source: str) -> ScriptReading:
    """Find every retired call of a script, whichever Python it is of."""
    reading = python2.read(source)
    calls = {(line, _INDEX.forms[form]) for line, form in reading.forms}
    # Walking through a tree takes longer than any of the rules.
    nodes = list(ast.walk(reading.tree))
    calls.update(_calls_in(nodes))
    found = sorted(calls, key=lambda pair: (pair[0], pair[1].old))
    is_python_2 = any(form != "tabs" for _, form in reading.forms) or bool(SIGNS.search(source))
    return ScriptReading(
        found=tuple(Found(line=line, call=call) for line, call in found),
        mistakes=tuple(reading.mistakes),
        python_2_values=tuple(sorted(set(values_of_python_2(nodes)))) if is_python_2 else (),
    )


def _calls_in(nodes: Sequence[ast.AST]) -> Iterator[tuple[int, RetiredCall]]:
    imported = imported_names(nodes)
    own = _own_names(nodes)
    for line, form in idioms_in(nodes, frames_in(nodes)):
        yield line, _INDEX.forms[form]
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from _by_paths(node.lineno, [alias.name for alias in names])
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from _by_paths(node.lineno, [f"{module}.{alias.name}" for alias in names])
            case ast.Attribute(attr=attr):
                path = _path_of(node, imported)
                call = (path and _INDEX.path(path)) or _INDEX.attributes.get(attr)
                if call:
                    yield node.end_lineno or node.lineno, call
            case ast.Name(id=name, ctx=ast.Load()) if name in _INDEX.builtins:
                if name not in own and name not in imported:
                    yield node.lineno, _INDEX.builtins[name]
            case ast.Call():
                yield from ((node.lineno, call) for call in _by_arguments(node))


def _by_paths(line: int, paths: Sequence[str]) -> Iterator[tuple[int, RetiredCall]]:
    for path in paths:
        if call := _INDEX.path(path):
            yield line, call


def _by_arguments(node: ast.Call) -> Iterator[RetiredCall]:
    function = node.func
    if isinstance(function, ast.Attribute):
        name = function.attr
    elif isinstance(function, ast.Name):
        name = function.id
    else:
        return
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    for shape, call in _INDEX.keywords.get(name, ()):
        if any(keyword in keywords for keyword in shape.names):
            yield call
    for text, call in _INDEX.texts.get(name, ()):
        values = [*node.args[:1], *(v for k, v in keywords.items() if k in (text.keyword, "rule"))]
        if any(
            isinstance(v, ast.Constant)
            and isinstance(v.value, str)
            and re.fullmatch(text.pattern, v.value)
            for v in values
        ):
            yield call


def imported_names(nodes: Sequence[ast.AST]) -> Mapping[str, str]:
    """The dotted name that each imported name stands for."""
    names: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _own_names(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Names that the script gives a meaning itself."""
    own: set[str] = set()
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                own.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)
    return frozenset(own)


def _path_of(node: ast.Attribute, imported: Mapping[str, str]) -> str | None:
    parts: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name) or inner.id not in imported:
        return None
    path = ".".join([imported[inner.id], *reversed(parts)])
    # An import under a name of its own was reported at the import.
    return None if _INDEX.path(imported[inner.id]) else path
