"""`studiolo batch`: whole files scored by a web service."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.text import Text

from studiolo.cli.dataset_paths import dataset_path
from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.services.answers import input_files, pairs, show_failed, show_refused
from studiolo.cli.services.places import EndpointName, ServiceName, WorkspacePath
from studiolo.cli.terminal import Terminal
from studiolo.cli.views.batch_bar import BatchBar
from studiolo.datasets.errors import DatasetFileUnreadableError
from studiolo.datasets.reading.without_pandas import leave_pandas_out
from studiolo.rendering.amounts import count_text
from studiolo.rendering.plain_text import printable
from studiolo.sandbox.process.launcher import Launcher
from studiolo.services.batches.outcome import BatchFailed
from studiolo.services.schema import MODEL_EXTENSION
from studiolo.services.scoring import RequestRefused
from studiolo.store.services.service_record import DEFAULT_ENDPOINT
from studiolo.workspace.services.scoring_files import (
    BatchDone,
    BatchFiles,
    batch_key,
    processors,
    score_files,
)
from studiolo.workspace.workspace import Workspace, open_workspace


def command(
    context: typer.Context,
    name: ServiceName,
    input: Annotated[  # noqa: A002  # the option is called so
        list[str],
        typer.Option(
            help="The dataset file to score; INPUT=FILE for a service with several inputs, once "
            "for each.",
            metavar="FILE",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(help="The file for the result, in the format of its extension."),
    ],
    param: Annotated[
        list[str] | None,
        typer.Option(help="A web-service parameter. Repeat for more.", metavar="NAME=VALUE"),
    ] = None,
    row_wise: Annotated[
        bool | None,
        typer.Option(
            "--row-wise/--whole",
            help="Score in pieces, or all rows at once. As the version says if not given.",
            show_default=False,
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="A server, such as http://HOST:PORT, to score there and not here.",
            metavar="ADDRESS",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="A key of the endpoint, for --url.", envvar="STUDIOLO_KEY"),
    ] = None,
    endpoint: EndpointName = DEFAULT_ENDPOINT,
    workspace: WorkspacePath = ".",
) -> None:
    """Have a web service score a whole file, in pieces where its rows allow that.

    The output is written whole or not at all. After Ctrl-C or a kill, the same command goes on
    behind the pieces that were done.
    """
    errors = Terminal(sys.stderr)
    if url is not None:
        asked = dict(pairs(param or [], "--param"))
        if row_wise is not None:
            problem = "the server's version decides that; leave it out with --url."
            raise typer.BadParameter(problem, param_hint="--row-wise")
        with reported_errors(errors):
            _at_server(errors, _address(url, name, endpoint), key, input, output, asked)
        return
    launcher = context.find_object(Launcher)
    with reported_errors(errors), open_workspace(workspace, launcher=launcher) as opened:
        leave_pandas_out()
        files = BatchFiles(
            inputs=input_files(input, opened.services.find(name).inputs, "--input"),
            outputs=_outputs(opened, name, output),
            parameters=dict(pairs(param or [], "--param")),
        )
        served = opened.services.endpoint(name, endpoint)
        version = served.versions[max(served.versions)]
        with BatchBar(errors, name) as bar:
            answer = score_files(
                opened.services,
                version,
                files,
                folder=opened.services.batch_folder / batch_key(version, files, endpoint),
                parallel=min(processors(), served.endpoint.limits.concurrent_calls),
                row_wise=row_wise,
                on_progress=bar.show,
            )
        if not isinstance(answer, BatchDone):
            assert answer is not None
            _fail(errors, answer)
        _say(errors, answer)


def _address(url: str, name: str, endpoint: str) -> str:
    address = f"{url.rstrip('/')}/services/{name}"
    return address if endpoint == DEFAULT_ENDPOINT else f"{address}/endpoints/{endpoint}"


def _at_server(
    errors: Terminal,
    address: str,
    key: str | None,
    inputs: list[str],
    output: Path,
    parameters: Mapping[str, str],
) -> None:
    # Here and not above: where the workspace scores, nothing is sent.
    from studiolo.calling.service_client import client  # noqa: PLC0415

    if not key:
        raise typer.BadParameter("--url needs one.", param_hint="--key")
    if len(inputs) != 1:
        raise typer.BadParameter("a server takes one file.", param_hint="--input")
    try:
        service = client(address, key=key)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--url") from error
    source = dataset_path(Path(inputs[0]))
    try:
        with BatchBar(errors, address.rpartition("/")[2]) as bar:
            service.batch(source, output, on_progress=bar.show_rows, **parameters)
    except KeyboardInterrupt:
        errors.say(Text("The job goes on at the server. The same command fetches its result."))
        raise
    except OSError as error:
        raise DatasetFileUnreadableError(
            file=str(error.filename or source), reason=error.strerror or str(error)
        ) from error
    errors.say(Text(printable(f"{output}: written.")))


def _outputs(workspace: Workspace, service: str, output: Path) -> Mapping[str, Path]:
    """The file of each output: the first has the name that was given."""
    schema = workspace.services.find(service).schema
    if schema is None:
        return {}
    ends = {
        **dict.fromkeys(schema.outputs, output.suffix),
        **dict.fromkeys(schema.models, MODEL_EXTENSION),
    }
    return {
        name: output if not place else output.with_name(f"{output.stem}-{name}{end}")
        for place, (name, end) in enumerate(ends.items())
    }


def _fail(errors: Terminal, answer: BatchFailed | RequestRefused) -> NoReturn:
    if isinstance(answer, BatchFailed) and answer.place:
        errors.say(Text(printable(f"{answer.place}:")))
    found = answer.answer if isinstance(answer, BatchFailed) else answer
    if isinstance(found, RequestRefused):
        show_refused(errors, found)
        raise typer.Exit(ExitCode.BAD_INPUT)
    show_failed(errors, found)
    raise typer.Exit(ExitCode.SCRIPT_FAILED)


def _say(errors: Terminal, done: BatchDone) -> None:
    for path, rows, columns in done.outputs.values():
        size = f"{count_text(rows, 'row')}, {count_text(columns, 'column')}"
        said = f"{os.fspath(path)}: {'a trained model' if path.suffix == MODEL_EXTENSION else size}"
        errors.say(Text(printable(said)))
