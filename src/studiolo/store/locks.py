"""Who is at work in a workspace: locks that the system takes away from processes that end.

All of them are `flock`s on files in the store's `locks` folder. Such a lock belongs to an open
file, and goes with its last descriptor: a process that is killed holds none. Descriptors are not
inherited by programs that are started (close-on-exec), so a sandbox doesn't hold on to them.

Files may be on a file system that can only be read. A lock on a descriptor that was opened for
reading is as good as any; only where there is no file yet, none can be had.
"""

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from studiolo.store.errors import (
    RecordsBusyError,
    RecordsReadOnlyError,
    RunHeldError,
    WorkspaceInUseError,
    store_errors,
)
from studiolo.store.folder import make_private_folder
from studiolo.store.identity import RunId

_FOLDER = "locks"
_USE = "workspace.lock"
_RUN_PREFIX = "run-"
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
#: Seconds between two attempts at a lock that another process has.
_PAUSE = 0.02


class Lock:
    """A held lock; let go by ``release`` or at the end of a ``with`` block."""

    #: What cannot be done without it, for the sentence of an error.
    purpose: ClassVar[str] = "nothing can be locked"

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @property
    def held(self) -> bool:
        """Whether it is there to rely on; never again once it is released."""
        return self._descriptor >= 0

    def release(self) -> None:
        """Let go. More than once is as good as once."""
        if self.held:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


class WorkspaceUse(Lock):
    """Held, with others, by every process that runs something or reads results.

    While it is held, nothing is swept, so that a blob that was found stays, and one that is
    not yet recorded too. In a workspace that can't be written, and in which nothing has ever run
    anything in, it is not ``held``: there is nothing to protect then.
    """

    purpose = "it can't be used"

    @classmethod
    def begin(cls, store: Path, *, wait_seconds: float = 60.0) -> Self:
        """Announce a use; waits for a sweep to end.

        Raises:
            RecordsBusyError: A sweep takes longer than ``wait_seconds`` seconds.
        """
        path = store / _FOLDER / _USE
        try:
            descriptor = _opened(path, purpose=cls.purpose)
        except RecordsReadOnlyError:
            return cls(path, -1)
        _wait_for(descriptor, path, fcntl.LOCK_SH, wait_seconds=wait_seconds)
        return cls(path, descriptor)


class SoleUse(Lock):
    """Held by the one process that removes things from a workspace that no other is using."""

    purpose = "nothing can be removed from it"

    @classmethod
    def begin(cls, store: Path) -> Self:
        """Take the workspace for this process alone; doesn't wait.

        Raises:
            WorkspaceInUseError: Others use it.
            RecordsReadOnlyError: It can't be written, so there is nothing to have it alone for.
        """
        path = store / _FOLDER / _USE
        # For reading would do for the lock, but what can't be written can't be swept either.
        descriptor = _opened(path, purpose=cls.purpose, for_writing=True)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise WorkspaceInUseError(path=store, purpose=cls.purpose) from error
        return cls(path, descriptor)

    def covers(self, store: Path) -> bool:
        """Whether it is held, and for the store in this folder."""
        return self.held and self.path == store / _FOLDER / _USE

    def forget_ended_runs(self) -> None:
        """Remove the lock files that killed processes left; others may be carrying runs."""
        for left in self.path.parent.glob(f"{_RUN_PREFIX}*.lock"):
            left.unlink(missing_ok=True)


class RunLock(Lock):
    """Held by the process that carries a run, from before the run is recorded until its end."""

    purpose = "nothing can be run in it"

    @classmethod
    def take(cls, store: Path, run: RunId) -> Self:
        """Become the process that carries the run.

        Raises:
            RunHeldError: Another process carries it.
            RecordsReadOnlyError: The workspace can't be written.
        """
        path = _run_path(store, run)
        while True:
            descriptor = _opened(path, purpose=cls.purpose, for_writing=True)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(descriptor)
                raise RunHeldError(run=run) from error
            # The process that held it may have removed the file since it was opened here.
            if os.fstat(descriptor).st_nlink:
                return cls(path, descriptor)
            os.close(descriptor)

    def release(self) -> None:
        """Let go, and remove the file: a lock without a file is held by no process."""
        if self.held:
            with suppress(OSError):
                self.path.unlink()
        super().release()


class UpgradeLock(Lock):
    """Held by the one process that creates the records or brings them up to date."""

    purpose = "its records can't be created or updated"

    @classmethod
    def take(cls, store: Path, *, wait_seconds: float) -> Self:
        """Wait for one's turn.

        Raises:
            RecordsBusyError: Another process takes longer than ``wait_seconds`` seconds.
            RecordsReadOnlyError: The workspace can't be written.
        """
        path = store / _FOLDER / "upgrade.lock"
        descriptor = _opened(path, purpose=cls.purpose, for_writing=True)
        _wait_for(descriptor, path, fcntl.LOCK_EX, wait_seconds=wait_seconds)
        return cls(path, descriptor)


class EditLock(Lock):
    """Held by the one who replaces a file that people edit, from looking at it to replacing it.

    Two who save the same experiment at the same moment then come one after the other, and the
    second sees what the first has saved.
    """

    purpose = "nothing can be saved in it"

    @classmethod
    def take(cls, store: Path, *, wait_seconds: float = 60.0) -> Self:
        """Wait for one's turn.

        Raises:
            RecordsBusyError: Another process takes longer than ``wait_seconds`` seconds.
            RecordsReadOnlyError: The workspace can't be written.
        """
        path = store / _FOLDER / "edit.lock"
        descriptor = _opened(path, purpose=cls.purpose, for_writing=True)
        _wait_for(descriptor, path, fcntl.LOCK_EX, wait_seconds=wait_seconds)
        return cls(path, descriptor)


def is_running(store: Path, run: RunId) -> bool:
    """Whether a process of this machine carries the run at this moment.

    Found out by trying its lock, together with others that try it, so that two who ask at the
    same time don't take each other for the process that carries it.
    """
    with store_errors(store, purpose="Studiolo can't tell what is running in it"):
        try:
            descriptor = os.open(_run_path(store, run), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _run_path(store: Path, run: RunId) -> Path:
    return store / _FOLDER / f"{_RUN_PREFIX}{run}.lock"


def _opened(path: Path, *, purpose: str, for_writing: bool = False) -> int:
    """A descriptor of the lock's file, made if need be.

    The use's file is never removed: a process that waits for it would then hold a different one.
    """
    with store_errors(path.parent.parent, purpose=purpose):
        try:
            make_private_folder(path.parent.parent)
            path.parent.mkdir(exist_ok=True)
            return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if for_writing or error.errno not in _READ_ONLY or not path.exists():
                raise
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _wait_for(descriptor: int, path: Path, kind: int, *, wait_seconds: float) -> None:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                os.close(descriptor)
                raise RecordsBusyError(place=path.parent.parent, seconds=wait_seconds) from error
            time.sleep(_PAUSE)
        except BaseException:
            os.close(descriptor)
            raise
        else:
            return
