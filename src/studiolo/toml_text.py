"""TOML as people write it, read with every mistake that a text can have."""

import re
import tomllib
from collections.abc import Sequence
from typing import Any

_PLACE = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")
_END = " (at end of document)"
_LONG = re.compile(r"[0-9][0-9_]{4000,}")


class NotTomlError(ValueError):
    """A text that is not TOML, or that Python can't hold; its message names the place."""

    def __init__(self, message: str, *, reason: str, line: int | None) -> None:
        self.reason = reason
        #: From 1; None if it is not known.
        self.line = line
        super().__init__(message)


def read_toml(text: str) -> dict[str, Any]:
    """The table that a text is.

    Raises:
        NotTomlError: It is not one, it is nested too deeply, or a number in it is too long.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        reason = "it is nested too deeply"
        raise NotTomlError(reason, reason=reason, line=None) from error
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        reason, line = message.removesuffix(_END), None
        if match := _PLACE.search(message):
            reason, line = message[: match.start()], int(match["line"])
        elif reason != message:
            line = text.removesuffix("\n").count("\n") + 1
        raise NotTomlError(message, reason=reason, line=line) from error
    except ValueError as error:
        # Python makes no whole number of more digits.
        found = _LONG.search(text)
        line = None if found is None else text.count("\n", 0, found.start()) + 1
        reason = "a whole number has thousands of digits"
        place = "" if line is None else f" (at line {line})"
        raise NotTomlError(f"{reason}{place}", reason=reason, line=line) from error


def line_of_entry(text: str, keys: Sequence[str]) -> int:
    """The line, from 1, where the entry at ``keys`` is written; 0: nowhere.

    For an entry that does not exist it is the line of the innermost table that should hold it.

    It may be a table's header, a key, or part of an inline table. All of TOML is understood by
    leaving it to the parser: an entry is written where the document, cut off there, first has it.
    """
    lines = text.split("\n")
    depth = _depth(tomllib.loads(text), keys)
    if depth == 0:
        return 0
    low, high = 1, len(lines)
    while low < high:
        middle = (low + high) // 2
        end, table = _cut_off(lines, middle)
        if _depth(table, keys) == depth:
            high = middle
        else:
            low = end + 1
    return low


def _cut_off(lines: Sequence[str], number: int) -> tuple[int, object]:
    """The document up to a line, or to the end of a value that continues there; and that line."""
    for end in range(number, len(lines)):
        try:
            return end, tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
    return len(lines), tomllib.loads("\n".join(lines))


def _depth(table: object, keys: Sequence[str]) -> int:
    """How many of the keys lead somewhere, each into the table of the one before."""
    for depth, key in enumerate(keys):
        if not isinstance(table, dict) or key not in table:
            return depth
        table = table[key]
    return len(keys)
