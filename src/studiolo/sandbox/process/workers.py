"""The workers of a sandbox: its processes that serve runs, each from its fork to its end."""

import collections
import contextlib
import functools
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studiolo.sandbox.errors import ZygoteFailedError
from studiolo.sandbox.exchange.failures import failure
from studiolo.sandbox.exchange.job import Failure
from studiolo.sandbox.policy.configuration import limits_message
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.process.bring_up import Started
from studiolo.sandbox.process.control_groups import MemoryGroup, MemoryGroups
from studiolo.sandbox.process.ending import first_word_of
from studiolo.sandbox.process.observation import broken_promises
from studiolo.sandbox.process.run_files import RunFiles
from studiolo.sandbox.process.supervision import End, Watch, supervise
from studiolo.sandbox.process.work_directory import new_root, remove_tree
from studiolo.sandbox.process.zygote import Child
from studiolo_guest.wire import CONFINED

#: What a control group counts beyond the script's own memory: pages of the zygote that a fork
#: writes to and so copies.
COPIED_BYTES = 64 << 20
#: For processes that have been killed to be gone.
_GONE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class _Spent:
    """The remains of a worker on the host until its last process is gone."""

    group: MemoryGroup | None
    directory: Path | None


class Worker:
    """A process that serves runs. The thread that has taken it is the only one that uses it."""

    def __init__(self, started: Started, child: Child, group: MemoryGroup | None) -> None:
        self.child = child
        #: The control group that counts its memory.
        self.group = group
        self._started = started

    def unconfined(self) -> Failure | None:
        """The failure of a run whose worker is not as confined as was promised; it ran nothing."""
        said = self.child.first_word()
        if said != CONFINED:
            return failure("not-confined", first_word_of(said))
        started = self._started
        broken = broken_promises(self.child.pid, started.zygote.pid, started.promised)
        return failure("not-confined", "; ".join(broken)) if broken else None

    def serve(self, files: RunFiles, watch: Watch) -> tuple[End, bytes]:
        """Hand it a request and wait until it has answered, or its time is up; see `supervise`."""
        files.send(self.child)
        return supervise(self.child, files.console, watch)


