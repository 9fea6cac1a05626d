"""The zygote: an interpreter with the libraries loaded, which only ever forks.

It has one thread, holds no secrets and never runs a line of a user. Before it loads the first
library it is confined as far as it can be and still fork; it loads those of the locked environment
only. Each fork enters namespaces of its own, confines itself, waits for one request, loads the
packages that its script chose, serves it and is gone. Only forks that serve calls of one program
can be told to serve several.
"""

import gc
import json
import os
import select
import selectors
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

from studiolo_guest import kernel, packages, wire
from studiolo_guest.answer import answer
from studiolo_guest.confine import (
    Confinement,
    ProcessLimits,
    confine,
    confine_rehearsal,
    confine_warm_up,
    new_work_directory,
    point_environment,
)
from studiolo_guest.jail import stand_in
from studiolo_guest.network import ask_before_connecting

if TYPE_CHECKING:
    from studiolo_guest.programs.calls import Calls
    from studiolo_guest.programs.program import Program

#: The exit code of a fork that could not be confined; no user code has run then.
_NOT_CONFINED: Final = 97
#: That of a fork that got no request, or that was not ended.
_SERVED: Final = 98
#: How long a fork waits before it uses the wait: while requests keep coming, all of its processor
#: time is better spent on them.
_IDLE_SECONDS: Final = 0.004
#: Characters of what a fork says of why it can't serve.
_SAID: Final = 1000


class Hot(Protocol):
    """Memory that runs use in any case; see `prefault`."""

    def populate(self) -> None:
        """Have it at hand."""


@dataclass(frozen=True, kw_only=True)
class Loading:
    """The libraries that each fork loads because the zygote has not."""

    #: The Python of the environment to adopt: its packages are a script's choice.
    python: str | None
    #: Memory to have at hand; None where the zygote has loaded nothing.
    hot: Hot | None
    #: What each fork serves a call of, instead of running a script of its own.
    program: "Program | None" = None
    #: Whether retired calls get their old meaning back.
    classic: bool = False
    #: What serves these calls.
    calls: "type[Calls] | None" = None
    #: Whether a fork serves one of them after another.
    several: bool = False

    @property
    def files(self) -> Sequence[int]:
        """Descriptors that each fork keeps."""
        return self.program.files if self.program is not None else []

    def complete(self) -> None:
        """Load the rest. From here on code that a script chose may run in this process."""
        if self.python is not None:
            packages.take_on(self.python)
        if self.hot is None:
            from studiolo_guest import libraries  # noqa: PLC0415  # imports the packages

            libraries.load([], classic=self.classic)


class Zygote:
    """Forks runs on the host's request, and reports their ends."""

    def __init__(self, link: socket.socket, confinement: Confinement, loading: Loading) -> None:
        self._link = link
        self._confinement = confinement
        self._loading = loading
        self._names: dict[int, int] = {}
        self._pid_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._null = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)
        self._woken, wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> NoReturn:
        """Serve until the host closes its end."""
        poll = select.poll()
        poll.register(self._link, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == self._woken:
                    os.read(self._woken, 4096)
                    self._reap()
                elif (received := wire.receive(self._link)) is None:
                    os._exit(0)
                else:
                    self._fork(received[0])

    def _fork(self, message: Mapping[str, Any]) -> None:
        limits = ProcessLimits.from_message(message["limits"])
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        namespaces = bool(self._confinement.namespaces)
        work: int | str = new_work_directory(limits) if namespaces else str(message["work"])
        if namespaces:
            kernel.unshare(kernel.CLONE_NEWPID)
        child = os.fork()
        if child == 0:
            added = str(message["added"])
            _live(theirs, self._confinement, limits, work, self._null, self._loading, added)
        if namespaces:
            kernel.setns(self._pid_namespace, kernel.CLONE_NEWPID)
        self._names[child] = int(message["fork"])
        pidfd = os.pidfd_open(child)
        handed = [ours.fileno(), pidfd]
        if isinstance(work, int):
            # A directory of the tmpfs itself: the host can read it when the rest is gone.
            handed.append(os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=work))
        wire.send(self._link, {"child": message["fork"]}, handed)
        ours.close()
        theirs.close()
        for descriptor in handed[1:]:
            os.close(descriptor)
        if isinstance(work, int):
            os.close(work)

    def _reap(self) -> None:
        while self._names:
            child, status, usage = os.wait4(-1, os.WNOHANG)
            if child == 0:
                return
            name = self._names.pop(child, None)
            if name is not None:
                wire.send(
                    self._link,
                    {
                        "exit": name,
                        "status": status,
                        "cpu_seconds": usage.ru_utime + usage.ru_stime,
                    },
                )


def _live(
    link: socket.socket,
    confinement: Confinement,
    limits: ProcessLimits,
    work: int | str,
    null: int,
    loading: Loading,
    added: str,
) -> NoReturn:
    """The whole life of a fork. ``added`` is the environment that it adds to the zygote's."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        if confinement.network is not None:
            # While it has the right to bind any port, and before it may not pass descriptors.
            confinement.network.offer(link)
        confine(confinement, limits, work, [link.fileno(), *loading.files], added)
        if added:
            loading = replace(loading, python=os.path.join(wire.ADDED_DIRECTORY, "bin", "python"))
        link.send(wire.CONFINED)
    except BaseException as error:  # noqa: BLE001  # whatever failed, no script may run
        _say(link, "refused", error)
        os._exit(_NOT_CONFINED)
    try:
        if confinement.network is not None:
            ask_before_connecting(confinement.network.door)
        if loading.hot is not None and not select.select([link], [], [], _IDLE_SECONDS)[0]:
            loading.hot.populate()
        if _serve(link, loading):
            # The host ends this process, once it has read the kernel's figures for it. Nothing of
            # the zygote's and nothing a script registered runs any more.
            link.recv(1)
    except BaseException as error:  # noqa: BLE001  # its packages are what failed
        _say(link, "unusable", error)
    finally:
        # Whatever a script has done to what runs after it: from here nothing goes on as if this
        # were the zygote.
        os._exit(_SERVED)


def _serve(link: socket.socket, loading: Loading) -> bool:
    """Serve what comes; False if the host is gone instead."""
    if loading.calls is None or loading.program is None:
        return answer(link, loading.complete)
    calls = loading.calls(link, loading.program, several=loading.several)
    while calls.serve_one():
        # The host ends this process when it is to serve no further call.
        if not loading.several:
            return True
    return False


def _say(link: socket.socket, what: str, error: BaseException) -> None:
    link.send(json.dumps({what: f"{type(error).__name__}: {error}"[:_SAID]}).encode())


def _make_scratch(message: Mapping[str, Any]) -> None:
    """Folders for what libraries write while they are imported; runs never see them."""
    private = str(message["jail"]["private"])
    directory = str(message["directory"])
    if directory != private:
        point_environment(private, directory)
    for folder in message["folders"]:
        os.mkdir(os.path.join(directory, folder), 0o700)
    os.chdir(os.path.join(directory, message["folders"][0]))
    if directory != private:
        stand_in(directory, message["jail"]["files"], message["jail"]["links"])


def _memory_bytes(which: str) -> int:
    """Bytes of this process by the name that the kernel has for them."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(which + ":"))


def _program(
    link: socket.socket, confinement: Confinement, *, several: bool
) -> "tuple[Program, Callable[[], None] | None]":
    """The program that the host sends, and what rehearses a call of it in a fork."""
    from studiolo_guest.programs import program as programs  # noqa: PLC0415  # imports the packages

    program = programs.receive(link, several=several)
    if not program.has_sample:
        return program, None

    def rehearse() -> None:
        confine_rehearsal(confinement)
        program.rehearse()

    packages.preload(programs.modules_imported_by(rehearse))
    return program, rehearse


def _load(
    link: socket.socket, message: Mapping[str, Any], confinement: Confinement
) -> tuple[Loading, list[str]]:
    """Load the libraries that every run needs; what is left to each fork, and what failed."""
    python, locked = str(message["python"]), message["locked"]
    if message["program"]:
        # All of it: whatever this code does here, it does to calls of the same program only.
        interpreters = [locked, python] if locked not in (None, python) else [python]
    elif locked is not None:
        interpreters = [locked]
    else:
        gc.freeze()
        gc.enable()
        return Loading(python=python, hot=None, classic=bool(message["classic"])), []
    for interpreter in interpreters:
        packages.take_on(interpreter)
    # Only now: it imports the packages that the line above has put on the path.
    from studiolo_guest import libraries  # noqa: PLC0415

    failed = libraries.load(message["preload"], classic=bool(message["classic"]))
    program, rehearse, calls = None, None, None
    several = bool(message["several_calls"])
    if message["program"]:
        from studiolo_guest.programs import calls as serving  # noqa: PLC0415  # likewise

        calls = serving.Calls
        program, rehearse = _program(link, confinement, several=several)
    hot = libraries.settle(
        many=bool(message["many"]), prepared=bool(message["prepared"]), rehearse=rehearse
    )
    rest = None if python == interpreters[-1] else python
    loading = Loading(python=rest, hot=hot, program=program, calls=calls, several=several)
    return loading, failed


def main(link: socket.socket, message: Mapping[str, Any]) -> NoReturn:
    """Become the zygote that ``message`` describes, inside the jail, and serve."""
    started = time.perf_counter()
    # The filter refuses epoll, which asyncio would choose.
    selectors.DefaultSelector = selectors.PollSelector  # type: ignore[misc, assignment]  # the one in place of the other is the point
    _make_scratch(message)
    abi = kernel.landlock_abi() if message["landlock"] else 0
    confinement = Confinement.from_message(message, abi)
    confine_warm_up(confinement, int(message["processes"]))
    loading, failed = _load(link, message, confinement)
    threads = os.listdir("/proc/self/task")
    if len(threads) != 1:
        # A fork copies one thread; locks that the others hold would stay locked for ever.
        raise RuntimeError(f"{len(threads)} threads run after the imports; a fork needs one")
    zygote = Zygote(link, confinement, loading)
    ready = {
        "seconds": time.perf_counter() - started,
        "landlock_abi": abi,
        "baseline_bytes": _memory_bytes("VmSize"),
        "own_bytes": _memory_bytes("RssAnon"),
        "not_preloaded": failed,
    }
    wire.send(link, {"ready": ready})
    zygote.serve()
