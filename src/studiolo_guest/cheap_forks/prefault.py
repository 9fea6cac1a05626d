"""Copying the pages that every run writes to before the run is there.

A fork shares its memory with the zygote until one of the two writes to it, and then the kernel
copies the page: some two thousand times in even the smallest run, since using a Python object
writes to its reference count. A fork that waits for its request can do that beforehand.
"""

import ctypes
import mmap
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from studiolo_guest.cheap_forks import call_list
from studiolo_guest.cheap_forks.call_list import CALL

_MADV_POPULATE_READ: Final = 22
_MADV_POPULATE_WRITE: Final = 23
_PAGE: Final = mmap.PAGESIZE
# Documentation/admin-guide/mm/pagemap.rst
_PRESENT: Final = np.uint64(63)
_OF_A_FILE: Final = np.uint64(61)
_EXCLUSIVE: Final = np.uint64(56)


class HotPages:
    """Memory that runs use in any case."""

    def __init__(
        self,
        *,
        written: Sequence[tuple[int, int]] = (),
        read: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Each range of it is an address and a length."""
        asked = [(_MADV_POPULATE_READ, *pair) for pair in read]
        asked += [(_MADV_POPULATE_WRITE, *pair) for pair in written]
        calls = b"".join(
            CALL.pack(call_list.machine().madvise, start, length, advice, 0, 0, 0, 0)
            for advice, start, length in asked
        )
        self._count = len(calls) // CALL.size
        # In memory of the process's own: no run can change what the next one's fork will call.
        self._calls = ctypes.create_string_buffer(calls, len(calls))

    def populate(self) -> None:
        """Have it at hand; what can't be had (an old kernel) is left to the run itself."""
        left = self._count
        while left > 0:
            made = self._count - left
            address = ctypes.addressof(self._calls) + made * CALL.size
            # The one that failed is left out.
            left = call_list.call_executor()(address, left) - 1


#: For a zygote that forks once or twice: learning would cost more than it saves.
NOTHING: Final = HotPages()


def learn(rehearse: Callable[[], None]) -> HotPages:
    """See in a fork of this process which pages ``rehearse`` uses."""
    try:
        call_list.call_executor()
    except OSError:
        return NOTHING
    reader, writer = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            rehearse()
            found = [*_flat(_ranges(written=True)), 0, 0, *_flat(_ranges(written=False))]
            payload = struct.pack(f"={len(found)}Q", *found)
            while payload:
                payload = payload[os.write(writer, payload) :]
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with open(reader, "rb") as pipe:
        payload = pipe.read()
    os.waitpid(child, 0)
    numbers = struct.unpack(f"={len(payload) // 8}Q", payload)
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    if (0, 0) not in pairs:
        return NOTHING
    middle = pairs.index((0, 0))
    return HotPages(written=pairs[:middle], read=pairs[middle + 1 :])


def _flat(ranges: Iterator[tuple[int, int]]) -> Iterator[int]:
    for pair in ranges:
        yield from pair


def _ranges(*, written: bool) -> Iterator[tuple[int, int]]:
    """Ranges that this process has to itself, or (not written) sees of files."""
    with (
        open("/proc/self/maps", encoding="utf-8") as maps,
        open("/proc/self/pagemap", "rb", buffering=0) as pagemap,
    ):
        for line in maps.read().splitlines():
            span, permissions, *_ = line.split()
            start, end = (int(part, 16) for part in span.split("-"))
            if not written and "/memfd:" in line:
                # The zygote's own memory: its mappings are inherited, unlike those of libraries.
                continue
            if permissions[0] != "r" or (written and permissions[1] != "w") or start >= 1 << 63:
                continue
            content = os.pread(pagemap.fileno(), (end - start) // _PAGE * 8, start // _PAGE * 8)
            flags = np.frombuffer(content, np.uint64)
            present = flags >> _PRESENT & np.uint64(1) == 1
            of_a_file = flags >> _OF_A_FILE & np.uint64(1) == 1
            exclusive = flags >> _EXCLUSIVE & np.uint64(1) == 1
            hot = present & ~of_a_file & exclusive if written else present & of_a_file
            for first, last in _runs(np.flatnonzero(hot)):
                yield start + first * _PAGE, (last + 1 - first) * _PAGE


def _runs(pages: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> Iterator[tuple[int, int]]:
    """First and last of each stretch of neighbours.

    A gap is not worth bridging: copying an unneeded page takes longer than a call.
    """
    if len(pages) == 0:
        return
    breaks = np.flatnonzero(np.diff(pages) > 1)
    firsts = [pages[0], *pages[breaks + 1]]
    lasts = [*pages[breaks], pages[-1]]
    for first, last in zip(firsts, lasts, strict=True):
        yield int(first), int(last)
