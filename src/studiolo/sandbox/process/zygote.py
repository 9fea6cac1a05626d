"""The host's side of a zygote: asking it for forks, learning of their ends."""

import contextlib
import itertools
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studiolo.sandbox.errors import (
    ProgramUnloadableError,
    ZygoteDiedError,
    ZygoteFailedError,
)
from studiolo.sandbox.policy.policy import WarmUpPolicy
from studiolo.sandbox.process.launcher import Launcher
from studiolo.sandbox.process.observation import (
    ProcessFiles,
    descendant,
    parent_of,
    shared_with_forks,
)
from studiolo.sandbox.process.process_memory import memory_of
from studiolo.sandbox.process.zygote_messages import (
    Ended,
    Failed,
    Forked,
    Ready,
    ZygoteMessageError,
    read_news,
    read_start,
)
from studiolo_guest import wire

#: From asking for a fork to having it, and from there to its confinement; on a busy machine.
_FORKING_SECONDS = 60.0
_CONFINING_SECONDS = 60.0
#: How often the memory of a zygote that starts is looked at.
_WATCH_SECONDS = 0.05
#: What failed where a model or transform of its program can't be opened.
_PROGRAM = "program"
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
        self.pid = process_of(pidfd)
        #: Its files there.
        self.proc = ProcessFiles(self.pid)

    def first_word(self) -> bytes:
        """The fork's first message: that it is confined, or why it could not be.

        Empty if it says nothing in time, or is gone.
        """
        if not select.select([self.link], [], [], _CONFINING_SECONDS)[0]:
            return b""
        try:
            return self.link.recv(wire.MESSAGE_BYTES)
        except OSError:
            return b""

    def listeners(self, count: int) -> tuple[list[socket.socket], bytes]:
        """The sockets that the fork listens on in its network, which come before its first word.

        None of them if it says something else first, which is the second part of the answer.
        """
        if not select.select([self.link], [], [], _CONFINING_SECONDS)[0]:
            return [], b""
        try:
            said, descriptors, _, _ = socket.recv_fds(self.link, wire.MESSAGE_BYTES, count)
        except OSError:
            return [], b""
        found = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        if len(found) == count and all(map(_listens, found)):
            for each in found:
                each.setblocking(False)
            return found, said
        for each in found:
            each.close()
        return [], said

    def kill(self) -> None:
        """End it, and with it everything in its pid namespace."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            return

    def interrupt(self) -> None:
        """Send its first process the signal of Ctrl-C."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGINT)

    def has_ended(self, timeout: float) -> bool:
        """Whether its process is gone, after waiting for that for ``timeout`` seconds at most."""
        return bool(select.select([self.pidfd], [], [], timeout)[0])

    def send(self, message: bytes, descriptors: Sequence[int]) -> None:
        """Send it a request."""
        try:
            wire.send_bytes(self.link, message, descriptors)
        except (BrokenPipeError, ConnectionResetError):
            # It is gone already; the caller that waits for it will see how.
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

    def cpu_seconds(self) -> float | None:
        """Processor time so far, also of its children that it has waited for; None if it is gone.

        To the nanosecond for itself, to the kernel's tick (10 ms) for its children.
        """
        try:
            # CPUCLOCK_SCHED of a process, as `clock_getcpuclockid(3)` makes it.
            own = time.clock_gettime((~self.pid << 3) | 2)
            stat = self.proc.text("stat")
        except OSError:
            return None
        # Before the last bracket is its name, which it chooses itself.
        *_, user, system = stat.rpartition(")")[2].split()[:15]
        return own + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Close what was handed over; its file system is gone then."""
        self.proc.close()
        self.link.close()
        os.close(self.pidfd)
        os.close(self.directory)


class Zygote:
    """One environment's template interpreter, in its jail."""

    def __init__(self, launcher: Launcher, python: Path, *, generations: int) -> None:
        """Take over an interpreter that has begun to become a zygote of the environment.

        ``generations`` is how many times it forks until it is the zygote.
        """
        self._launcher = launcher
        self._link = launcher.link
        self._python = python
        self._generations = generations
        #: The zygote's own process id, as this process sees it, once it is ready.
        self.pid = -1
        self._changed = threading.Condition()
        self._children: dict[int, Child] = {}
        self._directories: dict[int, int] = {}
        self._asked_for: dict[int, Callable[[Child], None]] = {}
        self._exits: dict[int, Exit] = {}
        self._forgotten: dict[int, Callable[[], None]] = {}
        self._gone = False
        self._why = "it ended while it was in use"
        self._keeper: threading.Thread | None = None

    def wait_until_ready(self, limits: WarmUpPolicy) -> Ready:
        """The zygote's message that it is ready to fork.

        Raises:
            ZygoteDiedError: it ended before it said anything, as one that is killed does.
            ZygoteFailedError: it could not be had, with the layer that failed and why.
        """
        deadline = time.monotonic() + limits.timeout_seconds
        while not select.select([self._link], [], [], _WATCH_SECONDS)[0]:
            if time.monotonic() > deadline:
                self._launcher.kill()
                why = f"it was not ready after {limits.timeout_seconds} seconds"
                raise self._failed("interpreter", why)
            if memory_of(self._launcher.pid, limits.memory) > limits.memory:
                self._launcher.kill()
                why = f"it took more than {limits.memory:,} bytes of memory before it was ready"
                raise self._failed("interpreter", why)
        try:
            said = self._first_message()
            if isinstance(said, Ready):
                self.pid = self._find_zygote()
        except (ZygoteMessageError, OSError, ValueError, RecursionError, TypeError) as error:
            # What it says is not even a message, or not one of a zygote's; or it has been killed.
            kind = ZygoteDiedError if self._launcher.ended(1) else ZygoteFailedError
            self._launcher.kill()
            raise self._failed("interpreter", str(error), kind) from error
        if said is None:
            raise self._failed("interpreter", "it ended while it was starting", ZygoteDiedError)
        if isinstance(said, Failed):
            kind = ProgramUnloadableError if said.layer == _PROGRAM else ZygoteFailedError
            raise self._failed(said.layer, said.why, kind)
        return said

    def _find_zygote(self) -> int:
        pid = descendant(self._launcher.pid, self._generations)
        if shared := shared_with_forks(pid):
            raise ZygoteMessageError(f"its forks would share memory: {shared[0]}")
        return pid

    def _first_message(self) -> Ready | Failed | None:
        received = wire.receive(self._link)
        if received is None:
            return None
        message, descriptors = received
        if descriptors:
            _close(descriptors)
            raise ZygoteMessageError("descriptors come with its first message")
        return read_start(message)

    def serve(self) -> None:
        """Take in forks and exits from now on, in a thread of its own."""
        self._keeper = threading.Thread(target=self._keep, name="studiolo-zygote", daemon=True)
        self._keeper.start()

    def fork(
        self,
        limits: Mapping[str, int],
        *,
        on_child: Callable[[Child], None],
        work: Path | None = None,
        added: str = "",
    ) -> int:
        """Ask for a fork; its name.

        ``on_child`` sees it first. ``work`` is its directory where it has no file system. ``added``
        names the environment that it has besides the zygote's.

        Raises:
            ZygoteDiedError: the zygote is gone.
        """
        name = next(_names)
        self._asked_for[name] = on_child
        if work is not None:
            self._directories[name] = os.open(work, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            message = {"fork": name, "limits": limits, "work": str(work or ""), "added": added}
            wire.send(self._link, message)
        except OSError as error:
            # It is gone, or another thread has found that out and closed the link.
            self._gone = True
            raise self._failed("interpreter", self._why, ZygoteDiedError) from error
        return name

    def child(self, name: int) -> Child:
        """Wait for the fork of that name.

        Raises:
            ZygoteDiedError: the zygote is gone, or does not answer.
        """
        with self._changed:
            came = self._changed.wait_for(
                lambda: name in self._children or self._gone, _FORKING_SECONDS
            )
            if name in self._children:
                return self._children.pop(name)
        if not came:
            self._why = f"it made no fork in {_FORKING_SECONDS:.0f} seconds"
            self._launcher.kill()
        raise self._failed("interpreter", self._why, ZygoteDiedError)

    def pid_of(self, name: int) -> int | None:
        """The process of a fork that waits to be asked for; None if it has not come or is taken."""
        with self._changed:
            child = self._children.get(name)
        return None if child is None else child.pid

    def exit_of(self, name: int, timeout: float = 10.0) -> Exit | None:
        """How the fork of that name ended; waits for its end, which has been arranged."""
        with self._changed:
            self._changed.wait_for(lambda: name in self._exits or self._gone, timeout)
            return self._exits.get(name)

    def forget(self, name: int, then: Callable[[], None]) -> None:
        """No caller will ask how the fork of that name ended; call ``then`` when it has.

        That is in the thread that reads messages, unless it is known already.
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
            # Whatever ended this thread: no caller may wait for news that can't come any more.
            with self._changed:
                self._gone = True
                self._changed.notify_all()
                forgotten, self._forgotten = self._forgotten, {}
            for then in forgotten.values():
                then()

    def _take_in(self) -> None:
        while (received := self._receive()) is not None:
            message, descriptors = received
            try:
                news = read_news(message, descriptors)
                if isinstance(news, Forked):
                    self._welcome(news)
            except (ZygoteMessageError, OSError) as error:
                # It is not the zygote that was started, or no longer.
                _close(descriptors)
                self._why = str(error)
                self._launcher.kill()
                return
            if isinstance(news, Failed):
                self._why = news.why
            elif isinstance(news, Ended):
                self._note_end(news)

    def _welcome(self, news: Forked) -> None:
        # To kill what is gone already does no harm.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if parent_of(process_of(news.pidfd)) != self.pid:
                raise ZygoteMessageError("a process is not its own fork")
        on_child = self._asked_for.pop(news.name, None)
        if on_child is None:
            raise ZygoteMessageError("there was no request for a fork of that name")
        directory = news.directory
        if directory is None:
            directory = self._directories.pop(news.name, None)
        if directory is None:
            raise ZygoteMessageError("a fork comes without its folder")
        child = Child(news.name, socket.socket(fileno=news.link), news.pidfd, directory)
        on_child(child)
        with self._changed:
            self._children[child.name] = child
            self._changed.notify_all()

    def _note_end(self, news: Ended) -> None:
        with self._changed:
            then = self._forgotten.pop(news.name, None)
            if then is None:
                self._exits[news.name] = Exit(status=news.status, cpu_seconds=news.cpu_seconds)
                self._changed.notify_all()
        if then is not None:
            then()

    def _receive(self) -> tuple[dict[str, Any], list[int]] | None:
        try:
            return wire.receive(self._link)
        except (OSError, ValueError, RecursionError, TypeError):
            # Nothing more comes from it that could be understood.
            return None

    def _failed(
        self, layer: str, why: str, kind: type[ZygoteFailedError] = ZygoteFailedError
    ) -> ZygoteFailedError:
        """The error, with what the interpreter printed before it gave up."""
        self._launcher.ended(1)
        return kind(
            layer=layer,
            why=why,
            python=self._python,
            printed=self._launcher.printed(),
        )


def process_of(pidfd: int) -> int:
    """The process id in our own pid namespace, -1 if the process is gone already.

    Raises:
        ZygoteMessageError: the descriptor is not one of a process.
    """
    with Path(f"/proc/self/fdinfo/{pidfd}").open(encoding="ascii") as file:
        for line in file:
            if line.startswith("Pid:"):
                return int(line.split()[1])
    raise ZygoteMessageError("a descriptor is not one of a process")


def _listens(each: socket.socket) -> bool:
    """Whether it is a TCP socket that accepts connections."""
    return (
        each.family in (socket.AF_INET, socket.AF_INET6)
        and each.type == socket.SOCK_STREAM
        and each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
    )


def _close(descriptors: Sequence[int]) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
