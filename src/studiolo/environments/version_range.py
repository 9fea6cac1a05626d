"""Whether a Python version lies in the range that a script's ``requires-python`` gives."""

import operator
import re
from collections.abc import Callable, Mapping
from itertools import zip_longest

_CLAUSE = re.compile(
    r"\s*(?P<operator>~=|===?|!=|<=|>=|<|>)\s*(?P<release>\d+(\.\d+)*)(?P<wildcard>\.\*)?\s*"
)
_ORDERS: Mapping[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "===": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def version_in_range(version: tuple[int, ...], versions: str) -> bool:
    """Whether a release is in a range, such as ">=3.11,<3.14" (PEP 440, of final releases only).

    Raises:
        ValueError: The text is no such range; the message is its offending part.
    """
    clauses = [clause for clause in versions.split(",") if clause.strip()]
    # Every clause is looked at, so that a mistake is found whichever comes first.
    return all([_fits(version, clause) for clause in clauses])  # noqa: C419


def _fits(version: tuple[int, ...], clause: str) -> bool:
    match = _CLAUSE.fullmatch(clause)
    if match is None:
        raise ValueError(clause.strip())
    sign = match["operator"]
    release = tuple(int(part) for part in match["release"].split("."))
    if match["wildcard"]:
        if sign not in ("==", "!="):
            raise ValueError(clause.strip())
        return (version[: len(release)] == release) == (sign == "==")
    order = _compare(version, release)
    if sign != "~=":
        return _ORDERS[sign](order, 0)
    # "~=3.11.2" is ">=3.11.2,==3.11.*"; with one number there is nothing to keep.
    if len(release) == 1:
        raise ValueError(clause.strip())
    return order >= 0 and version[: len(release) - 1] == release[:-1]


def _compare(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    for left, right in zip_longest(one, other, fillvalue=0):
        if left != right:
            return 1 if left > right else -1
    return 0
