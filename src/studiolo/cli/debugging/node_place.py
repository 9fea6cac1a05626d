"""The node that is to be looked into, as it is named on the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from studiolo.cli.terminal import Terminal
from studiolo.cli.views.build_progress import BuildProgressBar
from studiolo.cli.views.findings_view import reported_findings
from studiolo.cli.views.run_progress import RunProgress
from studiolo.store.run_record import Session
from studiolo.workspace.debugging.node_jobs import NodeJob, node_job
from studiolo.workspace.lookup import find_target
from studiolo.workspace.workspace import Workspace

#: A node, as an argument of a command.
NodeArgument = Annotated[
    str,
    typer.Argument(
        help="EXPERIMENT/NODE. An experiment is its folder, its experiment.yaml, or its name in "
        "the current workspace.",
        metavar="EXPERIMENT/NODE",
    ),
]


@contextmanager
def open_node(typed: str, session: Session, errors: Terminal) -> Iterator[NodeJob]:
    """The node of EXPERIMENT/NODE with its inputs; what it needs is run, and shown to be.

    Raises:
        typer.BadParameter: It is a whole experiment.
        StudioloError: It can't be had.
    """
    place = find_target(typed)
    if place.node is None:
        raise typer.BadParameter(
            f"{place.typed} is an experiment. Name one of its nodes: "
            f"{place.typed.rstrip('/')}/NODE.",
            param_hint="EXPERIMENT/NODE",
        )
    with Workspace(place.root) as workspace, reported_findings(errors):
        checked = workspace.checked(place.file)
        with (
            RunProgress(errors, checked.experiment, errors=errors, tells_why=False) as progress,
            BuildProgressBar(errors) as building,
        ):
            node = node_job(
                workspace,
                checked,
                place.node,
                session=session,
                observer=progress,
                progress=building,
            )
        sys.stderr.flush()
        yield node
