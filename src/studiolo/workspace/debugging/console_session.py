"""A console in a node's sandbox: statements that a person types, beside the node's inputs."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from studiolo.runs.debugging.console_line import ConsoleLine, Prompt
from studiolo.runs.debugging.interactive_run import InteractiveRun
from studiolo.sandbox.exchange.job import Failure
from studiolo.workspace.debugging.node_jobs import NodeJob

#: Seconds that a console waits for the next statement.
IDLE_SECONDS = 3600


class ConsoleSession:
    """An open console. Close it, or use it as a context manager: its process ends with it."""

    def __init__(
        self,
        node: NodeJob,
        *,
        on_text: Callable[[str], None],
        on_end: Callable[[], None] = lambda: None,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """Open one.

        Args:
            node: The node.
            on_text: Gets what statements print, as it comes.
            on_end: Hears of the end, which may come by itself.
            idle_seconds: How long it waits for a statement.
        """
        self._line = ConsoleLine(
            statement_seconds=node.limits.timeout_seconds, idle_seconds=idle_seconds
        )

        def ended() -> None:
            self._line.end()
            on_end()

        self._run = InteractiveRun(
            node.sandbox(),
            node.job,
            self._line,
            limits=node.limits,
            on_text=on_text,
            on_end=ended,
        )

    def enter(self, source: str) -> None:
        """Have a statement, or several, executed; `wait` says when it is done.

        Raises:
            ValueError: It is too long, or one is being executed.
        """
        self._line.enter(source)

    def wait(self, timeout: float | None = None) -> Prompt:
        """The input that it waits for, once no statement runs; or after so many seconds."""
        return self._line.wait(timeout)

    def interrupt(self) -> None:
        """End the statement that runs, as Ctrl-C does."""
        self._line.interrupt()

    @property
    def names(self) -> list[str]:
        """Names of what is at hand: the script's own, and its inputs."""
        return list(self._line.names)

    def why_ended(self) -> Failure | None:
        """Why it ended by itself; None if it was left.

        Raises:
            StudioloError: It could not be opened.
        """
        outcome = self._run.wait()
        assert outcome is not None
        return outcome.failure

    def close(self) -> None:
        """End it."""
        self._line.leave()
        self._run.wait(1.0)
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
