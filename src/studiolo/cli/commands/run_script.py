"""`studiolo run SCRIPT.py`: run a script from the terminal."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import typer

from studiolo.cli.dataset_paths import dataset_path
from studiolo.cli.device_folder import check_device_folder, write_device
from studiolo.cli.reporting import ExitCode, reported_errors, show_notes
from studiolo.cli.targets import STANDARD_OUTPUT, Target, targets_of
from studiolo.cli.targets_allowed import allowed
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.build_progress import BuildProgressBar
from studiolo.cli.views.live_console import LiveConsole
from studiolo.cli.views.run_view import show_failure, show_network, show_result
from studiolo.cli.views.running_sign import RunningSign
from studiolo.datasets.reading.files import DatasetFile
from studiolo.documents.script_run import script_run_document
from studiolo.documents.text import document_text
from studiolo.experiments.allowance import Allowance
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.scripts.script_result import ScriptResult
from studiolo.sandbox.exchange.job import PortBinding
from studiolo.sandbox.policy.isolation import Isolation
from studiolo.sandbox.process.launcher import Launcher
from studiolo.workspace.sandboxes.script_runs import run_script

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


def run(
    script: Path,
    *,
    dataset1: Path | None,
    dataset2: Path | None,
    encoding: str | None,
    delimiter: str | None,
    decimal: str | None,
    sheet: str | None,
    script_bundle: Path | None,
    param: list[str] | None,
    output: str | None,
    output2: str | None,
    device: Path | None,
    variables: bool,
    port_binding: PortBinding,
    environment: str | None,
    timeout: int | None,
    memory: int | None,
    cpus: int | None,
    allow: Sequence[Allowance],
    secrets: Sequence[str],
    isolation: Isolation,
    json: bool,
    launcher: Launcher | None,
) -> NoReturn:
    """Run a script in a fresh sandbox and show, or write, what it returns; see `run`."""
    errors = Terminal(sys.stderr)

    def file(path: Path | None) -> DatasetFile | None:
        found = _found(path)
        if found is None:
            return None
        return DatasetFile(
            path=found, encoding=encoding, delimiter=delimiter, decimal=decimal, sheet=sheet
        )

    with reported_errors(errors):
        targets = targets_of(output, output2, json=json)
        parameters = _parameters(param or [])
        if device is not None:
            check_device_folder(device)
        keeps_output_clean = json or STANDARD_OUTPUT in (output, output2)
        with (
            BuildProgressBar(errors) as progress,
            RunningSign(errors, may_show=lambda: not progress.is_shown) as sign,
        ):

            def make_room() -> None:
                progress.finish()
                sign.clear()

            live = LiveConsole(
                sys.stderr if keeps_output_clean else sys.stdout, make_room=make_room
            )
            said: list[str] = []

            def say(note: str) -> None:
                make_room()
                show_notes(errors, [note])
                said.append(note)

            settings = RunSettings(
                isolation=isolation,
                timeout=timeout,
                memory=memory,
                cpus=cpus,
                allow=allowed(allow),
            )
            result = run_script(
                script,
                dataset1=file(dataset1),
                dataset2=file(dataset2),
                script_bundle=_found(script_bundle),
                parameters=parameters,
                port_binding=port_binding,
                environment=environment,
                settings=settings,
                progress=progress,
                on_note=say,
                on_console=live.write,
                launcher=launcher,
                secrets=secrets,
            )
        live.finish()
        show_network(errors, result.network)
        _write(result, targets, script.name, device, errors)
        if json:
            write_document(document_text(script_run_document(result)))
        elif result.failure is not None:
            show_failure(errors, result, said=len(said), device=device, variables=variables)
        else:
            shown = errors if keeps_output_clean else Terminal(sys.stdout)
            if not targets and result.datasets and not live.is_silent:
                # What the script printed, and what it returned.
                shown.print()
            show_result(shown, errors, result, preview=not targets, said=len(said), device=device)
    raise typer.Exit(_exit_code(result))


def _write(
    result: ScriptResult,
    targets: Sequence[Target],
    script: str,
    device: Path | None,
    notes: Terminal,
) -> None:
    """Write all that can be written, even if one of the places fails."""
    with ExitStack() as last_first:
        if device is not None:
            last_first.callback(write_device, result, script, device)
        for target in reversed(targets if result.succeeded else ()):
            last_first.callback(target.write, result, notes)


def _found(typed: Path | None) -> Path | None:
    return None if typed is None else dataset_path(typed)


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
