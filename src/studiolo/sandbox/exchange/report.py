"""The guest's report: JSON written by a process that a hostile script owned.

Nothing is believed before it has been checked, and what is believed is only what the script may
say of itself.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studiolo.datasets.dataset import ColumnRole
from studiolo.datasets.reading.json_reply import read_reply
from studiolo.sandbox.exchange.checked_json import ReportError, expect, name_of, text, whole
from studiolo.sandbox.exchange.failures import KNOWN_TO_GUEST, failure
from studiolo.sandbox.exchange.job import Failure, TracebackFrame
from studiolo.sandbox.exchange.variables import (
    CollectedVariables,
    FrameVariables,
    read_variables,
)

_LINES = 200
_NOT_ALL = (
    "Not all local variables could be collected: showing one of them ended the script's process, "
    "or took too long."
)
_PHASES = 20
#: Output ports of a module.
MOST_OUTPUTS = 16
_ROLES = {role.value: role for role in ColumnRole}


@dataclass(frozen=True, kw_only=True)
class ColumnReference:
    """An output column that is an input's column, untouched."""

    #: Its place in the output, from 0.
    position: int
    name: str
    #: Which input, by position of the connected ports, and which of its columns.
    input: int
    column: int


@dataclass(frozen=True, kw_only=True)
class OutputReport:
    """The guest's report of one result."""

    rows: int
    references: Sequence[ColumnReference]
    #: By column name.
    roles: Mapping[str, ColumnRole] = field(default_factory=dict)
    #: How many bytes of the message it is in; None where it is in a file.
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The guest's report of the run."""

    #: In the order of the job's outputs; None for one that was left empty.
    outputs: Sequence[OutputReport | None]
    failure: Failure | None
    log: Sequence[str]
    phases: Mapping[str, float]
    #: The position of the step of a program that failed.
    step: int | None = None


def read_report(content: bytes) -> Report:
    """Check and take apart a report.

    Raises:
        ReportError: it is not what a guest of ours writes.
    """
    try:
        said, _, variables = content.partition(b"\n")
        raw = read_reply(said)
    except ValueError as error:
        raise ReportError(f"it can't be read: {error}") from error
    top = expect(raw, dict, "the report")
    failed = top.get("error")
    given = expect(top.get("outputs"), list, "outputs")[:MOST_OUTPUTS]
    outputs = [None if item is None else _output(item) for item in given]
    if failed is None and variables:
        raise ReportError("there is more after it")
    log = [text(line, "log") for line in expect(top.get("log"), list, "log")[:_LINES]]
    collected = read_variables(variables) if variables else CollectedVariables()
    if not collected.complete:
        log.append(_NOT_ALL)
    seconds = expect(top.get("seconds"), dict, "seconds")
    step = top.get("step")
    return Report(
        outputs=outputs,
        failure=None if failed is None else _failure(expect(failed, dict, "error"), collected),
        log=log,
        phases={
            text(name, "seconds"): _number(value)
            for name, value in itertools.islice(seconds.items(), _PHASES)
        },
        step=None if step is None else whole(step, "step"),
    )


def _output(raw: object) -> OutputReport:
    output = expect(raw, dict, "an output")
    references = expect(output.get("references"), list, "references")
    roles = expect(output.get("roles", {}), dict, "roles")
    size = output.get("bytes")
    return OutputReport(
        rows=whole(output.get("rows"), "rows"),
        references=[_reference(r) for r in references],
        roles={name_of(name): _role(role) for name, role in roles.items()},
        size=None if size is None else whole(size, "bytes"),
    )


def _role(value: object) -> ColumnRole:
    role = _ROLES.get(text(value, "a role"))
    if role is None:
        raise ReportError(f"there is no role {value!r}")
    return role


def _reference(raw: object) -> ColumnReference:
    parts = expect(raw, list, "a reference")
    if len(parts) != 4:
        raise ReportError("a reference must have four parts")
    position, name, source, column = parts
    return ColumnReference(
        position=whole(position, "position"),
        name=name_of(name),
        input=whole(source, "input"),
        column=whole(column, "column"),
    )


def _failure(raw: Mapping[str, Any], variables: CollectedVariables) -> Failure:
    code = text(raw.get("code"), "code")
    frames = [
        _frame(item, variables.frames.get(position, FrameVariables()))
        for position, item in enumerate(expect(raw.get("frames"), list, "frames")[:_LINES])
    ]
    return failure(
        code if code in KNOWN_TO_GUEST else "script-exception",
        said=text(raw.get("message"), "message"),
        exception_type=text(raw.get("type"), "type"),
        traceback=text(raw.get("traceback"), "traceback"),
        frames=frames,
        frames_left_out=whole(raw.get("frames_left_out", 0), "frames_left_out"),
    )


def _frame(raw: object, variables: FrameVariables) -> TracebackFrame:
    frame = expect(raw, dict, "a frame")
    return TracebackFrame(
        file=text(frame.get("file"), "file"),
        line=whole(frame.get("line"), "line"),
        function=text(frame.get("function"), "function"),
        source=text(frame.get("source"), "source"),
        column=whole(frame.get("column", 0), "column"),
        variables=variables,
    )


def _number(value: object) -> float:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return float(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise ReportError("a time must be a number")
