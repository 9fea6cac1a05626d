"""Values and calls as Python source, laid out for reading."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

#: How long a line may become.
WIDTH: Final = 100
_STEP: Final = 4


def literal(value: Any, width: int = WIDTH) -> str:
    """The source of a value made of numbers, texts, lists and mappings.

    Where it takes several lines, all but the first are indented as if it were at the left edge;
    none of them is inside a text, so that the whole can be indented further.
    """
    if isinstance(value, Mapping):
        entries = [
            f"{quoted(str(key))}: {literal(entry, width - _STEP - 1)}"
            for key, entry in value.items()
        ]
        return bracketed("{", entries, "}", width)
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [literal(item, width - _STEP - 1) for item in value]
        scalars = not any(isinstance(item, Mapping | list | tuple) for item in value)
        return bracketed("[", items, "]", width, filled=scalars)
    if isinstance(value, str):
        return _text(value, width)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)


def bracketed(
    opening: str, items: Sequence[str], closing: str, width: int = WIDTH, *, filled: bool = False
) -> str:
    """Items between brackets: on one line, or one on each line, or as many as lines can hold."""
    line = f"{opening}{', '.join(items)}{closing}"
    if not items or ("\n" not in line and len(line) <= width):
        return line
    rows = _filled(items, width - _STEP) if filled else [f"{item}," for item in items]
    return "\n".join([opening, *(indented(row) for row in rows), closing])


def indented(text: str, by: int = _STEP) -> str:
    """Lines that are not inside a text, moved to the right."""
    return "\n".join(" " * by + line if line else line for line in text.split("\n"))


def quoted(text: str) -> str:
    """A text on one line, in double quotes if it has none itself."""
    source = repr(str(text))
    return f'"{source[1:-1]}"' if source[0] == "'" and '"' not in text else source


def _text(value: str, width: int) -> str:
    lines = value.splitlines(keepends=True)
    if len(lines) < 2 or len(quoted(value)) <= width // 2:
        return quoted(value)
    return "\n".join(["(", *(indented(quoted(line)) for line in lines), ")"])


def _filled(items: Sequence[str], width: int) -> list[str]:
    rows: list[str] = []
    for item in items:
        if rows and "\n" not in item and len(rows[-1]) + len(item) + 2 <= width:
            rows[-1] += f" {item},"
        else:
            rows.append(f"{item},")
    return rows
