"""The events of a run in its handle: numbered, replayed, and bounded."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from studiolo.environments.progress import BuildPhase, BuildProgress
from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.run_events import (
    ConsoleDropped,
    ConsoleWritten,
    KeptEvents,
    NodeNoted,
    RunBegan,
    RunEnded,
    RunEvent,
)
from studiolo.runs.experiments.running import RunningExperiment
from studiolo.store.identity import RunId
from studiolo.store.run_record import RunStatus

PRINTS, ALSO = NodeName("prints"), NodeName("also")


def printed(text: str, node: NodeName = PRINTS) -> ConsoleWritten:
    return ConsoleWritten(node=node, text=text)


def replayed(events: KeptEvents, after: int = 0) -> list[tuple[int, RunEvent]]:
    found = []
    while (event := events.after(after)) is not None:
        found.append(event)
        after = event[0]
    return found


def test_all_events_of_a_small_run_are_kept() -> None:
    events = KeptEvents()
    told: list[RunEvent] = [
        RunBegan(nodes=(PRINTS,)),
        printed("a\n"),
        RunEnded(status=RunStatus.FINISHED),
    ]
    for event in told:
        events.add(event)
    assert replayed(events) == list(enumerate(told, start=1))
    assert replayed(events, after=2) == [(3, told[2])]
    assert replayed(events, after=3) == []


def test_the_oldest_console_text_is_dropped_and_its_lines_are_counted() -> None:
    events = KeptEvents(kept=2000)
    events.add(RunBegan(nodes=(PRINTS, ALSO)))
    events.add(printed("one\ntwo\n"))
    events.add(printed("half of a line", ALSO))
    events.add(NodeNoted(node=PRINTS, notes=("a note",)))
    for _ in range(10):
        events.add(printed("x" * 200 + "\n"))
    events.add(RunEnded(status=RunStatus.FINISHED))
    told = replayed(events)
    assert [number for number, _ in told] == [1, 3, 4, 10, 11, 12, 13, 14, 15]
    assert told[1] == (3, ConsoleDropped(lines={PRINTS: 2, ALSO: 1}))
    assert told[2][1] == NodeNoted(node=PRINTS, notes=("a note",))
    assert told[3] == (10, ConsoleDropped(lines={PRINTS: 6}))
    # One who had a part of what was dropped goes on behind it.
    assert replayed(events, after=7) == told[3:]


def test_progress_of_a_build_leaves_without_a_word() -> None:
    events = KeptEvents(kept=1000)
    for number in range(20):
        events.add(
            BuildProgress(phase=BuildPhase.PREPARING, done=number, total=20, message="Downloading")
        )
    assert [number for number, _ in replayed(events)] == [18, 19, 20]


def test_a_text_larger_than_the_bound_is_kept_while_it_is_the_newest() -> None:
    events = KeptEvents(kept=100)
    events.add(printed("x" * 500))
    assert replayed(events) == [(1, printed("x" * 500))]


@given(st.lists(st.integers(0, 900)), st.integers(300, 3000))
def test_every_line_is_kept_or_counted(lengths: list[int], kept: int) -> None:
    events = KeptEvents(kept=kept)
    for place, length in enumerate(lengths):
        events.add(printed("x" * length + "\n") if place % 3 else RunBegan(nodes=()))
    told = replayed(events)
    numbers = [number for number, _ in told]
    assert numbers == sorted(set(numbers))
    lines = sum(
        event.text.count("\n")
        if isinstance(event, ConsoleWritten)
        else event.lines[PRINTS]
        if isinstance(event, ConsoleDropped)
        else 1
        for _, event in told
    )
    assert lines == len(lengths)


def test_a_run_that_prints_100_mb_does_not_hold_them() -> None:
    running = RunningExperiment(RunId("run"))
    tracemalloc.start()
    try:
        for number in range(1600):
            running.note(printed(f"{number}\n" + "x" * (1 << 16)))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 8 << 20
    running.end(RunStatus.FINISHED)
    first, *rest = [event for _, event in running.events()]
    assert isinstance(first, ConsoleDropped)
    assert first.lines[PRINTS] + len(rest) == 1600
