import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.runs.debugging.dap_messages import DapError, DapReader, framed, harmless

EVENT: dict[str, Any] = {"seq": 1, "type": "event", "event": "stopped", "body": {"threadId": 1}}
RESPONSE: dict[str, Any] = {
    "seq": 2,
    "type": "response",
    "request_seq": 1,
    "success": True,
    "command": "threads",
    "body": {},
}


def read(*pieces: bytes) -> list[dict[str, Any]]:
    reader = DapReader()
    return [message for piece in pieces for message in reader.feed(piece)]


@given(st.integers(1, 50))
def test_messages_come_in_any_pieces(size: int) -> None:
    content = framed(EVENT) + framed(RESPONSE)
    pieces = [content[n : n + size] for n in range(0, len(content), size)]
    assert read(*pieces) == [EVENT, RESPONSE]


@pytest.mark.parametrize(
    "content",
    [
        b"x" * 2000,
        b"Content-Length: 99999999999\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Other: 1\r\n\r\n{}",
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 2\r\n\r\n{]",
    ],
)
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(DapError):
        read(content)


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_any_bytes_are_read_or_refused(pieces: list[bytes]) -> None:
    try:
        read(*pieces)
    except DapError:
        return


def test_events_and_answers_are_passed_on() -> None:
    assert harmless(EVENT) == EVENT
    assert harmless({**RESPONSE, "extra": 1}) == RESPONSE


@pytest.mark.parametrize(
    "message",
    [
        {"seq": 1, "type": "request", "command": "runInTerminal", "arguments": {"args": ["sh"]}},
        {"seq": 1, "type": "request", "command": "startDebugging", "arguments": {}},
        {"seq": 1, "type": "event", "event": "debugpyAttach", "body": {}},
        {"seq": 1, "type": "event", "event": ["stopped"]},
        {"seq": 1, "type": ["event"], "event": "stopped"},
        {"seq": 1},
    ],
    ids=str,
)
def test_nothing_that_asks_an_editor_to_act_is(message: dict[str, Any]) -> None:
    assert harmless(message) is None


def test_of_two_types_the_one_that_was_looked_at_is_sent() -> None:
    content = b'{"seq":1,"type":"request","command":"runInTerminal","type":"response"}'
    (message,) = read(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
    passed = harmless(message)
    assert passed is not None
    assert json.loads(framed(passed).partition(b"\r\n\r\n")[2])["type"] == "response"
