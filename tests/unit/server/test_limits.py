"""How much and how long a caller may ask, and what is done before a body is looked at."""

import contextlib
import json
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.unit.server.servers import BODY, PRIMARY, Served, error_of, serving

from studiolo.server.http import body as body_module
from studiolo.server.http import connection as connection_module
from studiolo.store.services.service_record import EndpointLimits

KEY = {"Authorization": f"Bearer {PRIMARY.reveal()}"}
LIMITS = EndpointLimits(
    concurrent_calls=2, queued_calls=1, seconds=60, request_bytes=100_000, rows=50
)


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("limited")
    with serving(folder, limits=LIMITS) as served:
        assert served.call().status_code == 200
        yield served


def wait(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


@contextlib.contextmanager
def busy(server: Served, calls: int) -> Iterator[ThreadPoolExecutor]:
    """The endpoint is answering, or has in its queue, that many calls."""
    handler = server.handlers[0]
    handler.go_on.clear()
    slots = server.endpoints.all()[0].slots
    with ThreadPoolExecutor(8) as threads:
        try:
            futures = [threads.submit(server.call, "-1") for _ in range(calls)]
            wait(lambda: slots.taken + slots.waiting == calls)
            yield threads
        finally:
            handler.go_on.set()
            assert [future.result().status_code for future in futures] == [200] * calls
    handler.go_on.clear()


def test_beyond_the_queue_a_call_is_told_to_come_again(limited: Served) -> None:
    with busy(limited, 3):
        refused = limited.call()
        assert refused.status_code == 503
        assert error_of(refused) == ("ServiceUnavailable", "RequestThrottled")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert limited.call().status_code == 200


def test_it_is_told_so_before_its_body_was_sent(limited: Served) -> None:
    with busy(limited, 3), limited.connection() as connection:
        connection.sendall(limited.head(50_000))
        assert connection.recv(12) == b"HTTP/1.1 503"


def test_a_call_in_the_queue_is_answered_in_its_turn(limited: Served) -> None:
    with busy(limited, 2) as threads:
        slots = limited.endpoints.all()[0].slots
        waiting = threads.submit(limited.call, "7")
        wait(lambda: slots.waiting == 1)
        limited.handlers[0].go_on.set()
        assert waiting.result().status_code == 200


def test_a_body_that_announces_too_much_is_refused_before_it_is_read(limited: Served) -> None:
    with limited.connection() as connection:
        connection.sendall(limited.head(100_001))
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_a_body_that_turns_out_too_long_is_refused(limited: Served) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 10_000

    answer = httpx.post(limited.execute, content=chunks(), headers=KEY)
    assert answer.status_code == 413
    assert error_of(answer)[1] == "RequestTooLarge"


def test_whoever_sends_a_large_body_gets_to_see_that_it_was_refused(limited: Served) -> None:
    """A connection that is closed at once loses what the client has not read yet."""
    for headers, status in [(KEY, 413), ({}, 401)]:
        answer = httpx.post(limited.execute, content=b" " * 20_000_000, headers=headers)
        assert answer.status_code == status


def test_without_a_key_no_body_is_read(limited: Served) -> None:
    with limited.connection() as connection:
        connection.sendall(limited.head(90_000, key="wrong"))
        assert connection.recv(12) == b"HTTP/1.1 401"


def test_too_many_rows_are_refused(limited: Served) -> None:
    table = {"ColumnNames": ["x"], "Values": [["1"]] * 51}
    answer = httpx.post(limited.execute, json={"Inputs": {"input1": table}}, headers=KEY)
    assert answer.status_code == 413
    assert "51 rows" in answer.text


def test_json_that_is_too_deep_is_refused(limited: Served) -> None:
    answer = httpx.post(limited.execute, content=b"[" * 50_000, headers=KEY)
    assert answer.status_code == 413
    assert error_of(answer)[1] == "RequestTooLarge"


@pytest.mark.parametrize("body", [b"", b"nonsense", b"\xff\xfe{", b"[]", b'{"Inputs": 1}'])
def test_a_body_that_is_no_request_is_an_error_in_words(limited: Served, body: bytes) -> None:
    answer = httpx.post(limited.execute, content=body, headers=KEY)
    assert answer.status_code == 400
    assert error_of(answer)[0] == "BadArgument"


def test_numbers_that_json_does_not_have_are_read(limited: Served) -> None:
    content = json.dumps(BODY).replace('"2"', "NaN, Infinity".partition(",")[0]).encode()
    answer = httpx.post(limited.execute, content=content, headers=KEY)
    assert answer.json()["Results"]["output1"]["value"]["Values"] == [[None]]


@pytest.mark.parametrize("rest", [b"x" * 1_000_000, b"x" * 40_000 + b"\r\n\r\n"])
def test_a_head_that_is_too_long_is_refused(limited: Served, rest: bytes) -> None:
    with limited.connection() as connection:
        with contextlib.suppress(OSError):
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + rest)
        answer = connection.recv(1000)
    assert answer.startswith(b"HTTP/1.1 400")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["details"][0]["message"]


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # the beginning of TLS
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX : a\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused_and_harms_nobody(limited: Served, sent: bytes) -> None:
    with limited.connection() as connection:
        connection.sendall(sent)
        answer = connection.recv(12)
    assert answer in (b"HTTP/1.1 400", b"HTTP/1.1 421", b"HTTP/1.1 404")
    assert limited.call().status_code == 200


