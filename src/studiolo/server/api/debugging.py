"""Looking into a node from a page: a WebSocket for each console, and for each debugger.

Messages are JSON. A page sends `{"source": …}` and `{"interrupt": true}`, and gets `{"text": …}`,
`{"prompt": …, "names": …}`, `{"port": …, "launch": …}` and at last `{"ended": …}`, which has the
failure or the error that ended it, or null.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from studiolo.errors import StudioloError
from studiolo.sandbox.exchange.job import Failure
from studiolo.server.api.errors import error_document
from studiolo.workspace.debugging.console_session import ConsoleSession
from studiolo.workspace.debugging.debug_session import DebugSession
from studiolo.workspace.debugging.node_sessions import NodeSessions
from studiolo.workspace.studio.studio import Studio

#: Characters that wait for a page that does not take them; what comes beyond is left out.
_MOST_WAITING: Final = 4_000_000
_Opened = TypeVar("_Opened")
_LEFT_OUT: Final = "\n… output is left out here: the page takes it too slowly …\n"


def debugging_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["experiments"])
    sessions = NodeSessions(studio.workspace)

    @routes.websocket("/experiments/{name}/nodes/{node}/console")
    async def open_console(socket: WebSocket, name: str, node: str) -> None:
        """A Python prompt in the node's sandbox."""
        await socket.accept()
        page = _Page(socket)
        session = await _opened(
            page, lambda: sessions.console(name, node, on_text=page.text, on_end=page.end)
        )
        if session is None:
            return
        try:
            await page.talk(session)
        finally:
            await asyncio.to_thread(sessions.close, session)

    @routes.websocket("/experiments/{name}/nodes/{node}/debugger")
    async def open_debugger(socket: WebSocket, name: str, node: str) -> None:
        """The node's script, which waits for an editor."""
        await socket.accept()
        page = _Page(socket)
        session = await _opened(
            page, lambda: sessions.debugger(name, node, on_text=page.text, on_end=page.end)
        )
        if session is None:
            return
        try:
            page.put({"port": session.port, "launch": dict(session.launch)})
            await page.watch(session)
        finally:
            await asyncio.to_thread(sessions.close, session)

    return routes


async def _opened(page: "_Page", opening: Callable[[], _Opened]) -> _Opened | None:
    """The opened session; None if it can't be opened, which the page hears."""
    try:
        return await asyncio.to_thread(opening)
    except StudioloError as error:
        await page.leave(_error(error))
        return None


class _Page:
    """A page at the other end of a WebSocket. `text` and `end` are for any thread."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._waiting = 0

    def text(self, text: str) -> None:
        """Show what was printed."""
        self._call(lambda: self._put_text(text))

    def end(self) -> None:
        """Nothing more comes."""
        self._call(lambda: self._queue.put_nowait(None))

    def put(self, message: dict[str, Any]) -> None:
        """Say something, after all that was printed before."""
        self._call(lambda: self._queue.put_nowait(message))

    async def talk(self, session: ConsoleSession) -> None:
        """Pass on what is typed and what comes of it, until one of the two leaves."""
        self._prompting = asyncio.ensure_future(self._prompt(session))
        receiving = asyncio.ensure_future(self._receive(session))
        await self._send(receiving)
        if not receiving.done():
            receiving.cancel()
            await self.leave(await _why(session.why_ended))

    async def watch(self, session: DebugSession) -> None:
        """Show what is printed, until the script ends or the page leaves."""
        receiving = asyncio.ensure_future(self._receive(None))
        await self._send(receiving)
        if not receiving.done():
            receiving.cancel()
            await self.leave(await _why(session.why_ended))

    async def leave(self, why: dict[str, Any] | None) -> None:
        """Say why it has ended, and close."""
        with suppress(RuntimeError, WebSocketDisconnect):
            await self._socket.send_text(json.dumps({"ended": why}))
            await self._socket.close()

    async def _prompt(self, session: ConsoleSession) -> None:
        prompt = await asyncio.to_thread(session.wait)
        self.put({"prompt": prompt.value, "names": session.names})

    async def _receive(self, session: ConsoleSession | None) -> None:
        """Take in what the page sends, until it leaves or sends what no page of ours does."""
        with suppress(WebSocketDisconnect, KeyError, ValueError, TypeError):
            while True:
                message = json.loads(await self._socket.receive_text())
                if session is None:
                    continue
                if "interrupt" in message:
                    session.interrupt()
                else:
                    await self._enter(session, str(message["source"]))

    async def _enter(self, session: ConsoleSession, source: str) -> None:
        try:
            await asyncio.to_thread(session.enter, source)
        except ValueError as error:
            self.put({"text": f"{error}\n"})
        # Kept, because the loop itself holds tasks only weakly.
        self._prompting = asyncio.ensure_future(self._prompt(session))

    async def _send(self, receiving: "asyncio.Future[None]") -> None:
        """Send what there is, until the end of the session or of the page."""
        while not receiving.done():
            coming = asyncio.ensure_future(self._queue.get())
            either: set[asyncio.Future[Any]] = {coming, receiving}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                return
            message = coming.result()
            if message is None:
                return
            self._waiting -= len(message.get("text", ""))
            try:
                await self._socket.send_text(json.dumps(message))
            except (RuntimeError, WebSocketDisconnect):
                return

    def _put_text(self, text: str) -> None:
        if self._waiting > _MOST_WAITING:
            return
        if self._waiting + len(text) > _MOST_WAITING:
            text = f"{text[: _MOST_WAITING - self._waiting]}{_LEFT_OUT}"
        self._waiting += len(text)
        self._queue.put_nowait({"text": text})

    def _call(self, put: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(put)


async def _why(ended: Callable[[], Failure | None]) -> dict[str, Any] | None:
    try:
        failure = await asyncio.to_thread(ended)
    except StudioloError as error:
        return _error(error)
    if failure is None:
        return None
    return {
        "code": failure.code,
        "message": failure.message,
        "subject": failure.subject,
        "facts": failure.facts,
        "exception_type": failure.exception_type,
    }


def _error(error: StudioloError) -> dict[str, Any]:
    return {**error_document(error), "subject": ""}
