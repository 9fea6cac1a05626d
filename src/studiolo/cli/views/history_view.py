"""The run history on the terminal, as the classic studio listed it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from studiolo.cli.terminal import Terminal
from studiolo.cli.views.run_status import status_shown
from studiolo.rendering.amounts import count_text, end_text, moment_text, size_text
from studiolo.rendering.cells import cell
from studiolo.rendering.plain_text import one_line
from studiolo.store.identity import RunId
from studiolo.store.run_record import RunRecord
from studiolo.workspace.folder.history import Forgotten

_NAME = 40
_SHORTEST_NAME = 26
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
        changes: What was new in those runs for which that is known.
        draft: What the experiment is called now; None for a whole workspace.
        more: Whether there are older ones.
    """
    if draft is not None:
        console.say(Text(one_line(draft), style="bold"))
    if runs:
        named = any(run.experiment_name != draft for run in runs)
        for line in _lines(runs, changes, console.width, named=named, places=draft is None):
            console.print(line, soft_wrap=True)
    if not runs:
        console.say(Text("Nothing has been run yet.", style="dim"))
    elif more:
        hint = f"… and older ones; --limit {2 * len(runs)} lists more of them."
        console.say(Text(hint, style="dim"))


def forgotten_text(forgotten: Forgotten) -> str:
    """A sentence about the runs and results that `--keep` has removed."""
    if not (forgotten.runs or forgotten.results or forgotten.files):
        return "There were no runs to forget."
    gone = f"{count_text(forgotten.runs, 'run')} and {count_text(forgotten.results, 'result')}"
    files = f"{count_text(forgotten.files, 'file')}, {size_text(forgotten.size)}"
    return f"Forgot {gone}; removed {files}."


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column beside the names."""

    title: str
    cells: Sequence[Text]

    @property
    def width(self) -> int:
        return max(len(self.title), *(cell.cell_len for cell in self.cells)) + _GAP


def _lines(
    runs: Sequence[RunRecord],
    changes: Mapping[RunId, Sequence[str]],
    width: int,
    *,
    named: bool,
    places: bool,
) -> Iterator[Text]:
    """The table: ``named`` with the names of the runs' experiments, ``places`` with their paths."""
    names = ["NAME", *(run.experiment_name for run in runs)] if named else []
    longest = max((cell(name, width=_NAME).cell_len for name in names), default=0)
    columns = _columns(runs, places=places)
    for title in _DROPPED_FIRST:
        if sum(column.width for column in columns) + min(longest, _SHORTEST_NAME) <= width:
            break
        columns = [column for column in columns if column.title != title]
    room = min(longest, max(width - sum(column.width for column in columns), _SHORTEST_NAME))
    widths = [column.width - _GAP for column in columns]
    if named:
        widths = [room, *widths]
    head = [Text("NAME")] if named else []
    yield _line([*head, *(Text(column.title) for column in columns)], widths, style="dim")
    for number, run in enumerate(runs):
        name = [cell(run.experiment_name, width=room)] if named else []
        yield _line([*name, *(column.cells[number] for column in columns)], widths)
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


def _columns(runs: Sequence[RunRecord], *, places: bool) -> list[_Column]:
    columns = [
        _Column(title="STATE", cells=[Text("Locked") for _ in runs]),
        _Column(title="STATUS", cells=[status_shown(run) for run in runs]),
        _Column(title=_BEGAN, cells=[Text(moment_text(run.started_at)) for run in runs]),
        _Column(
            title=_ENDED,
            cells=[Text(end_text(run.ended_at, after=run.started_at)) for run in runs],
        ),
    ]
    if places:
        # The name alone does not say which experiment's they are.
        paths = [cell(run.experiment, width=_NAME) for run in runs]
        columns.append(_Column(title="EXPERIMENT", cells=paths))
    return [*columns, _Column(title="RUN", cells=[Text(one_line(run.id)) for run in runs])]