def test_what_comes_behind_a_body_is_not_a_header_and_has_a_bound(limited: Served) -> None:
    chunked = b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
    with limited.connection() as connection:
        head = limited.head(0, key="wrong").replace(b"Content-Length: 0\r\n\r\n", chunked)
        connection.sendall(head + f"Authorization: Bearer {PRIMARY.reveal()}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 401"
    with limited.connection() as connection:
        head = limited.head(0).replace(b"Content-Length: 0\r\n\r\n", chunked)
        with contextlib.suppress(ConnectionResetError):
            connection.sendall(head + b"X: " + b"x" * 1_000_000)
            assert connection.recv(12) == b""


def test_requests_that_are_sent_at_once_are_answered_in_turn(limited: Served) -> None:
    body = json.dumps(BODY).encode()
    one = limited.head(len(body)) + body
    with limited.connection() as connection:
        connection.sendall(one + one + b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answers = b""
        while answers.count(b"HTTP/1.1 200 OK") < 3:
            answers += connection.recv(10_000)
    assert answers.count(b'"Results"') == 2


def test_a_client_that_goes_away_frees_its_slot(limited: Served) -> None:
    handler = limited.handlers[0]
    handler.cancelled.clear()
    body = json.dumps({"Inputs": {"input1": [{"x": -1}]}}).encode()
    with limited.connection() as connection:
        connection.sendall(limited.head(len(body)) + body)
        assert handler.running.acquire(timeout=30)
    assert handler.cancelled.wait(30)
    wait(lambda: limited.endpoints.all()[0].slots.taken == 0)


def test_a_client_that_goes_away_leaves_the_queue(limited: Served) -> None:
    slots = limited.endpoints.all()[0].slots
    body = json.dumps(BODY).encode()
    with busy(limited, 2):
        with limited.connection() as connection:
            connection.sendall(limited.head(len(body)) + body)
            wait(lambda: slots.waiting == 1)
        wait(lambda: slots.waiting == 0)


def test_the_time_limit_ends_the_work_and_counts_the_wait(tmp_path: Path) -> None:
    limits = EndpointLimits(concurrent_calls=1, queued_calls=5, seconds=0.4)
    with serving(tmp_path, limits=limits) as server, ThreadPoolExecutor(2) as threads:
        assert server.call().status_code == 200
        first = threads.submit(server.call, "-1")
        assert server.handlers[0].running.acquire(timeout=30)
        second = threads.submit(server.call, "-1")
        answers = [first.result(), second.result()]
        for answer in answers:
            assert answer.status_code == 408
            assert error_of(answer) == ("RequestTimeout", "ScoreRequestTimeout")
        assert server.handlers[0].cancelled.is_set()
        assert server.endpoints.all()[0].slots.taken == 0
        assert server.call().status_code == 200


def test_slow_clients_are_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEAD_SECONDS", "REST_SECONDS", "TAKE_SECONDS"):
        monkeypatch.setattr(connection_module, name, 0.3)
    monkeypatch.setattr(body_module, "_SECONDS", 0.3)
    with serving(tmp_path) as server:
        silent, slow_head, idle_rest, slow_body, blank = (server.connection() for _ in range(5))
        blank.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert blank.recv(10_000).startswith(b"HTTP/1.1 200")
        blank.sendall(b"\r\n")
        slow_head.sendall(b"POST / HTTP/1.1\r\nHost: ")
        idle_rest.sendall(server.head(10_000, key="wrong") + b"some of it")
        slow_body.sendall(server.head(100) + b"{")
        assert silent.recv(100) == b""
        assert slow_head.recv(100) == b""
        assert slow_body.recv(12) == b"HTTP/1.1 408"
        for connection in (idle_rest, slow_body, blank):
            with contextlib.suppress(ConnectionResetError):
                while connection.recv(10_000):
                    pass
        for connection in (silent, slow_head, idle_rest, slow_body, blank):
            connection.close()
        assert server.call().status_code == 200


def test_a_client_that_does_not_take_its_answer_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "TAKE_SECONDS", 0.3)
    with serving(tmp_path) as server, socket.socket() as connection:
        server.server._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        table = {"ColumnNames": ["x"], "Values": [["1.5"]] * 50_000}
        body = json.dumps({"Inputs": {"input1": table}}).encode()
        connection.sendall(server.head(len(body)) + body)
        state = server.server._server.server_state
        wait(lambda: state.total_requests == 1)
        wait(lambda: not state.connections)


def test_connections_have_a_bound_below_that_of_open_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert connection_module.most_connections() <= files // 4
    monkeypatch.setattr(connection_module, "MOST_CONNECTIONS", 3)
    with serving(tmp_path) as server, contextlib.ExitStack() as closing:
        for _ in range(3):
            connection = closing.enter_context(server.connection())
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        answer = closing.enter_context(server.connection()).recv(10_000)
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"TooManyConcurrentRequests" in answer
        connection.close()
        wait(lambda: len(server.server._server.server_state.connections) == 2)
        assert server.call().status_code == 200


def test_a_client_that_works_at_its_own_pace_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "HEAD_SECONDS", 0.5)
    with serving(tmp_path) as server, httpx.Client(base_url=server.url) as client:
        connections = server.server._server.server_state.connections
        assert client.get("/health").status_code == 200
        (connection,) = connections
        body = json.dumps(BODY).replace('"2"', '"-1"').encode()
        with server.connection() as eager:
            # Some end a body with a new line; and the head of a next request may be on its way.
            eager.sendall(server.head(len(body)) + body)
            assert server.handler.running.acquire(timeout=30)
            eager.sendall(b"\r\nGET /health HTTP/1.1\r\n")
            time.sleep(1.5)
            server.handler.go_on.set()
            eager.sendall(b"Host: localhost\r\n\r\n")
            answers = b""
            while answers.count(b"HTTP/1.1 200 OK") < 2:
                answers += (received := eager.recv(10_000))
                assert received
        assert client.get("/health").status_code == 200
        assert connection in connections


