"""That a script is running which prints nothing, where a person looks on."""

import importlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from studiolo.cli.terminal import Terminal

if TYPE_CHECKING:
    from rich.progress import Progress

#: Seconds of silence before the sign appears.
_DELAY = 1.0


class RunningSign:
    """A line that moves, until it is cleared; start it, or use it as a context manager."""

    def __init__(self, console: Terminal, *, may_show: Callable[[], bool]) -> None:
        """``may_show`` is asked when the sign would appear; if not, it tries again later."""
        self._console = console
        self._may_show = may_show
        self._lock = threading.Lock()
        self._cleared = not console.is_terminal
        self._shown: Progress | None = None
        self._timer: threading.Timer | None = None

    def start(self) -> None:
        """Appear after a while, if nothing clears it before."""
        with self._lock:
            if not self._cleared:
                self._timer = threading.Timer(_DELAY, self._appear)
                self._timer.daemon = True
                self._timer.start()

    def clear(self) -> None:
        """Disappear for good: what comes has the terminal to itself."""
        with self._lock:
            self._cleared = True
            if self._timer is not None:
                self._timer.cancel()
            if self._shown is not None:
                self._shown.stop()
                self._shown = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def _appear(self) -> None:
        if not self._may_show():
            self.start()
            return
        # Most scripts end before, and would wait for what draws it.
        progress = importlib.import_module("rich.progress")
        with self._lock:
            if self._cleared:
                return
            self._shown = progress.Progress(
                progress.SpinnerColumn(),
                progress.TextColumn("{task.description}"),
                progress.TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._shown.add_task("running, nothing printed yet; Ctrl-C stops it")
            self._shown.start()
