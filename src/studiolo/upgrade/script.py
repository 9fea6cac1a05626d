"""A script in today's spelling: first as Python 3, then with today's calls."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from studiolo.old_code.python2_values import values_of_python_2
from studiolo.old_code.reading import Found, read_old_code
from studiolo.python_source import parsed
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
        is_old = was_2 or any(found.call.shows_age for found in read_old_code(modern).found)
        result = rewritten(modern, name=name, is_old=is_old, was_2=was_2)
        left = [f for f in read_old_code(result).found if is_old or f.call.shows_age]
    except RecursionError as error:
        raise ScriptNotPythonError(name=name, line=1, reason=TOO_DEEP) from error
    # A script that divides as today says so in Python 3 as well.
    return UpgradedScript(source=result, left=left, unsure=_unsure(result) if was_2 else ())


def _unsure(source: str) -> list[str]:
    """The lines of an upgraded script that the text alone does not decide."""
    found = sorted(set(values_of_python_2(list(ast.walk(parsed(source))))))
    return [f"line {line}: {_OF_PYTHON_2[why]}" for line, why in found if why in _OF_PYTHON_2]


#: A longer text was not written by a person.
_LARGEST = 1 << 20
#: By what the line has: what it was in Python 2.
_OF_PYTHON_2: Final = {
    "division": "Two integers in `a / b` gave an integer; write `a // b` where that is meant.",
    "round": "`round` gave a float, and rounded halves away from zero; now they go to the even "
    "number.",
    "encode": "`text.encode()` gives bytes now, which are not text.",
    "binary": "A file that is opened with 'rb' gives bytes now, which are not text.",
}
