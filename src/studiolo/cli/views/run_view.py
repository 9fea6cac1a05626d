"""A run's result on the terminal: tables to look at, errors to act on."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.console import Group
from rich.table import Table
from rich.text import Text

from studiolo.cli.failures.variables_view import show_variables
from studiolo.cli.remedies import message_with_advice
from studiolo.cli.reporting import headline
from studiolo.cli.terminal import Terminal
from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.value_text import value_text
from studiolo.rendering.amounts import count_text, size_text
from studiolo.rendering.cells import cell, longest_shown
from studiolo.rendering.decimal_points import missing_places
from studiolo.rendering.plain_text import printable
from studiolo.runs.scripts.script_result import ScriptResult
from studiolo.sandbox.exchange.job import Failure
from studiolo.sandbox.network.traffic import NetworkConnection

_ROWS = 20
_CELL = 40
#: Headings are cut to this: the values are what is looked at.
_HEADING = 20
_GAP = 2
#: Columns of a single row.
_LINES = 60
#: Connections that are shown; a run's document has all of them.
_CONNECTIONS = 20


def show_result(
    console: Terminal,
    notes: Terminal,
    result: ScriptResult,
    *,
    preview: bool,
    said: int,
    device: Path | None,
) -> None:
    """Show the results of a run that succeeded; ``said`` lines of its log were shown before."""
    if preview:
        for port, dataset in result.datasets.items():
            console.print(dataset_preview(port, dataset.table, console.width))
    _show_log(notes, result, said)
    if device is None and result.device.images:
        names = ", ".join(printable(image.name) for image in result.device.images)
        console.say(Text(f"Drawn: {names}. Add --device DIR to keep the images.", style="dim"))
    _show_end(console, notes, result, device)


def show_failure(
    console: Terminal, result: ScriptResult, *, said: int, device: Path | None, variables: bool
) -> None:
    """Show why a run failed: the user's own lines first, then what to do."""
    assert result.failure is not None
    _show_log(console, result, said)
    show_reason(console, result.failure, of_node=False)
    if variables:
        show_variables(console, result.failure)
        console.print()
    _show_end(console, console, result, device)


def _show_end(
    console: Terminal, notes: Terminal, result: ScriptResult, device: Path | None
) -> None:
    if device is not None:
        count = len(result.device.images)
        pictures = f"{_count(count, 'image')} and the console" if count else "the console"
        console.say(Text.assemble((f"{pictures}: ", "dim"), str(device / "index.html")))
    notes.say(Text(_cost(result), style="dim"))


def _show_log(console: Terminal, result: ScriptResult, said: int) -> None:
    for line in result.log[said:]:
        console.say(Text.assemble(("note: ", "yellow"), printable(line)))


def show_reason(console: Terminal, failure: Failure, *, of_node: bool) -> None:
    """Show why something failed: the user's own lines, the sentence, the line that is meant."""
    if failure.traceback:
        # Lines of code and the marks below them stay as they are.
        trace = Text(printable(failure.traceback).rstrip(), style="dim")
        console.print(trace, soft_wrap=True)
    message = message_with_advice(failure, of_node=of_node)
    head = headline(failure.code, failure.classic_number)
    console.say(Text.assemble(head, " ", printable(message)))
    if failure.frames:
        place = failure.frames[-1]
        where = f"{printable(place.file)}, line {place.line}"
        source = f": {printable(place.source.strip())}" if place.source else ""
        console.print(Text.assemble(("  → ", "red"), (where, "bold"), source), soft_wrap=True)


def without_lines(failure: Failure) -> Failure:
    """The failure as a sentence, without the lines of code that it came from."""
    return replace(failure, traceback="", frames=())


def _cost(result: ScriptResult) -> str:
    timings = result.timings
    parts = [f"{result.status.value} in {timings.total:.2f} s"]
    if result.peak_memory is not None:
        parts.append(f"{result.peak_memory / 2**20:,.0f} MiB")
    parts.append(f"isolation {result.isolation.level.value}")
    return " · ".join(parts)


