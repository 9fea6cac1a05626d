"""Local variables of a script that failed, frame by frame, on the terminal."""

from collections.abc import Iterator

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from studiolo.cli.terminal import Terminal
from studiolo.rendering.amounts import count_text
from studiolo.rendering.plain_text import one_line, printable
from studiolo.sandbox.exchange.job import Failure, TracebackFrame
from studiolo.sandbox.exchange.variables import Problem, Variable, VariableTable

_INDENT = 2
_PROBLEMS = {
    Problem.SECRET: "left out: its name says that it is secret",
    Problem.SLOW: "not shown: its __repr__ took too long",
    Problem.RAISED: "not shown: its __repr__ raised {text}",
}


def show_variables(console: Terminal, failure: Failure) -> None:
    """Show the variables of each of the user's frames, the outermost first."""
    frames = [frame for frame in failure.frames if has_variables(frame)]
    for frame in frames:
        console.print()
        console.say(Text(f"variables {_place(frame)}", style="bold"))
        for variable in frame.variables.shown:
            _show(console, variable)
        if frame.variables.left_out:
            more = count_text(frame.variables.left_out, "more variable")
            console.say(Text(f"  … {more}", style="dim"))
    if not frames:
        console.say(Text("There are no local variables to show.", style="dim"))


def has_variables(frame: TracebackFrame) -> bool:
    """Whether there is anything to show of a frame."""
    return bool(frame.variables.shown or frame.variables.left_out)


def _place(frame: TracebackFrame) -> str:
    called = frame.function
    inside = "at the top level" if called == "<module>" else f"in {one_line(called)}"
    return f"{inside}, {one_line(frame.file)}, line {frame.line}"


def _show(console: Terminal, variable: Variable) -> None:
    head = Text.assemble(" " * _INDENT, (one_line(variable.name), "cyan"))
    if variable.type:
        head.append(f"  {one_line(variable.type)}", "dim")
    if variable.problem in _PROBLEMS:
        said = _PROBLEMS[variable.problem].format(text=one_line(variable.text))
        console.say(Text.assemble(head, "  ", (said, "yellow")))
    elif variable.table is not None:
        size = f"{variable.table.rows:,} \N{MULTIPLICATION SIGN} {variable.table.columns:,}"
        console.say(Text.assemble(head, "  ", size))
        console.print(Padding(_table(variable.table, console.width), (0, 0, 0, 2 * _INDENT)))
    else:
        first, *rest = printable(variable.text).splitlines() or [""]
        console.print(Text.assemble(head, "  ", first), soft_wrap=True)
        for line in rest:
            console.print(Text(" " * 2 * _INDENT + line), soft_wrap=True)


def _table(table: VariableTable, width: int) -> Table:
    view = Table(box=None, pad_edge=False, header_style="bold")
    view.add_column("", style="dim", no_wrap=True)
    columns = list(_fitting(table, width))
    for position in columns:
        view.add_column(one_line(table.names[position]), no_wrap=True, overflow="ellipsis")
    left_out = table.columns - len(columns)
    if left_out:
        view.add_column(f"+ {count_text(left_out, 'column')}", no_wrap=True, style="dim")
    for label, cells in zip(table.index, table.cells, strict=True):
        view.add_row(one_line(label), *[one_line(cells[position]) for position in columns])
    if table.rows > len(table.index):
        view.add_row("…")
    return view


def _fitting(table: VariableTable, width: int) -> Iterator[int]:
    room = width - 2 * _INDENT - 16
    for position, name in enumerate(table.names):
        room -= 1 + max(len(name), *(len(row[position]) for row in table.cells), 0)
        if room < 0 and position:
            return
        yield position
