"""The time limit and a cancel hold while a run is collected."""

import threading
import time

import pyarrow as pa
import pytest

from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.report import OutputReport
from studiolo.sandbox.exchange.results import read_result
from studiolo.sandbox.process.supervision import End, OverError, Watch

from .places import LIMITS, PREAMBLE, Here, assert_works

#: Where the host has work with what a run left.
LEFT = {
    "a result": "def attack():\n    print('so far', flush=True)\n    return 1\n",
    "an image": """
def azureml_main(frame=None):
    open("a.png", "wb").write(b"no picture")
    print("so far", flush=True)
""",
}


def test_a_watch_says_when_to_go_on() -> None:
    cancelled = threading.Event()
    now = time.perf_counter()
    Watch(deadline=now + 60, cancelled=cancelled).go_on()
    with pytest.raises(OverError) as late:
        Watch(deadline=now - 1).go_on()
    assert late.value.end is End.TIMED_OUT
    cancelled.set()
    with pytest.raises(OverError) as over:
        Watch(deadline=now + 60, cancelled=cancelled).go_on()
    assert over.value.end is End.CANCELLED


def test_each_column_asks_whether_to_go_on() -> None:
    asked = 0

    def go_on() -> None:
        nonlocal asked
        asked += 1
        if asked == 7:
            raise OverError(End.CANCELLED)

    table = pa.table({f"c{number}": ["x"] for number in range(10)})
    with MemoryFile.of_table(table) as file, pytest.raises(OverError):
        read_result(file, OutputReport(rows=1, references=[]), [], LIMITS, go_on)
    assert asked == 7


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize(
    ("end", "code"), [(End.TIMED_OUT, "timed-out"), (End.CANCELLED, "cancelled")]
)
def test_what_ends_while_it_is_collected_ends_as_that(
    end: End, code: str, left: str, full: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    def over(_: Watch) -> None:
        raise OverError(end)

    with monkeypatch.context() as patched:
        patched.setattr(Watch, "go_on", over)
        outcome = full.run(PREAMBLE + LEFT[left])
    assert outcome.failure is not None
    assert outcome.failure.code == code
    assert outcome.tables == {}
    assert outcome.device.console == "so far\n"
    assert_works(full)


def test_waiting_for_a_result_that_is_held_ends_with_the_run(
    full: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    def over(_: Watch) -> None:
        raise OverError(End.CANCELLED)

    with monkeypatch.context() as patched:
        patched.setattr(Watch, "go_on", over)
        patched.setattr(MemoryFile, "seal", lambda _: False)
        outcome = full.run(PREAMBLE + LEFT["a result"])
    assert outcome.failure is not None
    assert outcome.failure.code == "cancelled"
    assert_works(full)
