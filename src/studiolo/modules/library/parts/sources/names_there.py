"""Names that exist, for an error about one that does not."""

import difflib
from collections.abc import Iterable

#: Names in a sentence; of more it says how many.
_LISTED = 20


def instead_of(wanted: str, owner: str, kind: str, names: Iterable[str]) -> str:
    """Sentences for the end of an error, which begin with a blank and have no full stop.

    Args:
        wanted: The name that does not exist.
        owner: Who has the names: "The database".
        kind: Their kind: "table".
        names: The names, in the order in which they are listed.
    """
    known = list(names)
    if not known:
        return f". {owner} has no {kind}s"
    by_lower_case = {name.lower(): name for name in known}
    close = difflib.get_close_matches(wanted.lower(), by_lower_case, n=1)
    meant = f' Did you mean "{by_lower_case[close[0]]}"?' if close else ""
    listed = ", ".join(f'"{name}"' for name in known[:_LISTED])
    if len(known) > _LISTED:
        listed += f" and {len(known) - _LISTED:,} more"
    return f".{meant} {owner} has the {kind}{'s' * (len(known) > 1)} {listed}"
