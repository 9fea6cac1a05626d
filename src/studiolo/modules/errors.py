"""What can be wrong with a module before anything runs."""

from collections.abc import Sequence
from typing import ClassVar

from studiolo.errors import StudioloError


class ScriptMissingError(StudioloError):
    """There is no script at that path."""

    code: ClassVar[str] = "script-missing"
    classic_number: ClassVar[int | None] = 48

    def __init__(self, *, path: str, neighbours: Sequence[str]) -> None:
        self.path = path
        self.neighbours = tuple(neighbours)
        hint = f' Did you mean "{neighbours[0]}"?' if neighbours else ""
        super().__init__(f'There is no script "{path}".{hint}')


class ScriptUnreadableError(StudioloError):
    """A script's file is there, but is no readable text."""

    code: ClassVar[str] = "script-unreadable"
    classic_number: ClassVar[int | None] = 48

    def __init__(self, *, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f'The script "{path}" can\'t be read: {reason}.')
