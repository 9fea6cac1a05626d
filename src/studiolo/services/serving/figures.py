"""Figures of a version: how many requests it answered, how they ended and how long they took."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Upper bounds of the classes of durations, in seconds; there is one more class above.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
#: The outcome of a request that was answered; the others are codes of errors.
SUCCEEDED = "succeeded"


@dataclass(frozen=True, kw_only=True)
class FiguresNow:
    """The figures at one moment."""

    #: Requests by outcome.
    outcomes: Mapping[str, int]
    #: Requests by the class of their duration, one more class than bounds.
    durations: Sequence[int]
    #: The durations of all requests together, in seconds.
    seconds: float

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(self.outcomes.values())


class Figures:
    """Counts requests, from any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outcomes: Counter[str] = Counter()
        self._durations = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def count(self, outcome: str, seconds: float) -> None:
        """Count a request that has ended."""
        with self._lock:
            self._outcomes[outcome] += 1
            self._durations[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    def now(self) -> FiguresNow:
        """The figures as they are."""
        with self._lock:
            return FiguresNow(
                outcomes=dict(self._outcomes),
                durations=tuple(self._durations),
                seconds=self._seconds,
            )
