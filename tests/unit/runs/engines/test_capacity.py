"""Slots and memory, shared by runs."""

import threading
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from studiolo.runs.engines.capacity import Capacity, Share

GIB = 1 << 30


def shares(capacity: Capacity, number: int) -> tuple[list[Share], list[int]]:
    """So many shares, and the list in which each notes that it was woken."""
    woken: list[int] = []

    def waker(index: int) -> Callable[[], None]:
        return lambda: woken.append(index)

    return [capacity.share(waker(index)) for index in range(number)], woken


def test_a_run_alone_takes_all_slots_and_no_more() -> None:
    (run,), _ = shares(Capacity(2), 1)
    assert [run.take(0) for _ in range(3)] == [True, True, False]


def test_a_freed_slot_goes_to_the_run_that_holds_the_fewest() -> None:
    (greedy, modest), woken = shares(Capacity(2), 2)
    assert greedy.take(0)
    assert greedy.take(0)
    assert not greedy.take(0)
    assert not modest.take(0)
    greedy.give_back(0)
    assert woken == [1]
    # The greedy one asks first, and is refused all the same.
    assert not greedy.take(0)
    assert modest.take(0)


def test_equals_take_turns() -> None:
    (first, second), _ = shares(Capacity(1), 2)
    turns = []
    for _ in range(6):
        for name, run in (("first", first), ("second", second)):
            if run.take(0):
                turns.append(name)
                run.give_back(0)
    assert turns.count("first") == turns.count("second")


def test_a_step_that_has_the_machine_to_itself_needs_no_memory_to_be_free() -> None:
    (run,), _ = shares(Capacity(4, available_memory=lambda: 0), 1)
    assert run.take(100 * GIB)
    assert not run.take(0)


def test_memory_is_promised_once() -> None:
    """Steps that have just started have not used theirs yet, so the kernel still counts it."""
    (run,), _ = shares(Capacity(8, available_memory=lambda: 5 * GIB), 1)
    assert [run.take(GIB) for _ in range(3)] == [True, True, False]


def test_a_step_that_waits_for_memory_is_not_overtaken_for_ever() -> None:
    (small, large), woken = shares(Capacity(2, available_memory=lambda: GIB), 2)
    assert small.take(0)
    assert not large.take(10 * GIB)
    assert not small.take(0)
    small.give_back(0)
    assert woken[-1] == 1
    assert large.take(10 * GIB)


def test_a_run_that_stops_waiting_or_leaves_makes_way() -> None:
    for leaves in (Share.leave, Share.stop_waiting):
        (busy, waiting), woken = shares(Capacity(2), 2)
        assert busy.take(0)
        assert busy.take(0)
        assert not waiting.take(0)
        assert not busy.take(0)
        busy.give_back(0)
        leaves(waiting)
        assert woken[-1] == 0
        assert busy.take(0)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.integers(1, 4))
def test_every_step_of_every_run_gets_its_turn(steps: list[int], slots: int) -> None:
    capacity = Capacity(slots, available_memory=lambda: 0)
    left = dict(enumerate(steps))
    ready: list[int] = list(left)
    running: list[int] = []

    def waker(index: int) -> Callable[[], None]:
        return lambda: ready.append(index)

    runs = [capacity.share(waker(index)) for index in range(len(steps))]
    while any(left.values()) or running:
        while ready:
            index = ready.pop(0)
            while left[index] and runs[index].take(0):
                left[index] -= 1
                running.append(index)
        # Nobody is ready, so somebody runs: no turn was lost.
        ended = running.pop(0)
        runs[ended].give_back(0)
        ready.append(ended)


def test_threads_never_take_more_than_there_is() -> None:
    capacity = Capacity(3, available_memory=lambda: 1000 * GIB)
    lock = threading.Lock()
    now = most = 0

    def work() -> None:
        nonlocal now, most
        turn = threading.Event()
        with capacity.share(turn.set) as share:
            for _ in range(50):
                while not share.take(1):
                    turn.wait(10)
                    turn.clear()
                with lock:
                    now += 1
                    most = max(most, now)
                with lock:
                    now -= 1
                share.give_back(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert most <= 3
