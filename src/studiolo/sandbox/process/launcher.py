"""Starting the interpreter that becomes a zygote, as early as possible.

It needs to know nothing yet: the environment, the layers and the policy come with its first
message. Until then it loads parts of the standard library. So a command can start it first and
parse its own arguments beside it. That is why this module imports next to nothing.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import studiolo_guest
from studiolo.sandbox.process.jail_user import new_jail_user
from studiolo_guest import wire

_LAUNCH = os.path.join(os.path.dirname(studiolo_guest.__file__), "launch.py")
#: The descriptor that the interpreter finds its control socket at.
_LINK = 3
_KEPT = 4000


class Launcher:
    """A started interpreter, which waits for its first message."""

    def __init__(self, python: str | None = None) -> None:
        """Start a Python outside of any environment: the one that Studiolo runs on if not given."""
        #: The user that the jail is to turn into; None to stay who it is.
        self.jail_user = new_jail_user()
        #: The program that was started.
        self.python = python or getattr(sys, "_base_executable", None) or sys.executable
        self.link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._printed = os.memfd_create("diagnostics", os.MFD_CLOEXEC)
        with theirs:
            self.pid = os.posix_spawn(
                self.python,
                # Isolated as with -I, which would also ignore the environment: the order of sets of
                # texts is the same in all runs.
                [self.python, "-P", "-s", "-S", "-B", _LAUNCH, str(_LINK)],
                {"PYTHONHASHSEED": "0"},
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, self._printed, 1),
                    (os.POSIX_SPAWN_DUP2, self._printed, 2),
                    (os.POSIX_SPAWN_DUP2, theirs.fileno(), _LINK),
                ],
                # Ctrl-C reaches every process of a terminal's group: it is for ours to end runs.
                setpgroup=0,
            )
        self._pidfd = os.pidfd_open(self.pid)
        #: The first message, once it has been sent.
        self.message: Mapping[str, Any] | None = None
        self._reaped = False
        self._closed = False
        self._lock = threading.Lock()
        #: What it printed, once this is closed.
        self._said: str | None = None

    def begin(self, message: Mapping[str, Any]) -> None:
        """Say which jail to build and what to load."""
        self._send(message)
        self.message = message

    def hand_over(self, descriptors: Sequence[int]) -> None:
        """Send the program that the last message announced."""
        self._send({}, descriptors)

    def _send(self, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        # Where it is gone already, the wait for its answer finds that out.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            wire.send(self.link, message, descriptors)

    def ended(self, timeout: float = 0.0) -> bool:
        """Whether it is gone, after waiting for that for ``timeout`` seconds at most."""
        if not self._reaped and select.select([self._pidfd], [], [], timeout)[0]:
            # Several threads may find that out at once, and one of them has it.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self._reaped = True
        return self._reaped

    def kill(self) -> None:
        """End it, and with it the jail that it became."""
        if not self._reaped:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            self.ended(10)

    def printed(self) -> str:
        """The end of what it printed: its own troubles, since runs print elsewhere."""
        with self._lock:
            if self._said is None:
                size = os.fstat(self._printed).st_size
                content = os.pread(self._printed, _KEPT, max(0, size - _KEPT))
                return content.decode("utf-8", "replace").strip()
            return self._said

    def close(self) -> None:
        """Let it end by itself, which it does when its socket closes, or end it."""
        if self._closed:
            return
        self._closed = True
        self.link.close()
        if not self.ended(2):
            self.kill()
        os.close(self._pidfd)
        # Another thread may be about to say why it ended.
        said = self.printed()
        with self._lock:
            self._said = said
            os.close(self._printed)
