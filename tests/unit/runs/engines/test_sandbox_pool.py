"""The pool of sandboxes, with sandboxes that only note what becomes of them."""

import threading
import time
from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import Any, cast

import pytest

from studiolo.environments.environment import EnvironmentSpec
from studiolo.environments.errors import UvMissingError
from studiolo.environments.progress import BuildProgress, ProgressCallback
from studiolo.environments.request import EnvironmentRequest
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.engines.sandbox_pool import BuildCancelledError, SandboxKind, SandboxPool

MIB = 1 << 20


def unwatched(progress: BuildProgress) -> None:
    """Nobody looks."""


class FakeSandbox:
    def __init__(self, *, many: bool, memory: int, base: "FakeSandbox | None" = None) -> None:
        self.many, self.memory, self.closed, self.base = many, memory, False, base
        self.isolation = "none"

    def close(self) -> None:
        assert not self.closed
        assert self.base is None or not self.base.closed
        self.closed = True


class FakeFactory:
    """Makes sandboxes at once, unless the test holds an environment back."""

    def __init__(self, memory: int = 100 * MIB) -> None:
        self.memory = memory
        self.made: list[FakeSandbox] = []
        self.held: dict[tuple[str, ...], threading.Event] = {}
        self.fails = False

    limits = cast("Any", None)
    progress = None
    slow_imports = ()

    def environment_for(
        self, request: EnvironmentRequest, *, progress: ProgressCallback | None = None
    ) -> Any:
        if self.fails:
            raise UvMissingError
        held = self.held.get(request.dependencies)
        while held is not None and not held.wait(0.01):
            assert progress is not None
            progress(BuildProgress(phase="preparing", message=""))  # type: ignore[arg-type]
        base = SimpleNamespace(started_from=None)
        adds = request.dependencies == ("added",)
        return SimpleNamespace(started_from=base if adds else None)

    def sandbox_for(
        self,
        environment: Any,  # noqa: ARG002
        *,
        preload: Collection[str] | None = None,  # noqa: ARG002
        warm: int | None = None,  # noqa: ARG002
        many: bool = False,
        base: Any = None,
    ) -> Any:
        self.made.append(FakeSandbox(many=many, memory=self.memory, base=base))
        return self.made[-1]


BASE = EnvironmentSpec(name="base", lock="")


def kind(name: str = "") -> SandboxKind:
    return SandboxKind(
        environment=EnvironmentRequest(base=BASE, dependencies=(name,) if name else ()),
        slow=False,
        settings=RunSettings(),
    )


def pool(factory: FakeFactory, idle_memory: int = 1000 * MIB) -> SandboxPool:
    return SandboxPool(lambda _settings: factory, idle_memory=idle_memory)


def used(pool: SandboxPool, name: str = "") -> FakeSandbox:
    with pool.use(kind(name), unwatched) as pooled:
        return cast("FakeSandbox", pooled.sandbox)


def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


def test_one_kind_has_one_sandbox() -> None:
    sandboxes = pool(factory := FakeFactory())
    assert used(sandboxes) is used(sandboxes)
    assert used(sandboxes, "six") is not used(sandboxes)
    sandboxes.close()
    assert [sandbox.closed for sandbox in factory.made] == [True, True]
    with pytest.raises(ValueError, match="closed"):
        used(sandboxes)


def test_who_waits_for_an_environment_holds_up_only_those_who_need_it() -> None:
    factory = FakeFactory()
    held = factory.held["slow",] = threading.Event()
    sandboxes = pool(factory)
    got: list[FakeSandbox] = []
    waiting = [threading.Thread(target=lambda: got.append(used(sandboxes, "slow"))) for _ in "ab"]
    for thread in waiting:
        thread.start()
    used(sandboxes)
    assert not got
    held.set()
    for thread in waiting:
        thread.join(10)
    assert got[0] is got[1]
    sandboxes.close()


def test_a_wait_for_another_build_can_be_cancelled() -> None:
    factory = FakeFactory()
    held = factory.held["slow",] = threading.Event()
    sandboxes = pool(factory)
    builder = threading.Thread(target=lambda: used(sandboxes, "slow"))
    builder.start()

    def cancelled(_: BuildProgress) -> None:
        raise BuildCancelledError

    for _ in range(2):
        with pytest.raises(BuildCancelledError), sandboxes.use(kind("slow"), cancelled):
            pytest.fail("it was cancelled")
    held.set()
    builder.join(10)
    sandboxes.close()


def test_a_failed_build_is_tried_again() -> None:
    factory = FakeFactory()
    sandboxes = pool(factory)
    factory.fails = True
    with pytest.raises(UvMissingError):
        used(sandboxes)
    factory.fails = False
    used(sandboxes)
    sandboxes.close()


