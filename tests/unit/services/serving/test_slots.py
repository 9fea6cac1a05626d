"""The slots of an endpoint: a bound, a queue with a bound, and turns in order."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from studiolo.services.serving.errors import EndpointBusyError
from studiolo.services.serving.slots import Slots


def test_as_many_as_allowed_have_their_turn_at_once() -> None:
    slots = Slots(concurrent=2, queued=5)
    asked = [slots.ask() for _ in range(4)]
    assert [slot.granted.done() for slot in asked] == [True, True, False, False]
    assert (slots.taken, slots.waiting) == (2, 2)


def test_those_who_wait_come_in_the_order_in_which_they_asked() -> None:
    slots = Slots(concurrent=1, queued=5)
    first, second, third = (slots.ask() for _ in range(3))
    first.release()
    assert second.granted.done()
    assert not third.granted.done()
    second.release()
    assert third.granted.done()


def test_beyond_the_queue_a_request_is_refused_and_told_when_to_come_again() -> None:
    slots = Slots(concurrent=1, queued=1)
    slots.ask()
    slots.ask()
    for refuse in (slots.ask, slots.refuse_if_full):
        with pytest.raises(EndpointBusyError) as refused:
            refuse()
        assert 1 <= refused.value.retry_after <= 60
    assert slots.waiting == 1


def test_whoever_gives_up_leaves_the_queue() -> None:
    slots = Slots(concurrent=1, queued=1)
    first, second = slots.ask(), slots.ask()
    second.granted.cancel()
    second.release()
    third = slots.ask()
    first.release()
    assert third.granted.done()
    assert slots.taken == 1


def test_a_cancelled_place_that_gets_its_turn_is_free_again_once_released() -> None:
    slots = Slots(concurrent=1, queued=5)
    first, second, third = (slots.ask() for _ in range(3))
    second.granted.cancel()
    first.release()
    assert not third.granted.done()
    second.release()
    assert third.granted.done()


def test_releasing_twice_frees_one_slot() -> None:
    slots = Slots(concurrent=1, queued=5)
    first, second, third = (slots.ask() for _ in range(3))
    first.release()
    first.release()
    assert second.granted.done()
    assert not third.granted.done()


def test_a_higher_limit_lets_in_who_waits() -> None:
    slots = Slots(concurrent=1, queued=5)
    asked = [slots.ask() for _ in range(3)]
    slots.resize(concurrent=3, queued=5)
    assert all(slot.granted.done() for slot in asked)


def test_a_lower_limit_takes_no_turn_away() -> None:
    slots = Slots(concurrent=2, queued=5)
    first, second, third = (slots.ask() for _ in range(3))
    slots.resize(concurrent=1, queued=5)
    first.release()
    assert not third.granted.done()
    second.release()
    assert third.granted.done()


def test_from_many_threads_the_bound_holds_and_everybody_comes() -> None:
    slots = Slots(concurrent=3, queued=1000)
    most: list[int] = []

    def request(_: int) -> None:
        with slots.ask() as slot:
            slot.granted.result(timeout=30)
            most.append(slots.taken)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(request, range(300)))
    assert len(most) == 300
    assert max(most) <= 3
    assert (slots.taken, slots.waiting) == (0, 0)


def test_a_turn_is_given_outside_of_the_lock() -> None:
    """What hears of it may ask again at once."""
    slots = Slots(concurrent=1, queued=5)
    first, second = slots.ask(), slots.ask()
    heard: list[bool] = []

    def ask_again(_: Future[None]) -> None:
        heard.append(slots.ask().granted.done())

    second.granted.add_done_callback(ask_again)
    first.release()
    assert heard == [False]
