"""Errors in upgrading scripts."""

from typing import ClassVar

from studiolo.errors import StudioloError

#: Why a script can't be read that is Python, but has thousands of brackets or signs in one line.
TOO_DEEP = "it is nested too deeply"


class ScriptNotPythonError(StudioloError):
    """A script that is to be upgraded can be read neither as Python 3 nor as Python 2."""

    code: ClassVar[str] = "script-not-python"

    def __init__(self, *, name: str, line: int, reason: str) -> None:
        self.name = name
        self.line = line
        self.reason = reason
        super().__init__(
            f"{name} can't be upgraded. Line {line}: {reason}. It can be read neither as Python 3 "
            "nor as Python 2: correct the line, then upgrade the script."
        )
