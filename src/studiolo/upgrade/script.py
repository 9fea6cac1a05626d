"""A script in today's spelling: first as Python 3, then with today's calls."""

from collections.abc import Sequence
from dataclasses import dataclass

from studiolo.old_code.reading import Found, read_old_code
from studiolo.upgrade.errors import TOO_DEEP, ScriptNotPythonError
from studiolo.upgrade.python2 import as_python_3
from studiolo.upgrade.rewriting import rewritten


@dataclass(frozen=True, kw_only=True)
class UpgradedScript:
    """A script after its upgrade."""

    source: str
    #: What is still retired in it, by its own lines: to be changed by hand.
    left: Sequence[Found]
    #: Sentences on what has no equal that can be written without a guess.
    unsure: Sequence[str]


def upgraded(source: str, *, name: str) -> UpgradedScript:
    """The script in today's spelling; the same text if there is nothing to change.

    Args:
        source: Its text.
        name: What errors call it.

    Raises:
        ScriptNotPythonError: It is neither Python 3 nor Python 2, or too long or too deep.
    """
    if len(source) > _LARGEST:
        raise ScriptNotPythonError(name=name, line=1, reason="it is longer than 1 MiB")
    try:
        modern, was_2 = as_python_3(source, name=name)
        is_old = any(found.call.shows_age for found in read_old_code(source).found)
        result = rewritten(modern, name=name, is_old=is_old)
        left = [f for f in read_old_code(result).found if is_old or f.call.shows_age]
    except RecursionError as error:
        raise ScriptNotPythonError(name=name, line=1, reason=TOO_DEEP) from error
    return UpgradedScript(source=result, left=left, unsure=_OF_PYTHON_2 if was_2 else ())


#: A longer text was not written by a person.
_LARGEST = 1 << 20
_OF_PYTHON_2 = (
    "Two integers in `a / b` gave an integer; write `a // b` where that is meant.",
    "`text.encode()` gives bytes now, which are not text.",
)
