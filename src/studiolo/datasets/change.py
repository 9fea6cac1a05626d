"""A change from one value to a different one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Change:
    """A value before and after; None where there is none."""

    before: Any
    after: Any

    @classmethod
    def of(cls, before: Any, after: Any) -> Self | None:
        """The change from one value to another; None if there is none."""
        return cls(before=before, after=after) if before != after else None


def changes_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Change]]:
    """The keys whose values differ, those of the first mapping before those of the second only."""
    for key in dict.fromkeys([*before, *after]):
        change = Change.of(before.get(key), after.get(key))
        if change is not None:
            yield key, change
