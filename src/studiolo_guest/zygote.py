"""The zygote: an interpreter with the libraries loaded, which only ever forks.

It has one thread, holds no secrets and never runs a line of a user. Each fork enters namespaces of
its own, confines itself, waits for one request, serves it and is gone.
"""

import gc
import importlib
import os
import select
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

import pyarrow as pa

from studiolo_guest import figures, kernel, memory_image, prefault, rehearsal, wire
from studiolo_guest.answer import answer
from studiolo_guest.confine import (
    Confinement,
    Landlock,
    Limits,
    confine,
    new_work_directory,
    point_environment,
)

#: The exit code of a fork that could not be confined; no user code has run then.
_NOT_CONFINED: Final = 97
#: That of a fork whose request nobody sent, or whose end nobody saw to.
_SERVED: Final = 98
#: How long a fork waits before it uses the wait: while requests keep coming, all of its processor
#: time is better spent on them.
_IDLE_SECONDS: Final = 0.004


class Zygote:
    """Forks runs on the host's request, and reports their ends."""

    def __init__(
        self, link: socket.socket, confinement: Confinement, hot: prefault.HotPages
    ) -> None:
        self._link = link
        self._confinement = confinement
        self._hot = hot
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
        limits = Limits.from_message(message["limits"])
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        namespaces = self._confinement.namespaces
        work: int | str = new_work_directory(limits) if namespaces else str(message["work"])
        if namespaces:
            kernel.unshare(kernel.CLONE_NEWPID)
        child = os.fork()
        if child == 0:
            _live(theirs, self._confinement, limits, work, self._null, self._hot)
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
    limits: Limits,
    work: int | str,
    null: int,
    hot: prefault.HotPages,
) -> NoReturn:
    """The whole life of a fork."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        confine(confinement, limits, work, [link.fileno()])
    except BaseException as error:  # noqa: BLE001  # whatever failed, no script may run
        wire.send(link, {"refused": f"{type(error).__name__}: {error}"})
        os._exit(_NOT_CONFINED)
    try:
        if not select.select([link], [], [], _IDLE_SECONDS)[0]:
            hot.populate()
        if answer(link):
            # The host ends this process, once it has read what the kernel says of it. Nothing of
            # the zygote's and nothing a script registered runs any more.
            link.recv(1)
    finally:
        # Whatever a script has done to what runs after it: from here nothing goes on as if this
        # were the zygote.
        os._exit(_SERVED)


def _preload(modules: Sequence[str]) -> list[str]:
    """Import what runs are likely to need; the modules that can't be imported, with the reason."""
    failed = []
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # noqa: BLE001  # a broken package must not take the others down
            failed.append(f"{module}: {error}")
    return failed


def _make_scratch(message: Mapping[str, Any]) -> None:
    """Folders for what libraries write while they are imported; runs never see them."""
    private = str(message["jail"]["private"])
    directory = str(message["directory"])
    if directory != private:
        point_environment(private, directory)
    for folder in message["folders"]:
        os.mkdir(os.path.join(directory, folder), 0o700)
    os.chdir(os.path.join(directory, message["folders"][0]))


def _settle() -> prefault.HotPages:
    """Arrange this process's memory for many forks; the pages that each of them uses."""
    least = rehearsal.Rehearsal(rehearsal.THE_LEAST)
    memory_image.move_into_file()
    # What every run uses is mapped again by that, and forks inherit the mapping.
    rehearsal.rehearse(rehearsal.THE_LEAST)
    hot = prefault.learn(least.serve)
    least.end()
    return hot


def _memory_bytes(which: str) -> int:
    """Bytes of this process by the name that the kernel has for them."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(which + ":"))


def main(link: socket.socket, message: Mapping[str, Any]) -> NoReturn:
    """Become the zygote that ``message`` describes, inside the jail, and serve."""
    started = time.perf_counter()
    _make_scratch(message)
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    failed = _preload(message["preload"])
    figures.install()
    many = bool(message["many"])
    if many:
        rehearsal.rehearse(rehearsal.EVERYTHING)
    threads = os.listdir("/proc/self/task")
    if len(threads) != 1:
        # A fork copies one thread; locks that the others hold would stay locked for ever.
        raise RuntimeError(f"{len(threads)} threads run after the imports; a fork needs one")
    abi = kernel.landlock_abi() if message["landlock"] else 0
    program = message["filter"]
    confinement = Confinement(
        namespaces=message["jail"]["namespaces"],
        landlock=Landlock(abi=abi, **message["landlock"]) if abi else None,
        filter=kernel.SeccompProgram(
            bytes.fromhex(program["instructions"]), program["own_process_offsets"]
        )
        if program
        else None,
        # Without namespaces the zygote's own, which the environment variables name so far.
        private=message["directory"],
        folders=message["folders"],
        rlimits=message["rlimits"],
        baseline=_memory_bytes("VmSize"),
        font_list=message["font_list"],
    )
    if many:
        gc.collect()
    # What is there now is left out of collections. Without this the first one in a fork touches,
    # and so copies, every object of the zygote: 122 ms instead of 13 with the usual libraries.
    gc.freeze()
    gc.enable()
    hot = _settle() if many else prefault.NOTHING
    zygote = Zygote(link, confinement, hot)
    ready = {
        "seconds": time.perf_counter() - started,
        "landlock_abi": abi,
        "baseline_bytes": confinement.baseline,
        "own_bytes": _memory_bytes("RssAnon"),
        "not_preloaded": failed,
    }
    wire.send(link, {"ready": ready})
    zygote.serve()
