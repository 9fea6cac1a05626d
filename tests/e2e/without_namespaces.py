"""Run a command as in a container that lets nobody make namespaces, which many do not.

The system call `unshare` is refused for this process and all that come of it.
"""

import ctypes
import os
import platform
import struct
import sys

from studiolo.sandbox.policy.syscall_numbers import syscall_numbers

_NO_NEW_PRIVILEGES = 38
_REFUSED, _ALLOWED = 0x0005_0001, 0x7FFF_0000  # with EPERM; allowed
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06


class Program(ctypes.Structure):
    """The kernel's ``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def main() -> None:
    numbers = syscall_numbers(platform.machine())
    instructions = [
        (_LOAD, 0, 0, 0),
        (_IF_EQUAL, 0, 1, numbers["unshare"]),
        (_RETURN, 0, 0, _REFUSED),
        (_RETURN, 0, 0, _ALLOWED),
    ]
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
    program = Program(len(instructions), code)
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    filtered = libc.syscall(ctypes.c_long(numbers["seccomp"]), 1, 0, ctypes.byref(program))
    assert filtered == 0, ctypes.get_errno()
    os.execv(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
