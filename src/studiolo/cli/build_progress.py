"""The building of an environment, which can take a minute, as a progress bar."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from studiolo.environments.progress import BuildProgress


class BuildProgressBar:
    """Shows nothing until there is something to build. Call it with each step."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, step: BuildProgress) -> None:
        """Show one step."""
        if self._progress is None:
            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._progress.start()
            self._console.print("Building the Python environment for scripts (once).")
            self._task = self._progress.add_task("")
        assert self._task is not None
        self._progress.update(
            self._task, description=step.message, total=step.total, completed=step.done or 0
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish()

    def finish(self) -> None:
        """Clear the bar; what comes after it has the terminal to itself."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
