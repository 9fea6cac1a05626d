"""Between two calls in one process: what the first one left is put away.

It is housekeeping, and no border. Code of a call can change anything in its own process, this code
included. The host looks from outside for what a call has left behind, and ends the process then.
"""

import gc
import os
import resource
import shutil
import signal
import time
from collections.abc import Sequence
from typing import Final

_OPEN: Final = "/proc/self/fd"
_TIMERS: Final = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
#: Nanoseconds in which the kernel may give two changes of a folder the same time.
_SAME_TIME: Final = 20_000_000


class Housekeeping:
    """A process that is about to serve its first call, as it is to be before each other one."""

    def __init__(self) -> None:
        self._directory = os.getcwd()
        top = os.path.dirname(self._directory)
        folders = [top, *(entry.path for entry in os.scandir(top) if entry.is_dir())]
        self._folders = [_Folder(folder) for folder in folders]
        self._file_size = resource.getrlimit(resource.RLIMIT_FSIZE)
        self._descriptors = _open_descriptors()

    def tidy_up(self, descriptors: Sequence[int], *, kept: int) -> None:
        """Put away what a call has left, and close ``descriptors``, which came with it.

        ``kept`` counts those that have come and stay.
        """
        # Where it reads from there is nothing to read; what is written there is gone.
        for standard in (1, 2):
            os.dup2(0, standard)
        for descriptor in descriptors:
            os.close(descriptor)
        for timer in _TIMERS:
            signal.setitimer(timer, 0)
        os.chdir(self._directory)
        os.umask(0o077)
        resource.setrlimit(resource.RLIMIT_FSIZE, self._file_size)
        for folder in self._folders:
            folder.tidy_up()
        if _open_descriptors() > self._descriptors + kept:
            # Most likely a mapping that is part of a cycle.
            gc.collect()


class _Folder:
    """A folder that has the same names in it before each call."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._names = frozenset(os.listdir(path))
        self._note_time()

    def tidy_up(self) -> None:
        """Remove what has come."""
        if os.stat(self._path).st_mtime_ns == self._changed:
            return
        for name in os.listdir(self._path):
            if name not in self._names:
                _remove(os.path.join(self._path, name))
        self._note_time()

    def _note_time(self) -> None:
        """Note when it was changed last, unless the next change may be of the same time."""
        changed = os.stat(self._path).st_mtime_ns
        settled = changed < time.time_ns() - _SAME_TIME
        self._changed = changed if settled else None


def _open_descriptors() -> int:
    """How many there are. Kernels before 6.2 give no number."""
    return os.stat(_OPEN).st_size or len(os.listdir(_OPEN))


def _remove(path: str) -> None:
    try:
        # As most are: the empty folder of a step.
        os.rmdir(path)
    except NotADirectoryError:
        os.unlink(path)
    except OSError:
        shutil.rmtree(path, ignore_errors=True)
