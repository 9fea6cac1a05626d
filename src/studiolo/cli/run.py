"""`studiolo run`: run a script from the terminal."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from studiolo.cli.build_progress import BuildProgressBar
from studiolo.cli.device_folder import write_device
from studiolo.cli.live_console import LiveConsole
from studiolo.cli.quantities import parse_duration, parse_size
from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.run_report import run_report
from studiolo.cli.run_view import show_failure, show_result
from studiolo.datasets.files import (
    FileFormat,
    format_of,
    write_dataset,
    write_dataset_to,
)
from studiolo.runs.script_result import ScriptResult
from studiolo.sandbox.isolation import Isolation
from studiolo.sandbox.job import RESULT_PORTS, PortBinding
from studiolo.sandbox.launcher import Launcher
from studiolo.workspace import RunSettings, run_script

_STANDARD_OUTPUT = "-"
#: Failures that are the command line's mistake and not the script's.
_USAGE = {"parameter-unknown", "parameter-missing", "parameter-value"}


def command(
    context: typer.Context,
    script: Annotated[Path, typer.Argument(help="The script, with a function azureml_main.")],
    dataset1: Annotated[
        Path | None, typer.Option(help="Dataset for the first port.", metavar="FILE")
    ] = None,
    dataset2: Annotated[
        Path | None, typer.Option(help="Dataset for the second port.", metavar="FILE")
    ] = None,
    script_bundle: Annotated[
        Path | None, typer.Option(help="Zip of modules for the third port.", metavar="FILE.zip")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="A keyword-only parameter of azureml_main.", metavar="NAME=VALUE"),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(help="Where the Results Dataset goes; - is CSV here.", metavar="FILE"),
    ] = None,
    output2: Annotated[
        str | None, typer.Option(help="Where a second returned frame goes.", metavar="FILE")
    ] = None,
    device: Annotated[
        Path | None,
        typer.Option(help="Folder for console.txt, images and index.html.", metavar="DIR"),
    ] = None,
    port_binding: Annotated[
        PortBinding,
        typer.Option(help="connected: as the classic studio; slot: as Azure ML designer."),
    ] = PortBinding.CONNECTED,
    timeout: Annotated[
        int | None,
        typer.Option(help="Seconds, or 90s, 10m, 2h.", parser=parse_duration, metavar="TIME"),
    ] = None,
    memory: Annotated[
        int | None,
        typer.Option(help="Such as 512MiB or 4GiB.", parser=parse_size, metavar="SIZE"),
    ] = None,
    cpus: Annotated[int | None, typer.Option(help="Processors to use.", min=1)] = None,
    isolation: Annotated[
        Isolation, typer.Option(help="Every layer, what there is, or none.")
    ] = Isolation.AUTO,
    json: Annotated[
        bool, typer.Option("--json", help="Report as JSON; the console goes to stderr.")
    ] = False,
) -> None:
    """Run a script in a fresh sandbox and show, or write, what it returns."""
    errors = Console(stderr=True, highlight=False)
    with reported_errors(errors):
        targets = _targets(output, output2)
        parameters = _parameters(param or [])
        keeps_output_clean = json or _STANDARD_OUTPUT in (output, output2)
        live = LiveConsole(sys.stderr if keeps_output_clean else sys.stdout)
        with BuildProgressBar(errors) as progress:
            settings = RunSettings(isolation=isolation, timeout=timeout, memory=memory, cpus=cpus)
            result = run_script(
                script,
                dataset1=dataset1,
                dataset2=dataset2,
                script_bundle=script_bundle,
                parameters=parameters,
                port_binding=port_binding,
                settings=settings,
                progress=progress,
                on_console=live.write,
                launcher=context.find_object(Launcher),
            )
        live.finish()
        if device is not None:
            write_device(result, script.name, device)
        if result.succeeded:
            for target in targets:
                target.write(result)
        if json:
            sys.stdout.write(run_report(result))
        elif result.failure is not None:
            show_failure(errors, result)
        else:
            shown = errors if keeps_output_clean else Console(highlight=False)
            show_result(shown, errors, result, preview=not targets, device=device)
    raise typer.Exit(_exit_code(result))


@dataclass(frozen=True, kw_only=True)
class _Target:
    """Where the dataset of a port is to be written."""

    port: str
    path: str

    def write(self, result: ScriptResult) -> None:
        """Write it, whole or not at all."""
        dataset = result.dataset(self.port)
        if self.path == _STANDARD_OUTPUT:
            write_dataset_to(
                dataset, sys.stdout.buffer, name="standard output", format=FileFormat.CSV
            )
            sys.stdout.buffer.flush()
        else:
            write_dataset(dataset, self.path)


def _targets(*paths: str | None) -> list[_Target]:
    """The outputs asked for; their formats are checked before a script runs for nothing."""
    targets = []
    for port, path in zip(RESULT_PORTS, paths, strict=True):
        if path is None:
            continue
        if path != _STANDARD_OUTPUT:
            format_of(path)
            folder = Path(path).absolute().parent
            if not folder.is_dir():
                raise typer.BadParameter(
                    f'The folder "{folder}" of "{path}" does not exist. Make it first.'
                )
        targets.append(_Target(port=port, path=path))
    return targets


def _parameters(given: list[str]) -> dict[str, str]:
    parameters = {}
    for item in given:
        name, separator, value = item.partition("=")
        if not separator or not name.isidentifier():
            raise typer.BadParameter(
                f'"{item}" must be NAME=VALUE, for example --param trees=200.'
            )
        parameters[name] = value
    return parameters


def _exit_code(result: ScriptResult) -> ExitCode:
    if result.failure is None:
        return ExitCode.SUCCEEDED
    if result.failure.code == "timed-out":
        return ExitCode.TIMED_OUT
    return ExitCode.BAD_INPUT if result.failure.code in _USAGE else ExitCode.SCRIPT_FAILED