def test_preparing_says_how_many_are_to_come() -> None:
    for runs, many in ((1, False), (3, False), (4, True)):
        sandboxes = pool(factory := FakeFactory())
        sandboxes.prepare(kind(), runs, frozenset(), unwatched)
        until(lambda made=factory.made: bool(made))  # type: ignore[misc]
        assert [sandbox.many for sandbox in factory.made] == [many]
        sandboxes.close()


def test_a_sandbox_with_more_work_than_it_was_made_for_is_replaced_once() -> None:
    sandboxes = pool(factory := FakeFactory())
    with sandboxes.use(kind(), unwatched) as first:
        for _ in range(3):
            used(sandboxes)
        until(lambda: first.replaced)
        # Until its last user has gone it stays.
        assert not factory.made[0].closed
        assert used(sandboxes) is factory.made[1]
    assert factory.made[0].closed
    assert factory.made[1].many
    for _ in range(10):
        used(sandboxes)
    assert len(factory.made) == 2
    sandboxes.close()
    assert factory.made[1].closed


def test_a_second_run_that_expects_many_replaces_what_was_made_for_one() -> None:
    sandboxes = pool(FakeFactory())
    first = used(sandboxes)
    sandboxes.prepare(kind(), 100, frozenset(), unwatched)
    until(lambda: first.closed)
    assert used(sandboxes).many
    sandboxes.close()


def test_the_idle_sandbox_that_was_used_longest_ago_goes_first() -> None:
    sandboxes = pool(factory := FakeFactory(), idle_memory=250 * MIB)
    made = {name: used(sandboxes, name) for name in ("a", "b", "c")}
    used(sandboxes, "a")
    assert [made[name].closed for name in "abc"] == [False, False, False]
    used(sandboxes, "d")
    assert [made[name].closed for name in "abc"] == [False, True, False]
    sandboxes.close()
    assert all(sandbox.closed for sandbox in factory.made)


def test_a_sandbox_that_is_used_is_never_let_go_of() -> None:
    sandboxes = pool(FakeFactory(), idle_memory=0)
    with sandboxes.use(kind("a"), unwatched) as pooled:
        used(sandboxes, "b")
        used(sandboxes, "c")
        assert not cast("FakeSandbox", pooled.sandbox).closed
    used(sandboxes, "d")
    assert cast("FakeSandbox", pooled.sandbox).closed
    sandboxes.close()


def test_an_environment_that_adds_packages_is_based_on_the_sandbox_of_the_other() -> None:
    sandboxes = pool(factory := FakeFactory())
    base, added = used(sandboxes), used(sandboxes, "added")
    assert added.base is base
    assert used(sandboxes, "added") is added
    sandboxes.close()
    assert [sandbox.closed for sandbox in factory.made] == [True, True]


def test_a_base_is_not_let_go_of_before_what_is_based_on_it() -> None:
    sandboxes = pool(factory := FakeFactory(), idle_memory=250 * MIB)
    with sandboxes.use(kind("added"), unwatched):
        base, added = factory.made
        used(sandboxes, "a")
        used(sandboxes, "b")
        used(sandboxes, "c")
        assert (base.closed, added.closed) == (False, False)
    used(sandboxes, "d")
    assert (base.closed, added.closed) == (False, False)
    used(sandboxes, "e")
    assert (base.closed, added.closed) == (False, True)
    used(sandboxes, "f")
    assert (base.closed, added.closed) == (True, True)
    again = used(sandboxes, "added")
    assert again.base is not base
    sandboxes.close()


def test_what_is_based_on_a_sandbox_that_is_replaced_is_made_again() -> None:
    sandboxes = pool(factory := FakeFactory())
    added = used(sandboxes, "added")
    sandboxes.prepare(kind(), 100, frozenset(), unwatched)
    until(lambda: added.closed)
    again = used(sandboxes, "added")
    assert again.base is not None
    assert again.base.many
    sandboxes.close()
    assert all(sandbox.closed for sandbox in factory.made)


def test_what_is_based_on_another_grows_with_it() -> None:
    sandboxes = pool(factory := FakeFactory())
    added = used(sandboxes, "added")
    sandboxes.prepare(kind("added"), 100, frozenset(), unwatched)
    until(lambda: added.closed and factory.made[-1].base is not None)
    until(lambda: used(sandboxes, "added").many)
    again = used(sandboxes, "added")
    assert again.base is not None
    assert again.base.many
    assert again is not added
    sandboxes.close()
    assert all(sandbox.closed for sandbox in factory.made)