def test_bodies_have_a_bound_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = body_module.BodyRoom
    monkeypatch.setattr("studiolo.server.scoring.scoring.BodyRoom", lambda: room(500))
    with serving(tmp_path) as server:
        assert server.call().status_code == 200
        answer = httpx.post(server.execute, content=b" " * 501, headers=KEY)
        assert answer.status_code == 503
        assert error_of(answer) == ("ServiceUnavailable", "NoMoreResources")
        assert server.call().status_code == 200


def test_until_its_version_is_loaded_a_service_lets_its_callers_wait(tmp_path: Path) -> None:
    gate = threading.Event()
    with serving(tmp_path, gate=gate) as server, ThreadPoolExecutor(1) as threads:
        assert httpx.get(f"{server.url}/health").status_code == 200
        assert httpx.get(f"{server.url}/ready").status_code == 503
        early = threads.submit(server.call)
        time.sleep(0.1)
        assert not early.done()
        gate.set()
        assert early.result().status_code == 200
        assert httpx.get(f"{server.url}/ready").json() == {"status": "ready"}


def test_a_service_that_is_not_loaded_in_time_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studiolo.server.scoring.scoring._LOADING_SECONDS", 0.2)
    gate = threading.Event()
    with serving(tmp_path, gate=gate) as server:
        answer = server.call()
        assert answer.status_code == 503
        assert error_of(answer) == ("ServiceUnavailable", "InitializingContainers")
        assert answer.headers["retry-after"]
        gate.set()


def test_a_service_that_cannot_be_loaded_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, unloadable=True) as server:
        answer = server.call()
        assert answer.status_code == 503
        assert error_of(answer) == ("ServiceUnavailable", "VersionNotLoaded")
        assert httpx.get(f"{server.url}/ready").json() == {"status": "broken"}


def test_a_request_that_finds_no_process_may_be_repeated(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        answer = server.call("-4")
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        details = answer.json()["error"]["details"][0]
        assert "Try again in a few seconds" in details["message"]
        assert server.call().status_code == 200
