"""`studiolo run`: run a script from the terminal."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from studiolo.cli.build_progress import BuildProgressBar
from studiolo.cli.device_folder import check_device_folder, write_device
from studiolo.cli.live_console import LiveConsole
from studiolo.cli.quantities import parse_duration, parse_size
from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.run_report import run_report
from studiolo.cli.run_view import show_failure, show_result
from studiolo.cli.targets import STANDARD_OUTPUT, Target, targets_of
from studiolo.cli.terminal import Terminal, write_document
from studiolo.runs.script_result import ScriptResult
from studiolo.sandbox.isolation import Isolation
from studiolo.sandbox.job import PortBinding
from studiolo.sandbox.launcher import Launcher
from studiolo.workspace import RunSettings, run_script

#: Failures that are not the script's: of the command line, and of a bundle that is found to be
#: damaged when it is unzipped, in the sandbox.
_NOT_OF_THE_SCRIPT = {
    "parameter-unknown",
    "parameter-missing",
    "parameter-value",
    "bundle-unreadable",
    "bundle-escape",
    "bundle-too-large",
}


def command(
    context: typer.Context,
    script: Annotated[
        Path,
        typer.Argument(help="The script, with a function azureml_main.", metavar="SCRIPT.py"),
    ],
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
        typer.Option(help="Where the Results Dataset goes; - is CSV on stdout.", metavar="FILE"),
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
    cpus: Annotated[int | None, typer.Option(help="Processors to use.", min=1, metavar="N")] = None,
    isolation: Annotated[
        Isolation, typer.Option(help="Every layer, what there is, or none.")
    ] = Isolation.AUTO,
    json: Annotated[
        bool, typer.Option("--json", help="Report as JSON; the console goes to stderr.")
    ] = False,
) -> None:
    """Run a script in a fresh sandbox and show, or write, what it returns."""
    errors = Terminal(sys.stderr)
    with reported_errors(errors):
        targets = targets_of(output, output2, json=json)
        parameters = _parameters(param or [])
        if device is not None:
            check_device_folder(device)
        keeps_output_clean = json or STANDARD_OUTPUT in (output, output2)
        with BuildProgressBar(errors) as progress:
            live = LiveConsole(
                sys.stderr if keeps_output_clean else sys.stdout, make_room=progress.finish
            )
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
        _write(result, targets, script.name, device)
        if json:
            write_document(run_report(result))
        elif result.failure is not None:
            show_failure(errors, result, device=device)
        else:
            shown = errors if keeps_output_clean else Terminal(sys.stdout)
            show_result(shown, errors, result, preview=not targets, device=device)
    raise typer.Exit(_exit_code(result))


def _write(
    result: ScriptResult, targets: Sequence[Target], script: str, device: Path | None
) -> None:
    """Write all that can be written, even if one of the places fails."""
    with ExitStack() as last_first:
        if device is not None:
            last_first.callback(write_device, result, script, device)
        for target in reversed(targets if result.succeeded else ()):
            last_first.callback(target.write, result)


def _parameters(given: list[str]) -> dict[str, str]:
    parameters = {}
    for item in given:
        name, separator, value = item.partition("=")
        if not separator or not name.isidentifier():
            raise typer.BadParameter(
                f'"{item}" must be NAME=VALUE, for example --param trees=200.', param_hint="--param"
            )
        parameters[name] = value
    return parameters


def _exit_code(result: ScriptResult) -> ExitCode:
    if result.failure is None:
        return ExitCode.SUCCEEDED
    if result.failure.code == "timed-out":
        return ExitCode.TIMED_OUT
    if result.failure.code in _NOT_OF_THE_SCRIPT:
        return ExitCode.BAD_INPUT
    return ExitCode.SCRIPT_FAILED
