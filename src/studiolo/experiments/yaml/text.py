"""Values as new YAML text, laid out for people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from studiolo.experiments.yaml.scalars import scalar_text

#: The keys that lead to a value; the items of a list have the place of their list.
Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How new text is laid out."""

    #: Whether a mapping or list is put on one line, if it has room there.
    on_one_line: Callable[[Path, Any], bool]
    #: What ends a line.
    newline: str = "\n"
    #: The longest line that a mapping or list is put on.
    width: int = 100
    #: How much further the next level is indented.
    step: int = 2


def document_text(content: dict[str, Any], layout: Layout) -> str:
    """A whole document."""
    lines = [
        entry_text(key, value, indent=0, path=(key,), layout=layout)
        for key, value in content.items()
    ]
    return "".join(line + layout.newline for line in lines)


def entry_text(key: str, value: Any, *, indent: int, path: Path, layout: Layout) -> str:
    """A key with its value, in a block; without what indents its first line."""
    name = scalar_text(key)
    room = layout.width - indent - len(name) - 2
    return f"{name}:{value_text(value, indent=indent, path=path, layout=layout, room=room)}"


def item_text(value: Any, *, indent: int, path: Path, layout: Layout) -> str:
    """An item of a list, in a block; without what indents its first line."""
    text = value_text(value, indent=indent, path=path, layout=layout)
    # The first entry of a mapping, or item of a list, is on the line of the dash.
    return f"- {text.lstrip()}" if text.startswith(layout.newline) else f"-{text}"


def value_text(
    value: Any, *, indent: int, path: Path, layout: Layout, room: int | None = None
) -> str:
    """The text after the colon of a key, or the dash of an item, in that column."""
    inner = indent + layout.step
    margin = layout.newline + " " * inner
    if isinstance(value, str) and (lines := _block_lines(value)):
        keep = "" if value.endswith("\n") else "-"
        return f" |{keep}" + "".join(margin + line if line else layout.newline for line in lines)
    if not isinstance(value, dict | list):
        return f" {scalar_text(value, anywhere=False)}"
    on_one_line = flow_text(value)
    fits = len(on_one_line) <= (layout.width - inner if room is None else room)
    if not value or (fits and layout.on_one_line(path, value)):
        return f" {on_one_line}"
    if isinstance(value, list):
        parts = [item_text(item, indent=inner, path=path, layout=layout) for item in value]
    else:
        parts = [
            entry_text(key, part, indent=inner, path=(*path, key), layout=layout)
            for key, part in value.items()
        ]
    return "".join(margin + part for part in parts)


def flow_text(value: Any) -> str:
    """A value on one line, in brackets and braces."""
    if isinstance(value, dict):
        entries = ", ".join(flow_entry_text(key, part) for key, part in value.items())
        return f"{{{entries}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow_text, value))}]"
    return scalar_text(value)


def flow_entry_text(key: str, value: Any) -> str:
    """A key with its value, in braces."""
    return f"{scalar_text(key)}: {flow_text(value)}"


def _block_lines(text: str) -> list[str]:
    """The lines of a text that can be written as it was typed; empty for any other."""
    lines = text.removesuffix("\n").split("\n")
    # Blanks at the beginning would be taken for indentation, empty lines at the end for layout,
    # and whatever can't be seen has to be escaped.
    if len(lines) < 2 or not lines[-1] or text[0].isspace():
        return []
    return lines if all(line.replace("\t", " ").isprintable() for line in lines) else []
