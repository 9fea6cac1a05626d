"""Rules for imports, and imports that new calls need."""

from collections.abc import Mapping, Sequence

import libcst as cst

from studiolo.upgrade.called import code_of, dotted
from studiolo.upgrade.names import new_path


def new_imports(line: cst.SimpleStatementLine) -> Sequence[cst.BaseStatement] | None:
    """The lines in place of an import of what has moved; None if nothing has."""
    if len(line.body) != 1:
        return None
    (statement,) = line.body
    made: list[str] | None = None
    if isinstance(statement, cst.ImportFrom):
        made = _from(statement)
    elif isinstance(statement, cst.Import):
        made = _whole(statement)
    if made is None:
        return None
    lines = [cst.parse_statement(text) for text in made]
    first = lines[0]
    assert isinstance(first, cst.SimpleStatementLine)
    lines[0] = first.with_changes(leading_lines=line.leading_lines)
    last = lines[-1]
    assert isinstance(last, cst.SimpleStatementLine)
    lines[-1] = last.with_changes(trailing_whitespace=line.trailing_whitespace)
    return lines


def _from(statement: cst.ImportFrom) -> list[str] | None:
    module = None if statement.module is None else dotted(statement.module)
    if module is None or statement.relative or isinstance(statement.names, cst.ImportStar):
        return None
    stay: list[str] = []
    moved: list[str] = []
    for alias in statement.names:
        name = code_of(alias.name)
        called = code_of(alias.asname.name) if alias.asname is not None else name
        path = new_path(f"{module}.{name}")
        if path is None:
            stay.append(name if called == name else f"{name} as {called}")
            continue
        where, _, last = path.rpartition(".")
        spelled = last if last == called else f"{last} as {called}"
        if not where:
            # A module of its own, or a name that needs no import.
            moved.append(f"import {spelled}" if last.islower() else f"{called} = {last}")
        else:
            moved.append(f"from {where} import {spelled}")
    if not moved:
        return None
    kept = [f"from {module} import {', '.join(stay)}"] if stay else []
    return [*kept, *_joined(moved)]


def _joined(lines: list[str]) -> list[str]:
    """Imports from one module as one line."""
    names: dict[str, list[str]] = {}
    for line in lines:
        head, separator, name = line.partition(" import ")
        names.setdefault(f"{head}{separator}" if separator else line, []).append(name)
    return [f"{head}{', '.join(name for name in given if name)}" for head, given in names.items()]


def _whole(statement: cst.Import) -> list[str] | None:
    if len(statement.names) != 1 or statement.names[0].asname is None:
        return None
    (alias,) = statement.names
    assert alias.asname is not None
    path = new_path(code_of(alias.name))
    return None if path is None else [f"import {path} as {code_of(alias.asname.name)}"]


def with_imports(tree: cst.Module, needed: Mapping[str, str]) -> cst.Module:
    """The script with more imports: after its docstring and its imports of the future."""
    lines = [
        cst.parse_statement(f"import {name}" if name == alias else f"import {name} as {alias}")
        for name, alias in sorted(needed.items())
    ]
    body = list(tree.body)
    place = 0
    while place < len(body) and _comes_first(body[place]):
        place += 1
    return tree.with_changes(body=[*body[:place], *lines, *body[place:]])


def _comes_first(statement: cst.BaseStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    first = statement.body[0]
    if isinstance(first, cst.ImportFrom) and first.module is not None:
        return dotted(first.module) == "__future__"
    return isinstance(first, cst.Expr) and isinstance(
        first.value, cst.SimpleString | cst.ConcatenatedString
    )
