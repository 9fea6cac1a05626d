"""Suggestions for a name that does not exist: the known one that is most like it."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

#: Names in a sentence; of more it says how many.
_LISTED = 8


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name that is most like the word, in upper or lower case; None if none is.

    It compares the word with each of them, which takes microseconds each.
    """
    by_lower_case = {name.lower(): name for name in known}
    close = get_close_matches(word.strip().lower(), by_lower_case, n=1)
    return by_lower_case[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question for the end of an error, with a blank before it; empty if no name is close."""
    close = closest(word, known)
    return "" if close is None else f' Did you mean "{close}"?'


def listed(names: Sequence[str]) -> str:
    """Names in quotes, or the first of them, for a sentence."""
    shown = [f'"{name}"' for name in names[:_LISTED]]
    if len(names) > _LISTED:
        return f"{', '.join(shown)} and {len(names) - _LISTED} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def those_known(names: Sequence[str]) -> str:
    """A sentence for the end of an error, with a blank before it; empty if there are no names."""
    if len(names) == 1:
        return f" The only one is {listed(names)}."
    return f" There are {listed(names)}." if names else ""
