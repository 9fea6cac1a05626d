"""Confine this process with the default filter, then run the Python code on standard input.

The code may use ``call(name, *arguments)``, which makes a raw system call and returns its result,
or minus the error number, and whatever it imports itself.
"""

import ctypes
import os
import platform
import sys

from studiolo.sandbox.policy.policy import load_policy
from studiolo.sandbox.policy.seccomp import build_filter
from studiolo.sandbox.policy.syscall_numbers import syscall_numbers
from studiolo.sandbox.policy.syscall_policy import FilterUse

NUMBERS = syscall_numbers(platform.machine())
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long


class Program(ctypes.Structure):
    """The kernel's ``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def call(name: str, *arguments: int) -> int:
    return call_number(NUMBERS[name], *arguments)


def call_number(number: int, *arguments: int) -> int:
    registers = [ctypes.c_ulong(argument) for argument in arguments]
    result: int = LIBC.syscall(ctypes.c_long(number), *registers)
    return result if result >= 0 else -ctypes.get_errno()


def confine(*, allow_fork: bool) -> None:
    built = build_filter(
        load_policy(), FilterUse(allow_fork=allow_fork), architecture=platform.machine()
    )
    program = Program(built.instructions, built.for_process(os.getpid()))
    assert LIBC.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
    assert LIBC.syscall(NUMBERS["seccomp"], 1, 0, ctypes.byref(program)) == 0, ctypes.get_errno()


if __name__ == "__main__":
    source = compile(sys.stdin.read(), "test code", "exec")
    confine(allow_fork=sys.argv[1] == "free")
    exec(source, {"call": call, "call_number": call_number, "__name__": "__main__"})
