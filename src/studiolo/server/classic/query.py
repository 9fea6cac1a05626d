"""The query of a classic request."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams

from studiolo.server.http.refused import refuse

_VERSION = "2.0"
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class ClassicQuery:
    """The query of a request."""

    #: Whether rows are objects, and not lists of values.
    swagger: bool
    #: Whether a table comes with the names and types of its columns.
    details: bool


def classic_query(parameters: QueryParams) -> ClassicQuery:
    """The parameters that the classic service knew; others are passed over.

    Raises:
        RefusedError: A value is not allowed, or another version of the interface is asked for.
    """
    version = parameters.get("api-version", _VERSION)
    if version != _VERSION:
        raise refuse("BadVersionCall", version[:40], sentence=f"Ask for api-version={_VERSION}.")
    details = _BOOLEANS.get(parameters.get("details", "false").lower())
    if details is None:
        raise refuse("InvalidQueryParameter", "details", sentence="Allowed are true and false.")
    form = parameters.get("format", "").lower()
    if form not in ("", "swagger"):
        raise refuse("InvalidQueryParameter", "format", sentence="Allowed is swagger.")
    return ClassicQuery(swagger=form == "swagger", details=details)
