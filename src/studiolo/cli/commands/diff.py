"""`studiolo diff`: how two runs differ."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from studiolo.cli.errors import RunsTooFewError
from studiolo.cli.reporting import reported_errors
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.diff_view import show_comparison
from studiolo.documents.comparison import comparison_document
from studiolo.documents.text import document_text
from studiolo.workspace.lookup import ExperimentPlace, find_experiment, find_history
from studiolo.workspace.workspace import Workspace

#: As `diff` ends.
_DIFFERENT = 1
_TWO = 2


def command(
    before: Annotated[
        str | None,
        typer.Argument(
            help="Id of a run, or enough of it to be unique. Default: the last run of the "
            "experiment in the current folder, or of the experiment that ran last, compared with "
            "the run before it.",
            metavar="RUN",
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Argument(
            help="The run to compare it with. Default: the run before it.", metavar="RUN"
        ),
    ] = None,
    workspace: Annotated[
        Path,
        typer.Option(help="The workspace that holds the runs, or a folder in it.", metavar="PATH"),
    ] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show how two runs differ. The exit code is 1 if they do."""
    with reported_errors(Terminal(sys.stderr)):
        if before is not None and after is None and _is_place(before):
            workspace, before = Path(before), None
        root, place = find_history(str(workspace))
        with Workspace(root) as opened, opened.runs.in_use():
            earlier, later = _pair(opened, place, before, after)
            comparison = opened.runs.compare(earlier, later)
        if json:
            write_document(document_text(comparison_document(comparison)))
        else:
            show_comparison(Terminal(sys.stdout), comparison)
    if comparison.differs:
        raise typer.Exit(_DIFFERENT)


def _is_place(typed: str) -> bool:
    """Whether that names an experiment or a workspace, and not a run."""
    return find_experiment(typed) is not None or Path(typed).is_dir()


def _pair(
    workspace: Workspace, here: ExperimentPlace | None, before: str | None, after: str | None
) -> tuple[str, str]:
    """The ids of the two runs, or what was given for them."""
    if before is not None and after is not None:
        return before, after
    runs_here = workspace.runs
    if before is not None:
        later = runs_here.find(before)
        runs = [run for run in runs_here.newest(later.experiment) if run.id <= later.id]
    else:
        newest = runs_here.newest(None if here is None else here.key, limit=1)
        runs = [run for one in newest for run in runs_here.newest(one.experiment, limit=2)]
    if len(runs) < _TWO:
        raise RunsTooFewError(first=runs[0] if runs else None)
    return runs[1].id, runs[0].id
