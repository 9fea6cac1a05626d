"""Environments for a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from studiolo.cli.terminal import Terminal
from studiolo.environments.named.lock_changes import LockChanges
from studiolo.rendering.amounts import count_text, size_text
from studiolo.rendering.plain_text import printable
from studiolo.workspace.environments.workspace_environments import ListedEnvironment


def environment_document(found: ListedEnvironment) -> dict[str, Any]:
    """An environment as JSON."""
    used = None if found.last_used is None else datetime.fromtimestamp(found.last_used, UTC)
    return {
        "name": found.name,
        "built_in": found.built_in,
        "python": found.python,
        "requirements": list(found.requirements),
        "packages": list(found.packages),
        "data": list(found.data),
        "path": None if found.path is None else str(found.path),
        "size": found.size,
        "last_used": None if used is None else used.isoformat(timespec="seconds"),
        "problem": found.problem,
    }


def show_environments(console: Terminal, found: Sequence[ListedEnvironment]) -> None:
    """A line for each."""
    table = Table(box=None, pad_edge=False)
    for title in ("Name", "Python", "Packages", "Size", "Last used"):
        table.add_column(title, justify="right" if title in ("Packages", "Size") else "left")
    for one in found:
        table.add_row(
            Text(one.name or f"({_folder(one)})", style="" if one.name else "dim"),
            Text(one.python or ""),
            Text(str(len(one.packages)) if one.packages else ""),
            Text("not built" if one.size is None else size_text(one.size)),
            Text(_used(one)),
        )
    console.print(table)
    for one in found:
        if one.problem is not None:
            console.say(Text(f"{one.name}: {printable(one.problem)}", style="yellow"))


def show_environment(console: Terminal, found: ListedEnvironment) -> None:
    """All that is known of one."""
    if found.problem is not None:
        console.say(Text(printable(found.problem), style="yellow"))
        return
    console.say(Text(f"{found.name}: Python {found.python}", style="bold"))
    if found.path is not None:
        console.say(Text(f"{printable(str(found.path))}, {size_text(found.size or 0)}"))
        console.say(Text(f"last used {_used(found)}"))
    else:
        console.say(Text("not built yet: the first run builds it"))
    if not found.built_in:
        asked = ", ".join(found.requirements) or "nothing"
        console.say(Text(f"adds to the default environment: {asked}"))
    if found.data:
        console.say(Text(f"data of NLTK: {printable(', '.join(found.data))}"))
    console.say(Text(f"{count_text(len(found.packages), 'package')}:"))
    for package in found.packages:
        console.say(Text(f"  {package}"))


def show_changes(console: Terminal, changes: LockChanges) -> None:
    """The changes of a lock, a line for each package."""
    if not changes.packages:
        console.say(Text("Locked; no version changed."))
        return
    for name, (before, after) in changes.packages.items():
        if before is None:
            console.say(Text(f"+ {name} {after}"))
        elif after is None:
            console.say(Text(f"- {name} {before}"))
        else:
            console.say(Text(f"  {name} {before} → {after}"))


def _folder(found: ListedEnvironment) -> str:
    return "" if found.path is None else printable(found.path.name)


def _used(found: ListedEnvironment) -> str:
    if found.last_used is None:
        return ""
    return datetime.fromtimestamp(found.last_used).astimezone().strftime("%Y-%m-%d %H:%M")
