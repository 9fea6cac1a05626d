"""The findings of an experiment on the terminal, a line for each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.text import Text

from studiolo.cli.reporting import ExitCode, headline
from studiolo.cli.terminal import Terminal
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.finding import FINDING_CODES, Finding, Severity
from studiolo.rendering.plain_text import printable


@contextmanager
def reported_findings(console: Terminal) -> Iterator[None]:
    """Show what is wrong with an experiment's file line by line, and end with its exit code."""
    try:
        yield
    except ExperimentFileError as error:
        show_findings(console, error.findings)
        raise typer.Exit(ExitCode.BAD_INPUT) from error


def show_findings(console: Terminal, findings: Sequence[Finding]) -> None:
    """Show each finding with its place, as editors understand it."""
    for finding in findings:
        if finding.severity is Severity.ERROR:
            head = headline(finding.code, FINDING_CODES.get(finding.code))
        else:
            head = Text(f"warning[{finding.code}]:", style="yellow")
        shown = finding.shown(relative_to=Path.cwd())
        console.say(Text.assemble(head, " ", printable(shown)))
