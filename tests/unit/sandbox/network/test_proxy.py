"""The proxy, with sockets of this machine in the place of those of a run's network."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studiolo.experiments.allowance import parse_allowance
from studiolo.sandbox.network import proxy, relay
from studiolo.sandbox.network.guest_network import GuestNetwork
from studiolo.sandbox.network.proxy import MOST_AT_ONCE, Proxy
from studiolo.sandbox.network.traffic import MOST_CONNECTIONS, NetworkConnection

_HERE = "127.0.0.1"


class Server:
    """A server that has one conversation with each client."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self.listener = socket.create_server((_HERE, 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self._talk = talk
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._attend, args=[client], daemon=True).start()

    def _attend(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            self._talk(client)


class Network:
    """A proxy with one target, and where its clients connect."""

    def __init__(self, port: int) -> None:
        self.door = socket.create_server((_HERE, 0))
        self.target = socket.create_server((_HERE, 0), backlog=1024)
        inside = self.target.getsockname()[1]
        allowed = parse_allowance(f"{_HERE}:{inside}={_HERE}:{port}")
        for listener in (self.door, self.target):
            listener.setblocking(False)
        self.proxy = Proxy(GuestNetwork.of([allowed]), [self.door, self.target])

    def connect(self) -> socket.socket:
        made = socket.create_connection(self.target.getsockname())
        made.settimeout(30)
        return made

    def ask(self, question: bytes) -> bytes:
        with socket.create_connection(self.door.getsockname()) as asking:
            asking.settimeout(30)
            asking.sendall(question)
            return b"".join(iter(lambda: asking.recv(4096), b""))

    def close(self) -> None:
        self.door.close()
        self.target.close()

    @property
    def connections(self) -> tuple[NetworkConnection, ...]:
        return self.proxy.traffic.connections


@contextlib.contextmanager
def network(talk: Callable[[socket.socket], None]) -> Iterator[Network]:
    server = Server(talk)
    made = Network(server.port)
    with server.listener:
        try:
            with made.proxy:
                yield made
        finally:
            made.close()


def echo(client: socket.socket) -> None:
    while data := client.recv(1 << 16):
        client.sendall(data)


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def read_all(each: socket.socket) -> bytes:
    return b"".join(iter(lambda: each.recv(1 << 16), b""))


def test_bytes_go_through_in_both_directions() -> None:
    content = os.urandom(3 << 20)

    def send_and_end(client: socket.socket) -> None:
        client.sendall(content)
        client.shutdown(socket.SHUT_WR)

    with network(echo) as here, here.connect() as client:
        sender = threading.Thread(target=send_and_end, args=[client])
        sender.start()
        assert read_all(client) == content
        sender.join()
    (connection,) = here.connections
    assert (connection.sent, connection.received) == (len(content), len(content))
    assert connection.allowed
    assert connection.problem == ""


def test_a_half_closed_connection_stays_open_the_other_way() -> None:
    def answer_at_the_end(client: socket.socket) -> None:
        received = len(read_all(client))
        client.sendall(b"%d" % received)

    with network(answer_at_the_end) as here, here.connect() as client:
        client.sendall(b"12345")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"5"


def test_what_was_sent_last_arrives() -> None:
    received: list[bytes] = []
    over = threading.Event()

    def keep(client: socket.socket) -> None:
        received.append(read_all(client))
        over.set()

    with network(keep) as here:
        client = here.connect()
        client.sendall(b"x" * 1_000_000)
    # The client still has its end open, as a script has that returns without closing.
    assert over.wait(30)
    client.close()
    assert received == [b"x" * 1_000_000]


def test_a_slow_receiver_costs_a_bounded_amount_of_memory() -> None:
    stop = threading.Event()

    def flood(client: socket.socket) -> None:
        while not stop.is_set():
            client.sendall(b"x" * 65536)

    with network(flood) as here, here.connect() as client:
        client.recv(1)
        moved, before = -1, -2
        while moved != before:
            time.sleep(0.3)
            before, moved = moved, here.proxy._relays[0]._flows[1].moved  # type: ignore[index]
        # What the kernel holds for two sockets, and not what the server has to say.
        assert moved < 32 << 20
        stop.set()


def test_a_thousand_connections_are_served_a_few_at_a_time() -> None:
    before = set(threading.enumerate())
    with network(echo) as here:
        clients = [here.connect() for _ in range(MOST_AT_ONCE + 60)]
        for client in clients:
            client.sendall(b"hello")
        for client in clients:
            assert client.recv(5) == b"hello"
            assert len(here.proxy._relays) <= MOST_AT_ONCE
            client.close()
        for _ in range(MOST_CONNECTIONS):
            here.connect().close()
        assert here.ask(b"rubbish\n")
        began = {thread.name for thread in set(threading.enumerate()) - before}
        assert [name for name in began if name.startswith("studiolo-")] == ["studiolo-proxy"]
    assert len(here.connections) == MOST_CONNECTIONS
    (remark,) = here.proxy.traffic.remarks
    assert "more connections are not listed" in remark


def test_connections_that_came_too_late_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "_LAST_BYTES_SECONDS", 0.0)
    with network(echo) as here:
        served = [here.connect() for _ in range(MOST_AT_ONCE)]
        for client in served:
            client.sendall(b"hello")
            assert client.recv(5) == b"hello"
        late = [here.connect() for _ in range(5)]
    for client in served + late:
        client.close()
    problems = [connection.problem for connection in here.connections]
    assert problems == [""] * MOST_AT_ONCE + ["The run ended before this connection was made."] * 5


