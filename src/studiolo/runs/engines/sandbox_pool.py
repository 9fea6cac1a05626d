"""The sandboxes of this machine that runs share: made when needed, grown, and let go of."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from studiolo.environments.environment import Environment
from studiolo.environments.progress import BuildPhase, BuildProgress, ProgressCallback
from studiolo.environments.request import EnvironmentRequest
from studiolo.errors import StudioloError
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.sandbox_factory import SandboxFactory
from studiolo.sandbox.sandbox import Sandbox

#: From so many runs on it pays to prepare a sandbox for many.
_MANY = 4
#: Waiting forks: one to take, and others while it is replaced.
_MOST_WARM = 3
#: The part of the machine's memory that idle sandboxes may keep.
_IDLE_PART = 4
#: Seconds between two looks at whether the wait for another's build was cancelled.
_PAUSE = 0.1


@dataclass(frozen=True, kw_only=True)
class SandboxKind:
    """The common needs of steps that share a sandbox."""

    environment: EnvironmentRequest
    #: Modules that take long to import, imported beforehand if many runs are to come. What a zygote
    #: has imported, each of its forks pays for with time to fork; what it has not, each run that
    #: needs it pays for with time to import.
    slow: bool
    settings: RunSettings


@dataclass(eq=False, kw_only=True)
class PooledSandbox:
    """A sandbox, and who uses it."""

    sandbox: Sandbox
    environment: Environment
    #: The one whose zygote it uses, if it has none of its own.
    base: "PooledSandbox | None" = None
    #: Whether it was made for many runs.
    many: bool
    users: int = 0
    #: How many runs it has been given.
    served: int = 0
    #: By the monotonic clock.
    last_used: float = field(default_factory=time.monotonic)
    #: Whether a better one is being made, and whether that has taken its place: then its last user
    #: closes it.
    outgrown: bool = False
    replaced: bool = False

    @property
    def needed(self) -> "Sequence[PooledSandbox]":
        """The sandboxes that a run in it uses, in the order in which they are closed."""
        return [self] if self.base is None else [self, *self.base.needed]


class SandboxPool:
    """Sandboxes by kind. For any number of threads; close it when done."""

    def __init__(
        self, factory: Callable[[RunSettings], SandboxFactory], *, idle_memory: int | None = None
    ) -> None:
        """Make nothing yet.

        Args:
            factory: Gives the factory of sandboxes with these settings.
            idle_memory: Bytes that unused sandboxes may keep; a quarter of the machine's
                if not given.
        """
        self._factory = factory
        usual = _machine_memory() // _IDLE_PART
        self._idle_memory = usual if idle_memory is None else idle_memory
        self._lock = threading.Lock()
        self._making: dict[SandboxKind, threading.Lock] = {}
        self._sandboxes: dict[SandboxKind, PooledSandbox] = {}
        self._preload: dict[SandboxKind, frozenset[str]] = {}
        self._helpers: set[threading.Thread] = set()
        self._closed = False

    def prepare(
        self, kind: SandboxKind, runs: int, preload: frozenset[str], progress: ProgressCallback
    ) -> None:
        """Get ready, in the background, for so many runs of scripts that import these modules."""
        many = runs >= _MANY
        with self._lock:
            self._preload[kind] = self._preload.get(kind, frozenset()) | preload
            present = self._sandboxes.get(kind)
            if present is not None and (present.many or not many):
                return

        def make() -> None:
            # What can't be had is said when it is needed.
            with contextlib.suppress(StudioloError, BuildCancelledError):
                if present is None:
                    self._make(kind, runs, progress)
                else:
                    self._grow(kind, present)

        self._help(make)

    @contextmanager
    def use(self, kind: SandboxKind, progress: ProgressCallback) -> Iterator[PooledSandbox]:
        """A sandbox of the kind, which stays at least as long as it is used.

        Raises:
            StudioloError: It can't be made, for example without an environment.
            BuildCancelledError: Raised by ``progress``, which is called again and again while an
                environment is built.
        """
        used = self._taken(kind, 1, progress)
        used.served += 1
        if used.served == _MANY and not used.many:
            # It gets more work than it was made for.
            self._help(lambda: self._grow(kind, used))
        try:
            yield used
        finally:
            self._give_back(used)

    def close(self) -> None:
        """End all sandboxes."""
        with self._lock:
            self._closed = True
            helpers = list(self._helpers)
        for helper in helpers:
            helper.join()
        with self._lock:
            sandboxes, self._sandboxes = list(self._sandboxes.values()), {}
        # Those without a base last.
        for pooled in sorted(sandboxes, key=lambda one: one.base is None):
            pooled.sandbox.close()

    def _taken(self, kind: SandboxKind, runs: int, progress: ProgressCallback) -> PooledSandbox:
        """A sandbox of the kind, which stays until it is given back."""
        while True:
            self._make(kind, runs, progress)
            with self._lock:
                taken = self._sandboxes.get(kind)
                if taken is not None:
                    for one in taken.needed:
                        one.users += 1
                    return taken

    def _give_back(self, taken: PooledSandbox) -> None:
        with self._lock:
            over = []
            for one in taken.needed:
                one.users -= 1
                # A base later than what uses it, so that it is evicted after that.
                one.last_used = time.monotonic()
                if one.replaced and not one.users:
                    over.append(one)
        for one in over:
            one.sandbox.close()

    def _make(self, kind: SandboxKind, runs: int, progress: ProgressCallback) -> None:
        """Have a sandbox of the kind; callers that need a different one don't wait for this."""
        with self._lock:
            if self._closed:
                raise ValueError("this pool of sandboxes is closed")
            if kind in self._sandboxes:
                return
            making = self._making.setdefault(kind, threading.Lock())
        while not making.acquire(timeout=_PAUSE):
            progress(STILL_WAITING)
        try:
            with self._lock:
                if kind in self._sandboxes:
                    return
            made = self._made(kind, runs, progress)
            with self._lock:
                self._sandboxes[kind] = made
        finally:
            making.release()
        if made.base is not None:
            self._give_back(made.base)
        self._evict(spare=made)

    def _made(self, kind: SandboxKind, runs: int, progress: ProgressCallback) -> PooledSandbox:
        """A new sandbox. Its base, if it has one, has been taken."""
        factory = self._factory(kind.settings)
        environment = factory.environment_for(kind.environment, progress=progress)
        base = None
        if environment.started_from is not None:
            bare = replace(kind, environment=kind.environment.bare)
            with self._lock:
                wanted = self._preload.get(kind, frozenset())
                self._preload[bare] = self._preload.get(bare, frozenset()) | wanted
            base = self._taken(bare, runs, progress)
        many = runs >= _MANY
        sandbox = factory.sandbox_for(
            environment,
            preload=sorted(self._preload.get(kind, ())) if runs > 1 else (),
            warm=_MOST_WARM if many else 0,
            many=many,
            base=None if base is None else base.sandbox,
        )
        return PooledSandbox(sandbox=sandbox, environment=environment, base=base, many=many)

    def _grow(self, kind: SandboxKind, present: PooledSandbox) -> None:
        """Put one that was made for many runs in the place of one that was not."""
        with self._lock:
            if self._closed or present.outgrown or self._sandboxes.get(kind) is not present:
                return
            present.outgrown = True
        if present.base is not None:
            self._grow(replace(kind, environment=kind.environment.bare), present.base)
        try:
            better = self._made(kind, _MANY, lambda _: None)
        except StudioloError:
            # It stays as it is; trying again and again would not help.
            return
        over: Sequence[PooledSandbox] = [better]
        # Until it has started, the other one serves.
        with contextlib.suppress(StudioloError):
            better.sandbox.isolation  # noqa: B018
            with self._lock:
                current = self._sandboxes.get(kind)
                # Let go of meanwhile, it is closed; whatever took its place is as good.
                if current is present or (current is None and not self._closed):
                    self._sandboxes[kind] = better
                    over = [] if current is None else self._replaced(present)
        for one in over:
            one.sandbox.close()
        if better.base is not None:
            self._give_back(better.base)

    def _replaced(self, former: PooledSandbox) -> Sequence[PooledSandbox]:
        """Let go of a sandbox and of those that it is the base of; the idle ones, to be closed."""
        based = {kind: one for kind, one in self._sandboxes.items() if one.base is former}
        for kind in based:
            del self._sandboxes[kind]
        found = [*based.values(), former]
        for one in found:
            one.replaced = True
        return [one for one in found if not one.users]

    def _evict(self, *, spare: PooledSandbox) -> None:
        """Close the sandboxes that have been idle for longest, if all idle ones keep too much."""
        with self._lock:
            idle = sorted(
                (
                    (kind, pooled)
                    for kind, pooled in self._sandboxes.items()
                    if not pooled.users and pooled not in spare.needed
                ),
                key=lambda entry: entry[1].last_used,
                reverse=True,
            )
            if not idle:
                return
            kept, evicted = 0, []
            for kind, pooled in idle:
                kept += pooled.sandbox.memory
                if kept > self._idle_memory:
                    evicted.append(pooled)
                    del self._sandboxes[kind]
        # What is based on another one was used before it.
        for pooled in reversed(evicted):
            pooled.sandbox.close()

    def _help(self, act: Callable[[], None]) -> None:
        def helped() -> None:
            try:
                act()
            finally:
                with self._lock:
                    self._helpers.discard(threading.current_thread())

        helper = threading.Thread(target=helped, name="studiolo-sandbox")
        with self._lock:
            if self._closed:
                return
            self._helpers.add(helper)
        helper.start()


class BuildCancelledError(Exception):
    """The run that an environment was built for is to end."""


def _machine_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


#: Told to those who wait for a sandbox that another thread makes, which need not take a build.
STILL_WAITING = BuildProgress(phase=BuildPhase.WAITING, message="Waiting for a sandbox")
