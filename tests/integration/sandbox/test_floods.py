"""Output without end: the host stays idle, and keeps and counts what the policy says."""

import time
from dataclasses import replace

import pytest

from .places import LIMITS, PREAMBLE, Here, assert_works

_FLOOD = """
def attack():
    piece = b"x" * (1 << 20)
    end = time.monotonic() + 2
    while time.monotonic() < end:
        os.write(1, piece)
"""
_LIMITS = replace(LIMITS, console_kept=1 << 16, console_rate=8 << 20, timeout_seconds=10)


def test_a_flood_is_slowed_down(full: Here) -> None:
    before = time.process_time()
    outcome = full.run(PREAMBLE + _FLOOD, limits=_LIMITS)
    used = time.process_time() - before
    assert outcome.device.console.count("x") == 1 << 16
    passed = outcome.device.console_dropped + (1 << 16)
    assert passed <= outcome.timings.run * _LIMITS.console_rate * 1.2 + (1 << 18)
    assert passed > 1 << 20
    assert used < outcome.timings.run * 0.5
    assert_works(full)


def test_a_flood_of_many_processes_is_slowed_down(full: Here) -> None:
    forks = "def attack():\n    [os.fork() for _ in range(3)]\n    flood()\n"
    script = _FLOOD.replace("def attack", "def flood") + forks
    outcome = full.run(PREAMBLE + script, limits=_LIMITS)
    passed = outcome.device.console_dropped + (1 << 16)
    assert passed <= outcome.timings.run * _LIMITS.console_rate * 1.2 + (1 << 18)
    assert_works(full)


def test_many_small_pieces_keep_the_host_idle(full: Here) -> None:
    script = """
def attack():
    end = time.monotonic() + 1
    while time.monotonic() < end:
        os.write(1, b"x")
"""
    limits = replace(_LIMITS, console_kept=100)
    before = time.process_time()
    outcome = full.run(PREAMBLE + script, limits=limits)
    assert time.process_time() - before < 0.5
    assert outcome.device.console.count("x") == 100
    assert outcome.device.console_dropped > 0
    assert_works(full)


@pytest.mark.parametrize("text", ["ä" * 50, "x" + "ä" * 50, "\U0001f600" * 30])
def test_of_a_long_console_the_beginning_and_the_end_are_kept(text: str, full: Here) -> None:
    passed: list[str] = []
    script = f"def attack():\n    print({text!r}, flush=True)\n"
    outcome = full.run(
        PREAMBLE + script, limits=replace(LIMITS, console_kept=31), on_console=passed.append
    )
    beginning, left_out, end = outcome.device.console.rpartition(" bytes …\n")
    assert text.startswith(beginning.partition("\n")[0])
    assert left_out
    assert f"{text}\n".endswith(end)
    assert len(end) > 1
    # What came first is passed on up to the limit, and the end after it.
    assert "".join(passed).endswith(end)
    assert len(text.encode()) + 1 == 31 + outcome.device.console_dropped


def test_bytes_that_are_no_text_are_shown(full: Here) -> None:
    outcome = full.run(PREAMBLE + "def attack():\n    os.write(2, b'a\\xff\\x00b\\n')\n")
    assert outcome.device.console == "a\ufffd\x00b\n"


def test_output_is_in_the_order_of_writing(full: Here) -> None:
    script = """
def attack():
    print("one")
    print("two", file=sys.stderr)
    subprocess.run(["echo", "three"])
    print("four")
"""
    assert full.run(PREAMBLE + script).device.console == "one\ntwo\nthree\nfour\n"
