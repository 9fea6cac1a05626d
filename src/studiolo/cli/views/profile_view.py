"""The profile of a dataset in the terminal: one calm row a column, as wide as there is room."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from studiolo.cli.views.profile_text import (
    histogram_blocks,
    short_value,
    top_values_text,
)
from studiolo.datasets.profile import ColumnProfile, DatasetProfile, Statistics, Value
from studiolo.rendering.plain_text import one_line

_GAP = 2
_LONGEST_NAME = 28
#: Names are cut to this before anything is left out, and to the other before the table breaks.
_CUT_NAME = 18
_SHORTEST_NAME = 10
_NARROWEST_DISTRIBUTION = 14
_WIDEST_DISTRIBUTION = 60
_NOTHING = "·"
#: Columns of the dataset that have a row here.
_MOST_ROWS = 100

#: What a narrow terminal goes without, the least missed first.
_DROPPED_FIRST = ("std", "type", "median", "unique", "max", "min", "missing", "mean")


_Pick = Callable[[Statistics], Value | None]


def render_profile(profile: DatasetProfile, *, size: bool = True) -> RenderableType:
    """Show a profile as a table that fits the terminal it is printed in.

    Args:
        profile: What to show.
        size: Whether to begin with the numbers of rows and columns.
    """
    return _ProfileView(profile=profile, size=size)


@dataclass(frozen=True, kw_only=True)
class _Heading:
    """A column of the view: its heading and its cells."""

    title: str
    cells: tuple[Text, ...]
    justify: Literal["left", "right"] = "right"

    @property
    def width(self) -> int:
        return max(cell_len(self.title), *(cell.cell_len for cell in self.cells), 0)


@dataclass(frozen=True, kw_only=True)
class _ProfileView:
    """Chooses what fits when the width of the terminal is known."""

    profile: DatasetProfile
    size: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = self.profile.columns[:_MOST_ROWS]
        if self.size:
            yield Text(_size_text(self.profile), style="bold")
        if not columns:
            return
        kept, dropped = _fitting(_headings(columns, clock=True), options.max_width)
        if dropped:
            kept, dropped = _fitting(_headings(columns, clock=False), options.max_width)
        if self.size:
            yield Text()
        yield _table(columns, kept, options.max_width)
        yield from _notes(columns, dropped)
        if left_out := len(self.profile.columns) - len(columns):
            yield Text()
            yield Text(
                f"{left_out:,} more column{'s' * (left_out != 1)} not shown: "
                "--json shows everything.",
                style="dim",
            )


def _size_text(profile: DatasetProfile) -> str:
    rows, columns = profile.row_count, len(profile.columns)
    return f"{rows:,} row{'s' * (rows != 1)}, {columns:,} column{'s' * (columns != 1)}"


def _headings(columns: Sequence[ColumnProfile], *, clock: bool) -> list[_Heading]:
    """Lay out everything but the distribution, whose width is what the others leave."""

    def statistic(title: str, pick: _Pick) -> _Heading:
        cells = tuple(_statistic(column, pick, clock=clock) for column in columns)
        return _Heading(title=title, cells=cells)

    return [
        _Heading(
            title="name",
            cells=tuple(_cut(column.name, _LONGEST_NAME, style="bold") for column in columns),
            justify="left",
        ),
        _Heading(
            title="type",
            cells=tuple(_cut(column.type, _LONGEST_NAME, style="dim") for column in columns),
            justify="left",
        ),
        _Heading(title="missing", cells=tuple(_missing(column) for column in columns)),
        _Heading(title="unique", cells=tuple(Text(f"{column.unique:,}") for column in columns)),
        statistic("mean", lambda statistics: statistics.mean),
        statistic("median", lambda statistics: statistics.median),
        statistic("min", lambda statistics: statistics.minimum),
        statistic("max", lambda statistics: statistics.maximum),
        statistic("std", lambda statistics: statistics.standard_deviation),
    ]


def _missing(column: ColumnProfile) -> Text:
    return Text(f"{column.missing:,}", style="yellow" if column.missing else "dim")


def _statistic(column: ColumnProfile, pick: _Pick, *, clock: bool) -> Text:
    statistics = column.statistics
    value = None if statistics is None else pick(statistics)
    if statistics is None or value is None:
        return Text(_NOTHING, style="dim")
    # Moments of one day say nothing without the clock.
    one_day = str(statistics.minimum)[:10] == str(statistics.maximum)[:10]
    return Text(short_value(value, column.kind, clock=clock or one_day))


def _cut(text: str, width: int, style: str) -> Text:
    shown = one_line(text)
    if cell_len(shown) > width:
        shown = set_cell_size(shown, width - 1).rstrip() + "…"
    return Text(shown, style=style)


def _fitting(headings: list[_Heading], width: int) -> tuple[list[_Heading], list[str]]:
    """Leave out what a terminal of this width has no room for."""
    dropped: list[str] = []
    for title in _DROPPED_FIRST:
        name, *others = headings
        taken = sum(heading.width + _GAP for heading in others)
        room = width - taken - min(name.width, _CUT_NAME) - _GAP
        if room >= _NARROWEST_DISTRIBUTION:
            break
        headings = [heading for heading in headings if heading.title != title]
        dropped.append(title)
    return headings, dropped


def _table(columns: Sequence[ColumnProfile], headings: list[_Heading], width: int) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    taken = sum(heading.width + _GAP for heading in headings[1:])
    name_room = width - taken - _GAP - _NARROWEST_DISTRIBUTION
    name_width = min(headings[0].width, max(name_room, _SHORTEST_NAME))
    room = min(max(width - taken - name_width - _GAP, 1), _WIDEST_DISTRIBUTION)
    for place, heading in enumerate(headings):
        table.add_column(
            heading.title,
            justify=heading.justify,
            no_wrap=True,
            overflow="ellipsis",
            width=heading.width if place else name_width,
        )
    table.add_column("distribution", no_wrap=True, overflow="ellipsis", width=room)
    for place, column in enumerate(columns):
        cells = (heading.cells[place] for heading in headings)
        table.add_row(*cells, _distribution(column, room))
    return table


def _distribution(column: ColumnProfile, room: int) -> Text:
    if column.histogram is not None:
        return Text(histogram_blocks(column.histogram.counts), style="cyan")
    if column.top_values:
        return Text(top_values_text(column.top_values, column.count, room))
    return Text(_NOTHING, style="dim")


def _notes(columns: Sequence[ColumnProfile], dropped: Sequence[str]) -> Iterator[Text]:
    infinite = [column for column in columns if column.infinite]
    if infinite or dropped:
        yield Text()
    for column in infinite:
        yield Text(
            f"{one_line(column.name)}: {column.infinite:,} infinite, left out of the statistics.",
            style="yellow",
        )
    if dropped:
        names = ", ".join(reversed(dropped))
        yield Text(f"No room for {names}: --json shows everything.", style="dim")
