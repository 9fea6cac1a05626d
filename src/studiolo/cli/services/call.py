"""`studiolo call`: rows scored by a web service, without a server."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.services.answers import input_files, pairs, show_failed, show_refused
from studiolo.cli.services.places import (
    EndpointName,
    ServiceName,
    WorkspacePath,
)
from studiolo.cli.targets import STANDARD_OUTPUT, Target
from studiolo.cli.terminal import Terminal
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.reading.files import DatasetFile, format_of
from studiolo.datasets.reading.without_pandas import leave_pandas_out
from studiolo.sandbox.process.launcher import Launcher
from studiolo.services.scoring import RequestRefused, ScoringFailed, ScoringReply
from studiolo.store.services.service_record import DEFAULT_ENDPOINT
from studiolo.workspace.workspace import open_workspace


def command(
    context: typer.Context,
    name: ServiceName,
    data: Annotated[
        list[str] | None,
        typer.Option(
            help="A dataset to score; INPUT=FILE for a service with several inputs, once for each.",
            metavar="FILE",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The file to write the reply to; CSV on stdout if not given."),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="A web-service parameter. Repeat for more.", metavar="NAME=VALUE"),
    ] = None,
    endpoint: EndpointName = DEFAULT_ENDPOINT,
    workspace: WorkspacePath = ".",
) -> None:
    """Have a web service score the rows of a dataset, here and without a key."""
    errors = Terminal(sys.stderr)
    launcher = context.find_object(Launcher)
    with reported_errors(errors), open_workspace(workspace, launcher=launcher) as opened:
        leave_pandas_out()
        if output is not None:
            # Before anything runs for nothing.
            format_of(output)
        inputs = opened.services.find(name).inputs
        files = input_files(data or [], inputs, "--data")
        answer = opened.services.call(
            name,
            {name: DatasetFile(path=path).read() for name, path in files.items()},
            parameters=dict(pairs(param or [], "--param")),
            endpoint=endpoint,
        )
        if not isinstance(answer, ScoringReply):
            _fail(errors, answer)
        _write(errors, answer, output)


def _fail(errors: Terminal, answer: RequestRefused | ScoringFailed) -> NoReturn:
    if isinstance(answer, RequestRefused):
        show_refused(errors, answer)
        raise typer.Exit(ExitCode.BAD_INPUT)
    show_failed(errors, answer)
    raise typer.Exit(ExitCode.SCRIPT_FAILED)


def _write(errors: Terminal, answer: ScoringReply, output: Path | None) -> None:
    first = True
    for name, table in answer.outputs.items():
        path = STANDARD_OUTPUT
        if output is not None:
            path = str(output if first else output.with_stem(f"{output.stem}-{name}"))
        first = False
        Target(path=path).put_and_say(Dataset(table=table), errors)
