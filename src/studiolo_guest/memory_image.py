"""The zygote's memory as a file, so that a fork of it has next to nothing to copy.

A fork copies the page tables of all memory that a process has to itself, and takes them apart when
it ends. For a zygote with the usual libraries, 145 MB in 840 mappings, that is most of the cost of
a small run. What is mapped from a file is left for the fork to find when it needs it; so all that
the zygote has loaded is written into a sealed file in memory and mapped from there, privately, in
the places where it was.

From the moment a page is written until it is mapped again nothing may change it, and an interpreter
can't do anything without changing its own memory. Both are system calls on a list that is made
before, and a few machine instructions that change nothing work through it.
"""

import ctypes
import fcntl
import mmap
import os
import platform
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from studiolo_guest import kernel


@dataclass(frozen=True, kw_only=True)
class _Machine:
    """What differs from one architecture to the next."""

    #: A function of a list's address and length, which makes the system calls on it until one gives
    #: anything but the expected result; it returns how many are left.
    code: bytes
    pwrite: int
    mmap: int


_MACHINES: Final[Mapping[str, _Machine]] = {
    "x86_64": _Machine(
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
    ),
    "aarch64": _Machine(
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
    ),
}
#: A system call: its number, six arguments, the result that it must have.
_CALL: Final = struct.Struct("=8Q")
_MOST_CALLS: Final = 1 << 14
#: A file larger than any address: what lies at an address has that as its place in the file, so
#: that mappings which touch stay one, and one that grows does not meet the file's end.
_FILE_SIZE: Final = 1 << 52
#: What a mapping may be, by the flags in /proc/self/smaps (Documentation/filesystems/proc.rst). Any
#: other flag says that somebody relies on more than content, such as being wiped in a fork.
_ORDINARY: Final = frozenset({"rd", "wr", "ex", "mr", "mw", "me", "ac", "sd"})
#: Bytes that are not there. Allocators that keep much of that in reserve, as Arrow's do, give pages
#: back with MADV_DONTNEED and count on finding zeros, not what the file says.
_MOST_RESERVE: Final = 1 << 20
_MAP_FIXED: Final = 0x10
_HEADER: Final = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (...)p ")


def move_into_file() -> bool:
    """Replace this process's own memory by private mappings of a file with the same content.

    False if that can't be had here; nothing has changed then, or only a part of it, which does no
    harm. The process must have one thread.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    try:
        return _move(machine)
    except (OSError, ValueError):
        # Executable memory of our own, or a file this large, can be forbidden.
        return False


def _move(machine: _Machine) -> bool:
    file = os.memfd_create("zygote", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        return _move_into(file, machine)
    finally:
        os.close(file)


def _move_into(file: int, machine: _Machine) -> bool:
    os.ftruncate(file, _FILE_SIZE)
    # Address 0 is never mapped, so the file has room for the code there. The kernel sees to it that
    # processors see code which comes from a file.
    os.pwrite(file, machine.code, 0)
    code = mmap.mmap(
        file, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_EXEC
    )
    calls = mmap.mmap(-1, _MOST_CALLS * _CALL.size, flags=mmap.MAP_SHARED)
    work_through = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t)(
        _address_of(code)
    )
    address = _address_of(calls)
    count = _plan(machine, file, calls)
    left: int = work_through(address, count)
    fcntl.fcntl(file, kernel.F_ADD_SEALS, kernel.ALL_SEALS)
    return left == 0


def _plan(machine: _Machine, file: int, calls: mmap.mmap) -> int:
    """Write the list and return its length.

    A fork does it: while this process only waits, its mappings stay what the list says of them.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            planned = list(_calls(machine, file))
            if len(planned) < _MOST_CALLS:
                for number, call in enumerate(planned):
                    _CALL.pack_into(calls, number * _CALL.size, *call)
                status = 0
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1] != 0:
        raise OSError("the mappings can't be listed")
    count = 0
    while calls[count * _CALL.size] != 0:
        count += 1
    return count


def _calls(machine: _Machine, file: int) -> Iterator[tuple[int, ...]]:
    for start, end, protection in _mappings():
        size = end - start
        yield machine.pwrite, file, start, size, start, 0, 0, size
        placed = mmap.MAP_PRIVATE | _MAP_FIXED
        yield machine.mmap, start, size, protection, placed, file, start, start


def _mappings() -> Iterator[tuple[int, int, int]]:
    """Start, end and protection of each mapping in which this process has pages to itself."""
    with open("/proc/self/smaps", encoding="utf-8") as file:
        for line in file:
            if header := _HEADER.match(line):
                start, end = int(header[1], 16), int(header[2], 16)
                protection = sum(
                    bit
                    for letter, bit in zip(
                        header[3], (mmap.PROT_READ, mmap.PROT_WRITE, mmap.PROT_EXEC), strict=True
                    )
                    if letter != "-"
                )
                resident = own = 0
            elif line.startswith("Rss:"):
                resident = int(line.split()[1]) * 1024
            elif line.startswith("Anonymous:"):
                own = int(line.split()[1]) * 1024
            elif line.startswith("VmFlags:"):
                flags = frozenset(line.split()[1:])
                dense = end - start - resident <= _MOST_RESERVE
                if own and dense and "rd" in flags and flags <= _ORDINARY:
                    yield start, end, protection


def _address_of(memory: mmap.mmap) -> int:
    address: int = np.frombuffer(memory, np.uint8).ctypes.data
    return address
