"""`studiolo set-up-service`: from an experiment that trains to one for a web service."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import reported_errors
from studiolo.cli.terminal import Terminal
from studiolo.cli.views.findings_view import reported_findings
from studiolo.rendering.plain_text import printable
from studiolo.workspace.saved.errors import words
from studiolo.workspace.set_up.service_experiment import ServiceExperiment, write_service_experiment
from studiolo.workspace.workspace import open_workspace


def command(
    path: Annotated[
        Path,
        typer.Argument(
            help="An experiment: its folder or its experiment.yaml.", metavar="EXPERIMENT"
        ),
    ],
    learner: Annotated[
        str | None,
        typer.Option(help="The node that trains the model to score with.", metavar="NODE"),
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            help="Where callers' rows enter: a dataset, or the NODE or NODE.PORT that takes them. "
            "May be given several times.",
            metavar="NODE",
        ),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            help="What the service returns: NODE, or NODE.PORT. May be given several times.",
            metavar="NODE",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Overwrite an experiment for the service.")
    ] = False,
) -> None:
    """Write an experiment for a web service, with saved models in the place of training."""
    errors = Terminal(sys.stderr)
    with reported_errors(errors), reported_findings(errors), open_workspace(path) as workspace:
        made = write_service_experiment(
            workspace,
            workspace.experiment(path),
            learner=learner,
            inputs=inputs or (),
            outputs=outputs or (),
            replace=replace,
        )
    show_service_experiment(Terminal(sys.stdout), made)


def show_service_experiment(
    terminal: Terminal, made: ServiceExperiment, *, advice: str = " Read it, change it, run it."
) -> None:
    """Show what was written, what to do with it, and what became of the nodes."""
    here = Path.cwd()
    near = made.folder.is_relative_to(here)
    folder = made.folder.relative_to(here) if near else made.folder
    terminal.say(Text(printable(f"Wrote {folder}/experiment.yaml.{advice}")))
    for version in made.saved:
        said = f"  Saved the {words(version.saved)}, version {version.version}."
        terminal.print(Text(printable(said)), soft_wrap=True)
    for change in made.changes:
        terminal.print(Text(printable(f"  {change}")), soft_wrap=True)
