"""Reads a script of Python 2 as a syntax tree of Python 3, and notes where it had to be changed."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from studiolo.python_source import parsed

#: A script with more lines of Python 2 is read up to there.
_MOST_CHANGES: Final = 400
#: A text; its content is left alone.
_TEXT: Final = r"""'[^'\\\n]*(?:\\.[^'\\\n]*)*'|"[^"\\\n]*(?:\\.[^"\\\n]*)*\""""

#: By form: what it looks like in a line, and what takes its place for the reader. None of them adds
#: or removes a line; a statement becomes an assignment, because that needs no closing parenthesis.
_FORMS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "print": (re.compile(r"(?<![\w.])print(?=[ \t]+[^\s=]|[\"'])(?!\s*\()"), "print="),
    "exec": (re.compile(r"(?<![\w.])exec(?=[ \t]+[^\s=(])"), "exec_="),
    "except": (re.compile(r"\bexcept\b\s*(\(.*?\)|[\w.]+)\s*,\s*(\w+)\s*:"), r"except \1 as \2:"),
    "raise": (re.compile(r"\braise(?=\s+[\w.]+\s*,)"), "raise_="),
    "unequal": (re.compile(r"<>"), "!="),
    "backticks": (re.compile(r"`([^`]*)`"), r"repr(\1)"),
    "number": (re.compile(r"(?<![\w.])(?:0+(?=[0-9]+\b)|([0-9]+)[lL]\b)"), r"\1"),
    "text": (re.compile(r"(?<!\w)[uU][rR](?=[\"'])"), "r"),
    "parameters": (re.compile(r"(?<=lambda )\s*\(([^()]*)\)(?=\s*[:,])"), r"\1"),
}


@dataclass
class Reading:
    """A script's tree, and the forms of Python 2 in it."""

    tree: ast.Module
    #: Line and name of each form.
    forms: list[tuple[int, str]] = field(default_factory=list)
    #: Line and message of what is a mistake in either Python.
    mistakes: list[tuple[int, str]] = field(default_factory=list)


def read(source: str) -> Reading:
    """Read a script. What can't be read is left out line by line, and named."""
    reading = Reading(tree=ast.Module(body=[], type_ignores=[]))
    lines = source.split("\n")
    for _ in range(_MOST_CHANGES):
        try:
            reading.tree = parsed("\n".join(lines))
        except SyntaxError as error:
            if not _changed(lines, error, reading):
                break
        except (ValueError, RecursionError, MemoryError) as error:
            reading.mistakes.append((1, str(error) or type(error).__name__))
            break
        else:
            break
    return reading


def _changed(lines: list[str], error: SyntaxError, reading: Reading) -> bool:
    """Change the line that an error is about; False if that leads nowhere."""
    number = error.lineno or 1
    if not 1 <= number <= len(lines):
        reading.mistakes.append((number, error.msg))
        return False
    if isinstance(error, TabError) or _has_tabs(lines, error):
        reading.forms.append((number, "tabs"))
        lines[:] = [_expanded(line) for line in lines]
        return True
    before = lines[number - 1]
    for form, (pattern, replacement) in _FORMS.items():
        after = _outside_of_texts(pattern, replacement, before)
        if after != before:
            lines[number - 1] = after
            reading.forms.append((number, form))
            return True
    reading.mistakes.append((number, error.msg))
    indent = before[: len(before) - len(before.lstrip())]
    blank = f"{indent}if True:" if before.rstrip().endswith(":") else f"{indent}pass"
    if blank == before:
        return False
    lines[number - 1] = blank
    return True


def _has_tabs(lines: list[str], error: SyntaxError) -> bool:
    return isinstance(error, IndentationError) and any(
        "\t" in line[: len(line) - len(line.lstrip())] for line in lines
    )


def _expanded(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return indent.expandtabs(8) + line.lstrip()


def _outside_of_texts(pattern: re.Pattern[str], replacement: str, line: str) -> str:
    """The line with the pattern replaced wherever it does not begin in a text or comment."""
    if not pattern.search(line):
        return line
    covered = [match.span() for match in re.finditer(rf"{_TEXT}|#.*", line)]

    def replaced(match: re.Match[str]) -> str:
        inside = any(
            start < match.start() < end or start == match.start() for start, end in covered
        )
        return match.group() if inside else match.expand(replacement)

    return pattern.sub(replaced, line)
