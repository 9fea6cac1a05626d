"""The building of an environment, which can take a minute, as a progress bar."""

import importlib
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console

from studiolo.environments.progress import BuildProgress

if TYPE_CHECKING:
    from studiolo.cli.views.build_bar import BuildBar

#: Said once, before anything moves.
BUILDING = "Building a Python environment, which is kept for later runs."


class BuildProgressBar:
    """Shows nothing until there is something to build. Call it with each step."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: BuildBar | None = None

    def __call__(self, step: BuildProgress) -> None:
        """Show one step."""
        if self._bar is None:
            # Few commands build anything, and every one would wait for what draws bars.
            bar = importlib.import_module("studiolo.cli.views.build_bar")
            self._bar = bar.BuildBar(self._console, BUILDING)
        self._bar.show(step)

    @property
    def is_shown(self) -> bool:
        """Whether it has the terminal."""
        return self._bar is not None

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
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
