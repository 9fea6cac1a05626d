"""The kernel's view of a process: whether it is as confined as was promised.

Read from outside, in /proc, and never from what the process itself says. Landlock alone can't be
seen there; that it is active is the word of the code that confines, which ran before any other.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Namespaces by the policy's names: those that each run has to itself, and those of its zygote.
_OF_THE_RUN = {"mount": "mnt", "pid": "pid", "ipc": "ipc", "user": "user"}
_OF_THE_ZYGOTE = {"network": "net", "uts": "uts", "cgroup": "cgroup"}
_CAPABILITIES = ("CapInh", "CapPrm", "CapEff", "CapAmb")
#: Filters of the zygote and of the run.
_FILTERS = 2


class ProcessFiles:
    """The files of one process in /proc, kept open: what is read again and again costs one call."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._open: dict[str, int] = {}

    def text(self, name: str) -> str:
        """A short file.

        Raises:
            OSError: The process is gone, or there is no such file.
        """
        if name not in self._open:
            self._open[name] = os.open(f"/proc/{self._pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        return os.pread(self._open[name], 1 << 16, 0).decode("utf-8", "replace")

    def close(self) -> None:
        """Let go of them."""
        while self._open:
            os.close(self._open.popitem()[1])


@dataclass(frozen=True, kw_only=True)
class Promised:
    """The properties that a run's process must show before it gets its request."""

    #: The policy's names of the namespaces that it has, some of its own, some of its zygote's.
    namespaces: Collection[str]
    #: Whether its system calls are filtered.
    filtered: bool
    #: The user id that it must have; None for that of the host.
    user: int | None
    #: Whether its network namespace is its own rather than its zygote's.
    own_network: bool = False


def broken_promises(pid: int, parent: int, promised: Promised) -> list[str]:
    """The promised properties that the process lacks, each in a few words.

    Args:
        pid: The process.
        parent: The process that must have made it.
        promised: What is expected of it.
    """
    try:
        status = status_of(pid)
        found = _problems(pid, parent, status, promised)
    except (OSError, ValueError) as error:
        return [f"it can't be looked at: {error}"]
    return found


def status_of(pid: int) -> Mapping[str, str]:
    """The fields of a process in /proc, by name.

    Raises:
        OSError: it is gone.
    """
    return fields_of(text_of(pid, "status"))


def fields_of(text: str) -> Mapping[str, str]:
    """The fields of a file like `status`, by name."""
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def text_of(pid: int, name: str) -> str:
    """A short file of a process in /proc. It is read for each run, so as cheaply as can be.

    Raises:
        OSError: it is gone, or there is no such file.
    """
    descriptor = os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 1 << 16).decode("utf-8", "replace")
    finally:
        os.close(descriptor)


def parent_of(pid: int) -> int:
    """The process that made it, or that has taken it in since.

    Raises:
        OSError: it is gone.
    """
    return int(status_of(pid)["PPid"])


def shared_with_forks(pid: int) -> list[str]:
    """The memory of a process that its forks could write to for one another, by its name.

    Raises:
        OSError: it is gone.
    """
    found = []
    with Path(f"/proc/{pid}/maps").open(encoding="utf-8", errors="replace") as maps:
        for line in maps:
            _, permissions, _, _, _, *name = line.split(maxsplit=5)
            if permissions[1] == "w" and permissions[3] == "s":
                found.append(name[0].strip() if name else "without a name")
    return found


def descendant(pid: int, generations: int) -> int:
    """The only child of the only child, and so on, of a process.

    Raises:
        OSError: it is gone, or a generation has not exactly one.
    """
    for _ in range(generations):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        if len(children) != 1:
            raise OSError(f"process {pid} has {len(children)} children")
        pid = int(children[0])
    return pid


def _problems(pid: int, parent: int, status: Mapping[str, str], promised: Promised) -> list[str]:
    found = []
    if int(status["PPid"]) != parent:
        found.append("the process is not a fork of its sandbox")
    if int(status["NoNewPrivs"]) != 1:
        found.append("it may gain privileges")
    if any(int(status[name], 16) for name in _CAPABILITIES):
        found.append("it has capabilities")
    if promised.filtered and (
        int(status["Seccomp"]) != 2 or int(status.get("Seccomp_filters", _FILTERS)) < _FILTERS
    ):
        found.append("its system calls are not filtered")
    if promised.user is not None and {int(user) for user in status["Uid"].split()} != {
        promised.user
    }:
        found.append("it runs as a different user")
    own = {**_OF_THE_RUN, "network": "net"} if promised.own_network else _OF_THE_RUN
    for names, other in ((own, parent), (_OF_THE_ZYGOTE, os.getpid())):
        for name, file in names.items():
            if name in promised.namespaces and _same(file, pid, other):
                found.append(f"it shares the {name} namespace")
    return found


def _same(name: str, pid: int, other: int) -> bool:
    mine, others = (os.stat(f"/proc/{process}/ns/{name}") for process in (pid, other))  # noqa: PTH116  # before each run
    return (mine.st_dev, mine.st_ino) == (others.st_dev, others.st_ino)
