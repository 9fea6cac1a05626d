"""The guest's report: JSON written by a process that a hostile script owned.

Nothing is believed before it has been checked, and what is believed is only what the script may
say of itself.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from studiolo.datasets.dataset import ColumnRole
from studiolo.datasets.reading.json_reply import read_reply
from studiolo.sandbox.exchange.failures import KNOWN_TO_GUEST, failure
from studiolo.sandbox.exchange.job import Failure, TracebackFrame

_TEXT = 50_000
_LINES = 200
_PHASES = 20
#: Output ports of a module.
MOST_OUTPUTS = 16
_ROLES = {role.value: role for role in ColumnRole}
_T = TypeVar("_T")


class ReportError(Exception):
    """The report is not one; the message says in which way, for the run's own failure."""


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
        raw = read_reply(content)
    except ValueError as error:
        raise ReportError(f"it can't be read: {error}") from error
    top = _expect(raw, dict, "the report")
    failed = top.get("error")
    said = _expect(top.get("outputs"), list, "outputs")[:MOST_OUTPUTS]
    outputs = [None if item is None else _output(item) for item in said]
    seconds = _expect(top.get("seconds"), dict, "seconds")
    step = top.get("step")
    return Report(
        outputs=outputs,
        failure=None if failed is None else _failure(_expect(failed, dict, "error")),
        log=[_text(line, "log") for line in _expect(top.get("log"), list, "log")[:_LINES]],
        phases={
            _text(name, "seconds"): _number(value)
            for name, value in itertools.islice(seconds.items(), _PHASES)
        },
        step=None if step is None else _whole(step, "step"),
    )


def _output(raw: object) -> OutputReport:
    output = _expect(raw, dict, "an output")
    references = _expect(output.get("references"), list, "references")
    roles = _expect(output.get("roles", {}), dict, "roles")
    return OutputReport(
        rows=_whole(output.get("rows"), "rows"),
        references=[_reference(r) for r in references],
        roles={_name(name): _role(role) for name, role in roles.items()},
    )


def _role(value: object) -> ColumnRole:
    role = _ROLES.get(_text(value, "a role"))
    if role is None:
        raise ReportError(f"there is no role {value!r}")
    return role


def _reference(raw: object) -> ColumnReference:
    parts = _expect(raw, list, "a reference")
    if len(parts) != 4:
        raise ReportError("a reference must have four parts")
    position, name, source, column = parts
    return ColumnReference(
        position=_whole(position, "position"),
        name=_name(name),
        input=_whole(source, "input"),
        column=_whole(column, "column"),
    )


def _failure(raw: Mapping[str, Any]) -> Failure:
    code = _text(raw.get("code"), "code")
    frames = [_frame(item) for item in _expect(raw.get("frames"), list, "frames")[:_LINES]]
    return failure(
        code if code in KNOWN_TO_GUEST else "script-exception",
        said=_text(raw.get("message"), "message"),
        exception_type=_text(raw.get("type"), "type"),
        traceback=_text(raw.get("traceback"), "traceback"),
        frames=frames,
    )


def _frame(raw: object) -> TracebackFrame:
    frame = _expect(raw, dict, "a frame")
    return TracebackFrame(
        file=_text(frame.get("file"), "file"),
        line=_whole(frame.get("line"), "line"),
        function=_text(frame.get("function"), "function"),
        source=_text(frame.get("source"), "source"),
        column=_whole(frame.get("column", 0), "column"),
    )


def _expect(value: object, kind: type[_T], what: str) -> _T:
    if not isinstance(value, kind):
        raise ReportError(f"{what} must be a {kind.__name__}, not a {type(value).__name__}")
    return value


def _text(value: object, what: str) -> str:
    # JSON can say half of a surrogate pair, which no file or terminal takes.
    return _expect(value, str, what)[:_TEXT].encode("utf-8", "replace").decode()


def _whole(value: object, what: str) -> int:
    number = _expect(value, int, what)
    if isinstance(value, bool) or not 0 <= number < 2**63:
        raise ReportError(f"{what} must be a whole number from 0, not {number}")
    return number


def _name(value: object) -> str:
    name = _expect(value, str, "a name")
    if name != _text(name[:_TEXT], "a name"):
        raise ReportError("a name is too long, or not valid text")
    return name


def _number(value: object) -> float:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return float(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise ReportError("a time must be a number")
