"""Facts about a script as a whole, which rules need, found before anything is rewritten."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from studiolo.old_code.idioms import frames_in
from studiolo.old_code.python2_values import divides_as_today
from studiolo.old_code.reading import imported_names
from studiolo.python_source import parsed

#: What gives a frame or a series whose rows have names of their own.
_INDEXES = {"set_index", "groupby", "pivot_table", "pivot", "resample", "value_counts", "describe"}


@dataclass(kw_only=True)
class Facts:
    """A script's imports and variables."""

    #: The dotted name that each imported name stands for.
    imported: Mapping[str, str]
    #: Names that look like frames.
    frames: frozenset[str]
    #: Names of frames whose rows have labels, so that a number is a position.
    labelled: frozenset[str]
    #: Names that hold a row: a dict or a series.
    rows: frozenset[str]
    #: Whether the script has calls that only old scripts have: then it also means the old defaults.
    is_old: bool = False
    #: Whether the script says that it divides as Python 3 does.
    divides_as_today: bool = False
    #: Modules that were needed and are not imported: the name that they go by.
    needed: dict[str, str] = field(default_factory=dict)

    def path(self, name: str) -> str | None:
        """The full path of a name with dots; None if it does not begin with an imported one."""
        first, dot, rest = name.partition(".")
        if first not in self.imported:
            return None
        return f"{self.imported[first]}{dot}{rest}"

    def module(self, name: str, alias: str) -> str:
        """The name that a module has in the script; it is imported if it has none."""
        for known, path in self.imported.items():
            if path == name:
                return known
        self.needed[name] = alias
        return alias

    @property
    def pandas(self) -> str:
        """The name of pandas."""
        return self.module("pandas", "pd")


def facts_of(source: str, *, is_old: bool) -> Facts:
    """The facts about a script of Python 3."""
    nodes = list(ast.walk(parsed(source)))
    labelled: set[str] = set()
    rows: set[str] = set()
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if any(
                    isinstance(part, ast.Attribute) and part.attr in _INDEXES
                    for part in ast.walk(value)
                ):
                    labelled.add(name)
                if _is_row(value):
                    rows.add(name)
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="index")]):
                labelled.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="set_index")):
                if any(keyword.arg == "inplace" for keyword in node.keywords):
                    labelled.add(name)
    return Facts(
        imported=imported_names(nodes),
        frames=frames_in(nodes),
        labelled=frozenset(labelled),
        rows=frozenset(rows),
        is_old=is_old,
        divides_as_today=divides_as_today(nodes),
    )


def _is_row(value: ast.expr) -> bool:
    match value:
        case ast.Dict() | ast.Call(func=ast.Attribute(attr="Series") | ast.Name(id="Series")):
            return True
        case ast.Subscript(value=ast.Attribute(attr="ix" | "iloc" | "loc"), slice=ast.Constant()):
            return True
    return False
