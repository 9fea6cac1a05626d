"""The kernel's memory control groups: one limit for all processes of a run together.

Version 1 and version 2 both; trying shows which one is there, and whether it may be used.
"""

import contextlib
import errno
import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "studiolo-"
#: How long after a run others are expected, and how long a move makes the next one quick.
_EXPECTING_SECONDS = 0.25
_MOVE_EVERY_SECONDS = 0.006


@dataclass(frozen=True, kw_only=True)
class _Version:
    """The names that the two versions give to the same things."""

    number: int
    limit: str
    #: Memory and swap together (1), or swap alone (2).
    swap: str
    peak: str
    events: str


_V1 = _Version(
    number=1,
    limit="memory.limit_in_bytes",
    swap="memory.memsw.limit_in_bytes",
    peak="memory.max_usage_in_bytes",
    events="memory.oom_control",
)
_V2 = _Version(
    number=2,
    limit="memory.max",
    swap="memory.swap.max",
    peak="memory.peak",
    events="memory.events",
)


class MemoryGroup:
    """The group of one run."""

    def __init__(self, path: Path, version: _Version) -> None:
        self._path = path
        self._version = version
        #: Its files that are read, kept open. One thread may read while another one closes them.
        self._open: dict[str, int] = {}
        self._lock = threading.Lock()

    def add(self, pid: int) -> None:
        """Count this process, and what it starts from now on.

        It can take ten milliseconds while the kernel waits for all processors to take notice.
        """
        (self._path / "cgroup.procs").write_text(str(pid))

    def ran_out(self) -> bool:
        """Whether the kernel killed a process of the group because memory ran out."""
        for line in self._read(self._version.events).splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value) > 0
        return False

    def peak(self) -> int | None:
        """The most bytes that the group ever used."""
        text = self._read(self._version.peak).strip()
        return int(text) if text.isdigit() else None

    def kill(self) -> None:
        """End every process that is in it."""
        if self._version.number == 2:
            # Kernels before 5.14 have no such file.
            with contextlib.suppress(OSError):
                (self._path / "cgroup.kill").write_text("1")
                return
        for pid in self._pids():
            try:
                process = os.pidfd_open(pid)
            except OSError:
                continue
            try:
                # Asked again: the number may have become another process's before it was opened.
                if pid in self._pids():
                    signal.pidfd_send_signal(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
            finally:
                os.close(process)

    def _pids(self) -> list[int]:
        try:
            return [int(line) for line in (self._path / "cgroup.procs").read_text().split()]
        except OSError:
            return []

    def remove(self) -> bool:
        """Give the group back; False while it still has processes that are ending."""
        try:
            self._path.rmdir()
        except FileNotFoundError:
            pass
        except OSError as error:
            if error.errno == errno.EBUSY:
                return False
            raise
        with self._lock:
            while self._open:
                os.close(self._open.popitem()[1])
        return True

    def _read(self, name: str) -> str:
        with self._lock:
            try:
                if name not in self._open:
                    self._open[name] = os.open(f"{self._path}/{name}", os.O_RDONLY | os.O_CLOEXEC)
                return os.pread(self._open[name], 4096, 0).decode()
            except OSError:
                return ""


class MemoryGroups(Protocol):
    """Makes the groups of a sandbox's runs."""

    @property
    def version(self) -> int:
        """1 or 2."""

    def new(self, name: str, limit: int) -> MemoryGroup:
        """A group with ``limit`` bytes for all its processes together."""

    def expect(self, pid: int) -> None:
        """Moves are to be quick for a while; ``pid`` is a process of ours that only waits.

        The kernel waits some ten milliseconds before it moves a process, for all processors to
        take notice, unless another move was just before. So for as long as runs keep coming a
        thread makes one that changes nothing, every few milliseconds.
        """

    def close(self) -> None:
        """Remove what is left."""


class _Groups:
    def __init__(self, base: Path, version: _Version) -> None:
        self._base = base
        self._version = version
        self._changed = threading.Condition()
        self._mover: threading.Thread | None = None
        self._idle_pid = 0
        self._until = 0.0
        self._closed = False

    @property
    def version(self) -> int:
        return self._version.number

    def new(self, name: str, limit: int) -> MemoryGroup:
        path = self._base / name
        path.mkdir()
        (path / self._version.limit).write_text(str(limit))
        # Swap accounting can be switched off in the kernel.
        with contextlib.suppress(OSError):
            swap = limit if self._version.number == 1 else 0
            (path / self._version.swap).write_text(str(swap))
        return MemoryGroup(path, self._version)

    def expect(self, pid: int) -> None:
        with self._changed:
            self._until = time.monotonic() + _EXPECTING_SECONDS
            self._idle_pid = pid
            if self._mover is None:
                self._mover = threading.Thread(
                    target=self._keep_moving, name="studiolo-groups", daemon=True
                )
                self._mover.start()
            self._changed.notify()

    def _keep_moving(self) -> None:
        idle = self._base / "idle"
        idle.mkdir(exist_ok=True)
        group = MemoryGroup(idle, self._version)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: time.monotonic() < self._until or self._closed)
                if self._closed:
                    return
                pid = self._idle_pid
            # It has ended where the sandbox is about to restart.
            with contextlib.suppress(OSError):
                group.add(pid)
            time.sleep(_MOVE_EVERY_SECONDS)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._mover is not None:
            self._mover.join()
        for path in [*self._base.glob("*/"), self._base]:
            with contextlib.suppress(OSError):
                path.rmdir()


