"""`studiolo check`: find what is wrong with an experiment or script before anything runs."""

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
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.finding import Finding, Severity
from studiolo.rendering.plain_text import printable
from studiolo.runs.scripts.script_check import check_bundle, check_script
from studiolo.workspace.folder.root import find_root
from studiolo.workspace.workspace import Workspace


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
        code = path.suffix in {".py", ".zip"}
        findings, said = _of_code(path) if code else _of_experiment(path)
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


def _of_experiment(path: Path) -> tuple[list[Finding], str]:
    """The findings, and what to say where there are none."""
    findings: list[Finding] = []
    nodes = 0
    with Workspace(find_root(path)) as workspace:
        try:
            checked = workspace.checked(path)
        except ExperimentFileError as error:
            findings += error.findings
        else:
            nodes = len(checked.experiment.nodes)
            findings += checked.findings
            findings += workspace.retired_calls(checked.experiment)
    return findings, f"{nodes} node{'s' * (nodes != 1)}, nothing to fix."