def test_a_target_that_refuses() -> None:
    unused = socket.create_server((_HERE, 0))
    port = unused.getsockname()[1]
    unused.close()
    here = Network(port)
    with here.proxy, here.connect() as client, pytest.raises(ConnectionResetError):
        client.recv(1)
    here.close()
    (connection,) = here.connections
    assert connection.problem.endswith("could not be reached: it refused the connection.")
    assert connection.allowed


def test_a_target_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "PATIENCE", 0.2)
    full = socket.create_server((_HERE, 0), backlog=0)
    waiting = []
    for _ in range(4):
        # The queue of the server is full; Linux then does not answer further clients.
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(full.getsockname())
        waiting.append(one)
    here = Network(full.getsockname()[1])
    with here.proxy, here.connect() as client, pytest.raises(ConnectionResetError):
        client.recv(1)
    here.close()
    full.close()
    for one in waiting:
        one.close()
    assert "did not answer within" in here.connections[0].problem


def test_a_connection_to_what_is_not_allowed_is_ended_at_once() -> None:
    made = Network(1)
    other = socket.create_server((_HERE, 0))
    other.setblocking(False)
    with (
        Proxy(GuestNetwork.of([parse_allowance("example.com:443")]), [made.door, other]) as proxy,
        socket.create_connection(other.getsockname()) as client,
        pytest.raises(ConnectionResetError),
    ):
        client.recv(1)
    other.close()
    made.close()
    (connection,) = proxy.traffic.connections
    assert not connection.allowed
    assert f"may not reach {_HERE}:{connection.port}" in connection.problem


def test_questions_are_answered_whatever_is_asked() -> None:
    with network(echo) as here:
        inside = here.target.getsockname()[1]
        assert here.ask(b"%s %d\n" % (_HERE.encode(), inside)) == b"\n"
        assert b"This run may not reach example.com:443" in here.ask(b"example.com 443\n")
        assert b"This run may not reach [::1]:443" in here.ask(b"::1 443\n")
        for rubbish in (b"\n", b"\xff\xfe 1\n", b"a b c\n", b"a 99999999\n", b"\0\n"):
            assert b"not the name of a host" in here.ask(rubbish)
        # More than any question, and one that never ends.
        with contextlib.suppress(OSError):
            assert here.ask(b"x" * 100_000) == b""
        silent = [socket.create_connection(here.door.getsockname()) for _ in range(5)]
        assert b"may not reach" in here.ask(b"example.com 444\n")
    for one in silent:
        one.close()
    assert [c.host for c in here.connections if not c.allowed] == [
        "example.com",
        "::1",
        "example.com",
    ]


def test_what_is_left_is_closed_at_the_end() -> None:
    with network(echo) as here:
        clients = [here.connect() for _ in range(10)]
        for client in clients:
            client.sendall(b"a")
            assert client.recv(1) == b"a"
        before = descriptors()
    assert descriptors() <= before - len(clients)
    for client in clients:
        with client, contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
