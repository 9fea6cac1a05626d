"""Text of users in the cells of a table: one line each, harmless, and no wider than its room."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from studiolo.cli.reporting import printable


def one_line(text: str) -> str:
    """The text with its ends of lines shown as signs."""
    return printable(text).replace("\n", "⏎").replace("\t", " ")


def cut(text: str, width: int) -> str:
    """As much of a text as fits into so many places; some characters take two."""
    shown = one_line(text)
    if cell_len(shown) <= width:
        return shown
    return set_cell_size(shown, max(width - 1, 0)).rstrip() + "…"


def cell(text: str, *, width: int, style: str = "") -> Text:
    """A cell of a table, at most so wide."""
    return Text(cut(text, width), style=style)