def find_memory_groups(name: str) -> tuple[MemoryGroups | None, str]:
    """Groups below our own control group, or None and why there are none.

    ``name`` tells the sandboxes of this process apart.
    """
    reasons = []
    for version, parent in _candidates():
        base = parent / f"{_PREFIX}{os.getpid()}-{name}"
        try:
            _sweep(parent)
            base.mkdir()
            if version.number == 2:
                (base / "cgroup.subtree_control").write_text("+memory")
            groups = _Groups(base, version)
            _try(groups)
        except OSError as error:
            reasons.append(f"{parent}: {error.strerror}")
            with contextlib.suppress(OSError):
                base.rmdir()
            continue
        return groups, ""
    return None, "; ".join(reasons) or f"no memory controller below {_ROOT}"


def _candidates() -> list[tuple[_Version, Path]]:
    """Where a group of ours could go: our own group, and for version 2 the one above it.

    Version 2 lets a group that has processes have no groups below it that are limited, so that
    there the parent is what a user manager hands over.
    """
    found = []
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        relative = path.lstrip("/")
        if "memory" in controllers.split(","):
            found.append((_V1, _ROOT / "memory" / relative))
        elif not controllers:
            for root in (_ROOT, _ROOT / "unified"):
                own = root / relative
                found += [(_V2, place) for place in (own, own.parent) if _has_memory(place)]
    return found


def _has_memory(place: Path) -> bool:
    try:
        return "memory" in (place / "cgroup.subtree_control").read_text().split()
    except OSError:
        return False


def _try(groups: _Groups) -> None:
    """Put a process into a group, which is what is refused where it is."""
    group = groups.new("canary", 64 << 20)
    woken, wake = os.pipe2(os.O_CLOEXEC)
    child = os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", "read line"],
        {},
        file_actions=[(os.POSIX_SPAWN_DUP2, woken, 0)],
    )
    try:
        group.add(child)
    finally:
        os.close(wake)
        os.close(woken)
        os.waitpid(child, 0)
        while not group.remove():
            pass


def _sweep(parent: Path) -> None:
    """Remove groups that a Studiolo left behind when it was killed."""
    for path in parent.glob(f"{_PREFIX}*/"):
        pid = path.name.removeprefix(_PREFIX).partition("-")[0]
        if not pid.isdigit() or Path("/proc", pid).exists():
            continue
        for leftover in [*path.glob("*/"), path]:
            with contextlib.suppress(OSError):
                leftover.rmdir()
