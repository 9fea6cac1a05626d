import math
import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.sandbox.exchange.console import Console


@pytest.fixture
def console() -> Iterator[Console]:
    made = Console(kept=10, rate=1 << 20)
    yield made
    made.pipe.close()


def test_nothing_to_read_is_no_end(console: Console) -> None:
    assert not console.read()
    assert console.rest_until == 0


def test_of_what_is_beyond_the_limit_the_beginning_and_the_end_are_kept(console: Console) -> None:
    os.write(console.pipe.writer, b"0123456789abc")
    assert console.read()
    assert console.text == "01234\n… left out here: 3 bytes …\n89abc"
    assert console.dropped == 3
    assert console.rest_until > time.perf_counter()


def test_the_pause_follows_from_the_rate() -> None:
    console = Console(kept=0, rate=1 << 16)
    os.write(console.pipe.writer, bytes(1 << 15))
    before = time.perf_counter()
    console.read()
    assert 0.5 <= console.rest_until - before < 1
    console.pipe.close()


def test_single_bytes_pause_as_well() -> None:
    console = Console(kept=0, rate=1 << 30)
    os.write(console.pipe.writer, b"x")
    before = time.perf_counter()
    console.read()
    assert console.rest_until - before >= 0.001
    console.pipe.close()


def test_the_end_is_noticed_once(console: Console) -> None:
    os.write(console.pipe.writer, b"last")
    console.pipe.close_writer()
    assert console.read()
    assert not console.read()
    assert console.rest_until == math.inf
    assert console.text == "last"


def test_draining_ends_though_somebody_goes_on_writing(console: Console) -> None:
    for _ in range(16):
        os.write(console.pipe.writer, bytes(4096))
    console.drain()
    assert console.dropped == 16 * 4096 - 10


@given(
    text=st.text(max_size=40),
    sizes=st.lists(st.integers(1, 5), min_size=1),
    kept=st.integers(0, 40),
)
def test_what_is_passed_on_is_what_is_kept(text: str, sizes: list[int], kept: int) -> None:
    passed: list[str] = []
    console = Console(kept=kept, rate=1 << 30, on_text=passed.append)
    content = text.encode("utf-8", "surrogatepass")
    rest = content
    while rest:
        for size in sizes:
            if rest[:size]:
                os.write(console.pipe.writer, rest[:size])
                console.read()
            rest = rest[size:]
    console.drain()
    dropped = max(0, len(content) - kept)
    assert console.dropped == dropped
    if not dropped:
        assert "".join(passed) == console.text == text
    else:
        beginning, end = content[: kept // 2], content[len(content) - (kept - kept // 2) :]
        between = f"\n… left out here: {dropped:,} bytes …\n"
        assert console.text == _cut(beginning) + between + _cut(end)
        # What came is followed by what of the end has not come yet.
        unseen = content[max(kept, len(content) - (kept - kept // 2)) :]
        assert "".join(passed) == _cut(content[:kept]) + between + _cut(unseen)
    console.pipe.close()


def _cut(content: bytes) -> str:
    """Text without the halves of characters at its ends."""
    return content.decode("utf-8", "ignore")


def test_the_end_of_a_flood_is_kept() -> None:
    console = Console(kept=1000, rate=1 << 40)
    for number in range(5000):
        os.write(console.pipe.writer, f"line {number:05}: {'x' * 200}\n".encode())
        console.read()
    console.drain()
    assert console.text.startswith("line 00000: xxx")
    assert console.text.endswith("xxx\n")
    assert "line 04999: " in console.text
    assert console.dropped == 5000 * 213 - 1000
    assert len(console.text) < 1100
    console.pipe.close()


@given(
    texts=st.lists(st.text("ab\0m", max_size=20), min_size=1, max_size=5),
    size=st.integers(1, 12),
)
def test_each_part_has_what_was_written_in_its_turn(texts: list[str], size: int) -> None:
    marker = b"\0marker\n"
    console = Console(kept=1 << 16, rate=1 << 30, parts=len(texts), marker=marker)
    rest = marker.join(text.encode() for text in texts)
    while rest:
        os.write(console.pipe.writer, rest[:size])
        console.read()
        rest = rest[size:]
    console.drain()
    assert [part.text for part in console.parts] == texts
    assert console.text == "".join(texts)
    console.pipe.close()


def test_more_markers_than_parts_are_text() -> None:
    console = Console(kept=100, rate=1 << 30, parts=2, marker=b"|")
    os.write(console.pipe.writer, b"a|b|c")
    console.drain()
    assert [part.text for part in console.parts] == ["a", "b|c"]
    console.pipe.close()


def test_each_part_is_kept_up_to_its_share() -> None:
    console = Console(kept=20, rate=1 << 30, parts=2, marker=b"|")
    os.write(console.pipe.writer, b"0123456789abcdef|short")
    console.drain()
    first, second = console.parts
    assert (first.dropped, second.dropped) == (6, 0)
    assert second.text == "short"
    assert console.dropped == 6
    console.pipe.close()


def test_closing_gives_everything_back() -> None:
    before = os.listdir("/proc/self/fd")  # noqa: PTH208  # names are what is compared
    console = Console(kept=1, rate=1)
    console.pipe.close_writer()
    console.pipe.close()
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208  # likewise
