"""Why something failed, as a document."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import NotRequired, cast

from typing_extensions import TypedDict

from studiolo.errors import Fact
from studiolo.sandbox.exchange.job import Failure


class VariableTableDocument(TypedDict):
    """The beginning of a frame; each key is a field of `VariableTable`, which explains it."""

    rows: int
    columns: int
    names: Sequence[str]
    types: Sequence[str]
    index: Sequence[str]
    cells: Sequence[Sequence[str]]


class VariableDocument(TypedDict):
    """A local variable; each key is a field of `Variable`, which explains it."""

    name: str
    type: str
    text: str
    table: VariableTableDocument | None
    #: `secret`, `slow`, `raised` or `printed`.
    problem: str | None


class FrameVariablesDocument(TypedDict):
    """The local variables at a line of the traceback."""

    shown: Sequence[VariableDocument]
    #: How many more there were.
    left_out: int


class FrameDocument(TypedDict):
    """A line of the traceback."""

    file: str
    #: From 1.
    line: int
    function: str
    source: str
    #: From 1; 0 if it is not known.
    column: int
    #: Only where a node or a script's run is shown for itself.
    variables: NotRequired[FrameVariablesDocument]


class FailureDocument(TypedDict):
    """A failure; each key is a field of `Failure`, which explains it."""

    code: str
    classic_number: int | None
    message: str
    subject: str
    facts: Mapping[str, Fact]
    exception_type: str
    traceback: str
    frames: Sequence[FrameDocument]
    frames_left_out: int
    #: `more-time`, `more-memory` or `allow-target`.
    remedy: str | None


def failure_document(failure: Failure | None, *, variables: bool = False) -> FailureDocument | None:
    """The document of a failure, with its local variables if asked for; None if there is none."""
    if failure is None:
        return None
    document = cast("FailureDocument", asdict(failure))
    if not variables:
        for frame in document["frames"]:
            del frame["variables"]
    return document
