"""A request that is answered with an error, on its way out of whatever found that out."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from studiolo.server.http.classic_error_table import CLASSES
from studiolo.server.http.classic_errors import ClassicError, ErrorDetail, classic_error

JSON = "application/json; charset=utf-8"
_STATUSES = (400, 401, 404, 406, 408, 413, 415, 500, 503)
_TEXT = {"type": "string"}
_DETAIL = {
    "type": "object",
    "properties": {"code": _TEXT, "target": _TEXT, "message": _TEXT},
    "required": ["code", "target", "message"],
}
_ERROR = {
    "type": "object",
    "properties": {
        "code": _TEXT,
        "message": _TEXT,
        "details": {"type": "array", "items": _DETAIL, "minItems": 1},
    },
    "required": ["code", "message", "details"],
}
_BODY = {"type": "object", "properties": {"error": _ERROR}, "required": ["error"]}
#: What routes that take a key may answer with, for the OpenAPI document.
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {"application/json": {"schema": _BODY}},
    }
    for status in _STATUSES
}


class RefusedError(Exception):
    """Ends the work on a request; the edge answers with what it holds."""

    def __init__(self, error: ClassicError, headers: Mapping[str, str] | None = None) -> None:
        self.error = error
        self.headers = dict(headers or {})
        super().__init__(error.details[0].code)


def refuse(
    code: str,
    *facts: object,
    sentence: str = "",
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> RefusedError:
    """The refusal with that detail; see `classic_error`."""
    return RefusedError(classic_error(code, *facts, sentence=sentence, status=status), headers)


def plain_error(status: int, outer: str, code: str, sentence: str) -> ClassicError:
    """An error that the classic services had no word for.

    Args:
        status: The HTTP status.
        outer: The class of errors that it belongs to.
        code: Its own word.
        sentence: What is wrong, and what to do.
    """
    detail = ErrorDetail(code=code, target="", message=sentence)
    _, message = CLASSES[outer]
    return ClassicError(status=status, code=outer, message=message, details=[detail])


def error_response(error: ClassicError, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that reports an error, in the classic form, which every client reads."""
    return Response(error.body(), error.status, headers, media_type=JSON)
