"""`studiolo doctor`: what isolates scripts on this machine, tried out."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from studiolo.cli.reporting import reported_errors
from studiolo.cli.terminal import Terminal, write_document
from studiolo.cli.views.build_progress import BuildProgressBar
from studiolo.documents.isolation import doctor_document
from studiolo.documents.text import document_text
from studiolo.rendering.plain_text import printable
from studiolo.sandbox.canary import Attempt
from studiolo.sandbox.policy.isolation import Isolation, IsolationReport
from studiolo.workspace.sandboxes.script_runs import try_isolation

_STOPPED = "stopped"
_PASSED = "GOT IT"
_GAP = 2
_TITLES = {
    "script": "A script that tried to …",
    "library": "A library that tried, while it was loaded beforehand, to …",
}


def command(
    isolation: Annotated[
        Isolation,
        typer.Option(
            help="strict: refuse to run unless every layer is available; "
            "auto: use what this machine has; off: resource limits only."
        ),
    ] = Isolation.AUTO,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show which isolation layers work on this machine by trying to break out of each."""
    errors = Terminal(sys.stderr)
    with reported_errors(errors):
        with BuildProgressBar(errors) as progress:
            report, attempts = try_isolation(isolation, progress=progress)
        if json:
            write_document(document_text(doctor_document(report, attempts)))
        else:
            _show(Terminal(sys.stdout), report, attempts)


def _show(console: Terminal, report: IsolationReport, attempts: Sequence[Attempt]) -> None:
    console.print(Text.assemble("Isolation level: ", (report.level.value, "bold")))
    console.print()
    layers = Table(box=None, pad_edge=False, show_header=False)
    for layer in report.layers:
        mark = Text("✓", style="green") if layer.active else Text("✗", style="yellow")
        layers.add_row(mark, Text(layer.name), Text(layer.detail, style="dim"))
        if layer.remedy:
            layers.add_row("", "", Text(layer.remedy))
    console.print(layers)
    console.print()
    for by, title in _TITLES.items():
        theirs = [attempt for attempt in attempts if attempt.by == by]
        if theirs:
            console.print(Text(title, style="bold"))
            console.print(_tried(theirs, console.width))
            console.print()
    through = sum(not attempt.stopped for attempt in attempts)
    total = len(attempts)
    console.print(f"{total - through} of {total} attempts were stopped.")


def _tried(attempts: Sequence[Attempt], width: int) -> Table:
    tried = Table(box=None, pad_edge=False, show_header=False)
    # What it met gives way on a narrow terminal: it is the least of the three.
    longest = max((len(attempt.tried) for attempt in attempts), default=0)
    room = max(width - len(_STOPPED) - longest - 2 * _GAP, 0)
    for attempt in attempts:
        mark = Text(_STOPPED, style="green") if attempt.stopped else Text(_PASSED, style="red")
        outcome = Text(printable(attempt.outcome).strip().removesuffix(":"), style="dim")
        outcome.truncate(room, overflow="ellipsis")
        tried.add_row(mark, Text(attempt.tried), outcome)
    return tried
