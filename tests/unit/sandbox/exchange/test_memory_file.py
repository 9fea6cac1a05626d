"""Memory files by the names of what they hold."""

import pytest

from studiolo.sandbox.exchange.memory_file import MemoryFile


@pytest.mark.parametrize("name", ["가" * 84, "x" * 300, "a\0b", "\ud800", ""])
def test_any_name_will_do(name: str) -> None:
    with MemoryFile.of_bytes(b"content", name) as file:
        assert file.read(100) == b"content"
