"""Who may call an endpoint: callers that present one of its keys."""

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.requests import Request

from studiolo.server.http.refused import RefusedError, refuse
from studiolo.services.keys import matching_key
from studiolo.services.serving.live_endpoint import LiveEndpoint

#: Makes the OpenAPI document say that a route takes a key. `authorized` is what looks at it.
TAKES_KEY = Depends(HTTPBearer(auto_error=False, scheme_name="key"))


def bearer(request: Request) -> str:
    """The key that a caller presents: `Authorization: Bearer <key>`, the word in any case.

    R's client sends two blanks. Empty if there is nothing, or more than one such header.
    """
    headers = request.headers.getlist("authorization")
    scheme, _, presented = headers[0].strip().partition(" ") if len(headers) == 1 else ("", "", "")
    return presented.strip() if scheme.lower() == "bearer" else ""


def authorized(endpoint: LiveEndpoint | None, request: Request) -> LiveEndpoint:
    """The endpoint, if the caller has a key to it.

    A wrong key and a wrong address get the same answer after the same time, so that trying
    does not show which endpoints exist.

    Raises:
        RefusedError: The caller has none.
    """
    keys = () if endpoint is None else endpoint.record.keys
    slot = matching_key(bearer(request), keys)
    if endpoint is None or slot is None:
        raise unauthorized()
    return endpoint


def unauthorized() -> RefusedError:
    """The answer to a caller without a key."""
    return refuse("ScoreRequestUnauthorized", headers={"WWW-Authenticate": "Bearer"})
