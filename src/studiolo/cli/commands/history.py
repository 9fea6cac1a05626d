"""`studiolo runs`: the run history of an experiment, or of a workspace."""

import sys
from contextlib import suppress
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import reported_errors
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.history_view import forgotten_text, show_history
from studiolo.documents.history import forgotten_document, history_document
from studiolo.documents.text import document_text
from studiolo.experiments.errors import ExperimentFileError
from studiolo.runs.history.run_changes import run_changes
from studiolo.workspace.lookup import ExperimentPlace, find_history
from studiolo.workspace.workspace import Workspace


def command(
    path: Annotated[
        str,
        typer.Argument(
            help="A workspace, or an experiment: its folder, its experiment.yaml, or its name in "
            "the current workspace.",
            metavar="PATH",
        ),
    ] = ".",
    limit: Annotated[int, typer.Option(help="Number of runs to list.", min=1, metavar="N")] = 20,
    keep: Annotated[
        int | None,
        typer.Option(
            help="Forget all but the newest N runs of each experiment in the workspace, and "
            "remove results that no other run uses.",
            min=0,
            metavar="N",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the runs of an experiment or a workspace, newest first, or forget old ones."""
    with reported_errors(Terminal(sys.stderr)):
        root, place = find_history(path)
        if keep is not None and place is not None:
            raise typer.BadParameter(
                f"it forgets runs of every experiment, but {path} is a single experiment. Give "
                f"the workspace instead: {root}.",
                param_hint="--keep",
            )
        with Workspace(root) as workspace:
            if keep is not None:
                _forget(workspace, keep, json=json)
            else:
                _list(workspace, place, limit, json=json)


def _list(workspace: Workspace, place: ExperimentPlace | None, limit: int, *, json: bool) -> None:
    # One more, to know whether there are more.
    found = workspace.runs.newest(None if place is None else place.key, limit=limit + 1)
    runs = found[:limit]
    more = len(found) > limit
    draft = None if place is None else _name(workspace, place)
    reasons = workspace.runs.reasons([run.id for run in runs])
    changes = {run: run_changes(nodes) for run, nodes in reasons.items() if nodes}
    if json:
        experiment = None if place is None else place.key
        document = history_document(
            runs, changes=changes, experiment=experiment, draft=draft, more=more
        )
        write_document(document_text(document))
    else:
        show_history(Terminal(sys.stdout), runs, changes=changes, draft=draft, more=more)


def _name(workspace: Workspace, place: ExperimentPlace) -> str:
    """The experiment's name. Its runs can be listed even while its file has mistakes."""
    with suppress(ExperimentFileError):
        return workspace.experiment(place.file).name
    return place.file.parent.resolve().name


def _forget(workspace: Workspace, keep: int, *, json: bool) -> None:
    forgotten = workspace.runs.forget(keep=keep)
    if json:
        write_document(document_text(forgotten_document(forgotten)))
    else:
        Terminal(sys.stdout).say(Text(forgotten_text(forgotten)))
