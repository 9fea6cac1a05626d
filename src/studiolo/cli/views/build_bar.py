"""The bar that moves while an environment is built."""

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from studiolo.environments.progress import BuildProgress


class BuildBar:
    """One bar, from when it is made until it is stopped, below its title."""

    def __init__(self, console: Console, title: str) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._progress.start()
        console.print(title)
        self._task = self._progress.add_task("")

    def show(self, step: BuildProgress) -> None:
        """Show one step."""
        self._progress.update(
            self._task, description=step.message, total=step.total, completed=step.done or 0
        )

    def stop(self) -> None:
        """Clear it."""
        self._progress.stop()
