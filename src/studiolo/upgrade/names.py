"""The renames of the table, by what they rename."""

from collections.abc import Mapping
from typing import Final

from studiolo.old_code.retired_call import Attribute, Idiom, Keyword, Path
from studiolo.old_code.table import RETIRED_CALLS

#: By old path with dots: the new one.
PATHS: Final[Mapping[str, str]] = {
    old: new for call in RETIRED_CALLS if isinstance(call.shape, Path) for old, new in call.renames
}
#: By old attribute.
ATTRIBUTES: Final[Mapping[str, str]] = {
    old: new
    for call in RETIRED_CALLS
    if isinstance(call.shape, Attribute | Idiom)
    for old, new in call.renames
}
#: By function and old argument.
ARGUMENTS: Final[Mapping[tuple[str, str], str]] = {
    (function, old): new
    for call in RETIRED_CALLS
    if isinstance(call.shape, Keyword)
    for function in call.shape.functions
    for old, new in call.renames
}


def new_path(path: str) -> str | None:
    """The new path of something; None if it has kept its own.

    Of two renames the longer one counts: what is below a module goes with it.
    """
    rest = ""
    while path:
        if path in PATHS:
            return PATHS[path] + rest
        path, dot, last = path.rpartition(".")
        rest = f"{dot}{last}{rest}"
    return None
