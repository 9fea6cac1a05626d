"""The room that an engine has for steps, shared fairly by all runs that use it."""

import os
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

#: Bytes that are left to everything else when a step is to start beside another.
_SPARE = 512 << 20
#: A step needs its inputs, and mostly as much again for what it makes of them.
_PER_INPUT_BYTE = 2


class Capacity:
    """So many slots, and memory. For any number of runs and threads.

    A free slot goes to the run that holds the fewest, among those to the one that has waited
    longest. A step that has the machine to itself may always start; beside others it starts only
    where there is memory for it, and until then no other step overtakes it.
    """

    def __init__(
        self, slots: int | None = None, *, available_memory: Callable[[], int] | None = None
    ) -> None:
        """Make room.

        Args:
            slots: How many steps may run at once; as many as there are processors if not given.
            available_memory: Tells how many bytes can be used now; asks the kernel if not given.
        """
        self.slots = slots or os.cpu_count() or 1
        self._available_memory = available_memory or _available_memory
        self._lock = threading.Lock()
        self._shares: list[Share] = []
        self._tickets = count()

    def share(self, wake: Callable[[], None]) -> "Share":
        """A run's share of the slots.

        Args:
            wake: Called, by any thread, when a step that was refused may have its turn.
        """
        share = Share(self, wake)
        with self._lock:
            self._shares.append(share)
        return share

    def _take(self, share: "Share", size: int) -> bool:
        with self._lock:
            if share.ticket is None:
                share.ticket = next(self._tickets)
            granted = self._next() is share and self._has_room(size)
            if granted:
                share.sizes.append(size)
                share.ticket = None
            woken = self._next() if granted and self._has_slot() else None
        if woken is not None and woken is not share:
            woken.wake()
        return granted

    def _change(self, share: "Share", change: Callable[[], None]) -> None:
        """Change what a share holds or wants, and let the next one know."""
        with self._lock:
            change()
            woken = self._next() if self._has_slot() else None
        if woken is not None and woken is not share:
            woken.wake()

    def _leave(self, share: "Share") -> None:
        if share in self._shares:
            self._shares.remove(share)

    def _next(self) -> "Share | None":
        waiting = [(len(s.sizes), s.ticket, s) for s in self._shares if s.ticket is not None]
        return min(waiting, key=lambda entry: entry[:2])[2] if waiting else None

    def _has_slot(self) -> bool:
        return sum(len(share.sizes) for share in self._shares) < self.slots

    def _has_room(self, size: int) -> bool:
        running = [size for share in self._shares for size in share.sizes]
        if not running:
            return True
        if len(running) >= self.slots:
            return False
        # What runs may not have used its part yet.
        promised = _PER_INPUT_BYTE * (sum(running) + size)
        return self._available_memory() > _SPARE + promised


class Share:
    """A run's part in a `Capacity`. Leave it, or use it as a context manager."""

    def __init__(self, capacity: Capacity, wake: Callable[[], None]) -> None:
        self._capacity = capacity
        self.wake = wake
        #: The sizes of the inputs of the steps that run.
        self.sizes: list[int] = []
        #: Its place among those that wait; None while it does not.
        self.ticket: int | None = None

    def take(self, size: int) -> bool:
        """Take a slot for a step with inputs of so many bytes; False if it has to wait.

        One that has to wait is woken when it may ask again.
        """
        return self._capacity._take(self, size)

    def give_back(self, size: int) -> None:
        """Give back the slot of a step that has ended."""
        self._capacity._change(self, lambda: self.sizes.remove(size))

    def stop_waiting(self) -> None:
        """Ask for nothing any more, for now."""

        def change() -> None:
            self.ticket = None

        if self.ticket is not None:
            self._capacity._change(self, change)

    def leave(self) -> None:
        """Give everything back."""

        def change() -> None:
            self.ticket = None
            self.sizes.clear()
            self._capacity._leave(self)

        self._capacity._change(self, change)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.leave()


def _available_memory() -> int:
    """Bytes that processes can still take without swapping."""
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return _SPARE * 4
