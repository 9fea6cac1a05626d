"""`studiolo export`: an experiment as a Python program that needs no Studiolo."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.findings_view import reported_findings, show_findings
from studiolo.datasets.dataset import Dataset
from studiolo.experiments.experiment import NodeName
from studiolo.experiments.finding import Severity
from studiolo.export.errors import ProgramUnwritableError
from studiolo.export.program import export_program
from studiolo.files.whole_file import replacing
from studiolo.rendering.plain_text import printable
from studiolo.runs.planning.plan import DATASET_PORT, Plan
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.workspace.datasets import WorkspaceDatasets
from studiolo.workspace.workspace import Workspace, find_root


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
        experiment = workspace.experiment(path)
        findings = workspace.check(experiment)
        show_findings(errors, findings)
        if any(finding.severity is Severity.ERROR for finding in findings):
            raise typer.Exit(ExitCode.BAD_INPUT)
        plan = workspace.plan(experiment)
        file = _named_after(experiment.folder) if output is None else output.name
        program = export_program(plan, _read(plan, workspace.datasets), file=file)
        if output is None:
            write_document(program.text)
        else:
            _replace(output, program.text)
    for note in program.notes:
        errors.say(Text(printable(f"warning: {note}"), style="yellow"))
    if output is not None:
        nodes = len(plan.steps)
        errors.say(Text(printable(f"{output}: {nodes} node{'s' * (nodes != 1)}")))


def _named_after(folder: Path) -> str:
    return re.sub(r"\W+", "_", folder.name) + ".py"


def _read(plan: Plan, datasets: WorkspaceDatasets) -> Mapping[NodeName, Mapping[str, Dataset]]:
    """The datasets that Studiolo reads itself, by node."""
    read: dict[NodeName, Mapping[str, Dataset]] = {}
    for name, step in plan.steps.items():
        notes: Sequence[str] = ()
        if step.definition is not None:
            contents = datasets.files(step)
        elif step.dataset is None:
            continue
        else:
            outcome = datasets.read(step)
            contents = {DATASET_PORT: outcome.results[DATASET_PORT]}
            # They say by which delimiter it was read.
            notes = outcome.log
        read[name] = {
            key: replace(connected.dataset, notes=notes)
            for key, connected in contents.items()
            if isinstance(connected, SealedTable)
        }
    return read


def _replace(file: Path, text: str) -> None:
    """Write a file, all of it or nothing.

    Raises:
        ProgramUnwritableError: It can't be written; an older one is as it was.
    """
    try:
        with replacing(file) as sink:
            sink.write(text.encode("utf-8"))
    except OSError as error:
        raise ProgramUnwritableError(file=str(file), reason=error.strerror or str(error)) from error
