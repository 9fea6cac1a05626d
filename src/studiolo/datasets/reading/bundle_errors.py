"""Errors in a script bundle."""

from typing import ClassVar

from studiolo.datasets.errors import DatasetError


class BundleError(DatasetError):
    """A script bundle is not handed to a script."""

    code: ClassVar[str] = "bundle-error"
    classic_number: ClassVar[int | None] = 102


class BundleMissingError(BundleError):
    """There is no file where a script bundle was expected."""

    code: ClassVar[str] = "bundle-missing"
    classic_number: ClassVar[int | None] = 48

    def __init__(self, *, file: str, hint: str = "") -> None:
        self.file = file
        #: What may be meant; see `missing_path`.
        self.hint = hint or " Check the path and its spelling."
        super().__init__(f'There is no script bundle "{file}".{self.hint}')


class BundleUnreadableError(BundleError):
    """A script bundle cannot be opened, or is not an intact zip archive."""

    code: ClassVar[str] = "bundle-unreadable"

    def __init__(self, *, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(
            f'The script bundle "{file}" cannot be used: {reason}. A bundle is a zip archive of '
            "Python files and what they need."
        )


class BundleTooLargeError(BundleError):
    """A script bundle has too many members, or is too large when it is unpacked."""

    code: ClassVar[str] = "bundle-too-large"

    def __init__(self, *, file: str, what: str, allowed: str) -> None:
        self.file = file
        self.what = what
        self.allowed = allowed
        super().__init__(
            f'The zip archive "{file}" has {what}; at most {allowed} are allowed. Leave out '
            "what is not used."
        )


class BundleMemberError(BundleError):
    """A member of a script bundle is unsafe or impossible to unpack."""

    code: ClassVar[str] = "bundle-member-refused"

    def __init__(self, *, file: str, member: str, problem: str) -> None:
        self.file = file
        self.member = member
        self.problem = problem
        shown = member if member.isprintable() else member.encode("unicode_escape").decode()
        super().__init__(f'The member "{shown}" of the zip archive "{file}" is refused: {problem}.')
