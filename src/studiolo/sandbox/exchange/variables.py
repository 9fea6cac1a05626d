"""Local variables at a frame of a script that failed, as the guest wrote them.

All of it is the word of a process that a hostile script owned, and its text is only ever shown as
text. What is not as our guest writes it is left out, and the failure stays what it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from studiolo.datasets.reading.json_reply import read_reply
from studiolo.sandbox.exchange.checked_json import ReportError, expect, text, whole

#: Bytes and lines that are looked at; the guest writes less.
_MOST_BYTES, _MOST_LINES = 1 << 19, 2000
_NAME, _CELL, _TEXT = 200, 200, 2000
_ROWS, _COLUMNS = 20, 20


class Problem(StrEnum):
    """Why a variable is not shown as it was."""

    #: Its name says that it is a secret.
    SECRET = "secret"  # noqa: S105  # not one
    #: Showing it took too long.
    SLOW = "slow"
    #: Showing it raised the exception that its text is.
    RAISED = "raised"
    #: It is shown; its own code printed something meanwhile, which is left out.
    PRINTED = "printed"


@dataclass(frozen=True, kw_only=True)
class VariableTable:
    """A frame's shape, and its first rows and columns as text."""

    #: Of the whole frame.
    rows: int
    columns: int
    #: Names and pandas types of the columns shown.
    names: Sequence[str]
    types: Sequence[str]
    #: The labels of the rows shown.
    index: Sequence[str]
    #: By row, then by column.
    cells: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A local variable as it was when the script failed."""

    name: str
    #: The name of its class.
    type: str
    #: Its `repr`, cut if it is long; empty for a frame.
    text: str
    table: VariableTable | None = None
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class FrameVariables:
    """The variables of one frame, in the order in which Python keeps them."""

    shown: Sequence[Variable] = ()
    #: How many more there were than are shown.
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class CollectedVariables:
    """The variables of all frames."""

    #: By the position of the frame in the failure.
    frames: Mapping[int, FrameVariables] = field(default_factory=dict)
    #: Whether the guest came to its end with them.
    complete: bool = True


def read_variables(content: bytes) -> CollectedVariables:
    """Read the lines that follow a report; up to the first that is not as it should be."""
    found: dict[int, dict[str, Variable]] = {}
    for line in _lines(content):
        try:
            raw = expect(read_reply(line), dict, "a line")
            if "left_out" in raw:
                left_out = dict(_pairs(expect(raw["left_out"], list, "left_out")))
                return _collected(found, left_out, complete=True)
            position = whole(raw.get("frame"), "frame")
            variable = _variable(raw)
        except (ReportError, ValueError):
            break
        found.setdefault(position, {})[variable.name] = variable
    return _collected(found, {}, complete=False)


def _lines(content: bytes) -> Iterator[bytes]:
    yield from content[:_MOST_BYTES].split(b"\n", _MOST_LINES)[:_MOST_LINES]


def _pairs(raw: Sequence[object]) -> Iterator[tuple[int, int]]:
    for entry in raw[:_MOST_LINES]:
        position, count = _two(expect(entry, list, "an entry"))
        yield whole(position, "frame"), whole(count, "left_out")


def _two(raw: Sequence[object]) -> tuple[object, object]:
    if len(raw) != 2:
        raise ReportError("an entry must have two parts")
    return raw[0], raw[1]


def _collected(
    found: Mapping[int, Mapping[str, Variable]], left_out: Mapping[int, int], *, complete: bool
) -> CollectedVariables:
    frames = {
        position: FrameVariables(
            shown=list(found.get(position, {}).values()), left_out=left_out.get(position, 0)
        )
        for position in {*found, *left_out}
    }
    return CollectedVariables(frames=frames, complete=complete)


def _variable(raw: Mapping[str, object]) -> Variable:
    table, problem = raw.get("table"), raw.get("problem")
    return Variable(
        name=text(raw.get("name"), "name", most=_NAME),
        type=text(raw.get("type"), "type", most=_NAME),
        text=text(raw.get("text"), "text", most=_TEXT),
        table=None if table is None else _table(expect(table, dict, "a table")),
        problem=None if problem is None else Problem(text(problem, "problem")),
    )


def _table(raw: Mapping[str, object]) -> VariableTable:
    names = _texts(raw.get("names"), _COLUMNS)
    index = _texts(raw.get("index"), _ROWS)
    types = _texts(raw.get("types"), _COLUMNS)
    rows = expect(raw.get("cells"), list, "cells")[:_ROWS]
    cells = [_texts(row, _COLUMNS) for row in rows]
    if len(types) != len(names) or any(len(row) != len(names) for row in cells):
        raise ReportError("the rows of a table must be as wide as its head")
    return VariableTable(
        rows=whole(raw.get("rows"), "rows"),
        columns=whole(raw.get("columns"), "columns"),
        names=names,
        types=types,
        index=index[: len(cells)],
        cells=cells[: len(index)],
    )


def _texts(raw: object, most: int) -> list[str]:
    return [text(item, "a cell", most=_CELL) for item in expect(raw, list, "a row")[:most]]


def variables_from_record(raw: Mapping[str, Any]) -> FrameVariables:
    """The variables as `dataclasses.asdict` wrote them down."""
    shown = [
        Variable(
            **{
                **one,
                "table": one["table"] and VariableTable(**one["table"]),
                "problem": one["problem"] and Problem(one["problem"]),
            }
        )
        for one in raw["shown"]
    ]
    return FrameVariables(shown=shown, left_out=raw["left_out"])
