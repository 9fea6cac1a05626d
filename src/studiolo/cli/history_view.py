"""The run history on the terminal, as the classic studio listed it."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from studiolo.cli.amounts import NOTHING, count_text, end_text, moment_text, size_text
from studiolo.cli.cells import cell, one_line
from studiolo.cli.standing import short_id, status_shown
from studiolo.cli.terminal import Terminal
from studiolo.store.blobs import Swept
from studiolo.store.run_record import Pruned, RunRecord

_NAME = 40
_SHORTEST_NAME = 12
_GAP = 2
_TITLES = ("STATE", "STATUS", "START TIME", "END TIME")


def show_history(
    console: Terminal, runs: Sequence[RunRecord], *, draft: str | None, more: bool
) -> None:
    """Show runs, newest first.

    Args:
        console: Where to show them.
        runs: The runs.
        draft: What the experiment is called that can be edited; None for a whole workspace.
        more: Whether there are older ones.
    """
    if runs or draft is not None:
        console.print(_table(runs, draft, console.width))
    if not runs:
        console.say(Text("Nothing has been run yet.", style="dim"))
    elif more:
        hint = f"… and older ones; --limit {2 * len(runs)} lists more of them."
        console.say(Text(hint, style="dim"))


def forgotten_text(pruned: Pruned, swept: Swept) -> str:
    """What `--keep` has removed, in a sentence."""
    if not (pruned.runs or pruned.results or swept.blobs or swept.unfinished):
        return "There was nothing to forget."
    files = swept.blobs + swept.unfinished
    return (
        f"Forgot {count_text(pruned.runs, 'run')} and {count_text(pruned.results, 'result')}; "
        f"removed {count_text(files, 'file')}, {size_text(swept.size)}."
    )


def _table(runs: Sequence[RunRecord], draft: str | None, width: int) -> Table:
    # Of a workspace's runs the name alone does not say which experiment's they are.
    titles = [*_TITLES, *(["EXPERIMENT"] if draft is None else []), "RUN"]
    names = [*([] if draft is None else [draft]), *(run.experiment_name for run in runs)]
    longest = max(cell(name, width=_NAME).cell_len for name in ("NAME", *names))
    ids = [one_line(run.id) for run in runs]
    rows = [_cells(run, id_, draft) for run, id_ in zip(runs, ids, strict=True)]
    room = width - _taken(titles, rows)
    if room < longest:
        rows = [_cells(run, short_id(id_), draft) for run, id_ in zip(runs, ids, strict=True)]
        room = width - _taken(titles, rows)
    if draft is not None:
        rows = [[Text("Editable"), Text("Draft"), *[Text(NOTHING)] * 3], *rows]
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
    for title in ("NAME", *titles):
        table.add_column(title, no_wrap=True)
    for number, (name, row) in enumerate(zip(names, rows, strict=True)):
        style = "bold" if draft is not None and number == 0 else ""
        named = cell(name, width=min(longest, max(room, _SHORTEST_NAME)), style=style)
        table.add_row(named, *row)
    return table


def _cells(run: RunRecord, called: str, draft: str | None) -> list[Text]:
    """What stands beside the name of a run."""
    return [
        Text("Locked"),
        status_shown(run),
        Text(moment_text(run.started_at)),
        Text(end_text(run.ended_at, after=run.started_at)),
        *([cell(run.experiment, width=_NAME)] if draft is None else []),
        Text(called),
    ]


def _taken(titles: Sequence[str], rows: Sequence[Sequence[Text]]) -> int:
    """The width of the columns beside the name, with the gaps before them."""
    return sum(
        max(len(title), *(row[place].cell_len for row in rows), 0) + _GAP
        for place, title in enumerate(titles)
    )
