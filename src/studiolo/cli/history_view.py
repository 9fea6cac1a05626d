"""The run history on the terminal, as the classic studio listed it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from studiolo.cli.run_status import status_shown
from studiolo.cli.terminal import Terminal
from studiolo.rendering.amounts import NOTHING, count_text, end_text, moment_text, size_text
from studiolo.rendering.cells import cell
from studiolo.rendering.plain_text import one_line
from studiolo.store.blobs import Swept
from studiolo.store.identity import RunId
from studiolo.store.run_record import Pruned, RunRecord

_NAME = 40
_SHORTEST_NAME = 12
_GAP = 2
_BEGAN = "START TIME"
_ENDED = "END TIME"
#: What a narrow terminal goes without, the least missed first. A run's id is never cut: other
#: commands are given it.
_DROPPED_FIRST = ("STATE", _ENDED, _BEGAN, "EXPERIMENT")


def show_history(
    console: Terminal,
    runs: Sequence[RunRecord],
    *,
    changes: Mapping[RunId, Sequence[str]],
    draft: str | None,
    more: bool,
) -> None:
    """Show runs, newest first.

    Args:
        console: Where to show them.
        runs: The runs.
        changes: What was new in those of them of which it is known.
        draft: What the experiment is called that can be edited; None for a whole workspace.
        more: Whether there are older ones.
    """
    if runs or draft is not None:
        for line in _lines(runs, draft, changes, console.width):
            console.print(line, soft_wrap=True)
    if not runs:
        console.say(Text("Nothing has been run yet.", style="dim"))
    elif more:
        hint = f"… and older ones; --limit {2 * len(runs)} lists more of them."
        console.say(Text(hint, style="dim"))


def forgotten_text(pruned: Pruned, swept: Swept) -> str:
    """A sentence about the runs and results that `--keep` has removed."""
    if not (pruned.runs or pruned.results or swept.blobs or swept.unfinished):
        return "There were no runs to forget."
    files = swept.blobs + swept.unfinished
    return (
        f"Forgot {count_text(pruned.runs, 'run')} and {count_text(pruned.results, 'result')}; "
        f"removed {count_text(files, 'file')}, {size_text(swept.size)}."
    )


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column beside the names."""

    title: str
    #: What stands in the line of what can be edited.
    draft: str = NOTHING
    cells: Sequence[Text]

    @property
    def width(self) -> int:
        return max(len(self.title), len(self.draft), *(cell.cell_len for cell in self.cells)) + _GAP


def _lines(
    runs: Sequence[RunRecord],
    draft: str | None,
    changes: Mapping[RunId, Sequence[str]],
    width: int,
) -> Iterator[Text]:
    names = [run.experiment_name for run in runs]
    longest = max(cell(name, width=_NAME).cell_len for name in ("NAME", draft or "", *names))
    columns = _columns(runs, draft)
    for title in _DROPPED_FIRST:
        if sum(column.width for column in columns) + min(longest, _SHORTEST_NAME) <= width:
            break
        columns = [column for column in columns if column.title != title]
    room = min(longest, max(width - sum(column.width for column in columns), _SHORTEST_NAME))
    widths = [room, *(column.width - _GAP for column in columns)]
    yield _line([Text("NAME"), *(Text(column.title) for column in columns)], widths, style="dim")
    if draft is not None:
        name = cell(draft, width=room, style="bold")
        yield _line([name, *(Text(column.draft) for column in columns)], widths)
    for number, run in enumerate(runs):
        name = cell(run.experiment_name, width=room)
        yield _line([name, *(column.cells[number] for column in columns)], widths)
        if run.id in changes:
            said = "; ".join(changes[run.id]) or "nothing new"
            yield cell(f"  {said}", width=width, style="dim")


def _line(cells: Sequence[Text], widths: Sequence[int], *, style: str = "") -> Text:
    line = Text(style=style)
    for said, width in zip(cells, widths, strict=True):
        line.append_text(said)
        line.append(" " * (width - said.cell_len + _GAP))
    line.rstrip()
    return line


def _columns(runs: Sequence[RunRecord], draft: str | None) -> list[_Column]:
    columns = [
        _Column(title="STATE", draft="Editable", cells=[Text("Locked") for _ in runs]),
        _Column(title="STATUS", draft="Draft", cells=[status_shown(run) for run in runs]),
        _Column(title=_BEGAN, cells=[Text(moment_text(run.started_at)) for run in runs]),
        _Column(
            title=_ENDED,
            cells=[Text(end_text(run.ended_at, after=run.started_at)) for run in runs],
        ),
    ]
    if draft is None:
        # The name alone does not say which experiment's they are.
        places = [cell(run.experiment, width=_NAME) for run in runs]
        columns.append(_Column(title="EXPERIMENT", cells=places))
    return [*columns, _Column(title="RUN", cells=[Text(one_line(run.id)) for run in runs])]
