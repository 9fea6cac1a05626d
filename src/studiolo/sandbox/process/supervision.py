"""The supervision of a run: its message, its console, its deadline, its memory."""

import math
import os
import select
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from studiolo.sandbox.exchange.attachment import Attachment
from studiolo.sandbox.exchange.console import Console
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.process.control_groups import MemoryGroup
from studiolo.sandbox.process.process_memory import memory_of
from studiolo.sandbox.process.work_directory import exceeds
from studiolo.sandbox.process.zygote import Child

#: How often a run is looked at where no control group watches it, and how often a cancel is.
_WATCH_SECONDS = 0.05
#: A look that takes long is followed by a longer pause, so that a hostile run can't keep the host
#: busy with looking; but by no blind time in which it could take all there is.
_PAUSE_PER_LOOK = 4
_LONGEST_PAUSE = 0.25


class End(Enum):
    """Why the wait is over."""

    #: The guest says that it is done, which is still to be checked.
    DONE = "done"
    #: Its process is gone or has closed its socket.
    GONE = "gone"
    #: It has closed its socket and keeps running.
    CUT_OFF = "cut off"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"
    OUT_OF_MEMORY = "out of memory"
    DISK_FULL = "disk full"


class OverError(Exception):
    """A run is over before all of it has been collected."""

    def __init__(self, end: End) -> None:
        self.end = end
        super().__init__(end.value)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """The limits that the host watches during a run."""

    #: By `time.perf_counter`.
    deadline: float
    cancelled: threading.Event | None = None
    #: The control group that counts the run's memory.
    group: MemoryGroup | None = None
    #: Bytes of all processes together; None where a control group limits them.
    memory: int | None = None
    #: What the run writes results to: memory that belongs to none of its processes.
    files: Sequence[MemoryFile] = ()
    #: Bytes and files in the run's directory; None where it is a file system of that size.
    directory: tuple[int, int] | None = None
    #: The line to a person who looks into the run, which decides how long it may last.
    attached: Attachment | None = None

    @property
    def until(self) -> float:
        """When the run is stopped, as far as is known now."""
        return self.deadline if self.attached is None else self.attached.deadline(self.deadline)

    @property
    def polls(self) -> bool:
        """Whether anything has to be looked at before the deadline."""
        several = self.cancelled is not None or self.group is not None
        return several or self.attached is not None

    @property
    def counts(self) -> bool:
        """Whether the host has to count what the run uses."""
        return self.memory is not None or self.directory is not None

    def go_on(self) -> None:
        """Nothing, as long as there is time and the run is not cancelled.

        Raises:
            OverError: otherwise.
        """
        if self.cancelled is not None and self.cancelled.is_set():
            raise OverError(End.CANCELLED)
        if time.perf_counter() >= self.until:
            raise OverError(End.TIMED_OUT)


def supervise(child: Child, console: Console, watch: Watch) -> tuple[End, bytes]:
    """Wait until the run ends, one way or the other; what its process sent, if it is done."""
    if not watch.counts:
        return _supervise(child, console, watch, None)
    counting = _Counting(child, watch)
    counting.start()
    try:
        return _supervise(child, console, watch, counting)
    finally:
        counting.stop()


def _supervise(
    child: Child, console: Console, watch: Watch, counting: "_Counting | None"
) -> tuple[End, bytes]:
    poll = select.poll()
    poll.register(child.link, select.POLLIN)
    if counting is not None:
        poll.register(counting.event, select.POLLIN)
    said = _Said(poll, console, watch.attached)
    listening = False
    next_look = time.perf_counter() + _WATCH_SECONDS
    while True:
        now = time.perf_counter()
        if now >= watch.until:
            return End.TIMED_OUT, b""
        if counting is not None and counting.found is not None:
            return counting.found, b""
        if watch.polls and now >= next_look:
            if (end := _look(watch)) is not None:
                return end, b""
            next_look = now + _WATCH_SECONDS
        if listening != (now >= console.rest_until):
            listening = not listening
            if listening:
                poll.register(console.reader, select.POLLIN)
            else:
                poll.unregister(console.reader)
        until = min(
            watch.until,
            next_look if watch.polls else math.inf,
            math.inf if listening else console.rest_until,
        )
        # Rounded up: a poll that returns a moment early would only go round once more.
        for descriptor, _ in poll.poll(math.ceil((until - now) * 1000)):
            if descriptor == child.link.fileno():
                return _message(child)
            said.take_in(descriptor)


class _Said:
    """The words of a run while it lasts: its console, and its part of the line to a person."""

    def __init__(self, poll: select.poll, console: Console, attached: Attachment | None) -> None:
        self._poll = poll
        self._console = console
        self._attached = attached if attached is not None and attached.is_attended else None
        if self._attached is not None:
            poll.register(self._attached.host, select.POLLIN)

    def take_in(self, descriptor: int) -> None:
        """Take in what is readable there, if it is one of the two."""
        if descriptor == self._console.reader:
            self._console.read()
        elif self._attached is not None and descriptor == self._attached.host.fileno():
            # What it printed before comes first.
            self._console.catch_up()
            if not self._attached.attend():
                self._poll.unregister(self._attached.host)
                self._attached = None


def _message(child: Child) -> tuple[End, bytes]:
    message = b""
    for _ in range(2):
        try:
            message = child.link.recv(1 << 16)
        except ConnectionResetError:
            # It did not read its request; what it said before comes next.
            continue
        except OSError:
            pass
        break
    return (End.DONE, message) if message else (End.GONE, b"")


def _look(watch: Watch) -> End | None:
    if watch.cancelled is not None and watch.cancelled.is_set():
        return End.CANCELLED
    if watch.group is not None and watch.group.ran_out():
        # The kernel has killed one of its processes, whatever the others make of that.
        return End.OUT_OF_MEMORY
    return None


class _Counting(threading.Thread):
    """Counts what a run uses, in a thread of its own.

    Counting waits for locks that the run's own processes hold, for seconds if they like; the
    deadline does not wait for that.
    """

    def __init__(self, child: Child, watch: Watch) -> None:
        super().__init__(name="studiolo-counting", daemon=True)
        self._child = child
        self._watch = watch
        #: Its own, since the other is closed once the run is over, perhaps in the middle of a look.
        self._directory = os.dup(child.directory)
        self._stopped = threading.Event()
        #: Becomes readable when something is found.
        self.event = os.eventfd(0, os.EFD_CLOEXEC)
        self.found: End | None = None

    def stop(self) -> None:
        """Stop counting; a look that has begun continues for a while."""
        self._stopped.set()

    def run(self) -> None:
        pause = _WATCH_SECONDS
        try:
            while not self._stopped.wait(pause):
                began = time.perf_counter()
                self.found = self._look()
                if self.found is not None:
                    os.eventfd_write(self.event, 1)
                    # The event is waited for until then.
                    self._stopped.wait()
                took = time.perf_counter() - began
                pause = max(_WATCH_SECONDS, min(took * _PAUSE_PER_LOOK, _LONGEST_PAUSE))
        finally:
            os.close(self._directory)
            os.close(self.event)

    def _look(self) -> End | None:
        pid, watch = self._child.pid, self._watch
        if watch.memory is not None:
            enough = watch.memory - sum(file.allocated for file in watch.files)
            if memory_of(pid, enough, lambda: not self._stopped.is_set()) > enough:
                return End.OUT_OF_MEMORY
        if watch.directory is not None:
            size, files = watch.directory
            if exceeds(self._directory, pid, size=size, files=files):
                return End.DISK_FULL
        return None
