"""The events of a run, and the memory that keeps them for those who read late."""

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from studiolo.environments.progress import BuildProgress
from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.progress import NodeProgress
from studiolo.store.run_record import RunStatus

#: Characters of console text that a run's handle keeps. Each event counts as some more, so that
#: single characters can't fill the memory either.
_KEPT = 4 << 20
_PER_EVENT = 256


@dataclass(frozen=True, kw_only=True)
class RunBegan:
    """The run is recorded."""

    nodes: Sequence[NodeName]


@dataclass(frozen=True, kw_only=True)
class NodeNoted:
    """Calls of a node's script mean something else today."""

    node: NodeName
    #: A sentence each.
    notes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ConsoleWritten:
    """A node printed something."""

    node: NodeName
    text: str


@dataclass(frozen=True, kw_only=True)
class ConsoleDropped:
    """Console text that was here is no longer kept. A reader may have had some of it before."""

    #: How many lines were dropped here, by node; a part of a line counts as one.
    lines: Mapping[NodeName, int]


@dataclass(frozen=True, kw_only=True)
class RunEnded:
    """The run ended; nothing comes after it."""

    status: RunStatus


#: What happens in a run, as an `Observer` hears it.
RunEvent = (
    RunBegan | BuildProgress | NodeProgress | NodeNoted | ConsoleWritten | ConsoleDropped | RunEnded
)


@dataclass(kw_only=True)
class _Gap:
    """Numbers, one after the other, whose events were dropped."""

    first: int
    last: int
    lines: Counter[NodeName] = field(default_factory=Counter)


class KeptEvents:
    """Numbered events of a run; the oldest console text makes room for the newest.

    Everything else is kept but the progress of builds, which each next one replaces: it is as much
    as a run has nodes. Not safe for several threads at once.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        """Keep about ``kept`` characters of console text."""
        self._kept = kept
        self._events: dict[int, RunEvent] = {}
        #: Numbers of the events that can be dropped, oldest first, and what they hold together.
        self._droppable: deque[int] = deque()
        self._held = 0
        self._gaps: list[_Gap] = []
        #: The number of the newest event, from 1; 0: there is none.
        self.last = 0

    def add(self, event: RunEvent) -> None:
        """Give the event the next number."""
        self.last += 1
        self._events[self.last] = event
        if isinstance(event, ConsoleWritten | BuildProgress):
            self._droppable.append(self.last)
            self._held += _size(event)
        # The newest event is always kept: a reader waits for it.
        while self._held > self._kept and len(self._droppable) > 1:
            self._drop(self._droppable.popleft())

    def after(self, number: int) -> tuple[int, RunEvent] | None:
        """The next event, with its number; None if there is none yet.

        In place of events that were dropped together, it is one that says so, with the number of
        the last of them.
        """
        while number < self.last:
            number += 1
            if number in self._events:
                return number, self._events[number]
            gap = self._gaps[bisect_left(self._gaps, number, key=lambda gap: gap.last)]
            number = gap.last
            if gap.lines:
                return number, ConsoleDropped(lines=dict(gap.lines))
        return None

    def _drop(self, number: int) -> None:
        event = self._events.pop(number)
        self._held -= _size(event)
        if not self._gaps or self._gaps[-1].last != number - 1:
            self._gaps.append(_Gap(first=number, last=number))
        gap = self._gaps[-1]
        gap.last = number
        if isinstance(event, ConsoleWritten):
            gap.lines[event.node] += max(event.text.count("\n"), 1)


def _size(event: RunEvent) -> int:
    return _PER_EVENT + (len(event.text) if isinstance(event, ConsoleWritten) else 0)
