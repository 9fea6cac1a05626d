"""`studiolo export`: an experiment as a Python program that needs no Studiolo."""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.findings_view import reported_findings, show_findings
from studiolo.rendering.plain_text import printable
from studiolo.workspace.folder.root import find_root
from studiolo.workspace.transfer.exporting import export_experiment, write_program
from studiolo.workspace.workspace import Workspace


def command(
    path: Annotated[
        Path,
        typer.Argument(
            help="An experiment: its folder or its experiment.yaml.", metavar="EXPERIMENT"
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            help="File to write the program to. Default: standard output.", metavar="FILE.py"
        ),
    ] = None,
) -> None:
    """Write an experiment as a Python program that does the same without Studiolo."""
    errors = Terminal(sys.stderr)
    with (
        reported_errors(errors),
        reported_findings(errors),
        Workspace(find_root(path)) as workspace,
    ):
        checked = workspace.checked(path)
        show_findings(errors, checked.findings)
        if checked.mistakes:
            raise typer.Exit(ExitCode.BAD_INPUT)
        experiment = checked.experiment
        file = _named_after(experiment.folder) if output is None else output.name
        program = export_experiment(workspace, checked, file=file)
        if output is None:
            write_document(program.text)
        else:
            write_program(program, output)
    for note in program.notes:
        errors.say(Text(printable(f"warning: {note}"), style="yellow"))
    if output is not None:
        nodes = len(experiment.nodes)
        errors.say(Text(printable(f"{output}: {nodes} node{'s' * (nodes != 1)}")))


def _named_after(folder: Path) -> str:
    return re.sub(r"\W+", "_", folder.name) + ".py"
