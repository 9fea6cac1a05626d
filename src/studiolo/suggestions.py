"""Suggestions for a name that does not exist: the known one that is most like it."""

from collections.abc import Iterable
from difflib import get_close_matches


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
