"""The routes that begin and end a session of the studio."""

import json
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from studiolo.server.access.sessions import SESSION_SECONDS, Sessions
from studiolo.server.http.body import read_body

SIGN_IN = "/signin"
SIGN_OUT = "/signout"
#: Bytes of the body that signs in; a token is much shorter.
_MOST = 1024
_REFUSED = {
    "code": "token-refused",
    "message": "This is not the token of this server. It has a new one in the line that "
    "“studiolo serve” printed; copy the whole of it.",
}


def signing_in_routes(sessions: Sessions) -> APIRouter:
    """The routes. The page asks those who have no token for one."""
    routes = APIRouter(include_in_schema=False)

    @routes.post(SIGN_IN)
    async def sign_in(request: Request) -> Response:
        """Begin a session with the token in the body: `{"token": "…"}`."""
        token = _token_in(await read_body(request, most=_MOST))
        if not sessions.is_token(token):
            return JSONResponse({"error": _REFUSED}, HTTPStatus.UNAUTHORIZED)
        return _begun(Response(status_code=HTTPStatus.NO_CONTENT), sessions, request)

    @routes.post(SIGN_OUT)
    async def sign_out(request: Request) -> Response:
        """End the session of this browser."""
        sessions.end(request.headers.get("cookie", ""))
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        response.delete_cookie(sessions.cookie, path="/", httponly=True, samesite="strict")
        return response

    return routes


def sign_in_address(server: str, sessions: Sessions) -> str:
    """The address that signs a browser in, for those who may see the server's output."""
    return f"{server}{SIGN_IN}?{urlencode({'token': sessions.token})}"


def followed_link(sessions: Sessions, request: Request, token: str) -> Response:
    """The answer to the link that `studiolo serve` prints: a session, and the way to the studio.

    The token does not stay in the address that the browser shows and remembers.
    """
    if not sessions.is_token(token):
        refused = f"{SIGN_IN}?{urlencode({'refused': 1})}"
        return RedirectResponse(refused, HTTPStatus.SEE_OTHER)
    return _begun(RedirectResponse("/", HTTPStatus.SEE_OTHER), sessions, request)


def _begun(response: Response, sessions: Sessions, request: Request) -> Response:
    response.set_cookie(
        sessions.cookie,
        sessions.begin(),
        max_age=SESSION_SECONDS,
        path="/",
        httponly=True,
        samesite="strict",
        # A proxy that ends TLS says so; a browser keeps such a cookie from plain HTTP.
        secure="https" in (request.url.scheme, request.headers.get("x-forwarded-proto")),
    )
    return response


def _token_in(body: bytes) -> str:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    token = found.get("token") if isinstance(found, dict) else None
    return token if isinstance(token, str) else ""
