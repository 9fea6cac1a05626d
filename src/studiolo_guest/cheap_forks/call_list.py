"""System calls from a list, made by a few machine instructions that do nothing else.

Between two calls, Python takes a microsecond, with all that an interpreter changes in its
own memory while it thinks. For some thousand calls the first is too long; for calls that replace
the interpreter's own memory the second is impossible.
"""

import ctypes
import fcntl
import functools
import mmap
import os
import platform
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from studiolo_guest import kernel

#: One system call of a list: its number, six arguments, the result that it must have.
CALL: Final = struct.Struct("=8Q")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """The differences between architectures: the instructions, and the numbers of calls."""

    #: A function of a list's address and length. It makes the calls until one gives anything but
    #: the expected result, and returns how many are left.
    code: bytes
    pwrite: int
    mmap: int
    madvise: int


_MACHINES: Final[Mapping[str, Machine]] = {
    "x86_64": Machine(
        code=bytes.fromhex(
            "53"  #          push rbx
            "55"  #          push rbp
            "4889fb"  #      mov  rbx, rdi
            "4889f5"  #      mov  rbp, rsi
            "4885ed"  # next: test rbp, rbp
            "742c"  #        je   done
            "488b03"  #      mov  rax, [rbx]
            "488b7b08"  #    mov  rdi, [rbx + 8]
            "488b7310"  #    mov  rsi, [rbx + 16]
            "488b5318"  #    mov  rdx, [rbx + 24]
            "4c8b5320"  #    mov  r10, [rbx + 32]
            "4c8b4328"  #    mov  r8,  [rbx + 40]
            "4c8b4b30"  #    mov  r9,  [rbx + 48]
            "0f05"  #        syscall
            "483b4338"  #    cmp  rax, [rbx + 56]
            "7509"  #        jne  done
            "4883c340"  #    add  rbx, 64
            "48ffcd"  #      dec  rbp
            "ebcf"  #        jmp  next
            "4889e8"  # done: mov rax, rbp
            "5d"  #          pop  rbp
            "5b"  #          pop  rbx
            "c3"  #          ret
        ),
        pwrite=18,
        mmap=9,
        madvise=28,
    ),
    "aarch64": Machine(
        code=struct.pack(
            "<16I",
            0xAA0003E9,  #       mov  x9, x0
            0xAA0103EA,  #       mov  x10, x1
            0xB400018A,  # next: cbz  x10, done
            0xF9400128,  #       ldr  x8, [x9]
            0xA9408520,  #       ldp  x0, x1, [x9, #8]
            0xA9418D22,  #       ldp  x2, x3, [x9, #24]
            0xA9429524,  #       ldp  x4, x5, [x9, #40]
            0xD4000001,  #       svc  #0
            0xF9401D2B,  #       ldr  x11, [x9, #56]
            0xEB0B001F,  #       cmp  x0, x11
            0x54000081,  #       b.ne done
            0x91010129,  #       add  x9, x9, #64
            0xD100054A,  #       sub  x10, x10, #1
            0x17FFFFF5,  #       b    next
            0xAA0A03E0,  # done: mov  x0, x10
            0xD65F03C0,  #       ret
        ),
        pwrite=68,
        mmap=222,
        madvise=233,
    ),
}


def machine() -> Machine:
    """This machine's.

    Raises:
        OSError: It is of another kind.
    """
    kind = _MACHINES.get(platform.machine())
    if kind is None:
        raise OSError(f"there are no instructions for {platform.machine()}")
    return kind


@functools.cache
def call_executor() -> Callable[[int, int], int]:
    """The function of a list's address and length; see `Machine.code`.

    Raises:
        OSError: It can't be had here; executable memory of one's own can be forbidden.
    """
    kind = machine()
    # Written to a file, not to memory: so no memory is ever writable and executable, and the kernel
    # sees to it that a processor's caches know of new instructions.
    file = os.memfd_create("calls", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.write(file, kind.code)
        fcntl.fcntl(file, kernel.F_ADD_SEALS, kernel.ALL_SEALS)
        code = mmap.mmap(
            file, len(kind.code), flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_EXEC
        )
    finally:
        os.close(file)
    prototype = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t)
    function: Any = prototype(address_of(code))
    function.code = code  # it must live as long
    return function  # type: ignore[no-any-return]


def address_of(memory: mmap.mmap) -> int:
    """Where it is mapped."""
    address: int = np.frombuffer(memory, np.uint8).ctypes.data
    return address
