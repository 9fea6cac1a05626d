"""`studiolo clean`: free the disk space of environments and of earlier runs' results."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.terminal import Terminal
from studiolo.environments.removal import KeptEnvironment, kept_environments
from studiolo.rendering.amounts import count_text, size_text
from studiolo.rendering.plain_text import printable
from studiolo.workspace.cleaning import forget_runs, stored_bytes
from studiolo.workspace.errors import WorkspaceMissingError
from studiolo.workspace.folder.root import find_root


def command(
    environments: Annotated[
        bool,
        typer.Option(
            "--environments",
            help="Remove the Python environments that this machine keeps for scripts.",
        ),
    ] = False,
    results: Annotated[
        bool, typer.Option("--results", help="Remove runs and results of the current workspace.")
    ] = False,
    keep: Annotated[
        int, typer.Option(help="Number of runs to keep for each experiment.", min=0, metavar="N")
    ] = 1,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
) -> None:
    """Show how much space environments and earlier results take, and remove them.

    Without an option, remove both. Datasets, experiments and modules are never touched;
    environments are built again when needed.
    """
    errors, console = Terminal(sys.stderr), Terminal(sys.stdout)
    with reported_errors(errors):
        both = environments == results
        found = kept_environments() if environments or both else []
        root = _workspace(required=results) if results or both else None
        stored = 0 if root is None else stored_bytes(root)
        if not found and not stored:
            console.say(Text("There is nothing to remove."))
            return
        console.print(_table(found, root, stored, keep))
        if not yes and not _agreed(errors):
            raise typer.Exit(ExitCode.BAD_INPUT)
        freed = _remove(found, errors)
        if root is not None and stored:
            freed += forget_runs(root, keep=keep)
        console.say(Text(f"Removed {size_text(freed)}."))


def _workspace(*, required: bool) -> Path | None:
    try:
        return find_root(Path())
    except WorkspaceMissingError:
        if required:
            raise
        return None


def _table(found: Sequence[KeptEnvironment], root: Path | None, stored: int, keep: int) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for environment in found:
        said = f"environment {printable(str(environment.path))}"
        table.add_row(Text(size_text(environment.size)), Text(said))
    if stored:
        newest = "run" if keep == 1 else count_text(keep, "run")
        stay = f"all but the newest {newest} of each experiment" if keep else "all of them"
        said = f"results in {printable(str(root))}, {stay}"
        table.add_row(Text(f"up to {size_text(stored)}"), Text(said))
    return table


def _agreed(errors: Terminal) -> bool:
    """Whether a person says yes; where there is none, nothing is removed."""
    if not sys.stdin.isatty():
        errors.say(Text("Nothing was removed. To remove without asking, add --yes."))
        return False
    if typer.confirm("Remove this?", default=False, err=True):
        return True
    errors.say(Text("Nothing was removed."))
    return False


def _remove(found: Sequence[KeptEnvironment], errors: Terminal) -> int:
    freed = 0
    for environment in found:
        if environment.remove():
            freed += environment.size
        else:
            name = printable(environment.path.name)
            errors.say(
                Text(f"warning: {name} is in use or being built, so it was kept.", style="yellow")
            )
    return freed
