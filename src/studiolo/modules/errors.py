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


class ScriptMetadataError(StudioloError):
    """The metadata block at the top of a script (PEP 723) cannot be read."""

    code: ClassVar[str] = "script-metadata-invalid"

    def __init__(self, *, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(
            f'The script\'s "# /// script" block cannot be read: line {line}: {reason}. The block'
            ' holds TOML, each line after "# ", such as: dependencies = ["humanize>=4"].'
        )


class ScriptMetadataRepeatedError(StudioloError):
    """A script has two metadata blocks, so that neither can be trusted."""

    code: ClassVar[str] = "script-metadata-repeated"

    def __init__(self, *, first_line: int, second_line: int) -> None:
        self.first_line = first_line
        self.second_line = second_line
        super().__init__(
            f'The script has more than one "# /// script" block, in lines {first_line} and'
            f" {second_line}. Put everything into one and delete the other."
        )
