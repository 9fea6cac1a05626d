"""The host's side of a zygote: asking it for forks, learning of their ends."""

import contextlib
import itertools
import os
import select
import signal
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studiolo.sandbox.errors import ZygoteFailedError
from studiolo.sandbox.launcher import Launcher
from studiolo_guest import wire

#: Names of forks, unlike those of any other zygote of this process.
_names = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Exit:
    """How a fork ended, as its parent, the zygote, learnt it from the kernel."""

    #: As `os.wait4` gives it.
    status: int
    cpu_seconds: float

    @property
    def signal(self) -> int:
        """The signal that ended it, or 0."""
        return os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else 0


class Child:
    """A fork of a zygote: confined, waiting for its one request."""

    def __init__(self, name: int, link: socket.socket, pidfd: int, directory: int) -> None:
        self.name = name
        #: To its process, which is not to be trusted any more once it has the request.
        self.link = link
        self.pidfd = pidfd
        #: Its private directory, which can be read as long as this is open.
        self.directory = directory
        #: Its process id as this process sees it.
        self.pid = _pid_of(pidfd)

    def kill(self) -> None:
        """End it, and with it everything in its pid namespace."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            return

    def has_ended(self, timeout: float) -> bool:
        """Whether its process is gone, after waiting for that for ``timeout`` seconds at most."""
        return bool(select.select([self.pidfd], [], [], timeout)[0])

    def request(self, descriptors: Sequence[int]) -> None:
        """Send it its request, which lies in the files."""
        try:
            wire.send(self.link, {}, descriptors)
        except (BrokenPipeError, ConnectionResetError):
            # It is gone already; whoever waits for it will see how.
            return

    def peak_memory(self, inherited: int) -> int | None:
        """The most bytes that its first process had in memory of its own, beyond ``inherited``.

        What it had of files, the libraries' and its inputs, is left out as of now. None if it is
        gone.
        """
        shown: dict[str, int] = {}
        try:
            with Path(f"/proc/{self.pid}/status").open(encoding="ascii", errors="replace") as file:
                for line in file:
                    if line.startswith(("VmHWM:", "RssFile:", "RssShmem:")):
                        name, value, *_ = line.split()
                        shown[name] = int(value) * 1024
        except OSError:
            return None
        if "VmHWM:" not in shown:
            return None
        of_files = shown.get("RssFile:", 0) + shown.get("RssShmem:", 0)
        return max(0, shown["VmHWM:"] - of_files - inherited)

    def close(self) -> None:
        """Let go of what was handed over; its file system is gone with that."""
        self.link.close()
        os.close(self.pidfd)
        os.close(self.directory)


class Zygote:
    """One environment's template interpreter, in its jail."""

    def __init__(self, launcher: Launcher, python: Path) -> None:
        """Take over an interpreter that has begun to become a zygote of the environment."""
        self._launcher = launcher
        self._link = launcher.link
        self._python = python
        self._changed = threading.Condition()
        self._children: dict[int, Child] = {}
        self._directories: dict[int, int] = {}
        self._exits: dict[int, Exit] = {}
        self._forgotten: dict[int, Callable[[], None]] = {}
        self._gone = False
        self._why = "it ended while it was in use"
        self._keeper: threading.Thread | None = None
        self._on_child: Callable[[Child], None] = lambda _: None

    def wait_until_ready(self, timeout: float) -> dict[str, Any]:
        """What the zygote says of itself once it can fork.

        Raises:
            ZygoteFailedError: it could not be had, with the layer that failed and why.
        """
        if not select.select([self._link], [], [], timeout)[0]:
            self._launcher.kill()
            raise self._failed("interpreter", f"it was not ready after {timeout:.0f} seconds")
        received = wire.receive(self._link)
        if received is None:
            raise self._failed("interpreter", "it ended while it was starting")
        message = received[0]
        if "ready" not in message:
            raise self._failed(message["failed"], message["why"])
        ready: dict[str, Any] = message["ready"]
        return ready

    def serve(self, *, on_child: Callable[[Child], None]) -> None:
        """Take in forks and exits from now on, in a thread of its own.

        ``on_child`` sees a fork before anybody else.
        """
        self._on_child = on_child
        self._keeper = threading.Thread(target=self._keep, name="studiolo-zygote", daemon=True)
        self._keeper.start()

    def fork(self, limits: Mapping[str, int], work: Path | None = None) -> int:
        """Ask for a fork; its name. ``work`` is its directory where it has no file system.

        Raises:
            ZygoteFailedError: the zygote is gone.
        """
        name = next(_names)
        if work is not None:
            self._directories[name] = os.open(work, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            wire.send(self._link, {"fork": name, "limits": limits, "work": str(work or "")})
        except (BrokenPipeError, ConnectionResetError) as error:
            self._gone = True
            raise self._failed("interpreter", self._why) from error
        return name

    def child(self, name: int) -> Child:
        """Wait for the fork of that name.

        Raises:
            ZygoteFailedError: the zygote is gone.
        """
        with self._changed:
            self._changed.wait_for(lambda: name in self._children or self._gone)
            if name not in self._children:
                raise self._failed("interpreter", self._why)
            return self._children.pop(name)

    def exit_of(self, name: int, timeout: float = 10.0) -> Exit | None:
        """How the fork of that name ended; waits for its end, which somebody has seen to."""
        with self._changed:
            self._changed.wait_for(lambda: name in self._exits or self._gone, timeout)
            return self._exits.get(name)

    def forget(self, name: int, then: Callable[[], None]) -> None:
        """Nobody is going to ask how the fork of that name ended; call ``then`` when it has.

        That is in the thread that takes in the news, unless it is known already.
        """
        with self._changed:
            known = self._exits.pop(name, None) is not None or self._gone
            if not known:
                self._forgotten[name] = then
        if known:
            then()

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return not self._gone

    @property
    def launcher_pid(self) -> int:
        """The outermost process of the jail, which only waits."""
        return self._launcher.pid

    def close(self) -> None:
        """End it and everything it forked."""
        # The keeper waits in a call that only this ends; closing would leave it there.
        with contextlib.suppress(OSError):
            self._link.shutdown(socket.SHUT_RDWR)
        if self._keeper is not None:
            self._keeper.join()
        self._launcher.close()
        with self._changed:
            for child in self._children.values():
                child.close()
            self._children.clear()
        for directory in self._directories.values():
            os.close(directory)
        self._directories.clear()

    def _keep(self) -> None:
        try:
            self._take_in()
        finally:
            # Whatever ended this thread: nobody must wait for news that can't come any more.
            with self._changed:
                self._gone = True
                self._changed.notify_all()
                forgotten, self._forgotten = self._forgotten, {}
            for then in forgotten.values():
                then()

    def _take_in(self) -> None:
        while (received := self._receive()) is not None:
            message, descriptors = received
            if "child" in message:
                name = message["child"]
                link, pidfd, *handed = descriptors
                directory = handed[0] if handed else self._directories.pop(name)
                child = Child(name, socket.socket(fileno=link), pidfd, directory)
                self._on_child(child)
                with self._changed:
                    self._children[child.name] = child
                    self._changed.notify_all()
            elif "failed" in message:
                self._why = message["why"]
            else:
                ended = Exit(
                    status=message["status"],
                    cpu_seconds=message["cpu_seconds"],
                )
                name = message["exit"]
                with self._changed:
                    then = self._forgotten.pop(name, None)
                    if then is None:
                        self._exits[name] = ended
                        self._changed.notify_all()
                if then is not None:
                    then()

    def _receive(self) -> tuple[dict[str, Any], list[int]] | None:
        try:
            return wire.receive(self._link)
        except OSError:
            return None

    def _failed(self, layer: str, why: str) -> ZygoteFailedError:
        """The error, with what the interpreter printed before it gave up."""
        self._launcher.ended(1)
        return ZygoteFailedError(
            layer=layer,
            why=why,
            python=self._python,
            printed=self._launcher.printed(),
        )


def _pid_of(pidfd: int) -> int:
    """The process id in our own pid namespace, -1 if the process is gone already."""
    with Path(f"/proc/self/fdinfo/{pidfd}").open(encoding="ascii") as file:
        for line in file:
            if line.startswith("Pid:"):
                return int(line.split()[1])
    return -1
