import subprocess
import sys
from pathlib import Path

import pytest

from studiolo.store.errors import RecordsBusyError, RunHeldError, WorkspaceInUseError
from studiolo.store.identity import RunId
from studiolo.store.locks import RunLock, SoleUse, UpgradeLock, WorkspaceUse, is_running

from .processes import meanwhile

RUN = RunId("20250131-184502117-00aa00")
HOLD = "say('held'); time.sleep(60)"


def test_many_use_a_workspace_at_the_same_time(store: Path) -> None:
    use = f"with WorkspaceUse.begin(store) as use: {HOLD}"
    with WorkspaceUse.begin(store) as mine, meanwhile(use, store):
        assert mine.held
        mine.release()
        with pytest.raises(WorkspaceInUseError, match="nothing can be removed"):
            SoleUse.begin(store)
    with SoleUse.begin(store) as alone:
        assert alone.covers(store)
    assert not alone.held


def test_who_wants_to_use_a_workspace_waits_for_a_sweep(store: Path) -> None:
    with meanwhile(f"with SoleUse.begin(store): {HOLD}", store):
        with pytest.raises(RecordsBusyError, match=r"more than 0\.1 seconds"):
            WorkspaceUse.begin(store, wait_seconds=0.1)
        with pytest.raises(WorkspaceInUseError):
            SoleUse.begin(store)
    sweep = "with SoleUse.begin(store): say(1); time.sleep(0.2)"
    with meanwhile(sweep, store), WorkspaceUse.begin(store, wait_seconds=30) as use:
        assert use.held


def test_a_run_is_running_as_long_as_its_process_is(store: Path) -> None:
    assert not is_running(store, RUN)
    with meanwhile(f"with RunLock.take(store, {RUN!r}): {HOLD}", store):
        # Asking doesn't disturb those who ask.
        assert is_running(store, RUN)
        assert is_running(store, RUN)
        assert not is_running(store, RunId("another"))
        with pytest.raises(RunHeldError, match="carried out by another process"):
            RunLock.take(store, RUN)
    # It was killed, and its file is still there.
    assert list((store / "locks").glob(f"*{RUN}*"))
    assert not is_running(store, RUN)
    with RunLock.take(store, RUN):
        assert is_running(store, RUN)
    assert not list((store / "locks").glob(f"*{RUN}*"))
    assert not is_running(store, RUN)


def test_a_released_lock_may_be_released_again(store: Path) -> None:
    lock = RunLock.take(store, RUN)
    lock.release()
    with RunLock.take(store, RUN):
        lock.release()
        assert is_running(store, RUN)


def test_files_of_killed_runs_are_forgotten(store: Path) -> None:
    with meanwhile(f"with RunLock.take(store, {RUN!r}): {HOLD}", store):
        pass
    with SoleUse.begin(store) as alone:
        alone.forget_ended_runs()
    assert not list((store / "locks").glob("run-*"))


def test_a_program_that_is_started_meanwhile_holds_no_lock(store: Path) -> None:
    with WorkspaceUse.begin(store), RunLock.take(store, RUN):
        program = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert not is_running(store, RUN)
        SoleUse.begin(store).release()
    finally:
        program.communicate(b"\n")


def test_one_process_after_the_other_brings_the_records_up_to_date(store: Path) -> None:
    upgrade = f"with UpgradeLock.take(store, wait_seconds=1): {HOLD}"
    with meanwhile(upgrade, store), pytest.raises(RecordsBusyError):
        UpgradeLock.take(store, wait_seconds=0.05)
    UpgradeLock.take(store, wait_seconds=0).release()