class Workers:
    """The one owner of a sandbox's workers. For any number of threads.

    This is the contract, which a different way to make workers (such as putting a used process
    back to what it was before a run) has to keep:

    - `take` gives a worker that no other thread has. It shows nothing of any run before. It has
      said that it is confined; `Worker.unconfined` compares this with what the kernel says. Its
      memory is counted from the start.
    - The thread that took it makes it serve one request by `Worker.serve`, and calls `give_back`
      whatever came of that.
    - Results and reports are looked at when nothing can write to them any more: after `end`.
    - After `give_back`, nothing of the run goes on: no process, no thread, no file. A new worker
      waits in its place if any are kept waiting. None of that is waited for.
    """

    def __init__(self, limits: Limits, *, warm: int) -> None:
        """Have none yet. ``warm`` of them are kept waiting, for runs with these limits."""
        self._limits = limits
        self._warm_size = warm
        #: Counts and limits their memory; None where no control groups can be had.
        self.groups: MemoryGroups | None = None
        self._fork_lock = threading.Lock()
        self._sweep_lock = threading.Lock()
        self._warm: collections.deque[int] = collections.deque()
        self._started: Started | None = None
        self._limits_of: dict[int, Limits] = {}
        self._groups_of: dict[int, MemoryGroup] = {}
        self._directory_of: dict[int, Path] = {}
        self._spent: list[_Spent] = []
        self._root: Path | None = None

    def start(self, started: Started) -> None:
        """Make those that are kept waiting."""
        started.zygote.serve(on_child=self._admit)
        self._started = started
        for _ in range(self._warm_size):
            self._warm.append(self._fork(started, self._limits))

    def take(self, started: Started, limits: Limits | None) -> Worker:
        """A worker that waits for its request, made now if there is none.

        ``limits`` stand in for those of the workers that are kept waiting.

        Raises:
            ZygoteFailedError: The zygote is gone.
        """
        name = None
        if limits is None:
            with contextlib.suppress(IndexError):
                name = self._warm.popleft()
        if name is None:
            name = self._fork(started, limits or self._limits)
        if self.groups is not None:
            self.groups.expect(started.zygote.launcher_pid)
        child = started.zygote.child(name)
        return Worker(started, child, self._groups_of.get(name))

    def end(self, worker: Worker) -> None:
        """End its processes, which then write to nothing any more."""
        worker.child.kill()

    def give_back(self, started: Started, worker: Worker) -> None:
        """Have it end, and its place taken by a new one. What is left to do then, others do."""
        self.end(worker)
        started.zygote.forget(worker.child.name, functools.partial(self._dispose, worker.child))

    def retire(self, started: Started) -> None:
        """Let go of a zygote that has died; runs that it took with it find out by themselves."""
        self._started = None
        while self._warm:
            self._spend(self._warm.popleft())
        started.zygote.close()

    def close(self, started: Started | None) -> None:
        """End all of them and remove what they left."""
        self._started = None
        if started is not None:
            started.zygote.close()
        for group in self._groups_of.values():
            _remove(group)
        self._groups_of.clear()
        self._sweep(wait=True)
        if self.groups is not None:
            self.groups.close()
        if self._root is not None:
            remove_tree(self._root)

    def new_directory(self, owner: int | None) -> Path:
        """A private directory on the host's disk, for runs that can't have a file system."""
        if self._root is None:
            self._root = new_root()
        directory = Path(tempfile.mkdtemp(dir=self._root))
        if owner is not None:
            os.chown(directory, owner, owner)
        return directory

    def _fork(self, started: Started, limits: Limits) -> int:
        work = None if started.namespaces else self.new_directory(started.jail_user)
        with self._fork_lock:
            own = limits if self.groups is not None else limits.uncounted
            name = started.zygote.fork(limits_message(own), work)
            self._limits_of[name] = limits
            if work is not None:
                self._directory_of[name] = work
        return name

    def _admit(self, child: Child) -> None:
        """Give a new fork its control group, before anybody can make it run anything."""
        with self._fork_lock:
            limits = self._limits_of.pop(child.name)
        if self.groups is None:
            return
        try:
            group = self.groups.new(f"run-{child.name}", limits.memory + COPIED_BYTES)
            self._groups_of[child.name] = group
            group.add(child.pid)
        except OSError:
            # It is gone already, or it can't be limited; then it must not run anything.
            child.kill()

    def _refill(self) -> None:
        started = self._started
        if started is not None and len(self._warm) < self._warm_size:
            # Without a zygote there is nothing to refill; the next run begins a new one. And a run
            # that needs what can't be had here says so itself.
            with contextlib.suppress(ZygoteFailedError, OSError):
                self._warm.append(self._fork(started, self._limits))

    def _dispose(self, child: Child) -> None:
        """Take the place of a worker that is gone."""
        child.close()
        self._spend(child.name)
        self._sweep(wait=False)
        self._refill()

    def _spend(self, name: int) -> None:
        self._spent.append(
            _Spent(
                group=self._groups_of.pop(name, None), directory=self._directory_of.pop(name, None)
            )
        )

    def _sweep(self, *, wait: bool) -> None:
        """Remove what runs have left whose processes are gone by now."""
        with self._sweep_lock:
            spent, self._spent = self._spent, []
            for item in spent:
                if item.group is not None and not item.group.remove():
                    # Without a pid namespace of its own a run may have left processes behind.
                    item.group.kill()
                    if not wait:
                        self._spent.append(item)
                        continue
                    _remove(item.group)
                if item.directory is not None:
                    remove_tree(item.directory)


def _remove(group: MemoryGroup) -> None:
    """End what is left in a group and remove it; one that can't be is left to the next start."""
    group.kill()
    _until(group.remove, _GONE_SECONDS)


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it came true in that time."""
    deadline = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > deadline:
            return False
        time.sleep(0.001)
    return True
