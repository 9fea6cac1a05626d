"""The system calls of a process that has all it needs in memory, and only computes.

The process that reads a dataset file applies it to itself. It is here, and not in the policy of
the sandbox, because whatever reads a file has to do without the sandbox.
"""

import platform
import struct
from collections.abc import Mapping
from typing import Final

from studiolo_guest.kernel import SeccompProgram

#: Numbers on x86_64 and on aarch64: memory, the files that are open, clocks, threads, its own end.
CALLS: Final[Mapping[str, tuple[int, int]]] = {
    "brk": (12, 214),
    "madvise": (28, 233),
    "membarrier": (324, 283),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "close": (3, 57),
    "fstat": (5, 80),
    "ftruncate": (77, 46),
    "lseek": (8, 62),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "read": (0, 63),
    "write": (1, 64),
    "writev": (20, 66),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "getrandom": (318, 278),
    "getrusage": (98, 165),
    "gettimeofday": (96, 169),
    "sysinfo": (99, 179),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "futex": (202, 98),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "restart_syscall": (219, 128),
    "rseq": (334, 293),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "set_robust_list": (273, 99),
    "sigaltstack": (131, 132),
}
#: Only to itself: a library that aborts sends itself a signal.
OWN_PROCESS: Final = ("tgkill", (234, 131))
#: For threads only.
THREADS: Final = ("clone", (56, 220))
#: Its flags can't be looked at; C libraries fall back to the call above.
TOO_NEW: Final = ("clone3", (435, 435))
_CLONE_THREAD: Final = 0x10000
#: linux/audit.h
_MODES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _MODE, _ARGUMENT = 0, 4, 16
_ALLOW, _KILL = 0x7FFF_0000, 0x8000_0000
#: "Operation not permitted" and "function not implemented".
_REFUSE, _UNKNOWN = 0x0005_0001, 0x0005_0026


def reading_filter() -> SeccompProgram | None:
    """The filter for this machine; None where its numbers are not known."""
    machine = platform.machine()
    if machine not in _MODES:
        return None
    which = list(_MODES).index(machine)
    numbers = [numbers[which] for numbers in CALLS.values()]
    own, thread, new = (call[1][which] for call in (OWN_PROCESS, THREADS, TOO_NEW))
    # Behind the list of numbers: three more of them; refuse; not known; three lines for signals and
    # three for threads; allow.
    allow = len(numbers) + 11
    lines = [
        (_LOAD, 0, 0, _MODE),
        (_EQUAL, 1, 0, _MODES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        *((_EQUAL, allow - place - 1, 0, number) for place, number in enumerate(numbers)),
        (_EQUAL, 4, 0, own),
        (_EQUAL, 6, 0, thread),
        (_EQUAL, 1, 0, new),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _UNKNOWN),
        (_LOAD, 0, 0, _ARGUMENT),
        (_EQUAL, 4, 0, 0),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _ARGUMENT),
        (_ANY_BIT, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    program = b"".join(struct.pack("<HBBI", *line) for line in lines)
    # The place of the second argument of the comparison with its own id.
    own_id = 8 * (4 + len(numbers) + 6) + 4
    return SeccompProgram(program, [own_id])
