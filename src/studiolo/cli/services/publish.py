"""`studiolo publish`: an experiment becomes a web service, or a version of one."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.services.addresses import Addresses
from studiolo.cli.services.service_view import show_publication
from studiolo.cli.services.set_up_service import show_service_experiment
from studiolo.cli.terminal import Terminal
from studiolo.cli.views.findings_view import reported_findings, show_findings
from studiolo.cli.views.run_progress import RunProgress
from studiolo.experiments.experiment import Experiment
from studiolo.experiments.finding import Severity
from studiolo.rendering.plain_text import printable
from studiolo.store.services.service_record import (
    DEFAULT_ENDPOINT,
    EndpointSettings,
    ServiceIsolation,
)
from studiolo.workspace.folder.root import find_root
from studiolo.workspace.set_up.publishable import says_what_it_returns, set_up_for_publishing
from studiolo.workspace.workspace import Workspace


def command(
    experiment: Annotated[
        Path,
        typer.Argument(
            help="An experiment: its folder or its experiment.yaml. Without Web Service modules, "
            "its service is set up first, as set-up-service does.",
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
    isolation: Annotated[
        ServiceIsolation | None,
        typer.Option(
            help="request: each request has a process of its own. worker: faster, and a request "
            "may see what earlier requests to the same version left in memory. Default: as the "
            "endpoint has it; request for a new one."
        ),
    ] = None,
    note: Annotated[str, typer.Option(help="What the version's list says about it.")] = "",
    row_wise: Annotated[
        bool | None,
        typer.Option(
            "--row-wise/--whole",
            help="Whether each row of a reply depends on one row of the input alone, so that a "
            "batch is scored in pieces. Decided by the modules if not given.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Publish an experiment: run it, freeze it, and have an endpoint answer with it."""
    errors, shown = Terminal(sys.stderr), Terminal(sys.stdout)
    with (
        reported_errors(errors),
        reported_findings(errors),
        Workspace(find_root(experiment)) as workspace,
    ):
        read = _checked(workspace, experiment, errors)
        service = name or read.folder.name
        if not says_what_it_returns(read):
            said = f"{read.folder.name} has no Web Service Output, so its service is set up first."
            errors.say(Text(printable(said)))
            with RunProgress(errors, read, errors=errors, tells_why=False) as progress:
                made = set_up_for_publishing(workspace, read, observer=progress)
            show_service_experiment(errors, made, advice="")
            read = _checked(workspace, made.folder, errors)
        with RunProgress(errors, read, errors=errors, tells_why=False) as progress:
            publication = workspace.services.publish(
                read,
                service=service,
                endpoint=endpoint,
                settings=EndpointSettings(isolation=isolation),
                note=note,
                in_pieces=row_wise,
                observer=progress,
            )
        show_publication(shown, publication, Addresses())


def _checked(workspace: Workspace, path: Path, errors: Terminal) -> Experiment:
    read = workspace.experiment(path)
    findings = workspace.check(read)
    show_findings(errors, findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(ExitCode.BAD_INPUT)
    return read
