"""`studiolo run EXPERIMENT`: run an experiment, or a part of it, from the terminal."""

import signal
import sys
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.targets_allowed import allowed
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.findings_view import reported_findings, show_findings
from studiolo.cli.views.run_progress import RunProgress
from studiolo.cli.views.run_summary import show_run
from studiolo.documents.run import run_document
from studiolo.documents.text import document_text
from studiolo.experiments.allowance import Allowance
from studiolo.experiments.experiment import Experiment, NodeLimits, NodeName
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.runs.planning.selection import Selection
from studiolo.sandbox.policy.isolation import Isolation
from studiolo.store.run_record import RunStatus
from studiolo.workspace.folder.root import find_root
from studiolo.workspace.workspace import Workspace


def run(
    path: Path,
    *,
    to: Sequence[str],
    only: Sequence[str],
    start: Sequence[str],
    again: bool,
    param: Sequence[str],
    limits: NodeLimits,
    allow: Sequence[Allowance],
    isolation: Isolation,
    json: bool,
) -> NoReturn:
    """Run an experiment and show how each of its nodes goes; see `run`."""
    errors = Terminal(sys.stderr)
    shown = errors if json else Terminal(sys.stdout)
    with (
        reported_errors(errors),
        reported_findings(errors),
        Workspace(find_root(path)) as workspace,
    ):
        checked = workspace.checked(path, _values(param))
        show_findings(errors, checked.findings)
        if checked.mistakes:
            raise typer.Exit(ExitCode.BAD_INPUT)
        experiment = checked.experiment
        selection = Selection.of(experiment, to=to, only=only, start=start, again=again)
        settings = RunSettings(
            isolation=isolation,
            timeout=limits.timeout,
            memory=limits.memory,
            cpus=limits.cpus,
            allow=allowed(allow),
        )
        with (
            RunProgress(shown, experiment, errors=errors, tells_why=json) as progress,
            _stop_signals() as stop,
        ):
            result = workspace.run(
                checked,
                selection=selection,
                settings=settings,
                observer=progress,
                cancelled=stop,
            )
        if json:
            seen = workspace.runs.look(result.id)
            write_document(document_text(run_document(seen.run, seen.provenance)))
        else:
            own = _own(workspace, experiment)
            show_run(shown, errors, result, experiment, own=own, path=path)
        code = _exit_code(result)
    raise typer.Exit(code)


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """Set once Ctrl-C or a termination asks for the end: the run is cancelled, and recorded so."""
    asked = threading.Event()
    handlers = {
        number: signal.signal(number, lambda *_: asked.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield asked
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _own(workspace: Workspace, experiment: Experiment) -> Collection[NodeName]:
    """The nodes whose code a user can change: scripts, and modules of the workspace."""
    catalogue = workspace.catalogue
    return [
        name
        for name, node in experiment.nodes.items()
        if node.script is not None or (node.module is not None and catalogue.is_own(node.module))
    ]


def _values(given: Sequence[str]) -> Mapping[tuple[str, str], str]:
    values = {}
    for item in given:
        name, separator, value = item.partition("=")
        node, dot, parameter = name.rpartition(".")
        if not separator or not dot or not node or not parameter:
            raise typer.BadParameter(
                f'"{item}" must be NODE.NAME=VALUE, for example --param rank.trees=200.',
                param_hint="--param",
            )
        values[node, parameter] = value
    return values


def _exit_code(result: ExperimentResult) -> ExitCode:
    return {
        RunStatus.FINISHED: ExitCode.SUCCEEDED,
        RunStatus.CANCELLED: ExitCode.INTERRUPTED,
    }.get(result.status, ExitCode.SCRIPT_FAILED)
