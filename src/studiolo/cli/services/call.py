"""`studiolo call`: rows scored by a web service, without a server."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.text import Text

from studiolo.cli.dataset_paths import dataset_path
from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.services.places import (
    EndpointName,
    ServiceName,
    WorkspacePath,
)
from studiolo.cli.terminal import Terminal
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.files import (
    DatasetFile,
    FileFormat,
    format_of,
    write_dataset,
    write_dataset_to,
)
from studiolo.datasets.without_pandas import leave_pandas_out
from studiolo.rendering.amounts import count_text
from studiolo.rendering.plain_text import printable
from studiolo.services.scoring import RequestRefused, ScoringFailed, ScoringReply
from studiolo.store.services.service_record import DEFAULT_ENDPOINT
from studiolo.workspace.workspace import open_workspace

#: What an input of a service that has none is called in the refusal.
_INPUT = "input1"


def command(
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
    with reported_errors(errors), open_workspace(workspace) as opened:
        leave_pandas_out()
        if output is not None:
            # Before anything runs for nothing.
            format_of(output)
        answer = opened.services.call(
            name,
            _datasets(data or [], opened.services.find(name).inputs),
            parameters=dict(_pairs(param or [], "--param")),
            endpoint=endpoint,
        )
        if not isinstance(answer, ScoringReply):
            _fail(errors, answer)
        _write(errors, answer, output)


def _datasets(given: Sequence[str], inputs: Sequence[str]) -> Mapping[str, Dataset]:
    """The datasets by the names of inputs; a file alone is for the only input of a service."""
    datasets: dict[str, Dataset] = {}
    for item in given:
        name, separator, path = item.partition("=")
        if not separator or Path(item).exists():
            if len(inputs) > 1:
                wanted = " ".join(f"--data {one}=FILE" for one in inputs)
                problem = f'"{item}" names no input. The service has several: {wanted}.'
                raise typer.BadParameter(problem, param_hint="--data")
            name, path = (*inputs, _INPUT)[0], item
        if name in datasets:
            problem = f'The input "{name}" is given more than once.'
            raise typer.BadParameter(problem, param_hint="--data")
        datasets[name] = DatasetFile(path=dataset_path(Path(path))).read()
    return datasets


def _pairs(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    pairs = []
    for item in given:
        name, separator, value = item.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f'"{item}" must be NAME=VALUE.', param_hint=option)
        pairs.append((name, value))
    return pairs


def _fail(errors: Terminal, answer: RequestRefused | ScoringFailed) -> NoReturn:
    if isinstance(answer, RequestRefused):
        for problem in answer.problems:
            errors.say(Text.assemble((problem.code, "red"), " ", printable(problem.message)))
        raise typer.Exit(ExitCode.BAD_INPUT)
    if answer.log:
        errors.print(Text(printable(answer.log)), soft_wrap=True)
    if answer.failure.traceback:
        errors.print(Text(printable(answer.failure.traceback)), soft_wrap=True)
    said = f'The node "{answer.node}" failed: {answer.failure.message}'
    errors.say(Text.assemble((answer.failure.code, "red"), " ", printable(said)))
    raise typer.Exit(ExitCode.SCRIPT_FAILED)


def _write(errors: Terminal, answer: ScoringReply, output: Path | None) -> None:
    first = True
    for name, table in answer.outputs.items():
        dataset = Dataset(table=table)
        if output is None:
            write_dataset_to(
                dataset, sys.stdout.buffer, name="standard output", format=FileFormat.CSV
            )
            sys.stdout.buffer.flush()
            continue
        target = output if first else output.with_name(f"{output.stem}-{name}{output.suffix}")
        first = False
        write_dataset(dataset, target)
        rows, columns = table.num_rows, table.num_columns
        said = f"{target}: {count_text(rows, 'row')}, {count_text(columns, 'column')}"
        errors.say(Text(printable(said)))
