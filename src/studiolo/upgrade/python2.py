"""The first step: from Python 2 to 3, by the converter that Python itself had for it."""

import functools
import logging
from typing import TYPE_CHECKING, Final

from studiolo.old_code.python2_calls import PYTHON_2
from studiolo.old_code.reading import read_old_code
from studiolo.python_source import parsed
from studiolo.upgrade.errors import ScriptNotPythonError

if TYPE_CHECKING:
    from fissix.refactor import RefactoringTool

#: Those that keep the meaning; the others of the converter tidy up, or guess.
_FIXES: Final = (
    *("basestring", "dict", "except", "exec", "execfile", "filter", "funcattrs", "getcwdu"),
    *("has_key", "imports", "itertools", "itertools_imports", "long", "map", "methodattrs", "ne"),
    *("next", "nonzero", "numliterals", "paren", "print", "raise", "raw_input", "reduce", "reload"),
    *("repr", "throw", "tuple_params", "types", "unicode", "urllib", "xrange", "zip"),
)


def as_python_3(source: str, *, name: str) -> tuple[str, bool]:
    """The script as Python 3, and whether it was of Python 2.

    Raises:
        ScriptNotPythonError: It is neither.
    """
    try:
        parsed(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        converted = _converted(source)
        if converted is None:
            raise _not_python(error, name) from error
        try:
            parsed(converted)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as worse:
            raise _not_python(worse, name) from worse
        return converted, True
    signs = [found for found in read_old_code(source).found if found.call in _SIGNS]
    if not signs:
        return source, False
    return _converted(source) or source, True


#: Entries of the table that only scripts of Python 2 have.
_SIGNS: Final = frozenset(
    call
    for call in PYTHON_2
    # What Python 3 had for years has a new name in the table.
    if call.shape is not None and not call.renames
)


@functools.cache
def _tool() -> "RefactoringTool":
    # Here and not above: loading it takes a tenth of a second.
    from fissix.refactor import RefactoringTool  # noqa: PLC0415

    logging.getLogger("RefactoringTool").setLevel(logging.ERROR)
    return RefactoringTool([f"fissix.fixes.fix_{fix}" for fix in _FIXES])


def _converted(source: str) -> str | None:
    from fissix.pgen2.parse import ParseError  # noqa: PLC0415  # likewise
    from fissix.pgen2.tokenize import TokenError  # noqa: PLC0415  # likewise

    lines = [_expanded(line) for line in source.split("\n")]
    text = "\n".join(lines)
    ended = text if text.endswith("\n") else f"{text}\n"
    try:
        converted = str(_tool().refactor_string(ended, "script"))
    except (ParseError, TokenError, IndentationError, RecursionError):
        return None
    return converted if ended == text else converted.removesuffix("\n")


def _expanded(line: str) -> str:
    """The line with an indentation of blanks, as Python 2 read tabs."""
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    return indent.expandtabs(8) + line.lstrip(" \t") if "\t" in indent else line


def _not_python(error: BaseException, name: str) -> ScriptNotPythonError:
    line = getattr(error, "lineno", None) or 1
    reason = getattr(error, "msg", None) or type(error).__name__
    return ScriptNotPythonError(name=name, line=line, reason=reason)
