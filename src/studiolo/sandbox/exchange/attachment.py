"""A line between a run's process and a person who looks into it: a console, or a debugger.

The process gets one end of a pair of sockets, so that it needs no network and makes no socket.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum


class Mode(StrEnum):
    """How a job is run."""

    #: The script, from its beginning to its end.
    RUN = "run"
    #: What a person types, with the script's inputs at hand.
    CONSOLE = "console"
    #: The script, once a debugger is attached to it.
    DEBUG = "debug"


class Attachment:
    """The host's end of the line; what is said over it is up to its mode."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        #: What the process has to know besides.
        self.details: Mapping[str, str] = {}
        self._lock = threading.Lock()
        self._interrupt: Callable[[], None] | None = None
        self.host, self.guest = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)

    def attend(self) -> bool:
        """Take in what the process has said, after all that it printed before; False at its end.

        It is called in the thread that watches the run, and may not wait.
        """
        return False

    @property
    def is_attended(self) -> bool:
        """Whether that thread takes in what the process says."""
        return False

    def deadline(self, usual: float) -> float:
        """When the run is stopped, by `time.perf_counter`, where ``usual`` is its own deadline."""
        return usual

    def interrupt(self) -> None:
        """Send the process what Ctrl-C is; nothing if there is none."""
        with self._lock:
            if self._interrupt is not None:
                self._interrupt()

    def handed_over(self, interrupt: Callable[[], None]) -> None:
        """The process has its own copy of its end."""
        self.guest.close()
        with self._lock:
            self._interrupt = interrupt

    def ended(self) -> None:
        """There is no process any more."""
        with self._lock:
            self._interrupt = None

    def close(self) -> None:
        """Let go of the line; the process reads its end."""
        self.guest.close()
        self.host.close()
