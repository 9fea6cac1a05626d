"""Server-sent events: answers that go on until what they tell of has ended, or the server ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.responses import StreamingResponse

MEDIA_TYPE: Final = "text/event-stream"
#: Seconds without news after which a heartbeat is sent: proxies keep the connection, and a page
#: whose connection broke without an error notices that nothing comes.
_HEARTBEAT_SECONDS: Final = 15.0
#: Milliseconds after which a browser that lost its connection comes back.
_RETRY: Final = 1000


@dataclass(frozen=True, kw_only=True)
class SentEvent:
    """An event as it is sent."""

    name: str
    data: Mapping[str, object]
    #: What a browser that comes back says it had last; None for an event that needs no replay.
    id: int | None = None

    def text(self) -> str:
        """Its lines; JSON has no line ends of its own."""
        number = "" if self.id is None else f"id: {self.id}\n"
        return f"{number}event: {self.name}\ndata: {json.dumps(self.data)}\n\n"


_HEARTBEAT: Final = SentEvent(name="heartbeat", data={})


class EventStreamResponse(StreamingResponse):
    """An answer that is a stream of events."""

    media_type = MEDIA_TYPE


class Bell:
    """Wakes a stream, from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()
        self._pending = False

    def ring(self) -> None:
        """Wake it; many rings at one time are one."""
        if not self._pending:
            self._pending = True
            # A server that has ended has no loop any more.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self) -> bool:
        """Wait for a ring; False if there is none for a while."""
        try:
            await asyncio.wait_for(self._rung.wait(), _HEARTBEAT_SECONDS)
        except TimeoutError:
            return False
        finally:
            self._pending = False
            self._rung.clear()
        return True


class EventStreams:
    """The open streams of a server. All but `Bell.ring` is for the event loop."""

    def __init__(self) -> None:
        self._bells: set[Bell] = set()
        self._ending = False

    def end(self) -> None:
        """Let all of them end."""
        self._ending = True
        for bell in self._bells:
            bell.ring()

    def answer(
        self,
        follow: Callable[[Callable[[], None]], Callable[[], None]],
        news: Callable[[], tuple[list[SentEvent], bool]],
    ) -> EventStreamResponse:
        """The answer that is a stream.

        Args:
            follow: Begins to ring the bell that it is given when there is news; what it returns
                ends that.
            news: The events since it was last called, and whether they were the last. Called in
                the event loop, so it must be quick.
        """
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return EventStreamResponse(self._lines(follow, news), headers=headers)

    async def _lines(
        self,
        follow: Callable[[Callable[[], None]], Callable[[], None]],
        news: Callable[[], tuple[list[SentEvent], bool]],
    ) -> AsyncIterator[str]:
        bell = Bell()
        self._bells.add(bell)
        leave = follow(bell.ring)
        try:
            yield f"retry: {_RETRY}\n\n"
            over = False
            while not over and not self._ending:
                events, over = news()
                if events:
                    yield "".join(event.text() for event in events)
                elif not over and not await bell.wait():
                    yield _HEARTBEAT.text()
        finally:
            leave()
            self._bells.discard(bell)
