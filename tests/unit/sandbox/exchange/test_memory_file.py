"""Memory files, with and without a descriptor from the start."""

import os
from collections.abc import Callable

import pyarrow as pa
import pytest

from studiolo.sandbox.exchange.memory_file import MemoryFile

CONTENT = b"a few bytes"
MAKERS: dict[str, Callable[[], MemoryFile]] = {
    "made at once": lambda: MemoryFile.of_bytes(CONTENT, "test"),
    "made when it is asked for": lambda: MemoryFile.holding(CONTENT, "test"),
}


@pytest.mark.parametrize("how", MAKERS)
def test_both_kinds_are_the_same_sealed_file(how: str) -> None:
    with MAKERS[how]() as file:
        assert (file.size, file.seal(), file.read(5)) == (len(CONTENT), True, CONTENT[:5])
        assert file.allocated >= file.size
        assert bytes(file.map()[:]) == CONTENT
        assert os.pread(file.descriptor, 100, 0) == CONTENT
        assert file.descriptor == file.descriptor
        with pytest.raises(PermissionError):
            os.pwrite(file.descriptor, b"x", 0)
        with pytest.raises(PermissionError):
            os.ftruncate(file.descriptor, 0)
        descriptor = file.descriptor
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_a_small_table_takes_no_descriptor_before_it_is_asked_for() -> None:
    open_files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # as the kernel counts
    small = MemoryFile.of_table(pa.table({"a": [1.0, None]}))
    assert len(os.listdir("/proc/self/fd")) <= open_files  # noqa: PTH208
    large = MemoryFile.of_table(pa.table({"a": list(range(100_000))}))
    assert small.content is not None
    assert large.content is None
    for file in (small, large):
        with pa.ipc.open_stream(pa.py_buffer(os.pread(file.descriptor, file.size, 0))) as reader:
            assert reader.read_all().num_rows == (2 if file is small else 100_000)


@pytest.mark.parametrize("name", ["가" * 84, "x" * 300, "a\0b", "\ud800", ""])
def test_any_name_will_do(name: str) -> None:
    with MemoryFile.of_bytes(b"content", name) as file:
        assert file.read(100) == b"content"
