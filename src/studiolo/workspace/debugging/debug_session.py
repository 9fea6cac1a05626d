"""A node's script under a debugger, in its sandbox, for an editor on this machine."""

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from studiolo.runs.debugging.debug_line import DebugLine
from studiolo.runs.debugging.interactive_run import InteractiveRun
from studiolo.sandbox.exchange.job import Failure, Outcome
from studiolo.workspace.debugging.node_jobs import NodeJob

#: Seconds that all of it may take, however long the script is stopped at breakpoints.
MOST_SECONDS = 2 * 3600


class DebugSession:
    """A script that waits for an editor, and runs under it. Close it, or use it with `with`."""

    def __init__(
        self,
        node: NodeJob,
        *,
        on_text: Callable[[str], None],
        on_end: Callable[[], None] = lambda: None,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        """Start the script; it does not begin before an editor is attached.

        Args:
            node: The node whose script it is.
            on_text: Gets what it prints, as it comes.
            on_end: Hears of its end.
            most_seconds: How long all of it may take.
        """
        debugger = _debugger()
        self._line = DebugLine(debugger, most_seconds=most_seconds, folder=node.folder)
        self._script = node.job.script_name
        self._run = InteractiveRun(
            node.sandbox(debugger),
            node.job,
            self._line,
            limits=node.limits,
            on_text=on_text,
            on_end=on_end,
        )

    @property
    def port(self) -> int:
        """The port of this machine where an editor attaches."""
        return self._line.port

    @property
    def launch(self) -> Mapping[str, Any]:
        """The content of VS Code's `launch.json`."""
        return {
            "version": "0.2.0",
            "configurations": [
                {
                    "name": f"Studiolo: {self._script}",
                    "type": "debugpy",
                    "request": "attach",
                    "connect": {"host": "127.0.0.1", "port": self.port},
                }
            ],
        }

    def wait(self, timeout: float | None = None) -> Outcome | None:
        """How the script ended; None if it has not after so many seconds.

        Raises:
            StudioloError: It could not be begun.
        """
        return self._run.wait(timeout)

    def why_ended(self) -> Failure | None:
        """Why the script failed, once it has ended; None if it has not failed.

        Raises:
            StudioloError: It could not be begun.
        """
        outcome = self._run.wait()
        assert outcome is not None
        return outcome.failure

    def close(self) -> None:
        """End it."""
        self._run.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _debugger() -> Path:
    """The folder of debugpy, found without executing any of it."""
    spec = importlib.util.find_spec("debugpy")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])
