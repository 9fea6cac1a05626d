"""Between two calls in one process: what the first one left is put away.

It is housekeeping, and no border. Code of a call can change anything in its own process, this code
included. The host looks from outside for what a call has left behind, and ends the process then.
"""

import gc
import os
import resource
import shutil
import signal
from collections.abc import Sequence
from typing import Final

_OPEN: Final = "/proc/self/fd"
_TIMERS: Final = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)


class Housekeeping:
    """A process that is about to serve its first call, as it is to be before each other one."""

    def __init__(self) -> None:
        self._directory = os.getcwd()
        top = os.path.dirname(self._directory)
        folders = [top, *(entry.path for entry in os.scandir(top) if entry.is_dir())]
        #: The names in each of its folders.
        self._folders = {folder: frozenset(os.listdir(folder)) for folder in folders}
        self._file_size = resource.getrlimit(resource.RLIMIT_FSIZE)
        self._descriptors = _open_descriptors()

    def tidy_up(self, descriptors: Sequence[int]) -> None:
        """Put away what a call has left, and close ``descriptors``, which came with it."""
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        for standard in (1, 2):
            os.dup2(null, standard)
        for descriptor in (null, *descriptors):
            os.close(descriptor)
        for timer in _TIMERS:
            signal.setitimer(timer, 0)
        os.chdir(self._directory)
        os.umask(0o077)
        resource.setrlimit(resource.RLIMIT_FSIZE, self._file_size)
        for folder, kept in self._folders.items():
            for name in os.listdir(folder):
                if name not in kept:
                    _remove(os.path.join(folder, name))
        if _open_descriptors() > self._descriptors:
            # Most likely a mapping that is part of a cycle.
            gc.collect()


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
