"""The process from which those fork that read a large file, a piece each.

To start a process takes longer than to read a million rows: it imports Arrow first. This one has
done so, and has the file open, but it never looks at the file. What does is a fork of it, which
confines itself as a process that reads a whole file does, and ends with its piece.
"""

import os
import selectors
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, NoReturn, Self

from studiolo_guest import kernel, wire


class ForkingReader:
    """The host's end of it. For any number of threads; the one that starts it has to outlive it."""

    def __init__(self, start: Callable[[int], subprocess.Popen[bytes]]) -> None:
        """Start it.

        Args:
            start: Starts the process with a descriptor of its end of a socket.

        Raises:
            OSError: No process can be started.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._process = start(theirs.fileno())
            except OSError:
                ours.close()
                raise
        self._link = ours
        self._too_slow = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def run(self, request: Mapping[str, Any], result: int, report: int, seconds: float) -> int:
        """Let a fork read.

        Args:
            request: What it is to do; see `reading_process`.
            result: A descriptor that it writes the table to.
            report: One that it writes its report to.
            seconds: How long to wait for its end.

        Returns:
            Its exit status, negative for the signal that ended it.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs:
                try:
                    wire.send(self._link, request, [result, report, theirs.fileno()])
                except OSError:
                    return self._gone()
            ours.settimeout(seconds)
            try:
                ended = wire.receive(ours)
            except TimeoutError:
                # Its fork dies with it; a file that stops a reader is not read further anyway.
                self._too_slow = True
                self._process.kill()
                return self._gone()
        return self._gone() if ended is None else int(ended[0]["status"])

    def close(self) -> None:
        """End it, and forks that still read."""
        self._link.close()
        with self._process:
            self._process.kill()

    def _gone(self) -> int:
        return -signal.SIGXCPU if self._too_slow else -signal.SIGKILL


def serve_forks(control: socket.socket, read: Callable[[Mapping[str, Any], int], None]) -> None:
    """Fork a process for each request, until the host has closed its end.

    Args:
        control: The other end of `ForkingReader`'s socket.
        read: Does what a request asks for, in the fork: it confines itself, writes to its standard
            output and reports to the descriptor.
    """
    kernel.die_with_parent()
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is not None:
                    selector.unregister(key.fileobj)
                    _tell_end(key.fd, *key.data)
                    continue
                received = wire.receive(control)
                if received is None:
                    return
                request, (result, report, ended) = received
                child = os.fork()
                if not child:
                    _end_with(read, request, result, report)
                os.close(result)
                os.close(report)
                process = os.pidfd_open(child)
                selector.register(process, selectors.EVENT_READ, (child, ended))


def _end_with(
    read: Callable[[Mapping[str, Any], int], None],
    request: Mapping[str, Any],
    result: int,
    report: int,
) -> NoReturn:
    try:
        os.dup2(result, 1)
        read(request, report)
        os._exit(0)
    finally:
        os._exit(1)


def _tell_end(process: int, child: int, ended: int) -> None:
    _, status = os.waitpid(child, 0)
    os.close(process)
    with socket.socket(fileno=ended) as link, suppress(OSError):  # The host waits no longer.
        wire.send(link, {"status": os.waitstatus_to_exitcode(status)})
