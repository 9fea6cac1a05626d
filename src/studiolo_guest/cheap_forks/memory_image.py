"""The zygote's memory as a file, so that a fork of it has next to nothing to copy.

A fork copies the page tables of all memory that a process has to itself, and takes them apart when
it ends. For a zygote with the usual libraries, 145 MB in 840 mappings, that is most of the cost of
a small run. What is mapped from a file is left for the fork to find when it needs it; so all that
the zygote has loaded is written into a sealed file in memory and mapped from there, privately, in
the places where it was.
"""

import fcntl
import mmap
import os
import re
from collections.abc import Iterator
from typing import Final

from studiolo_guest import kernel
from studiolo_guest.cheap_forks import call_list
from studiolo_guest.cheap_forks.call_list import CALL, Machine

_MOST_CALLS: Final = 1 << 14
#: A file larger than any address: memory at an address has that as its place in the file, so
#: that mappings which touch stay one, and one that grows does not meet the file's end.
_FILE_SIZE: Final = 1 << 52
#: What a mapping may be, by the flags in /proc/self/smaps (Documentation/filesystems/proc.rst). Any
#: other flag says that it is shared, or that code relies on more than its content, such as its
#: being wiped in a fork.
_ORDINARY: Final = frozenset({"rd", "wr", "ex", "mr", "mw", "me", "ac", "sd"})
#: Bytes that are not there. Allocators that keep much of that in reserve, as Arrow's do, give pages
#: back with MADV_DONTNEED and count on finding zeros, not the file's content.
_MOST_RESERVE: Final = 1 << 20
_MAP_FIXED: Final = 0x10
_HEADER: Final = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (...). ")
_PROTECTIONS: Final = (mmap.PROT_READ, mmap.PROT_WRITE, mmap.PROT_EXEC)


def move_into_file() -> bool:
    """Replace this process's own memory by private mappings of a file with the same content.

    False if that can't be had here; nothing has changed then, or only a part of it, which does no
    harm. The process must have one thread.
    """
    try:
        machine = call_list.machine()
        file = os.memfd_create("zygote", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            return _move_into(file, machine)
        finally:
            os.close(file)
    except OSError:
        # Another kind of machine; or a file this large, say, is forbidden.
        return False


def _move_into(file: int, machine: Machine) -> bool:
    os.ftruncate(file, _FILE_SIZE)
    execute = call_list.call_executor()
    with mmap.mmap(-1, _MOST_CALLS * CALL.size, flags=mmap.MAP_SHARED) as calls:
        address = call_list.address_of(calls)
        count = _plan(machine, file, calls)
        # A page must not change between its writing and its mapping: nothing runs in between.
        left = execute(address, count)
    fcntl.fcntl(file, kernel.F_ADD_SEALS, kernel.ALL_SEALS)
    return left == 0


def _plan(machine: Machine, file: int, calls: mmap.mmap) -> int:
    """Write the list and return its length.

    A fork does it: while this process only waits, its mappings stay as they are in the list.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            planned = list(_calls(machine, file))
            if len(planned) < _MOST_CALLS:
                for number, call in enumerate(planned):
                    CALL.pack_into(calls, number * CALL.size, *call)
                status = 0
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1] != 0:
        raise OSError("the mappings can't be listed")
    count = 0
    while calls[count * CALL.size] != 0:
        count += 1
    return count


def _calls(machine: Machine, file: int) -> Iterator[tuple[int, ...]]:
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
                given = zip(header[3], _PROTECTIONS, strict=True)
                protection = sum(bit for letter, bit in given if letter != "-")
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
