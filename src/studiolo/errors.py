"""The root of every error that Studiolo raises on purpose."""

from typing import ClassVar


class StudioloError(Exception):
    """Studiolo could not do what was asked.

    A subclass keeps its facts as attributes and builds its own sentence from them: what went
    wrong, which value, where, what is allowed, and what to do next. Its ``code`` is stable and
    has an entry in ``docs/reference/errors.md``; ``classic_number`` is the number the classic
    studio showed for the same mistake, where it had one.
    """

    code: ClassVar[str] = "error"
    classic_number: ClassVar[int | None] = None
