"""TOML as people write it, read with every mistake that a text can have."""

import re
import tomllib
from typing import Any

_PLACE = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")
_END = " (at end of document)"
_LONG = re.compile(r"[0-9][0-9_]{4000,}")


class NotTomlError(ValueError):
    """A text that is not TOML, or that Python can't hold; its message names the place."""

    def __init__(self, message: str, *, reason: str, line: int | None) -> None:
        self.reason = reason
        #: From 1; None if it is not known.
        self.line = line
        super().__init__(message)


def read_toml(text: str) -> dict[str, Any]:
    """The table that a text is.

    Raises:
        NotTomlError: It is not one, it is nested too deeply, or a number in it is too long.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        reason = "it is nested too deeply"
        raise NotTomlError(reason, reason=reason, line=None) from error
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        reason, line = message.removesuffix(_END), None
        if match := _PLACE.search(message):
            reason, line = message[: match.start()], int(match["line"])
        elif reason != message:
            line = max(text.count("\n"), 1)
        raise NotTomlError(message, reason=reason, line=line) from error
    except ValueError as error:
        # Python makes no whole number of more digits.
        found = _LONG.search(text)
        line = None if found is None else text.count("\n", 0, found.start()) + 1
        reason = "a whole number has thousands of digits"
        place = "" if line is None else f" (at line {line})"
        raise NotTomlError(f"{reason}{place}", reason=reason, line=line) from error
