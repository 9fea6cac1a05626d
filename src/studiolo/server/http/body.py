"""The body of a request: read whole, up to a size, in a time."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import ClientDisconnect, Request

from studiolo.server.http.refused import RefusedError, refuse

#: Seconds for a body, and bytes a second beyond which a longer one takes longer.
_SECONDS = 30.0
_BYTES_A_SECOND = 64 << 10


class BodyRoom:
    """The memory for the bodies of all requests that are read or answered at one time."""

    def __init__(self, size: int = 1 << 30) -> None:
        self._free = size
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, size: int) -> Iterator[None]:
        """Takes room for one body.

        Raises:
            RefusedError: There is none.
        """
        with self._lock:
            if size > self._free:
                raise refuse("NoMoreResources", headers={"Retry-After": "1"})
            self._free -= size
        try:
            yield
        finally:
            with self._lock:
                self._free += size


def announced_size(request: Request, *, most: int) -> int:
    """How many bytes the body has or may have, found before any of it is read.

    Raises:
        RefusedError: Its head announces more than ``most``, or a compressed body.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", ""):
        raise refuse("MediaTypeUnsupported", sentence="The body is compressed. Send it as it is.")
    length = request.headers.get("content-length")
    if length is None:
        return most if "transfer-encoding" in request.headers else 0
    # The connection has read it, too, and takes nothing but digits.
    size = int(length)
    if size > most:
        raise _too_large(most)
    return size


async def read_body(request: Request, *, most: int) -> bytes:
    """The body of a request.

    Args:
        request: The request; nothing of its body has been read.
        most: How many bytes it may have.

    Raises:
        RefusedError: It has more, or takes too long.
        ClientDisconnect: The client has gone.
    """
    size = announced_size(request, most=most)
    content = bytearray()
    try:
        async with asyncio.timeout(_SECONDS + size / _BYTES_A_SECOND):
            async for chunk in request.stream():
                content += chunk
                if len(content) > most:
                    raise _too_large(most)
    except TimeoutError as error:
        sentence = "The body of the request did not arrive in time."
        raise refuse("ScoreRequestTimeout", sentence=sentence) from error
    return bytes(content)


async def client_gone(request: Request) -> None:
    """Return when the client has gone; the body has been read."""
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            return


def _too_large(most: int) -> RefusedError:
    sentence = f"The body has more than the allowed {most:,} bytes. Send fewer rows at once."
    return refuse("RequestTooLarge", sentence=sentence)


__all__ = ["BodyRoom", "ClientDisconnect", "announced_size", "client_gone", "read_body"]
