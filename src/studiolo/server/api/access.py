"""The door of the API: who comes in, and how much each request may bring."""

import asyncio
import time
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studiolo.server.access.sessions import Sessions
from studiolo.server.api.errors import error_answer

#: The header that changing requests of a browser carry. A form or a link can't set it, and a
#: script of another site may not without asking this server, which never agrees.
HEADER: Final = "x-studiolo-session"
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: Bytes of a request's body; a piece of an upload may be larger.
MOST_BYTES: Final = 16 << 20
MOST_BYTES_OF_PIECE: Final = 64 << 20
#: Seconds for a body, and bytes a second beyond which a longer one takes longer.
_SECONDS: Final = 30.0
_BYTES_A_SECOND: Final = 64 << 10


class SignedIn:
    """Lets those through who present the server's token, or the cookie of a session."""

    def __init__(self, application: ASGIApp, sessions: Sessions) -> None:
        self._application = application
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers = Headers(scope=scope)
        if scope["type"] == "websocket":
            await self._answer_socket(headers, scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refused = self._refusal(scope["method"], headers)
        if refused is not None:
            code, sentence = refused
            scope["state"]["notes"]["error"] = code
            status = HTTPStatus.UNAUTHORIZED if code == "signed-out" else HTTPStatus.FORBIDDEN
            await error_answer(status, code, sentence)(scope, receive, send)
            return
        scope["state"]["session"] = self._sessions.key(headers.get("cookie", ""))
        piece = scope["method"] == "PATCH" and "/uploads/" in scope["path"]
        body = _Body(receive, MOST_BYTES_OF_PIECE if piece else MOST_BYTES)
        if int(headers.get("content-length") or 0) > body.most:
            await error_answer(413, "request-too-large", body.too_large)(scope, receive, send)
            return
        await self._application(scope, body, send)

    async def _answer_socket(
        self, headers: Headers, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let a page of the studio have a WebSocket, as long as its session holds."""
        cookies = headers.get("cookie", "")
        # That an origin is this server's has been looked at for every request. A program that
        # names none has no use for a WebSocket.
        if "origin" not in headers or not self._sessions.is_open(cookies):
            await send({"type": "websocket.close", "code": 1008})
            return

        async def received() -> Message:
            message = await receive()
            if not self._sessions.is_open(cookies):
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        scope["state"]["session"] = self._sessions.key(cookies)
        await self._application(scope, received, send)

    def _refusal(self, method: str, headers: Headers) -> tuple[str, str] | None:
        """Why a request is refused: a code and a sentence; None if it is not."""
        if "authorization" in headers:
            scheme, _, token = headers["authorization"].strip().partition(" ")
            given = token.strip() if scheme.lower() == "bearer" else ""
            if len(headers.getlist("authorization")) == 1 and self._sessions.is_token(given):
                return None
            return "signed-out", "The token is not that of this server."
        if not self._sessions.is_open(headers.get("cookie", "")):
            return "signed-out", "You are not signed in, or your session has ended."
        # That an origin is this server's has been looked at for every request.
        if method not in _READING and (headers.get(HEADER) != "1" or "origin" not in headers):
            return "site-refused", "This request does not come from a page of the studio."
        return None


class _Body:
    """The body of a request, up to a size and a time."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.most = most
        self._receive = receive
        self._size = 0
        self._over = False
        self._began = time.monotonic()

    @property
    def too_large(self) -> str:
        return f"The request has more than the allowed {self.most >> 20} MiB."

    async def __call__(self) -> Message:
        if self._over:
            return await self._receive()
        until = self._began + _SECONDS + self._size / _BYTES_A_SECOND
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408, "The request did not arrive in time.") from error
        self._size += len(message.get("body", b""))
        if self._size > self.most:
            raise HTTPException(413, self.too_large)
        self._over = not message.get("more_body", False)
        return message
