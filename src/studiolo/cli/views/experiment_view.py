"""A run of an experiment, looked at afterwards: its state, and the outcome of each node."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from rich.table import Table
from rich.text import Text

from studiolo.cli.terminal import Terminal
from studiolo.cli.views.run_progress import SIGNS
from studiolo.cli.views.run_status import status_shown
from studiolo.cli.views.run_view import show_reason
from studiolo.experiments.experiment import Experiment
from studiolo.rendering.amounts import NOTHING, duration_text, end_text, moment_text, size_text
from studiolo.rendering.cells import cell
from studiolo.rendering.plain_text import one_line, printable
from studiolo.runs.history.current_state import CurrentRun
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.runs.history.provenance import Provenance
from studiolo.store.run_record import NodeRecord, NodeState, RunRecord

_Cost = TypeVar("_Cost")

_NAME = 24
_WHAT = "module or dataset"
_WHAT_WIDTH = 32
#: Its width where the terminal is not wide.
_WHAT_CUT = 20
_WIDE = 100
_GAP = 2
#: What a narrow terminal goes without, the least missed first, so that reasons have their room.
_DROPPED_FIRST = ("memory", "time", _WHAT, "rows")
_NARROWEST_WHY = 24
#: Failures that are told below the table; the others are a node's own.
_MOST_FAILURES = 5


def show_experiment(
    console: Terminal, run: CurrentRun, provenance: Provenance, *, typed: str
) -> None:
    """Show a run of an experiment.

    Args:
        console: Where to show it.
        run: The run.
        provenance: What its nodes were made of.
        typed: How the experiment was named, to name its nodes.
    """
    console.say(Text(one_line(run.record.experiment_name), style="bold"))
    console.say(_place(run.record))
    console.say(standing_line(run.record))
    if run.nodes:
        console.print()
        _show_nodes(console, run, provenance)
    failed = [node for node in run.nodes.values() if node.failure is not None]
    for node in failed[:_MOST_FAILURES]:
        _show_failure(console, node, typed)
    if len(failed) > _MOST_FAILURES:
        more = f"… and {len(failed) - _MOST_FAILURES:,} more that failed."
        console.say(Text(f"\n{more}", style="dim"))


def show_never_run(console: Terminal, experiment: Experiment, *, typed: str) -> None:
    """Say that nothing was run yet."""
    console.say(Text(one_line(experiment.name), style="bold"))
    console.say(Text(f'It has not been run yet: "studiolo run {printable(typed)}" runs it.'))


def standing_line(record: RunRecord) -> Text:
    """How a run ended, when it began and ended, and how long it took."""
    when = moment_text(record.started_at)
    if record.ended_at is not None:
        seconds = (record.ended_at - record.started_at).total_seconds()
        end = end_text(record.ended_at, after=record.started_at)
        when = f"{when} {NOTHING} {end}, {duration_text(seconds)}"
    return Text.assemble(status_shown(record), "  ", (when, "dim"))


def state_shown(state: NodeState) -> Text:
    """A node's state with its sign: `✓ finished`."""
    sign, style = SIGNS[state]
    return Text.assemble((sign, style), " ", (state.value, style if style != "dim" else ""))


def _place(record: RunRecord) -> Text:
    return Text(f"{one_line(record.experiment)}, run {record.id}", style="dim")


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column of the table of nodes."""

    title: str
    cells: Sequence[Text]
    justify: Literal["left", "right"] = "left"

    @property
    def width(self) -> int:
        return max(len(self.title), *(cell.cell_len for cell in self.cells), 0)


def _show_nodes(console: Terminal, run: CurrentRun, provenance: Provenance) -> None:
    columns = _columns(run, provenance, _WHAT_WIDTH if console.width >= _WIDE else _WHAT_CUT)
    dropped = []
    for title in _DROPPED_FIRST:
        if console.width - sum(column.width + _GAP for column in columns) >= _NARROWEST_WHY:
            break
        columns = [column for column in columns if column.title != title]
        dropped.append(title)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column.title, justify=column.justify, no_wrap=True)
    table.add_column("why", overflow="fold")
    reasons = [Text(one_line(node.record.reason), style="dim") for node in run.nodes.values()]
    for row in zip(*(column.cells for column in columns), reasons, strict=True):
        table.add_row(*row)
    console.print(table)
    if dropped:
        names = ", ".join(reversed(dropped))
        console.say(Text(f"No room for {names}: --json shows everything.", style="dim"))


def _columns(run: CurrentRun, provenance: Provenance, what: int) -> list[_Column]:
    """The details of each node, besides why it ran."""
    nodes = {name: node.record for name, node in run.nodes.items()}
    records = list(nodes.values())
    return [
        _Column(title="node", cells=[cell(n, width=_NAME, style="bold") for n in nodes]),
        _Column(title=_WHAT, cells=[cell(provenance.what(n), width=what) for n in nodes]),
        _Column(title="state", cells=[state_shown(r.state) for r in records]),
        _Column(title="rows", cells=[_number(r.rows) for r in records], justify="right"),
        _Column(
            title="time",
            cells=[_cost(r, r.seconds, duration_text) for r in records],
            justify="right",
        ),
        _Column(
            title="memory",
            cells=[_cost(r, r.peak_memory, size_text) for r in records],
            justify="right",
        ),
    ]


def _number(number: int | None) -> Text:
    return Text("" if number is None else f"{number:,}")


def _cost(record: NodeRecord, cost: _Cost | None, said: Callable[[_Cost], str]) -> Text:
    # What a kept result cost is not what this run cost.
    style = "dim" if record.state is NodeState.KEPT else ""
    return Text("" if cost is None else said(cost), style=style)


def _show_failure(console: Terminal, node: NodeResult, typed: str) -> None:
    assert node.failure is not None
    console.print()
    console.say(Text(one_line(node.record.node), style="bold"))
    # The traceback is the node's own page's.
    show_reason(console, replace(node.failure, traceback=""), of_node=True)
    if node.failure.traceback:
        where = f"{typed.rstrip('/')}/{node.record.node}"
        hint = f'"studiolo show {one_line(where)}" has the traceback.'
        console.say(Text(f"  {hint}", style="dim"))
