"""`studiolo check`: find what is wrong with an experiment or script before anything runs."""

import importlib
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.findings_view import show_findings
from studiolo.documents.findings import findings_document
from studiolo.documents.text import document_text
from studiolo.experiments.finding import Finding, Severity
from studiolo.rendering.plain_text import printable
from studiolo.runs.scripts.script_check import check_bundle, check_script


def command(
    path: Annotated[
        Path,
        typer.Argument(
            help="A script (.py), a script bundle (.zip), or an experiment: its folder or its "
            "experiment.yaml.",
            metavar="EXPERIMENT",
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Find what would stop an experiment or an old script from running, without running it."""
    errors = Terminal(sys.stderr)
    with reported_errors(errors):
        if path.suffix in {".py", ".zip"}:
            findings, said = _of_code(path)
        else:
            # A script is read in less time than a workspace takes to import.
            experiment = importlib.import_module("studiolo.cli.scripts.experiment_findings")
            findings, said = experiment.experiment_findings(path)
    bad = any(finding.severity is Severity.ERROR for finding in findings)
    if json:
        write_document(document_text(findings_document(findings)))
    else:
        show_findings(errors, findings)
        if not findings:
            Terminal(sys.stdout).say(Text(printable(f"{path}: {said}")))
    raise typer.Exit(ExitCode.BAD_INPUT if bad else ExitCode.SUCCEEDED)


def _of_code(path: Path) -> tuple[list[Finding], str]:
    found = check_bundle(path) if path.suffix == ".zip" else check_script(path)
    return found, "no retired calls."
