"""Data at a web address: the request for them, and what the server answers."""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

#: For an answer to begin or to go on; the time limit of the run is for the whole.
_SECONDS = 60.0
_PORTS = {"http": 80, "https": 443}


def request_for(address: str) -> urllib.request.Request:
    """The request for an address as people write it, with blanks and letters of any language."""
    try:
        parts = urllib.parse.urlsplit(address)
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(f'"{address}" is not a web address: {error}.') from error
    if not usable:
        raise ValueError(
            f'"{address}" is not a web address. Write it whole, such as '
            "https://data.example.com/rows.csv."
        )
    if "@" in parts.netloc:
        raise ValueError("The address has a user or a password before its host. Use a secret.")
    kept = "/%:@!$&'()*+,;=~?"
    path = urllib.parse.quote(parts.path or "/", safe=kept)
    query = urllib.parse.quote(parts.query, safe=kept)
    whole = urllib.parse.urlunsplit((parts.scheme, parts.netloc, path, query, ""))
    return urllib.request.Request(whole)  # noqa: S310  # the scheme was checked


def shown_address(request: urllib.request.Request) -> str:
    """The address without its query, which can hold a key."""
    return request.full_url.partition("?")[0]


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """A secret goes to the host that the address names, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


class RefusalError(ValueError):
    """An answer that is an error; its code is Azure's word for it, such as BlobNotFound."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def answer_to(request: urllib.request.Request, *, follow: bool) -> bytes:
    """The bytes that the server answers with.

    Raises:
        RefusalError: The server answers with an error.
        ValueError: The server does not answer, or not wholly.
    """
    shown = shown_address(request)
    handlers = [urllib.request.ProxyHandler({})] + ([] if follow else [_NoRedirection()])
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=_SECONDS) as answer:
            content: bytes = answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        code = error.headers.get("x-ms-error-code") or ""
        detail = f" ({code})" if code else ""
        said = str(error.reason).rstrip(".")
        raise RefusalError(f"{shown} answered {error.code} {said}{detail}.", code) from error
    except OSError as error:
        place = request.host
        if ":" not in place.rpartition("]")[2]:
            place += f":{_PORTS[request.type]}"
        reason = getattr(error, "reason", error)
        raise ValueError(
            f"{shown} can't be reached: {reason}. If the node does not have "
            f'allow: ["{place}"] yet, add it.'
        ) from error
    except http.client.HTTPException as error:
        raise ValueError(f"{shown} gave an answer that is not whole: {error!r}.") from error
    return content
