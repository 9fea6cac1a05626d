"""Room for the requests to an endpoint: so many at once, so many that wait for their turn."""

import math
import threading
import time
from collections import deque
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from studiolo.services.serving.errors import EndpointBusyError

#: The least and the most seconds that a caller is asked to wait.
_SHORTEST, _LONGEST = 1, 60
#: How much the newest request counts in the mean of how long they take.
_WEIGHT = 0.2


class Slot:
    """One request's turn. Release it, or use it as a context manager: the next one has its turn."""

    def __init__(self, slots: "Slots") -> None:
        self._slots = slots
        #: Done as soon as it is this request's turn.
        self.granted: Future[None] = Future()
        #: When that was, by the monotonic clock.
        self.since: float | None = None

    def release(self) -> None:
        """Let the next one in, or leave the queue. More than once is as good as once."""
        self._slots.release(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


class Slots:
    """The slots of an endpoint, in the order in which they were asked for.

    Waiting takes no thread: a slot holds a future. For any number of threads.
    """

    def __init__(self, *, concurrent: int, queued: int) -> None:
        self._concurrent = concurrent
        self._queued = queued
        self._lock = threading.Lock()
        self._taken: set[Slot] = set()
        self._waiting: deque[Slot] = deque()
        self._mean = 0.0

    @property
    def taken(self) -> int:
        """How many requests have their turn."""
        return len(self._taken)

    @property
    def waiting(self) -> int:
        """How many requests wait for theirs."""
        return len(self._waiting)

    def ask(self) -> Slot:
        """A place in the queue, or a turn at once.

        Raises:
            EndpointBusyError: The queue is full.
        """
        slot = Slot(self)
        with self._lock:
            self._refuse_if_full()
            self._waiting.append(slot)
            granted = self._next()
        _grant(granted)
        return slot

    def refuse_if_full(self) -> None:
        """Find out that there is no room before anything is done for a request.

        Raises:
            EndpointBusyError: The queue is full.
        """
        with self._lock:
            self._refuse_if_full()

    def release(self, slot: Slot) -> None:
        """Take a slot back, or take it out of the queue."""
        with self._lock:
            if slot in self._taken:
                self._taken.remove(slot)
                assert slot.since is not None
                took = time.monotonic() - slot.since
                self._mean += (took - self._mean) * (_WEIGHT if self._mean else 1)
            elif slot in self._waiting:
                self._waiting.remove(slot)
            granted = self._next()
        _grant(granted)

    def resize(self, *, concurrent: int, queued: int) -> None:
        """Change the limits; requests that have a turn or a place keep it."""
        with self._lock:
            self._concurrent, self._queued = concurrent, queued
            granted = self._next()
        _grant(granted)

    def _next(self) -> list[Slot]:
        """Those whose turn it is now; granted outside of the lock, for that calls others."""
        granted = []
        while self._waiting and len(self._taken) < self._concurrent:
            slot = self._waiting.popleft()
            slot.since = time.monotonic()
            self._taken.add(slot)
            granted.append(slot)
        return granted

    def _refuse_if_full(self) -> None:
        full = len(self._taken) >= self._concurrent and len(self._waiting) >= self._queued
        if full:
            # By then all that wait now have had their turn.
            seconds = self._mean * (len(self._waiting) + 1) / max(self._concurrent, 1)
            retry_after = min(max(math.ceil(seconds), _SHORTEST), _LONGEST)
            raise EndpointBusyError(
                concurrent=self._concurrent, queued=self._queued, retry_after=retry_after
            )


def _grant(slots: list[Slot]) -> None:
    for slot in slots:
        # False if its caller no longer waits; the one who asked for it releases it.
        if slot.granted.set_running_or_notify_cancel():
            slot.granted.set_result(None)
