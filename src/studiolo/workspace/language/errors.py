"""Errors of the help while a script is typed."""

from typing import ClassVar

from studiolo.errors import StudioloError


class LanguageServerError(StudioloError):
    """The language server could not be started."""

    code: ClassVar[str] = "language-server"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"Completion and diagnostics of scripts are not available: {reason}. Scripts can be "
            "edited and run without them."
        )


class LanguageServersBusyError(StudioloError):
    """As many language servers as are allowed are in use."""

    code: ClassVar[str] = "language-servers-busy"

    def __init__(self, *, most: int) -> None:
        self.most = most
        super().__init__(
            f"Completion and diagnostics are in use in {most} places, which is as many as this "
            "server allows at the same time. Try again later."
        )


class ConversationError(StudioloError):
    """A page sends what no editor of a script sends."""

    code: ClassVar[str] = "language-message"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The connection to the language server is ended: {reason}.")