def dataset_preview(
    port: str,
    table: pa.Table,
    width: int,
    *,
    rows: int = _ROWS,
    more: str = "--output FILE writes everything",
    wanted: Collection[str] = (),
) -> Group:
    """The beginning of a dataset, as many columns as there is room for, first those ``wanted``.

    A single row is shown upright, a line for each column.
    """
    if table.num_rows == 1 and table.num_columns > 1:
        return _upright(port, table, width, more=more)
    # A column takes a place at least, and a dataset may have a hundred thousand.
    names = table.column_names
    places = [n for n, name in enumerate(names) if n < width or name in wanted]
    head = table.select(places).slice(0, rows)
    columns = [_shown_column(column, head.column_names[n]) for n, column in enumerate(head.columns)]
    shown = _fitting(head.column_names, columns, width, wanted)
    view = Table(box=None, pad_edge=False, header_style="bold")
    for position in shown:
        number = _is_exact_number(head.schema.field(position).type)
        view.add_column(columns[position][0], justify="right" if number else "left", no_wrap=True)
    for row in range(1, head.num_rows + 1):
        view.add_row(*[columns[position][row] for position in shown])
    size = f"{port}: {_count(table.num_rows, 'row')}, {_count(table.num_columns, 'column')}"
    parts: list[Text | Table] = [Text(size, style="bold")]
    if table.num_columns:
        parts.append(view)
    rest = [
        f"{_count(table.num_rows - rows, 'more row')}" if table.num_rows > rows else "",
        f"{_count(table.num_columns - len(shown), 'more column')}"
        if table.num_columns > len(shown)
        else "",
    ]
    if any(rest):
        left = " and ".join(part for part in rest if part)
        parts.append(Text(f"… {left}; {more}.", style="dim"))
    return Group(*parts)


def scores_of(dataset: Dataset) -> Collection[str]:
    """The columns with a model's results."""
    return [name for name, role in dataset.roles.items() if role is ColumnRole.SCORE]


def _upright(port: str, table: pa.Table, width: int, *, more: str) -> Group:
    size = f"{port}: {_count(1, 'row')}, {_count(table.num_columns, 'column')}"
    view = Table.grid(padding=(0, 2))
    view.add_column(no_wrap=True, style="bold")
    view.add_column(overflow="fold")
    for position, name in enumerate(table.column_names[:_LINES]):
        view.add_row(cell(name, width=_CELL), _cell(table.column(position)[0], width=width))
    parts: list[Text | Table] = [Text(size, style="bold"), view]
    if table.num_columns > _LINES:
        left = _count(table.num_columns - _LINES, "more column")
        parts.append(Text(f"… {left}; {more}.", style="dim"))
    return Group(*parts)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _fitting(
    names: Sequence[str], columns: Sequence[Sequence[Text]], width: int, wanted: Collection[str]
) -> list[int]:
    """The columns that fit: those that are wanted, then the others from the left."""
    used = 0
    fitting: list[int] = []
    first = [place for place, name in enumerate(names) if name in wanted]
    for position in dict.fromkeys([*first, *range(len(names))]):
        used += max(said.cell_len for said in columns[position]) + _GAP
        if used > width and fitting:
            break
        fitting.append(position)
    return sorted(fitting)


def _heading(name: str) -> Text:
    return cell(name, width=_HEADING)


def _shown_column(column: "pa.ChunkedArray[Any]", name: str) -> list[Text]:
    """A column's heading and cells; of floats, with the decimal points below each other."""
    cells = [_cell(value) for value in column]
    if not pa.types.is_floating(column.type):
        return [_heading(name), *cells]
    for said, places in zip(cells, missing_places([c.plain for c in cells]), strict=True):
        said.append(" " * places)
    shown = [_heading(name), *cells]
    width = max(said.cell_len for said in shown)
    for said in shown:
        said.pad_left(width - said.cell_len)
    return shown


def _cell(value: "pa.Scalar[Any]", *, width: int = _CELL) -> Text:
    text = value_text(value, characters=longest_shown(width))
    if text is None:
        return Text("·", style="dim")
    return cell(text, width=width, style="dim" if _is_bytes(value.type) else "")


def _is_bytes(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.DictionaryType):
        kind = kind.value_type
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def _is_exact_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_decimal(kind)


def show_network(console: Terminal, connections: Sequence[NetworkConnection]) -> None:
    """Show the connections of a run; nothing if it made none."""
    for connection in connections[:_CONNECTIONS]:
        console.say(Text.assemble(("network: ", "cyan"), printable(_connection_line(connection))))
    if len(connections) > _CONNECTIONS:
        left = count_text(len(connections) - _CONNECTIONS, "more connection")
        console.say(Text.assemble(("network: ", "cyan"), f"{left}; --json lists them."))


def _connection_line(connection: NetworkConnection) -> str:
    at = connection.at.astimezone().strftime("%H:%M:%S")
    host = f"[{connection.host}]" if ":" in connection.host else connection.host
    head = f"{at} {host}:{connection.port}"
    if not connection.allowed:
        return f"{head} refused. {connection.problem}"
    if connection.problem:
        return f"{head} failed. {connection.problem}"
    sent, received = size_text(connection.sent), size_text(connection.received)
    return f"{head} allowed, {sent} sent, {received} received"
