"""Values of JSON that a hostile process wrote, each of the kind and the size that is expected."""

from typing import TypeVar

_TEXT = 50_000
_T = TypeVar("_T")


class ReportError(Exception):
    """The report is not one; the message says in which way, for the run's own failure."""


def expect(value: object, kind: type[_T], what: str) -> _T:
    """The value, if it is of that kind.

    Raises:
        ReportError: It is not.
    """
    if not isinstance(value, kind):
        raise ReportError(f"{what} must be a {kind.__name__}, not a {type(value).__name__}")
    return value


def text(value: object, what: str, *, most: int = _TEXT) -> str:
    """The beginning of a text.

    Raises:
        ReportError: It is not text.
    """
    # JSON can say half of a surrogate pair, which no file or terminal takes.
    return expect(value, str, what)[:most].encode("utf-8", "replace").decode()


def whole(value: object, what: str) -> int:
    """A whole number from 0 that fits into 63 bits.

    Raises:
        ReportError: It is not.
    """
    number = expect(value, int, what)
    if isinstance(value, bool) or not 0 <= number < 2**63:
        raise ReportError(f"{what} must be a whole number from 0, not {number}")
    return number


def name_of(value: object) -> str:
    """A name, whole.

    Raises:
        ReportError: It is not text, or longer than any name.
    """
    given = expect(value, str, "a name")
    if given != text(given[:_TEXT], "a name"):
        raise ReportError("a name is too long, or not valid text")
    return given
