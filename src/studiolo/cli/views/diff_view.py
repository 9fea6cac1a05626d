"""How two runs differ, on the terminal: the nodes that do, and what about them does."""

import json
from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from studiolo.cli.terminal import Terminal
from studiolo.cli.views.run_status import status_shown
from studiolo.datasets.change import Change
from studiolo.datasets.comparison import CellChange, ColumnChange, TableComparison
from studiolo.rendering.amounts import count_text, moment_text, size_text
from studiolo.rendering.cells import cut
from studiolo.rendering.plain_text import from_difference, one_line, printable
from studiolo.runs.history.comparison import (
    Comparison,
    NodeComparison,
    OutputComparison,
    ScriptChange,
)
from studiolo.store.run_record import RunRecord

_VALUE = 40
#: Columns whose cells are told apart.
_MOST_COLUMNS = 10
_STYLES = {"@": "cyan", "+": "green", "-": "red"}
#: Lines of a difference that name the two scripts, before those that could look like them.
_HEAD = 2
#: A fact about a node: what it is about, and what is to be said.
_Fact = tuple[str, Text]


def show_comparison(console: Terminal, comparison: Comparison) -> None:
    """Show what differs."""
    console.print(_runs(comparison))
    if comparison.added or comparison.removed:
        console.print()
        for sign, style, names in (
            ("+", "green", comparison.added),
            ("-", "red", comparison.removed),
        ):
            for name in names:
                console.say(Text(f"{sign} {one_line(name)}", style=style))
    told: dict[tuple[str, ...], str] = {}
    for name, node in comparison.differing.items():
        console.print()
        console.say(Text(one_line(name), style="bold"))
        console.print(_facts(node))
        if node.script is not None:
            _show_script(console, node.script, told, name)
    console.print()
    console.say(_end(comparison))


def _runs(comparison: Comparison) -> Table:
    table = Table.grid(padding=(0, 2))
    for sign, seen in (("-", comparison.before), ("+", comparison.after)):
        record: RunRecord = seen.record
        table.add_row(
            Text(sign, style="red" if sign == "-" else "green"),
            Text(cut(record.experiment_name, _VALUE), style="bold"),
            status_shown(record),
            Text(moment_text(record.started_at)),
            Text(record.id, style="dim"),
        )
    return table


def _end(comparison: Comparison) -> Text:
    if not comparison.differs:
        return Text("Nothing differs.")
    count = len(comparison.differing)
    differ = "differs" if count == 1 else "differ"
    parts = [f"{count_text(count, 'node')} of {len(comparison.nodes):,} {differ}"]
    if comparison.added:
        parts.append(f"{len(comparison.added):,} added")
    if comparison.removed:
        parts.append(f"{len(comparison.removed):,} removed")
    return Text(f"{', '.join(parts)}.")


def _facts(node: NodeComparison) -> Padding:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for about, said in (*_provenance(node), *_outcome(node)):
        table.add_row(cut(about, _VALUE), said)
    return Padding(table, (0, 0, 0, 2))


def _provenance(node: NodeComparison) -> Iterator[_Fact]:
    if node.what is not None:
        yield "what", _arrow(node.what)
    if node.content is not None:
        yield "dataset", _arrow(node.content)
    if node.script is not None:
        yield "script", _script(node.script)
    for name, change in node.parameters.items():
        yield f"parameter {name}", _arrow(_as_values(change))
    for port, change in node.inputs.items():
        yield f"input {port}", _input(change)
    if node.environment is not None:
        yield "packages", _packages(node.environment)
    for name, change in node.settings.items():
        yield name, _arrow(change)


def _outcome(node: NodeComparison) -> Iterator[_Fact]:
    if node.state is not None:
        yield "state", _arrow(node.state)
    if node.rows is not None:
        yield "rows", _arrow(Change(before=f"{node.rows.before:,}", after=f"{node.rows.after:,}"))
    for port, output in node.results.items():
        yield from _output(port, output)


