"""The bar that moves while a batch is scored."""

from typing import Self

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from studiolo.calling.service_batch import BatchState
from studiolo.cli.terminal import Terminal
from studiolo.rendering.amounts import count_text
from studiolo.rendering.plain_text import printable
from studiolo.services.batches.outcome import BatchProgress


class BatchBar:
    """One bar, on terminals only; a context manager."""

    def __init__(self, console: Terminal, service: str) -> None:
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[rows]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(printable(service), total=None, rows="")

    def show(self, progress: BatchProgress) -> None:
        """Show how much is done."""
        rows = count_text(progress.rows_done, "row")
        if progress.rows_total is not None:
            rows = f"{progress.rows_done:,} of {count_text(progress.rows_total, 'row')}"
        self._bar.update(
            self._task, completed=progress.pieces_done, total=progress.pieces_total, rows=rows
        )

    def show_rows(self, state: BatchState) -> None:
        """Show how much of a server's job is done."""
        rows = count_text(state.rows_done, "row")
        self._bar.update(self._task, completed=state.rows_done, total=state.rows_total, rows=rows)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
