"""Errors as the classic services answered with them.

`{"error": {"code": …, "message": …, "details": [{"code": …, "target": …, "message": …}]}}`. Clients
read the first detail without a look at how many there are, so that there is always one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from studiolo.sandbox.exchange.job import Failure
from studiolo.server.http.classic_error_table import CLASSES, DETAILS, STATUSES
from studiolo.services.scoring import (
    RequestProblem,
    RequestRefused,
    ScoringFailed,
)

#: Failures of a run that are not a mistake of a script, by their codes.
_FAILURES = {
    "timed-out": "ScoreRequestTimeout",
    "processor-time": "ScoreRequestTimeout",
    "cancelled": "RequestCanceled",
    "out-of-memory": "OutOfMemoryLimit",
    "not-confined": "NoMoreResources",
    "environment-unusable": "ModuleLoadFailed",
    "object-unreadable": "ResourceLoadFailed",
}
#: The classic studio's "internal library exception".
_LIBRARY = 1000


@dataclass(frozen=True, kw_only=True)
class ErrorDetail:
    """One of the things that an error tells."""

    #: A word of the table above, or the number of an error of a module: "85".
    code: str
    #: The input, parameter or node that it is about.
    target: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ClassicError:
    """An error as it goes out."""

    #: The HTTP status.
    status: int
    code: str
    message: str
    #: At least one.
    details: Sequence[ErrorDetail]

    def body(self) -> bytes:
        """The error as JSON."""
        details = [
            {"code": detail.code, "target": detail.target, "message": detail.message}
            for detail in self.details
        ]
        error = {"code": self.code, "message": self.message, "details": details}
        return json.dumps({"error": error}, separators=(",", ":")).encode()


def classic_error(
    code: str, *facts: object, target: str = "", sentence: str = "", status: int | None = None
) -> ClassicError:
    """The error with that detail.

    Args:
        code: The detail's code, such as "WebServiceNotFound".
        facts: The values for the places in its message.
        target: The input, parameter or node that it is about.
        sentence: What Studiolo knows beyond that message.
        status: The HTTP status, where it is not the one of the table.
    """
    outer, message = DETAILS[code]
    said = f"{message.format(*facts)} {sentence}".strip()
    usual, outer_message = CLASSES[outer]
    return ClassicError(
        status=status or STATUSES.get(code, usual),
        code=outer,
        message=outer_message,
        details=[ErrorDetail(code=code, target=target, message=said or outer_message)],
    )


def error_of_refused(refused: RequestRefused) -> ClassicError:
    """The error for a request that is not scored; its class is that of the first problem."""
    errors = [_error_of_problem(problem) for problem in refused.problems]
    first = errors[0]
    return ClassicError(
        status=first.status,
        code=first.code,
        message=first.message,
        details=[detail for error in errors for detail in error.details],
    )


def error_of_failed(failed: ScoringFailed, *, memory: int) -> ClassicError:
    """The error for a request whose scoring failed; without the traceback, which is the owner's.

    Args:
        failed: The failure and the node that it happened in.
        memory: The bytes of memory that a request may use.
    """
    failure, node = failed.failure, failed.node
    if failure.code == "out-of-memory":
        return classic_error("OutOfMemoryLimit", memory >> 20, target=node)
    if failure.code in _FAILURES:
        return classic_error(_FAILURES[failure.code], target=node, sentence=failure.sentence)
    outer = (
        "LibraryExecutionError" if failure.classic_number == _LIBRARY else "ModuleExecutionError"
    )
    status, message = CLASSES[outer]
    detail = ErrorDetail(code=_number(failure), target=node, message=_said(failure))
    return ClassicError(status=status, code=outer, message=message, details=[detail])


def _error_of_problem(problem: RequestProblem) -> ClassicError:
    return classic_error(
        problem.code.value, problem.target, target=problem.target, sentence=problem.message
    )


def _number(failure: Failure) -> str:
    return failure.code if failure.classic_number is None else str(failure.classic_number)


def _said(failure: Failure) -> str:
    if failure.classic_number is None:
        return failure.sentence
    return f"Error {failure.classic_number:04d}: {failure.sentence}"