def _script(change: ScriptChange) -> Text:
    if change.before is None or change.after is None:
        return Text("the module's own code differs")
    if change.before.name != change.after.name:
        return _arrow(Change(before=change.before.name, after=change.after.name))
    return Text(one_line(change.after.name))


def _input(change: Change) -> Text:
    if change.before == change.after:
        return Text(f"{one_line(change.after)}, which differs")
    return _arrow(change, nothing="not connected")


def _packages(change: Change) -> Text:
    """The packages that the script asks for; the first word is the same for every script."""
    (base, _, old), (new_base, _, new) = (
        str(identity).partition(" ") for identity in (change.before, change.after)
    )
    if old != new:
        return _arrow(Change(before=old or None, after=new or None), nothing="none of its own")
    assert base != new_base
    return Text("the default environment's packages differ")


def _output(port: str, output: OutputComparison) -> Iterator[_Fact]:
    if output.kind is not None:
        yield port, _arrow(output.kind, nothing="nothing")
    if output.sizes is not None:
        before, after = (size_text(size) for size in output.sizes)
        size = before if before == after else f"{before} → {after}"
        yield port, Text(f"contents differ ({size})")
    if output.table is not None:
        about = port
        for said in _table(output.table):
            yield about, said
            about = ""


def _table(table: TableComparison) -> Iterator[Text]:
    if table.rows is not None:
        yield Text(f"{count_text(table.rows.before, 'row')} → {table.rows.after:,}")
    for sign, style, names in (("+", "green", table.added), ("-", "red", table.removed)):
        for name in names:
            yield Text.assemble((sign, style), f" column {cut(name, _VALUE)}")
    for kind, changes in (("type", table.types), ("role", table.roles)):
        for name, change in changes.items():
            yield Text.assemble(f"{kind} of {cut(name, _VALUE)}: ", _arrow(change))
    if table.reordered:
        yield Text("the columns are in a different order")
    for column in table.cells[:_MOST_COLUMNS]:
        yield _column(column)
    if len(table.cells) > _MOST_COLUMNS:
        more = count_text(len(table.cells) - _MOST_COLUMNS, "more column")
        yield Text(f"… and cells in {more}", style="dim")


def _column(column: ColumnChange) -> Text:
    cells = f"{count_text(column.cells, 'cell')} of {cut(column.name, _VALUE)}"
    said = Text.assemble(f"{cells}: ", _arrow_of(column.first[0]))
    for cell in column.first[1:]:
        said.append_text(Text.assemble(", ", _arrow_of(cell)))
    if column.cells > len(column.first):
        said.append(", …", style="dim")
    return said


def _arrow_of(cell: CellChange) -> Text:
    where = (f" (row {cell.row:,})", "dim")
    change = Change(before=cell.before, after=cell.after)
    return Text.assemble(_arrow(change, nothing="missing"), where)


def _arrow(change: Change, *, nothing: str = "default") -> Text:
    before, after = (
        nothing if value is None else str(value) for value in (change.before, change.after)
    )
    before, after = from_difference(before, after, width=_VALUE)
    return Text.assemble(
        (cut(before, _VALUE), "red"), (" → ", "dim"), (cut(after, _VALUE), "green")
    )


def _as_values(change: Change) -> Change:
    """Values of parameters as an experiment's file could have them."""
    before, after = (
        None if value is None else json.dumps(value, ensure_ascii=False)
        for value in (change.before, change.after)
    )
    return Change(before=before, after=after)


def _show_script(
    console: Terminal, change: ScriptChange, told: dict[tuple[str, ...], str], node: str
) -> None:
    """The lines that differ; nodes may share a script, whose lines are shown once."""
    lines: Sequence[str] = change.lines
    if not lines:
        return
    first = told.setdefault(tuple(lines), node)
    if first != node:
        console.say(Text(f"    the same lines as at {one_line(first)}", style="dim"))
        return
    for number, line in enumerate(lines):
        style = "bold" if number < _HEAD else _STYLES.get(line[:1], "dim")
        console.print(Text(f"    {printable(line)}", style=style), soft_wrap=True)
