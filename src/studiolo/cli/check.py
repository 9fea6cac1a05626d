"""`studiolo check`: find what is wrong with an experiment before anything runs."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.findings_report import findings_report
from studiolo.cli.findings_view import show_findings
from studiolo.cli.reporting import ExitCode, printable, reported_errors
from studiolo.cli.terminal import Terminal, write_document
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.finding import Finding, Severity
from studiolo.workspace.workspace import Workspace, find_root


def command(
    path: Annotated[
        Path,
        typer.Argument(
            help="An experiment: its folder or its experiment.yaml.", metavar="EXPERIMENT"
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False,
) -> None:
    """Find what would keep an experiment from running; nothing is run."""
    errors = Terminal(sys.stderr)
    with reported_errors(errors), Workspace(find_root(path)) as workspace:
        findings: list[Finding] = []
        nodes = 0
        try:
            experiment = workspace.experiment(path)
        except ExperimentFileError as error:
            findings += error.findings
        else:
            nodes = len(experiment.nodes)
            findings += workspace.check(experiment)
    bad = any(finding.severity is Severity.ERROR for finding in findings)
    if json:
        write_document(findings_report(findings))
    else:
        show_findings(errors, findings)
        if not findings:
            said = f"{nodes} node{'s' * (nodes != 1)}, nothing to mend."
            Terminal(sys.stdout).say(Text(printable(f"{path}: {said}")))
    raise typer.Exit(ExitCode.BAD_INPUT if bad else ExitCode.SUCCEEDED)
