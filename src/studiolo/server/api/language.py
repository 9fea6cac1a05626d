"""Help while a script is typed, or columns are chosen."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from fastapi import APIRouter, Request, WebSocket
from starlette.websockets import WebSocketDisconnect
from typing_extensions import TypedDict

from studiolo.documents.column import ColumnDocument
from studiolo.errors import StudioloError
from studiolo.workspace.language.conversation import Conversation
from studiolo.workspace.studio.studio import Studio

_PATH: Final = "/experiments/{name}/nodes/{node}/language-server"
#: Seconds without a message of an editor after which its WebSocket is closed. The next key that is
#: typed opens another one.
_QUIET_SECONDS: Final = 1800.0
#: Messages that an editor has not taken; one that leaves more is not there any more.
_MOST_UNTAKEN: Final = 200
#: Codes of RFC 6455: the server goes away; the message was refused. And one of ours, whose reason
#: is the code of an error.
_AWAY, _REFUSED, _UNAVAILABLE = 1001, 1008, 4000


class ColumnsOfInput(TypedDict):
    """An input that takes a dataset."""

    port: str
    #: Null if they are not known, because the node before it has not run.
    columns: Sequence[ColumnDocument] | None


class InputColumnsDocument(TypedDict):
    """The columns at the inputs of a node."""

    #: Those of a script in the order of its arguments.
    inputs: Sequence[ColumnsOfInput]
    #: Changes whenever the packages do that the node's script finds; empty if it has no script.
    packages: str


def language_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["experiments"])

    @routes.get("/experiments/{name}/nodes/{node}/input-columns")
    def get_input_columns(name: str, node: str) -> InputColumnsDocument:
        """The columns of the datasets that are wired into a node, as far as they are known."""
        return {
            "inputs": [
                {
                    "port": one.port,
                    "columns": None
                    if one.columns is None
                    else [
                        {"name": column.name, "type": column.type, "role": column.role}
                        for column in one.columns
                    ],
                }
                for one in studio.input_columns(name, node)
            ],
            "packages": _digest(studio.packages_text(name, node)),
        }

    @routes.post(_PATH, status_code=204)
    def warm_up_language_server(name: str, node: str, request: Request) -> None:
        """Start the language server of this session, so that it is ready when a script is opened.

        The address is that of a WebSocket, too, which speaks the Language Server Protocol.
        """
        context = studio.script_context(name, node)
        studio.language_servers.warm_up(request.state.session, context)

    @routes.websocket(_PATH)
    async def converse(socket: WebSocket, name: str, node: str) -> None:
        """The Language Server Protocol, about the script of a node."""
        await socket.accept()
        session = socket.state.session
        outgoing = _Outgoing(socket)

        def begun() -> Conversation:
            context = studio.script_context(name, node)
            return studio.language_servers.converse(session, context, outgoing.put, outgoing.end)

        try:
            conversation = await asyncio.to_thread(begun)
        except StudioloError as error:
            await socket.close(_UNAVAILABLE, error.code)
            return
        sending = asyncio.ensure_future(outgoing.send())
        try:
            await _listen(socket, conversation, sending)
        finally:
            sending.cancel()
            await asyncio.to_thread(studio.language_servers.leave, session, conversation)

    return routes


def _digest(text: str) -> str:
    return text and hashlib.sha256(text.encode()).hexdigest()


async def _listen(
    socket: WebSocket, conversation: Conversation, sending: "asyncio.Future[None]"
) -> None:
    """Hand on what the editor sends, until one side goes away."""
    while True:
        receiving = asyncio.ensure_future(socket.receive_text())
        done, _ = await asyncio.wait(
            (receiving, sending),
            timeout=_QUIET_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if receiving not in done:
            receiving.cancel()
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(_AWAY)
            return
        try:
            await asyncio.to_thread(conversation.take, receiving.result())
        except (WebSocketDisconnect, KeyError):
            # A message of bytes has no text.
            return
        except StudioloError as error:
            with suppress(RuntimeError):
                await socket.close(_REFUSED, error.code)
            return


class _Outgoing:
    """The messages to an editor; put there by any thread, and sent by the event loop."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    def put(self, message: str) -> None:
        """Have a message sent."""
        self._call(lambda: self._queue.put_nowait(message))

    def end(self) -> None:
        """Have the WebSocket closed after what has been put there."""
        self._call(lambda: self._queue.put_nowait(None))

    async def send(self) -> None:
        """Send, until the end or until the editor is not there any more."""
        with suppress(RuntimeError, WebSocketDisconnect):
            while (message := await self._queue.get()) is not None:
                if self._queue.qsize() > _MOST_UNTAKEN:
                    return
                await self._socket.send_text(message)

    def _call(self, put: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(put)
