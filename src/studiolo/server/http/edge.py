"""The outermost part of the application: what comes in is looked at, what goes out is noted."""

import logging
import time
import uuid
from collections import Counter
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studiolo.server.http.access_log import AccessLog
from studiolo.server.http.classic_errors import classic_error
from studiolo.server.http.refused import RefusedError, error_response, plain_error
from studiolo.server.http.sites import Sites

_LOG = logging.getLogger(__name__)
#: What a client reports to its owner when something went wrong.
REQUEST_ID = "x-ms-request-id"
#: Said of every answer: it is what its type says, and belongs to one caller. A browser that shows
#: one by itself runs and loads nothing in it; the pages have policies of their own.
_HEADERS = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_REQUEST_ID = REQUEST_ID.encode()
#: What nginx calls it when a client went away before its answer.
CLIENT_GONE = 499


class Edge:
    """Wraps the application."""

    def __init__(self, application: ASGIApp, sites: Sites, log: AccessLog) -> None:
        self._application = application
        self._sites = sites
        self._log = log
        #: Answers by status.
        self.statuses: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "websocket":
            await self._answer_socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        # Routes add what they find out: the endpoint, the version, an error's code.
        notes: dict[str, Any] = {}
        scope.setdefault("state", {}).update(request_id=str(uuid.uuid4()), notes=notes)
        outgoing = _Outgoing(send, scope["state"]["request_id"])
        began = time.perf_counter()
        try:
            await self._answer(scope, receive, outgoing)
        finally:
            status = outgoing.status or CLIENT_GONE
            self.statuses[status] += 1
            self._log.request(
                scope, status=status, seconds=time.perf_counter() - began, size=outgoing.size
            )

    async def _answer_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request for a WebSocket; a browser lets pages of all sites ask for one."""
        scope.setdefault("state", {}).update(request_id=str(uuid.uuid4()), notes={})
        try:
            self._look_at(Headers(scope=scope))
        except RefusedError:
            await send({"type": "websocket.close", "code": 1008})
            return
        try:
            await self._application(scope, receive, send)
        except Exception:
            _LOG.exception("The request %s failed.", scope["state"]["request_id"])
            raise

    async def _answer(self, scope: Scope, receive: Receive, outgoing: "_Outgoing") -> None:
        try:
            self._look_at(Headers(scope=scope))
            await self._application(scope, receive, outgoing)
        except RefusedError as refused:
            scope["state"]["notes"]["error"] = refused.error.details[0].code
            response = error_response(refused.error, refused.headers)
            await response(scope, receive, outgoing)
        except ClientDisconnect:
            pass
        except Exception as error:  # noqa: BLE001  # nothing behind this can answer
            _LOG.exception("The request %s failed.", scope["state"]["request_id"])
            scope["state"]["notes"]["error"] = type(error).__name__
            if outgoing.status is None:
                await unknown_error(scope)(scope, receive, outgoing)

    def _look_at(self, headers: Headers) -> None:
        if not self._sites.is_host(headers):
            sentence = (
                "The host of this request is not one that this server answers to. Its names are in "
                "studiolo.toml, section [server], key hosts."
            )
            raise RefusedError(plain_error(421, "BadArgument", "HostUnknown", sentence))
        if "content-length" in headers and "transfer-encoding" in headers:
            # A proxy that goes by the one and a server that goes by the other see two requests.
            sentence = "The request has both Content-Length and Transfer-Encoding."
            raise RefusedError(plain_error(400, "BadArgument", "RequestInvalid", sentence))
        if self._sites.comes_from_elsewhere(headers):
            sentence = "A page of another site may not call this server."
            raise RefusedError(plain_error(403, "Unauthorized", "SiteRefused", sentence))


def unknown_error(scope: Scope) -> Response:
    """The answer where something of ours has failed."""
    sentence = f"The server's log has the details under {scope['state']['request_id']}."
    return error_response(classic_error("UnknownError", sentence=sentence))


class _Outgoing:
    """Sends an answer, with the headers of all answers."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status: int | None = None
        self.size = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            given = {name for name, _ in headers}
            headers += [header for header in _HEADERS if header[0] not in given]
            message["headers"] = [*headers, (_REQUEST_ID, self._request_id.encode())]
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        await self._send(message)
