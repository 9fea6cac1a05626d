"""Messages of the Debug Adapter Protocol, and which of them may leave a sandbox.

The protocol lets a debugger ask the editor for things: to run a command in a terminal, to start
another debug session. An editor trusts its debugger, but here a script can speak in the debugger's
place. So only answers to the editor's own requests, and events that tell of the run, are passed on;
see https://microsoft.github.io/debug-adapter-protocol/specification.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from studiolo.datasets.reading.json_reply import read_reply

#: Bytes of a message, and of the lines before it.
_MOST: Final = 16 << 20
_HEADER: Final = 1024
_END: Final = b"\r\n\r\n"
_RESPONSE: Final = ("seq", "type", "request_seq", "success", "command", "message", "body")
_EVENT: Final = ("seq", "type", "event", "body")
#: Not among them are events that editors know beyond the protocol, such as `debugpyAttach`: the
#: editor would start what the event says.
_EVENTS: Final = frozenset(
    {
        *("initialized", "stopped", "continued", "exited", "terminated", "thread", "output"),
        *("breakpoint", "module", "loadedSource", "process", "capabilities", "invalidated"),
        *("memory", "progressStart", "progressUpdate", "progressEnd"),
    }
)


class DapError(Exception):
    """Bytes are not messages of the protocol."""


class DapReader:
    """Cuts what comes into messages."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, piece: bytes) -> Iterator[dict[str, Any]]:
        """The messages that are complete with this piece.

        Raises:
            DapError: It can't be read, or a message is too large.
        """
        self._waiting += piece
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> dict[str, Any] | None:
        head = self._waiting.find(_END, 0, _HEADER)
        if head < 0:
            if len(self._waiting) > _HEADER:
                raise DapError("a header is too long")
            return None
        size = _size(bytes(self._waiting[:head]))
        begin = head + len(_END)
        if len(self._waiting) < begin + size:
            return None
        content = bytes(self._waiting[begin : begin + size])
        del self._waiting[: begin + size]
        try:
            message = read_reply(content)
        except ValueError as error:
            raise DapError(f"a message can't be read: {error}") from error
        if not isinstance(message, dict):
            raise DapError("a message is not an object")
        return message


def _size(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            size = int(value[:20])
            if size <= _MOST:
                return size
            raise DapError("a message is too large")
    raise DapError("a header has no length")


def harmless(message: Mapping[str, Any]) -> dict[str, Any] | None:
    """The part of a message from a sandbox that may reach an editor; None if nothing may."""
    kind = message.get("type")
    if kind == "response":
        return {key: message[key] for key in _RESPONSE if key in message}
    event = message.get("event")
    if kind == "event" and isinstance(event, str) and event in _EVENTS:
        return {key: message[key] for key in _EVENT if key in message}
    return None


def framed(message: Mapping[str, Any]) -> bytes:
    """A message as it is sent."""
    content = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
