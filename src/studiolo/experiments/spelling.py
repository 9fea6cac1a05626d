"""Suggestions for a name that does not exist."""

from collections.abc import Collection

from studiolo.suggestions import did_you_mean

#: Comparing two names takes microseconds; an experiment may hold thousands of wrong ones.
_COMPARISONS = 20_000
_LISTED = 12


class Spelling:
    """Suggests names while it has comparisons left, so that checking stays fast."""

    def __init__(self) -> None:
        self._left = _COMPARISONS

    def hint(self, word: str, known: Collection[str]) -> str:
        """A sentence to append, with a blank before it; empty if no name is close."""
        if len(known) > self._left:
            return ""
        self._left -= len(known)
        return did_you_mean(word, known)


def listed(names: Collection[str]) -> str:
    """Names for a sentence."""
    shown = ", ".join(list(names)[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown
