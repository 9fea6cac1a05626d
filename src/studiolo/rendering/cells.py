"""Text of users in the cells of a table: one line each, harmless, and no wider than its room."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from studiolo.rendering.plain_text import one_line

#: Characters for a place: a letter can have marks that take none.
_TAKEN = 8


def longest_shown(width: int) -> int:
    """Characters of a text that are looked at to fill so many places; more are cut off."""
    return _TAKEN * (width + 1)


def cut(text: str, width: int) -> str:
    """As much of a text as fits into so many places; some characters take two, and some none."""
    # Cut before it is looked at: it may have gigabytes.
    room = longest_shown(width)
    shown = one_line(text[:room])
    if len(text) < room and cell_len(shown) <= width:
        return shown
    return set_cell_size(shown, max(width - 1, 0)).rstrip() + "…"


def cell(text: str, *, width: int, style: str = "") -> Text:
    """A cell of a table, at most so wide."""
    return Text(cut(text, width), style=style)
