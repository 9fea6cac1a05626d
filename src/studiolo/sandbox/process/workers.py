"""The workers of a sandbox: its processes that serve runs, each from its fork to its end."""

import collections
import contextlib
import functools
import os
import select
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from studiolo.modules.definition import OutputPort
from studiolo.sandbox.errors import ZygoteFailedError
from studiolo.sandbox.exchange.failures import failure
from studiolo.sandbox.exchange.job import Failure
from studiolo.sandbox.network.proxy import Proxy
from studiolo.sandbox.policy.configuration import limits_message
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.process.bring_up import Started
from studiolo.sandbox.process.control_groups import MemoryGroup, MemoryGroups
from studiolo.sandbox.process.ending import first_word_of
from studiolo.sandbox.process.leftovers import Footprint, footprint_of
from studiolo.sandbox.process.observation import broken_promises
from studiolo.sandbox.process.process_memory import family_of, proportional_memory
from studiolo.sandbox.process.run_files import RunFiles
from studiolo.sandbox.process.supervision import End, Watch, supervise
from studiolo.sandbox.process.work_directory import new_root, remove_tree
from studiolo.sandbox.process.worker_files import WorkerFiles
from studiolo.sandbox.process.zygote import Child
from studiolo_guest.wire import CONFINED

#: What a control group counts beyond the script's own memory: pages of the zygote that a fork
#: writes to and so copies.
COPIED_BYTES = 64 << 20
#: That a worker serves, where it may serve several: what they leave behind adds up.
MOST_REQUESTS = 1000
#: Seconds without an answer from any of the workers that serve several, until a request that waits
#: for one of them gets one of its own. They hang then, or have long requests. One more beside
#: workers that are merely busy would only take processor time from them.
_PATIENCE = 0.25
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
        self.started = started
        #: Whether it was ended; nothing writes to the files of its run any more.
        self.ended = False
        #: How many requests it was handed.
        self.requests = 0
        #: Whether it may serve more than one.
        self.several = False
        #: The sockets of its network that the host's proxy listens on.
        self.listeners: list[socket.socket] = []
        self._files: WorkerFiles | None = None
        self._before: Footprint | None = None
        self._spent: float | None = None

    def unconfined(self) -> Failure | None:
        """The failure of a run whose worker is not as confined as was promised; it ran nothing."""
        if self.requests:
            # What was given up is given up for good.
            return None
        said = self._network() or self.child.first_word()
        if said != CONFINED:
            return failure("not-confined", first_word_of(said))
        started = self.started
        broken = broken_promises(self.child.pid, started.zygote.pid, started.promised)
        return failure("not-confined", "; ".join(broken)) if broken else None

    def files(self, outputs: Sequence[OutputPort]) -> WorkerFiles:
        """The files that it writes to from now on: those that it has, if it has not yet."""
        if self._files is None or self._files.written:
            self.let_go_of_files()
            self._files = WorkerFiles(outputs)
        return self._files

    def let_go_of_files(self) -> None:
        """Close what it writes to; its results live on in the outcome."""
        if self._files is not None:
            self._files.close()

    def serve(self, files: RunFiles, watch: Watch) -> tuple[End, bytes]:
        """Hand it a request and wait until it has answered, or its time is up; see `supervise`."""
        if self.several and not self.requests:
            # One that is gone already serves nothing in any case.
            with contextlib.suppress(OSError, ValueError):
                before, _ = footprint_of(self.child, file_system=self.started.namespaces)
                self._before = before.with_more(1 + len(files.written_to))
        self.requests += 1
        files.send(self.child)
        return self.wait(files, watch)

    def cpu_seconds(self) -> float | None:
        """Its processor time so far; see `Child.cpu_seconds`."""
        self._spent = self.child.cpu_seconds()
        return self._spent

    def cpu_seconds_before(self) -> float | None:
        """The same before a request; there is next to none between two of them."""
        return self._spent if self.requests else self.cpu_seconds()

    def wait(self, files: RunFiles, watch: Watch) -> tuple[End, bytes]:
        """Wait until it says something more, or its time is up; see `supervise`."""
        return supervise(self.child, files.console, watch)

    def as_before(self, limits: Limits) -> bool:
        """Whether the kernel shows nothing that its requests have left behind."""
        if self._spent is None or self._spent >= limits.cpu_seconds:
            return False
        try:
            now, memory = footprint_of(self.child, file_system=self.started.namespaces)
        except (OSError, ValueError):
            return False
        if self._before is None:
            return False
        assert self._files is not None
        said = [self.child.link.fileno(), self._files.pipe.reader]
        silent = not select.select(said, [], [], 0)[0]
        roomy = memory - self.started.inherited <= limits.memory // 2
        return silent and roomy and now == self._before

    def end(self) -> None:
        """End its processes, which then write to nothing any more."""
        self.child.kill()
        self.ended = True
        for listener in self.listeners:
            listener.close()

    def proxy(self) -> "contextlib.AbstractContextManager[Proxy | None]":
        """The proxy of its network while it serves a request; None where it has no network."""
        network = self.started.network
        return contextlib.nullcontext() if network is None else Proxy(network, self.listeners)

    def _network(self) -> bytes:
        """Take the sockets of its network; what it said instead, if it could not make them."""
        if self.started.network is None:
            return b""
        wanted = len(self.started.network.listeners)
        self.listeners, said = self.child.listeners(wanted)
        return b"" if self.listeners else said or b"nothing"


