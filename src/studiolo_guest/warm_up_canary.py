"""A library that tries to get out while it is loaded; `studiolo doctor` shows how far it came.

It stands for a poisoned package of the locked environment: its code runs where libraries are
loaded, in the process that forks the runs.
"""

import ctypes
import os
import platform
import socket
from collections.abc import Callable
from typing import Final

import studiolo_guest
from studiolo_guest import kernel

_X86: Final = platform.machine() == "x86_64"
#: Where this package is found inside the jail.
_OWN_CODE: Final = next(iter(studiolo_guest.__path__))
_libc: Final = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def _call(number: int, *arguments: int) -> int:
    result = _libc.syscall(ctypes.c_long(number), *map(ctypes.c_ulong, arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(result)


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _open_for_writing(path: str) -> None:
    with open(path, "r+b"):
        return


def _remount() -> None:
    flags = kernel.MS_BIND | kernel.MS_REMOUNT | kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount(None, _OWN_CODE, None, flags)


_ATTEMPTS: Final[dict[str, Callable[[], object]]] = {
    "read another user's secret": lambda: _read("/etc/shadow"),
    "open a network socket": socket.socket,
    "trace another process": lambda: _call(101 if _X86 else 117, 16, 1, 0, 0),
    "use kernel keyrings": lambda: _call(250 if _X86 else 219, 0, (1 << 64) - 3, 0, 0, 0),
    "use io_uring": lambda: _call(425, 1, 0),
    "take a write protection away": _remount,
    "change Studiolo's own code": lambda: _open_for_writing(os.path.join(_OWN_CODE, "kernel.py")),
    "change the standard library": lambda: _open_for_writing(os.__file__),
}
#: What it tried; whether it was stopped; the error that it met, or what it got.
OUTCOMES: Final[list[tuple[str, bool, str]]] = []


def _try_all() -> None:
    for tried, attempt in _ATTEMPTS.items():
        try:
            got = attempt()
        except Exception as error:  # noqa: BLE001  # whatever stopped it is the outcome
            OUTCOMES.append((tried, True, f"{type(error).__name__}: {error}"[:80]))
        else:
            OUTCOMES.append((tried, False, repr(got)[:60]))


# As a package would that does harm: by being imported. Nothing else imports this module.
_try_all()
