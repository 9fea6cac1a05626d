"""The classic signature, with the types that the wires of its node give it.

`def azureml_main(dataframe1 = None, dataframe2 = None)` tells a language server nothing about its
arguments. The text that it gets has annotations on those lines: a data frame where a dataset is
connected, None elsewhere. The text that a user sees stays as it is, so positions on these lines are
mapped in both directions. All columns count UTF-16 code units, as the Language Server Protocol
does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

#: A name that no script has, for pandas in annotations; it is imported below the last line.
PANDAS: Final = "_studiolo_pandas"
_FRAME: Final = f': "{PANDAS}.DataFrame"'
_NONE: Final = ": None"
#: On lines below those of the user.
_TAIL: Final = f"\nimport pandas as {PANDAS}\n"
_ENTRY: Final = re.compile(r"^def[ \t]+azureml_main[ \t]*\(", re.MULTILINE)
#: Characters between the parentheses; no signature has more.
_LONGEST: Final = 10_000
_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
    re.DOTALL,
)
_FRAME_NAME: Final = r"(?:(?:pd|pandas)\s*\.\s*)?DataFrame"
_PARAMETER: Final = re.compile(
    r"(?:\s|#[^\n]*\n)*(?P<name>[^\W\d]\w*)"
    rf"(?P<annotation>[ \t]*:[ \t]*(?:{_FRAME_NAME}(?:[ \t]*\|[ \t]*None)?|"
    rf"(?:typing[ \t]*\.[ \t]*)?Optional[ \t]*\[[ \t]*{_FRAME_NAME}[ \t]*\]))?"
    r"(?P<default>[ \t]*=[ \t]*None)?(?:\s|#[^\n]*(?:\n|$))*"
)


class Position(NamedTuple):
    """A place in a text: both from 0."""

    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class LineEdit:
    """A part of a line that a server sees differently."""

    line: int
    #: The columns that are replaced, in the user's text.
    start: int
    end: int
    #: Where the parameter ends; complaints about its default are not the user's to deal with.
    until: int
    text: str

    @property
    def grows(self) -> int:
        """Columns by which the line becomes longer."""
        return _width(self.text) - (self.end - self.start)


@dataclass(frozen=True, kw_only=True)
class SeenScript:
    """A script as a language server sees it."""

    text: str
    #: Lines of the user's text; a server may see more.
    lines: int
    #: From left to right on each line; they don't overlap.
    edits: Sequence[LineEdit] = field(default=())

    def to_server(self, position: Position) -> Position:
        """Where the server sees a position of the user's text."""
        line, column = position
        shift = 0
        for edit in self._on(line):
            if column <= edit.start:
                break
            if column < edit.end:
                return Position(line, edit.start + shift)
            shift += edit.grows
        return Position(line, column + shift)

    def to_user(self, position: Position) -> Position | None:
        """Where the user sees a position of the server's text; None if it is not theirs."""
        line, column = position
        if not 0 <= line < self.lines:
            return None
        shift = 0
        for edit in self._on(line):
            if column - shift <= edit.start:
                break
            if column - shift < edit.end + edit.grows:
                return Position(line, edit.start)
            shift += edit.grows
        return Position(line, column - shift)

    def is_ours(self, position: Position) -> bool:
        """Whether a position of the server's text is in an annotation of ours, or its default."""
        line, column = position
        if not 0 <= line < self.lines:
            return True
        shift = 0
        for edit in self._on(line):
            if edit.start + shift < column < edit.until + edit.grows + shift:
                return True
            shift += edit.grows
        return False

    def _on(self, line: int) -> Iterator[LineEdit]:
        return (edit for edit in self.edits if edit.line == line)


def seen_by_server(text: str, frames: Sequence[bool]) -> SeenScript:
    """The text that a language server gets for a script.

    Args:
        text: The script, as its user sees it.
        frames: For each argument that `azureml_main` is called with, in order, whether it is a data
            frame; otherwise it is None, and so are those that follow.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.count("\n") + 1
    found = list(_ENTRY.finditer(text))
    spans = list(_parameters(text, found[-1].end())) if found else []
    edits: list[LineEdit] = []
    seen, done = [], 0
    for place, (start, end) in enumerate(spans):
        parameter = _PARAMETER.fullmatch(text, start, end)
        if parameter is None:
            continue
        begin = parameter.end("name")
        over = max(begin, parameter.end("annotation"))
        given = _FRAME if place < len(frames) and frames[place] else _NONE
        until = max(over, parameter.end("default"))
        edits.append(_edit(text, begin, over, until, given))
        seen += [text[done:begin], given]
        done = over
    if not edits:
        return SeenScript(text=text, lines=lines)
    whole = "".join([*seen, text[done:], _TAIL])
    return SeenScript(text=whole, lines=lines, edits=edits)


def _edit(text: str, start: int, end: int, until: int, given: str) -> LineEdit:
    begin = text.rfind("\n", 0, start) + 1
    return LineEdit(
        line=text.count("\n", 0, start),
        start=_width(text[begin:start]),
        end=_width(text[begin:end]),
        until=_width(text[begin:until]),
        text=given,
    )


def _parameters(text: str, start: int) -> Iterator[tuple[int, int]]:
    """The places of the positional parameters, from the parenthesis that opens to its end."""
    spans: list[tuple[int, int]] = []
    begin, place, depth = start, start, 1
    limit = min(len(text), start + _LONGEST)
    while place < limit:
        character = text[place]
        if character == "#":
            place = text.find("\n", place)
            if place < 0:
                return
        elif character in "\"'":
            string = _STRING.match(text, place)
            if string is None:
                return
            place = string.end() - 1
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        if depth == 0 or (depth == 1 and character == ","):
            spans.append((begin, place))
            begin = place + 1
        if depth == 0:
            yield from _positional(text, spans)
            return
        place += 1


def _positional(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        if text[start:end].lstrip().startswith("*"):
            return
        yield start, end


def _width(text: str) -> int:
    """Columns that a text takes."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)