class Workers:
    """The one owner of a sandbox's workers. For any number of threads.

    This is the contract, which a different way to make workers (such as putting a used process
    back to what it was before a run) has to keep:

    - `take` gives a worker that no other thread has. It is confined, and `Worker.unconfined`
      compares what it says of that with what the kernel says. Its memory is counted.
    - It shows nothing of any run before. Only where ``several`` was asked for, it may have served
      calls of the same program before; then all of them succeeded, and `Worker.as_before` found
      nothing that they had left.
    - The thread that took it has it serve one request by `Worker.serve`, and calls `give_back`
      whatever came of that.
    - A result is looked at when nothing can write to it any more: its file is final, or the worker
      has ended.
    - After `give_back`, nothing of the run goes on: no process, no thread, no timer. Another
      worker waits in its place if any are kept waiting. The caller waits for none of that.
    """

    def __init__(self, limits: Limits, *, warm: int, several: bool = False) -> None:
        """Have none yet.

        Args:
            limits: Those of a run that asks for no others.
            warm: How many are kept waiting.
            several: Whether a worker serves one request after another. There are ``warm`` of them
                then, and further ones only while requests have waited long for these.
        """
        self._limits = limits
        self._warm_size = warm
        self.several = several
        #: Counts and limits their memory; None where no control groups can be had.
        self.groups: MemoryGroups | None = None
        self._fork_lock = threading.Lock()
        self._sweep_lock = threading.Lock()
        self._changed = threading.Condition()
        #: Those that have served nothing, by name, and those that wait for a further request.
        self._warm: collections.deque[int] = collections.deque()
        self._idle: list[Worker] = []
        self._taken = 0
        #: When one of those that serve several last came back, by the monotonic clock.
        self._answered = 0.0
        self._started: Started | None = None
        self._added = ""
        #: Those that are being forked to wait.
        self._coming = 0
        #: The groups that count the process that forks, and what it was forked from.
        self._zygotes: list[MemoryGroup] = []
        self._limits_of: dict[int, Limits] = {}
        self._groups_of: dict[int, MemoryGroup] = {}
        self._directory_of: dict[int, Path] = {}
        self._spent: list[_Spent] = []
        self._root: Path | None = None

    def count(self, launcher: int, memory: int) -> None:
        """Count the memory of a process that becomes a zygote, with the forks on the way to it.

        It is the host's time that is waited for here, while the zygote loads its libraries.
        """
        if self.groups is None:
            return
        # What has ended meanwhile is not counted.
        with contextlib.suppress(OSError):
            group = self.groups.new(f"zygote-{launcher}", memory)
            self._zygotes.append(group)
            added: set[int] = set()
            while more := [member for member in family_of(launcher) if member not in added]:
                for member in more:
                    group.add(member)
                added.update(more)

    def uncount(self) -> None:
        """Let go of the memory groups of a process that did not become a zygote."""
        with self._changed:
            zygotes, self._zygotes = self._zygotes, []
        self._spent += [_Spent(group=group, directory=None) for group in zygotes]
        self._sweep(wait=False)

    def start(self, started: Started, *, added: str = "") -> None:
        """Make those that are kept waiting.

        ``added`` names the environment that each has besides that of the zygote.
        """
        if not started.borrowed:
            started.zygote.serve()
        with self._changed:
            self._started = started
            self._added = added
        for _ in range(self._warm_size):
            self._add(self._fork(started, self._limits))

    def take(self, started: Started, limits: Limits | None) -> Worker:
        """A worker that waits for its request, made now if there is none.

        ``limits`` stand in for those of the workers that are kept waiting.

        Raises:
            ZygoteFailedError: The zygote is gone.
        """
        with self._changed:
            self._taken += 1
        found = self._waiting(started) if limits is None else None
        if isinstance(found, Worker):
            return found
        try:
            name = self._fork(started, limits or self._limits) if found is None else found
            if self.groups is not None:
                self.groups.expect(started.zygote.launcher_pid)
            worker = Worker(started, started.zygote.child(name), self._groups_of.get(name))
        except BaseException:
            with self._changed:
                self._taken -= 1
            raise
        worker.several = self.several and limits is None
        return worker

    def give_back(self, worker: Worker, *, good: bool) -> None:
        """Have it wait for a further request if it may, and else be replaced.

        ``good`` says that its run succeeded. What is left to do when it is gone, others do.
        """
        further = (
            self.several
            and good
            and not worker.ended
            and worker.requests < MOST_REQUESTS
            and worker.as_before(self._limits)
        )
        with self._changed:
            self._taken -= 1
            room = len(self._warm) + len(self._idle) < self._warm_size
            further = further and room and worker.started is self._started
            if further:
                self._answered = time.monotonic()
                self._idle.append(worker)
                self._changed.notify()
        if not further:
            self._let_go(worker)
        elif self._spent:
            self._sweep(wait=False)

    def retire(self, started: Started) -> None:
        """Let go of a zygote that has died; runs that it took with it find out by themselves."""
        with self._changed:
            self._started = None
            warm, self._warm = self._warm, collections.deque()
            zygotes, self._zygotes = self._zygotes, []
        for name in warm:
            self._spend(name)
        self._spent += [_Spent(group=group, directory=None) for group in zygotes]
        self._forget_idle()
        if not started.borrowed:
            started.zygote.close()

    def close(self, started: Started | None) -> None:
        """End all of them and remove what they left."""
        with self._changed:
            self._started = None
        if started is not None and started.borrowed:
            self._end_waiting(started)
        elif started is not None:
            started.zygote.close()
        self._forget_idle()
        # The last of their processes may still be ending.
        for group in [*self._groups_of.values(), *self._zygotes]:
            _remove(group)
        self._groups_of.clear()
        self._zygotes.clear()
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

    def memory(self, started: Started) -> int:
        """Bytes that they and what they were forked from have in memory.

        What they were forked from is not counted if it belongs to a different sandbox.
        """
        if not started.borrowed:
            return proportional_memory(started.zygote.launcher_pid)
        with self._changed:
            warm = list(self._warm)
        pids = [started.zygote.pid_of(name) for name in warm]
        return sum(proportional_memory(pid) for pid in pids if pid is not None)

    def _end_waiting(self, started: Started) -> None:
        """End those that wait, and leave their zygote to those who own it."""
        with self._changed:
            warm, self._warm = self._warm, collections.deque()
        for name in warm:
            # They end with it.
            with contextlib.suppress(ZygoteFailedError):
                child = started.zygote.child(name)
                child.kill()
                started.zygote.forget(name, child.close)

    def _waiting(self, started: Started) -> Worker | int | None:
        """A worker that waits, or the name of one that has served nothing."""
        dead = []
        with self._changed:
            if self.several and self._warm_size:
                self._wait_for_one()
            found: Worker | int | None = None
            while self._idle and found is None:
                # The one that was used last: its memory is most likely in the processor's caches.
                worker = self._idle.pop()
                if worker.started is started and not worker.child.has_ended(0):
                    found = worker
                else:
                    dead.append(worker)
            if found is None and self._warm:
                found = self._warm.popleft()
        for worker in dead:
            self._let_go(worker)
        return found

    def _wait_for_one(self) -> None:
        """Wait until a worker waits, or none has answered for long."""
        since = time.monotonic()
        while not self._idle and not self._warm:
            rest = max(since, self._answered) + _PATIENCE - time.monotonic()
            if rest <= 0:
                return
            self._changed.wait(rest)

    def _too_few(self) -> bool:
        """Whether one more is to be made. One that serves several comes back."""
        coming = self._coming + (self._taken if self.several else 0)
        return len(self._warm) + len(self._idle) + coming < self._warm_size

    def _add(self, name: int) -> None:
        with self._changed:
            self._warm.append(name)
            self._changed.notify()

    def _let_go(self, worker: Worker) -> None:
        worker.end()
        worker.let_go_of_files()
        child = worker.child
        worker.started.zygote.forget(child.name, functools.partial(self._dispose, child))

    def _forget_idle(self) -> None:
        """Let go of workers whose zygote is gone, and they with it."""
        with self._changed:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.let_go_of_files()
            worker.child.close()
            self._spend(worker.child.name)

    def _fork(self, started: Started, limits: Limits) -> int:
        work = None if started.namespaces else self.new_directory(started.jail_user)
        with self._fork_lock:
            own = limits if self.groups is not None else limits.uncounted
            message = limits_message(own)
            if self.several:
                # It is replaced once it has used as much as one request may.
                message["cpu_seconds"] *= 2
            name = started.zygote.fork(message, on_child=self._admit, work=work, added=self._added)
            self._limits_of[name] = limits
            if work is not None:
                self._directory_of[name] = work
        return name

    def _admit(self, child: Child) -> None:
        """Give a new fork its control group, before a job can reach it."""
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
        with self._changed:
            started = self._started if self._too_few() else None
            self._coming += started is not None
        if started is None:
            return
        try:
            # Without a zygote there is nothing to refill; the next run begins a new one. And a run
            # that needs what can't be had here says so itself.
            with contextlib.suppress(ZygoteFailedError, OSError):
                self._add(self._fork(started, self._limits))
        finally:
            with self._changed:
                self._coming -= 1

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
