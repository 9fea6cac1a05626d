"""The root of every error that Studiolo raises on purpose."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import ClassVar, Final, TypeAlias

#: What a sentence can be made of in any language.
Fact: TypeAlias = str | int | float | Sequence[str]
#: Characters of a fact, and items of one that is a list.
_LONGEST: Final = 300
_MOST: Final = 20


class StudioloError(Exception):
    """Studiolo could not do what was asked.

    A subclass keeps its facts as attributes and builds its own sentence from them: what went
    wrong, which value, where, what is allowed, and what to do next. Its ``code`` is stable and
    has an entry in ``docs/reference/errors.md``; ``classic_number`` is the number the classic
    studio showed for the same mistake, where it had one.
    """

    code: ClassVar[str] = "error"
    classic_number: ClassVar[int | None] = None

    def facts(self) -> dict[str, Fact]:
        """Its facts, by the names of its attributes, for a sentence in a different language."""
        found = {name: _fact(value) for name, value in vars(self).items() if name[0] != "_"}
        return {name: fact for name, fact in found.items() if fact is not None}


def _fact(value: object) -> Fact | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        # A page counts in floating point.
        return value if abs(value) < 1 << 53 else str(value)[:_LONGEST]
    if isinstance(value, str | PurePath):
        return str(value)[:_LONGEST]
    if isinstance(value, Mapping | Sequence) and not isinstance(value, bytes):
        return [str(one)[:_LONGEST] for one in value if isinstance(one, str | int)][:_MOST]
    return None
