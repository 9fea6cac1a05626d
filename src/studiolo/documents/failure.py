"""Why something failed, as a document."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

from typing_extensions import TypedDict

from studiolo.sandbox.exchange.job import Failure


class FrameDocument(TypedDict):
    """A line of the traceback."""

    file: str
    #: From 1.
    line: int
    function: str
    source: str
    #: From 1; 0 if it is not known.
    column: int


class FailureDocument(TypedDict):
    """A failure; each key is a field of `Failure`, which explains it."""

    code: str
    classic_number: int | None
    message: str
    subject: str
    exception_type: str
    traceback: str
    frames: Sequence[FrameDocument]
    #: `more-time` or `more-memory`.
    remedy: str | None


def failure_document(failure: Failure | None) -> FailureDocument | None:
    """The document of a failure; None if there is none."""
    return None if failure is None else cast("FailureDocument", asdict(failure))
