"""`studiolo diff`: how two runs differ."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from studiolo.cli.comparison import ComparedRun, compare_runs
from studiolo.cli.diff_report import diff_report
from studiolo.cli.diff_view import show_comparison
from studiolo.cli.made_of import MadeOf
from studiolo.cli.reporting import reported_errors
from studiolo.cli.standing import result_as_seen
from studiolo.cli.terminal import Terminal, write_document
from studiolo.store.locks import WorkspaceUse
from studiolo.workspace.workspace import Workspace, find_root

#: As `diff` ends.
_DIFFERENT = 1


def command(
    before: Annotated[str, typer.Argument(help="A run, by its id or enough of it.", metavar="RUN")],
    after: Annotated[str, typer.Argument(help="The run to compare it with.", metavar="RUN")],
    workspace: Annotated[
        Path,
        typer.Option(help="The workspace of the runs, or a folder in it.", metavar="PATH"),
    ] = Path(),
    json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """Show what differs between two runs; the exit code is 1 if something does."""
    with reported_errors(Terminal(sys.stderr)):
        with Workspace(find_root(workspace)) as opened, WorkspaceUse.begin(opened.store):
            comparison = compare_runs(_run(opened, before), _run(opened, after))
        if json:
            write_document(diff_report(comparison))
        else:
            show_comparison(Terminal(sys.stdout), comparison)
    if comparison.differs:
        raise typer.Exit(_DIFFERENT)


def _run(workspace: Workspace, called: str) -> ComparedRun:
    run = result_as_seen(workspace.result(called), workspace.store)
    made_of = MadeOf(workspace.records, run.record.id, run.nodes)
    return ComparedRun(run=run, made_of=made_of)
