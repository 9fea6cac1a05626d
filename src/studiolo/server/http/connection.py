"""A connection to the server that ends when its client is too slow or does not speak HTTP.

Uvicorn waits for a client as long as the client likes. Here, what a client has to do has a time
limit: sending a request's head, sending the rest of a body that was refused, and taking an answer.
The time limit of a body is in `body`, which knows how long one may be.
"""

import asyncio
import resource
import uuid
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from studiolo.server.http.classic_errors import ClassicError, classic_error
from studiolo.server.http.refused import plain_error

#: Bytes of a request's head; and of what comes with a body that is in parts and is not of it.
_HEAD = 32 << 10
_VERSIONS = ("1.0", "1.1")
#: Seconds for the head of a request, from its first byte, or from the connection's beginning.
HEAD_SECONDS = 15.0
#: Seconds for the rest of a body that is not read, so that its client gets to see the answer.
REST_SECONDS = 5.0
#: Seconds in which a client takes nothing of an answer.
TAKE_SECONDS = 30.0
#: Connections at the same time, and the part of the process's open files that they may be: each
#: request that is answered needs some, too.
MOST_CONNECTIONS = 2000
_SHARE = 4
#: Seconds that a connection which waits for a next request stays open when the server ends, so
#: that a request that is on its way by then is answered.
LAST_SECONDS = 0.5


def most_connections() -> int:
    """How many connections there may be at the same time."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MOST_CONNECTIONS, files // _SHARE)


class Connection(HttpToolsProtocol):
    """Uvicorn's, with limits. `is_overdue` is to be asked again and again."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._since = self.loop.time()
        #: Whether a head has begun that is not complete, and the same of a body.
        self._in_head = self._in_body = False
        #: Bytes that came since a head, a body or a part of one was complete.
        self._incomplete = 0
        self._answered_since: float | None = None
        self._untaken = 0
        self._untaken_since = self._since
        self._ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless there are too many already."""
        super().connection_made(cast("asyncio.Transport", transport))
        if len(self.connections) > most_connections():
            self._refuse(classic_error("TooManyConcurrentRequests"))

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request."""
        if self.transport.is_closing():
            return
        if not self._in_head and not self._in_body:
            self._begin()
        self._incomplete += len(data)
        super().data_received(data)
        if self._incomplete > _HEAD and not self.transport.is_closing():
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """Begin a request, which may come right behind another one."""
        super().on_message_begin()
        self._begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes behind a body is not one."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Answer a request whose head is complete.

        Raises:
            ValueError: It is too long, or not of a version that is spoken here.
        """
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > _HEAD or self.parser.get_http_version() not in _VERSIONS:
            raise ValueError(size)
        self._in_head, self._in_body, self._incomplete = False, True, 0
        before = self._current
        super().on_headers_complete()
        new = self._current
        if new is not None and new is not before and self.scope["method"] != "HEAD":
            together = _HeadWithBody(self.transport, self.loop)
            new.transport = cast("asyncio.Transport", together)

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._incomplete = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a body."""
        self._in_body, self._incomplete = False, 0
        super().on_message_complete()

    def is_overdue(self) -> bool:
        """Whether the client has taken too long for what it has to do now."""
        now = self.loop.time()
        return self._head_is_overdue(now) or self._rest_is_overdue(now) or self._stalls(now)

    def abort(self) -> None:
        """End it at once; the code that answers a request of it finds its client gone."""
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # ours says it as the rest does
        """Answer what is not HTTP."""
        if self._answering:
            # Something else is being answered, or the body of it has gone wrong.
            self.abort()
            return
        sentence = "The request is not HTTP/1.1, or its head is too long."
        self._refuse(plain_error(400, "BadArgument", "RequestInvalid", sentence))

    def shutdown(self) -> None:
        """Begin to end: what has been asked is answered, and what is on its way by now."""
        if self._answering:
            self.cycle.keep_alive = False
        elif not self._ending:
            self._ending = True
            self.loop.call_later(LAST_SECONDS, self.shutdown)
        elif not self.transport.is_closing():
            super().shutdown()

    @property
    def _current(self) -> RequestResponseCycle | None:
        """The newest request."""
        return self.cycle

    @property
    def _answering(self) -> bool:
        return self._current is not None and not self._current.response_complete

    def _refuse(self, error: ClassicError) -> None:
        body = error.body()
        head = (
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"x-ms-request-id: {uuid.uuid4()}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()

    def _begin(self) -> None:
        self._in_head = True
        self._since = self.loop.time()

    def _head_is_overdue(self, now: float) -> bool:
        if self._answering:
            # The next one may have begun; its client is not to hurry meanwhile.
            self._since = now
        begun = self._in_head or self._current is None
        return begun and now - self._since > HEAD_SECONDS

    def _rest_is_overdue(self, now: float) -> bool:
        current = self._current
        unread = current is not None and current.response_complete and self._in_body
        if not unread:
            self._answered_since = None
            return False
        if self._answered_since is None:
            self._answered_since = now
        return now - self._answered_since > REST_SECONDS

    def _stalls(self, now: float) -> bool:
        untaken = self.transport.get_write_buffer_size()
        if untaken == 0 or untaken < self._untaken:
            self._untaken_since = now
        self._untaken = untaken
        return now - self._untaken_since > TAKE_SECONDS


class _HeadWithBody:
    """The transport for one answer, whose head goes out together with what follows at once.

    That is one call of the system instead of two, here and at the client.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def write(self, data: bytes) -> None:
        """Write what follows the head, or keep the head for a moment."""
        if data.startswith(b"HTTP/1.1 ") and not self._head:
            self._head = data
            self._loop.call_soon(self._write_head)
        else:
            head, self._head = self._head, b""
            self._transport.write(head + data)

    def is_closing(self) -> bool:
        """Whether the connection ends."""
        return self._transport.is_closing()

    def close(self) -> None:
        """End the connection when all has been written."""
        self._write_head()
        self._transport.close()

    def _write_head(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)
