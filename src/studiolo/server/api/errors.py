"""Errors as the API answers them: a status, a code, and sentences for a page."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from studiolo.errors import Fact, StudioloError
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.web_service.errors import ServiceSetUpError
from studiolo.server.api.page_words import CHOICES, sentence_for_page
from studiolo.store.errors import StoreError
from studiolo.workspace.drafts.conflicts import ScriptChangedError
from studiolo.workspace.errors import NodeRefusedError
from studiolo.workspace.language.errors import LanguageServerError, LanguageServersBusyError

#: What is asked for is not there.
_MISSING: Final = frozenset(
    {
        "experiment-missing",
        "run-unknown",
        "run-ambiguous",
        "node-unknown",
        "output-missing",
        "dataset-file-missing",
        "dataset-version-missing",
        "script-missing",
        "sample-unknown",
        "saved-missing",
        "saved-version-missing",
        "service-unknown",
        "endpoint-unknown",
        "version-unknown",
        "upload-unknown",
        "publication-unknown",
        "job-unknown",
        "job-output-missing",
        "image-unknown",
        "module-unknown",
        "dataset-name",
        "blob-missing",
    }
)
#: Something is there already, or has changed since it was looked at.
_CONFLICT: Final = frozenset(
    {
        "experiment-exists",
        "experiment-changed",
        "script-exists",
        "script-changed",
        "dataset-exists",
        "node-name-taken",
        "upload-offset",
        "workspace-in-use",
    }
)


class ErrorDetailDocument(TypedDict):
    """One of several mistakes."""

    #: The part of the request that it is about; empty where it is about all of it.
    field: str
    message: str


class ErrorDocument(TypedDict):
    """An error."""

    #: Stable; docs/reference/errors.md explains each.
    code: str
    message: str
    #: What the message is made of, by name; empty where it is not known.
    facts: Mapping[str, Fact]
    details: Sequence[ErrorDetailDocument]


class ErrorBody(TypedDict):
    """The body of an answer that reports an error."""

    error: ErrorDocument


#: An error of our own, of which the log has more.
INTERNAL: Final[ErrorDocument] = {
    "code": "internal-error",
    "message": "Something went wrong in Studiolo. The server's log says what.",
    "facts": {},
    "details": [],
}
#: What every route may answer with, for the OpenAPI document.
ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ErrorBody, "description": HTTPStatus(status).phrase}
    for status in (400, 401, 403, 404, 408, 409, 413, 422, 500, 503)
}


def error_answer(
    status: int,
    code: str,
    message: str,
    details: Sequence[ErrorDetailDocument] = (),
    **facts: Fact,
) -> JSONResponse:
    """The answer that reports an error."""
    error: ErrorDocument = {
        "code": code,
        "message": message,
        "facts": facts,
        "details": list(details),
    }
    return JSONResponse({"error": error}, status)


def error_document(error: StudioloError) -> ErrorDocument:
    """An error of the workspace, in words for a page."""
    details: list[ErrorDetailDocument] = []
    if isinstance(error, ExperimentFileError):
        details = [{"field": f.node or "", "message": f.message} for f in error.findings]
    elif isinstance(error, NodeRefusedError):
        details = [{"field": error.node, "message": reason} for reason in error.reasons]
    message = details[0]["message"] if details else sentence_for_page(error)
    if isinstance(error, ServiceSetUpError) and error.option in CHOICES:
        field, _ = CHOICES[error.option]
        details = [{"field": field, "message": choice} for choice in error.choices]
    return {"code": error.code, "message": message, "facts": error.facts(), "details": details}


def status_of(error: StudioloError) -> int:
    """The status for an error of the workspace."""
    if error.code in _MISSING:
        return 404
    if error.code in _CONFLICT:
        return 409
    unavailable = StoreError | LanguageServerError | LanguageServersBusyError
    return 503 if isinstance(error, unavailable) else 422


async def as_studiolo_error(request: Request, error: Exception) -> Response:
    """The answer to a request that the workspace can't carry out."""
    assert isinstance(error, StudioloError)
    request.state.notes["error"] = error.code
    body: dict[str, Any] = {"error": error_document(error)}
    if isinstance(error, ScriptChangedError):
        body |= {"theirs": error.theirs, "revision": error.revision}
    return JSONResponse(body, status_of(error))


async def as_invalid(request: Request, error: Exception) -> Response:
    """The answer to a request that does not follow the OpenAPI document."""
    assert isinstance(error, RequestValidationError)
    request.state.notes["error"] = "request-invalid"
    details: list[ErrorDetailDocument] = [
        {"field": ".".join(str(part) for part in found["loc"]), "message": found["msg"]}
        for found in error.errors()[:20]
    ]
    return error_answer(422, "request-invalid", "The request has values that can't be.", details)


async def as_http_error(request: Request, error: Exception) -> Response:
    """A refusal of the routing, in the form of every other error."""
    assert isinstance(error, HTTPException)
    codes = {404: "not-found", 405: "method-not-allowed", 408: "too-slow", 413: "request-too-large"}
    code = codes.get(error.status_code, "request-invalid")
    request.state.notes["error"] = code
    found = error.status_code in (404, 405)
    sentence = "There is nothing at this address, or not for this method."
    answer = error_answer(error.status_code, code, sentence if found else str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def as_unknown(request: Request, _: Exception) -> Response:
    """The answer where something of ours has failed; the edge writes down what."""
    sentence = f"Something went wrong in Studiolo. Its log has it as {request.state.request_id}."
    return error_answer(500, "internal-error", sentence)
