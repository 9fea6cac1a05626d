"""`studiolo publish`: an experiment becomes a web service, or a version of one."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.services.addresses import Addresses
from studiolo.cli.services.service_view import show_publication
from studiolo.cli.terminal import Terminal
from studiolo.cli.views.findings_view import reported_findings, show_findings
from studiolo.cli.views.run_progress import RunProgress
from studiolo.experiments.finding import Severity
from studiolo.store.services.service_record import DEFAULT_ENDPOINT
from studiolo.workspace.workspace import Workspace, find_root


def command(
    experiment: Annotated[
        Path,
        typer.Argument(
            help="An experiment with Web Service Input and Output modules: its folder, its "
            "experiment.yaml, or its name in the current workspace.",
            metavar="EXPERIMENT",
        ),
    ],
    name: Annotated[
        str | None,
        typer.Option(help="Name of the service; the experiment's folder if not given."),
    ] = None,
    endpoint: Annotated[
        str, typer.Option(help="The endpoint whose calls the new version answers.")
    ] = DEFAULT_ENDPOINT,
    note: Annotated[str, typer.Option(help="What the version's list says about it.")] = "",
) -> None:
    """Publish an experiment: run it, freeze it, and have an endpoint answer with it."""
    errors, shown = Terminal(sys.stderr), Terminal(sys.stdout)
    with (
        reported_errors(errors),
        reported_findings(errors),
        Workspace(find_root(experiment)) as workspace,
    ):
        read = workspace.experiment(experiment)
        findings = workspace.check(read)
        show_findings(errors, findings)
        if any(finding.severity is Severity.ERROR for finding in findings):
            raise typer.Exit(ExitCode.BAD_INPUT)
        with RunProgress(errors, read, errors=errors, tells_why=False) as progress:
            publication = workspace.services.publish(
                read,
                service=name or read.folder.name,
                endpoint=endpoint,
                note=note,
                observer=progress,
            )
        show_publication(shown, publication, Addresses())
