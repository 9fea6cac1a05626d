"""The Python that scripts are written in: today's, unless the environment `classic` is in use."""

from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

#: A script's code, and the names that it finds without an import.
Translated = tuple[CodeType, Mapping[str, Any]]


def _as_it_is(source: str, name: str) -> Translated:
    return compile(source, name, "exec", dont_inherit=True), {}


class Dialect:
    """Turns the text of scripts into code; `classic` puts another function in place of this one."""

    #: Raises what Python's compiler raises.
    translate: Callable[[str, str], Translated] = staticmethod(_as_it_is)
