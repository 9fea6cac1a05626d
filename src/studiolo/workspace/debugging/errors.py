"""Why a node can't be looked into."""

from typing import ClassVar

from studiolo.errors import StudioloError


class NothingToDebugError(StudioloError):
    """The node runs no code."""

    code: ClassVar[str] = "nothing-to-debug"

    def __init__(self, *, node: str) -> None:
        self.node = node
        super().__init__(
            f'The node "{node}" only reads a file, so it runs no code. Name a node with a script '
            "or a module."
        )


class InputsMissingError(StudioloError):
    """A node that it needs has no result."""

    code: ClassVar[str] = "inputs-missing"

    def __init__(self, *, node: str, port: str, source: str, output: str) -> None:
        self.node, self.port, self.source, self.output = node, port, source, output
        super().__init__(
            f'The node "{node}" gets {port} from {output} of "{source}", which has no result. '
            f'"{source}", or a node that it needs, has failed: its page shows why.'
        )


class TooManySessionsError(StudioloError):
    """As many consoles and debuggers are open as may be."""

    code: ClassVar[str] = "too-many-sessions"

    def __init__(self, *, most: int) -> None:
        self.most = most
        super().__init__(
            f"{most} consoles and debuggers are open already, and there may be no more at a time. "
            "Close one: each ends with the page that opened it."
        )
