"""A run in progress: its id at once, its events as they happen, and its end."""

import threading
from collections.abc import Callable, Iterator, Sequence

from studiolo.environments.progress import BuildProgress
from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.progress import NodeProgress, Observer
from studiolo.runs.experiments.run_events import (
    ConsoleWritten,
    KeptEvents,
    NodeNoted,
    RunBegan,
    RunEnded,
    RunEvent,
)
from studiolo.store.identity import RunId
from studiolo.store.run_record import RunStatus, Session


class RunningExperiment:
    """The handle of a run, which has a thread of its own. For any number of threads."""

    def __init__(self, run: RunId, *, prepares: Session | None = None) -> None:
        self.id = run
        #: As it is recorded of the run.
        self.prepares = prepares
        self._changed = threading.Condition()
        self._events = KeptEvents()
        self._over = False
        self._status: RunStatus | None = None
        self._error: BaseException | None = None
        self._cancelled = False
        self._on_cancel: list[Callable[[], None]] = []
        self._listeners: list[Callable[[], None]] = []

    def events(self, after: int = 0) -> Iterator[tuple[int, RunEvent]]:
        """The events, numbered from 1; waits for each that is still to come.

        Numbers grow, and may leave some out: of a run that prints much, the oldest console text is
        not kept, and a `ConsoleDropped` says so. Ends with the run. A run that could not be begun
        has no events.

        Args:
            after: The number of the last event that is known already.
        """
        number = after
        while (found := self._after(number)) is not None:
            number = found[0]
            yield found

    def so_far(self, after: int = 0) -> tuple[list[tuple[int, RunEvent]], bool]:
        """The events after that number that are there by now, and whether the run is over."""
        with self._changed:
            found = []
            while (event := self._events.after(after)) is not None:
                found.append(event)
                after = event[0]
            return found, self._over

    def listen(self, act: Callable[[], None]) -> Callable[[], None]:
        """Call this at each event and at the end, from any thread; what returns ends that.

        It must be quick.
        """
        with self._changed:
            self._listeners.append(act)
        return lambda: self._listeners.remove(act)

    def _after(self, number: int) -> tuple[int, RunEvent] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._events.last > number or self._over)
            return self._events.after(number)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._over

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to end."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask the run to end, which it does soon; `wait` for it. Calling it again has no effect."""
        with self._changed:
            asked, self._on_cancel = self._on_cancel, []
            self._cancelled = True
        for act in asked:
            act()

    def wait(self, seconds: float | None = None) -> RunStatus | None:
        """How the run ended; None if it is still going after that many seconds.

        Raises:
            StudioloError: It could not be begun or continued; what had ended before is recorded.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._over, timeout=seconds)
            if self._error is not None:
                raise self._error
            return self._status

    def join(self) -> None:
        """Wait for the end, whatever it is."""
        with self._changed:
            self._changed.wait_for(lambda: self._over)

    # For the thread that carries the run out.

    def on_cancel(self, act: Callable[[], None]) -> None:
        """Call this when the run is asked to end; at once, if it was asked already."""
        with self._changed:
            if not self._cancelled:
                self._on_cancel.append(act)
                return
        act()

    def end(self, status: RunStatus | None, error: BaseException | None = None) -> None:
        """The run is over."""
        with self._changed:
            self._over = True
            self._status, self._error = status, error
            self._on_cancel.clear()
            self._tell()

    def note(self, event: RunEvent) -> None:
        """Something happened."""
        with self._changed:
            self._events.add(event)
            self._tell()

    def _tell(self) -> None:
        self._changed.notify_all()
        for act in list(self._listeners):
            act()


class EventLog(Observer):
    """Writes a run's events down in its handle."""

    def __init__(self, note: Callable[[RunEvent], None]) -> None:
        self._note = note

    def run_began(self, run: RunId, nodes: Sequence[NodeName]) -> None:  # noqa: ARG002
        """Note it."""
        self._note(RunBegan(nodes=tuple(nodes)))

    def environment_progressed(self, progress: BuildProgress) -> None:
        """Note it."""
        self._note(progress)

    def node_changed(self, progress: NodeProgress) -> None:
        """Note it."""
        self._note(progress)

    def node_noted(self, node: NodeName, notes: Sequence[str]) -> None:
        """Note it."""
        self._note(NodeNoted(node=node, notes=tuple(notes)))

    def console_written(self, node: NodeName, text: str) -> None:
        """Note it."""
        self._note(ConsoleWritten(node=node, text=text))

    def run_ended(self, status: RunStatus) -> None:
        """Note it."""
        self._note(RunEnded(status=status))
