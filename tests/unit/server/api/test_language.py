"""The WebSocket of an editor: what may be sent over it, and when it ends."""

import json

import pytest
from tests.unit.server.api.sockets import connected
from tests.unit.server.api.studios import ServedStudio
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

ADDRESS = "/api/experiments/rank-features/nodes/rank/language-server"


def end_of(socket: ClientConnection) -> str:
    """The reason that the server gives for its end."""
    try:
        while True:
            socket.recv(timeout=10)
    except ConnectionClosed as closed:
        return "" if closed.rcvd is None else closed.rcvd.reason


def test_messages_are_compressed(studio: ServedStudio) -> None:
    with connected(studio, ADDRESS) as socket:
        assert [one.name for one in socket.protocol.extensions] == ["permessage-deflate"]


def test_a_node_that_is_not_there_is_said(studio: ServedStudio) -> None:
    address = ADDRESS.replace("/rank/", "/nothing/")
    with connected(studio, address) as socket, pytest.raises(ConnectionClosed) as closed:
        socket.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4000, "node-unknown")
    warmed = studio.browser.post(address)
    assert (warmed.status_code, warmed.json()["error"]["code"]) == (404, "node-unknown")


@pytest.mark.parametrize(
    "message",
    ["no message", "[]", '{"id": 1, "method": "textDocument/hover"}', "{" * 100_000, b"bytes"],
    ids=lambda message: str(message)[:20],
)
def test_a_message_that_no_editor_sends_ends_the_conversation(
    studio: ServedStudio, message: str | bytes
) -> None:
    opened = {"textDocument": {"uri": "file:///script.py", "version": 0, "text": "x"}}
    with connected(studio, ADDRESS) as socket:
        socket.send(json.dumps({"method": "textDocument/didOpen", "params": opened}))
        socket.send(message)
        end_of(socket)


def test_too_long_a_script_ends_it(studio: ServedStudio) -> None:
    text = "x" * 400_001
    opened = {"textDocument": {"uri": "file:///script.py", "version": 0, "text": text}}
    with connected(studio, ADDRESS) as socket:
        socket.send(json.dumps({"method": "textDocument/didOpen", "params": opened}))
        assert end_of(socket) == "language-message"


def test_more_messages_than_an_editor_sends_end_it(studio: ServedStudio) -> None:
    with connected(studio, ADDRESS) as socket:
        # Some arrive in the seconds that this takes, and are allowed.
        for _ in range(1_500):
            socket.send('{"method": "initialized", "params": {}}')
        assert end_of(socket) == "language-message"


def test_it_ends_with_its_session(studio: ServedStudio) -> None:
    studio.browser.get(f"/signin?token={studio.sessions.token}")
    with connected(studio, ADDRESS) as socket:
        socket.send('{"id": 1, "method": "initialize", "params": {}}')
        assert "completionProvider" in str(socket.recv(timeout=10))
        assert studio.browser.post("/signout").status_code == 204
        socket.send('{"id": 2, "method": "initialize", "params": {}}')
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)
    studio.browser.get(f"/signin?token={studio.sessions.token}")
