"""The process from which those fork that read files: each a file, or a piece of a large one.

To start a process takes longer than to read a million rows: it imports Arrow first. This one has
done so, but it never looks at a file. What does is a fork of it, which confines itself as a
process that reads a single file does, and ends when it has read.
"""

import os
import selectors
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, NoReturn, Self

from studiolo_guest import wire


class ForkingReader:
    """The host's end of it. For any number of threads."""

    def __init__(self, start: Callable[[int], subprocess.Popen[bytes]]) -> None:
        """Start it.

        Args:
            start: Starts the process with a descriptor of its end of a socket.

        Raises:
            OSError: No process can be started.
        """
        self._start = start
        self._lock = threading.Lock()
        self._link, self._process = self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def run(
        self, request: Mapping[str, Any], descriptors: Sequence[int], seconds: float
    ) -> int | None:
        """Let a fork read.

        Args:
            request: What it is to do; see `reading_process`.
            descriptors: Of the file, of what it writes the table to, and of its report.
            seconds: How long to wait for its end; then it is killed.

        Returns:
            Its exit status, negative for the signal that ended it; None if the process that forks
            is gone, as after the kernel has killed it. The next call starts a new one.

        Raises:
            OSError: No new process can be started.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs, self._lock:
                if self._process.poll() is not None:
                    self._link.close()
                    self._link, self._process = self._begin()
                try:
                    wire.send(self._link, request, [*descriptors, theirs.fileno()])
                except OSError:
                    return None
            ours.settimeout(seconds)
            try:
                ended = wire.receive(ours)
            except TimeoutError:
                return -signal.SIGXCPU
        return None if ended is None else int(ended[0]["status"])

    def close(self) -> None:
        """End it, and forks that still read."""
        self._link.close()
        with self._process:
            self._process.kill()

    def _begin(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                return ours, self._start(theirs.fileno())
            except OSError:
                ours.close()
                raise


def serve_forks(control: socket.socket, read: Callable[[Mapping[str, Any], int], None]) -> None:
    """Fork a process for each request, until the host has closed its end.

    Args:
        control: The other end of `ForkingReader`'s socket.
        read: Does what a request asks for, in the fork: it confines itself, reads its standard
            input, writes to its standard output and reports to the descriptor.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is not None:
                    key.data()
                    continue
                received = wire.receive(control)
                if received is None:
                    return
                request, (source, result, report, ended) = received
                child = os.fork()
                if not child:
                    _end_with(read, request, (source, result, report))
                for descriptor in (source, result, report):
                    os.close(descriptor)
                _Fork(child, socket.socket(fileno=ended), selector)


class _Fork:
    """A fork that reads, until it ends or the host waits no longer."""

    def __init__(self, pid: int, link: socket.socket, selector: selectors.BaseSelector) -> None:
        self._pid = pid
        self._process = os.pidfd_open(pid)
        self._link = link
        self._selector = selector
        self._killed = self._over = False
        selector.register(self._process, selectors.EVENT_READ, self._tell_end)
        selector.register(link, selectors.EVENT_READ, self._kill)

    def _tell_end(self) -> None:
        _, status = os.waitpid(self._pid, 0)
        self._over = True
        self._selector.unregister(self._process)
        os.close(self._process)
        if not self._killed:
            self._selector.unregister(self._link)
        with self._link, suppress(OSError):  # The host waits no longer.
            wire.send(self._link, {"status": os.waitstatus_to_exitcode(status)})

    def _kill(self) -> None:
        """End it, since the host has closed its end."""
        if self._over:  # in the same round
            return
        self._killed = True
        self._selector.unregister(self._link)
        signal.pidfd_send_signal(self._process, signal.SIGKILL)


def _end_with(
    read: Callable[[Mapping[str, Any], int], None],
    request: Mapping[str, Any],
    descriptors: tuple[int, int, int],
) -> NoReturn:
    source, result, report = descriptors
    try:
        os.dup2(source, 0)
        os.dup2(result, 1)
        read(request, report)
        os._exit(0)
    finally:
        os._exit(1)
