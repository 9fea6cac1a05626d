"""Which versions answer, while the records change."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle

import pytest
from tests.unit.services.serving.served import EchoHandler, served, with_weights

from studiolo.services.serving.errors import EndpointBrokenError, EndpointLoadingError
from studiolo.services.serving.live_endpoint import LiveEndpoint
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.errors import RecordsUnusableError
from studiolo.store.services.service_record import EndpointLimits, ServedEndpoint, ServiceVersion


def _leave(_: EchoHandler) -> None:
    """Every handler is as it was made."""


class Stage:
    """Records that a test changes, and the handlers that were made for them."""

    def __init__(self, *records: ServedEndpoint) -> None:
        self.records: Sequence[ServedEndpoint] = records
        self.made: list[EchoHandler] = []
        self.prepare: Callable[[EchoHandler], None] = _leave
        self.broken = False

    def read(self) -> Sequence[ServedEndpoint]:
        if self.broken:
            raise RecordsUnusableError(path=__file__, reason="no disk")  # type: ignore[arg-type]
        return self.records

    def make(self, _: ServedEndpoint, version: ServiceVersion) -> EchoHandler:
        handler = EchoHandler(version.number)
        self.prepare(handler)
        self.made.append(handler)
        return handler

    def serve(self, draw: Callable[[], float] = lambda: 0.0) -> ServedEndpoints:
        return ServedEndpoints(self.read, self.make, draw=draw, pause=3600)


def wait(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def only(endpoints: ServedEndpoints) -> LiveEndpoint:
    (endpoint,) = endpoints.all()
    return endpoint


@pytest.fixture
def stage() -> Stage:
    return Stage(served({1: 100}))


@pytest.fixture
def endpoints(stage: Stage) -> Iterator[ServedEndpoints]:
    with stage.serve() as serving:
        yield serving


def test_an_endpoint_is_found_by_its_id_and_by_its_names(
    stage: Stage, endpoints: ServedEndpoints
) -> None:
    endpoint = only(endpoints)
    assert endpoints.by_id(stage.records[0].endpoint.id) is endpoint
    assert endpoints.by_name("iris") is endpoint
    assert endpoints.by_name("iris", "other") is None
    assert endpoints.by_id("nonsense") is None


def test_calls_are_divided_by_the_weights() -> None:
    stage = Stage(served({3: 90, 4: 10}))
    numbers = cycle(number / 100 for number in range(100))
    with stage.serve(lambda: next(numbers)) as endpoints:
        endpoint = only(endpoints)
        wait(lambda: len(endpoint.answering) == 2)
        drawn: Counter[int] = Counter()
        for _ in range(100):
            with endpoint.version() as version:
                drawn[version.number] += 1
    assert drawn == {3: 90, 4: 10}


def test_a_new_version_answers_once_it_is_loaded_and_the_old_one_ends_its_work(
    stage: Stage, endpoints: ServedEndpoints
) -> None:
    endpoint = only(endpoints)
    wait(lambda: endpoint.answering == [1])
    old = stage.made[0]
    slow = threading.Event()
    stage.prepare = lambda handler: setattr(handler, "may_load", slow)
    stage.records = [with_weights(stage.records[0], {2: 100})]
    endpoints.refresh()
    with endpoint.version() as version:
        assert version.number == 1
        slow.set()
        wait(lambda: endpoint.answering == [2])
        with endpoint.version() as newer:
            assert newer.number == 2
        assert not old.closed.is_set()
    assert old.closed.wait(30)


def test_a_version_that_cannot_be_loaded_leaves_the_old_one_answering(
    stage: Stage, endpoints: ServedEndpoints
) -> None:
    endpoint = only(endpoints)
    wait(lambda: endpoint.answering == [1])
    stage.prepare = lambda handler: setattr(handler, "unloadable", True)
    stage.records = [with_weights(stage.records[0], {2: 100})]
    endpoints.refresh()
    wait(lambda: endpoint.problems)
    assert endpoint.problems == {2: "the model can't be opened"}
    assert endpoint.answering == [1]
    assert stage.made[1].closed.is_set()
    # Nor is it tried again with each look at the records.
    endpoints.refresh()
    assert len(stage.made) == 2


def test_back_to_the_old_version_before_the_new_one_was_loaded(
    stage: Stage, endpoints: ServedEndpoints
) -> None:
    endpoint = only(endpoints)
    wait(lambda: endpoint.answering == [1])
    slow = threading.Event()
    stage.prepare = lambda handler: setattr(handler, "may_load", slow)
    before = stage.records
    stage.records = [with_weights(before[0], {2: 100})]
    endpoints.refresh()
    wait(lambda: len(stage.made) == 2)
    stage.records = before
    endpoints.refresh()
    slow.set()
    assert stage.made[1].closed.wait(30)
    assert endpoint.answering == [1]
    assert not stage.made[0].closed.is_set()


def test_until_the_first_version_is_there_a_request_is_told_so() -> None:
    stage = Stage(served({1: 100}))
    slow = threading.Event()
    stage.prepare = lambda handler: setattr(handler, "may_load", slow)
    with stage.serve() as endpoints:
        endpoint = only(endpoints)
        change = endpoint.change()
        with pytest.raises(EndpointLoadingError), endpoint.version():
            pass
        slow.set()
        change.result(timeout=30)
        with endpoint.version() as version:
            assert version.number == 1


def test_without_a_version_that_can_be_loaded_a_request_is_told_so() -> None:
    stage = Stage(served({1: 100}))
    stage.prepare = lambda handler: setattr(handler, "unloadable", True)
    with stage.serve() as endpoints:
        endpoint = only(endpoints)
        wait(lambda: endpoint.problems)
        with pytest.raises(EndpointBrokenError), endpoint.version():
            pass


def test_at_the_start_the_versions_that_can_be_loaded_answer_for_the_others() -> None:
    stage = Stage(served({1: 50, 2: 50}))
    stage.prepare = lambda handler: setattr(handler, "unloadable", handler.version == 1)
    with stage.serve() as endpoints:
        endpoint = only(endpoints)
        wait(lambda: endpoint.problems and endpoint.answering)
        assert endpoint.answering == [2]


def test_limits_hold_as_soon_as_they_are_seen(stage: Stage, endpoints: ServedEndpoints) -> None:
    endpoint = only(endpoints)
    asked = [endpoint.slots.ask() for _ in range(21)]
    assert not asked[20].granted.done()
    more = EndpointLimits(concurrent_calls=30)
    stage.records = [served({1: 100}, limits=more)]
    endpoints.refresh()
    assert asked[20].granted.done()
    assert only(endpoints) is endpoint


def test_another_time_limit_needs_another_handler(stage: Stage, endpoints: ServedEndpoints) -> None:
    wait(lambda: only(endpoints).answering)
    stage.records = [served({1: 100}, limits=EndpointLimits(seconds=5))]
    endpoints.refresh()
    assert stage.made[0].closed.wait(30)
    assert only(endpoints).answering == [1]
    assert not stage.made[1].closed.is_set()


def test_an_unpublished_service_ends(stage: Stage, endpoints: ServedEndpoints) -> None:
    wait(lambda: only(endpoints).answering)
    stage.records = []
    endpoints.refresh()
    assert endpoints.all() == []
    assert stage.made[0].closed.wait(30)


def test_records_that_cannot_be_read_change_nothing(
    stage: Stage, endpoints: ServedEndpoints
) -> None:
    wait(lambda: only(endpoints).answering)
    stage.broken = True
    with pytest.raises(RecordsUnusableError):
        endpoints.refresh()
    assert only(endpoints).answering == [1]


@pytest.mark.parametrize(("processors", "at_first"), [(1, 1), (2, 1), (4, 2)])
def test_whoever_is_waited_for_is_loaded_first(
    processors: int, at_first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(processors))
    names = [f"service{number}" for number in range(8)]
    stage = Stage(*(served({1: 100}, name=name) for name in names))
    gate = threading.Event()
    order: list[str] = []

    def make(record: ServedEndpoint, version: ServiceVersion) -> EchoHandler:
        order.append(record.service.name)
        gate.wait(30)
        return EchoHandler()

    with ServedEndpoints(stage.read, make, pause=3600) as endpoints:
        wait(lambda: len(order) == at_first)
        time.sleep(0.05)
        assert len(order) == at_first
        last = endpoints.by_name("service7")
        assert last is not None
        endpoints.hurry(last)
        gate.set()
        wait(lambda: len(order) == 8)
    assert "service7" in order[at_first : at_first + 2]


def test_the_records_are_followed_without_being_asked() -> None:
    stage = Stage(served({1: 100}))
    with ServedEndpoints(stage.read, stage.make, pause=0.01) as endpoints:
        stage.broken = True
        time.sleep(0.05)
        stage.broken = False
        stage.records = [with_weights(stage.records[0], {2: 100})]
        wait(lambda: only(endpoints).answering == [2])


def test_no_request_is_lost_while_versions_change_under_load() -> None:
    stage = Stage(served({1: 100}))
    ended = threading.Event()
    failures: list[BaseException] = []
    answered: Counter[int] = Counter()

    def call(endpoint: LiveEndpoint) -> None:
        while not ended.is_set():
            try:
                with endpoint.version() as version:
                    handler = version.handler
                    assert isinstance(handler, EchoHandler)
                    time.sleep(0)
                    assert not handler.closed.is_set()
                    answered[version.number] += 1
            except BaseException as error:
                failures.append(error)
                return

    with stage.serve() as endpoints:
        endpoint = only(endpoints)
        wait(lambda: endpoint.answering)
        callers = [threading.Thread(target=call, args=(endpoint,)) for _ in range(4)]
        for caller in callers:
            caller.start()
        for number in range(2, 30):
            stage.records = [with_weights(stage.records[0], {number: 100})]
            endpoints.refresh()
            wait(lambda number=number: endpoint.answering == [number])  # type: ignore[misc]
        ended.set()
        for caller in callers:
            caller.join()
    assert failures == []
    wait(lambda: all(handler.closed.is_set() for handler in stage.made))
