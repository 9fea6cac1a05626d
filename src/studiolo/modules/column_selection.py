"""Turns an experiment's selection of columns into one plain form, for a sandbox to apply.

Which columns a dataset has is known only when it is there:
`studiolo_guest.contract.column_selection` applies the plain form to a frame.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

from studiolo.modules.errors import ColumnRangeError, ColumnRangeOrderError, ColumnSelectionError

#: What a rule can say about a column's values.
COLUMN_TYPES = (
    "numeric",
    "integer",
    "floating point",
    "boolean",
    "string",
    "datetime",
    "timespan",
    "categorical",
    "binary",
)
#: What a rule can say about what a column is for.
COLUMN_ROLES = ("feature", "label", "score", "weight")

_BEGINNINGS = ("all", "none")
_CRITERIA = ("names", "indices", "types", "roles")
_RANGE = re.compile(r"(?P<first>\d{1,9})(?:\s*-\s*(?P<last>\d{1,9}))?")
_FORMS = "all, none, a list of names, or a mapping with the keys begin and rules"


class Rule(TypedDict):
    """One step of a selection: columns that join it or leave it. Has exactly one criterion."""

    include: bool
    names: NotRequired[list[str]]
    #: First and last number, from 1, both included.
    indices: NotRequired[list[list[int]]]
    #: Of `COLUMN_TYPES`.
    types: NotRequired[list[str]]
    #: Of `COLUMN_ROLES`.
    roles: NotRequired[list[str]]


class ColumnSelection(TypedDict):
    """Which columns are meant: those that are left after each rule in turn. Plain JSON.

    A selection that begins with none and has one rule, which includes names, means them in the
    order given; any other one means columns in the order of the dataset.
    """

    begin: Literal["all", "none"]
    rules: list[Rule]


def read_column_selection(value: Any, *, parameter: str) -> ColumnSelection:
    """The plain form of a selection of columns, as an experiment's file has it.

    Args:
        value: "all", "none", a list of names, or a mapping with ``begin`` and ``rules``.
        parameter: Named in errors.

    Raises:
        ColumnSelectionError: It has a different form, or a part of it is wrong.
    """
    return _Reader(parameter).selection(value)


class _Reader:
    """Knows which parameter is read, to name it in errors."""

    def __init__(self, parameter: str) -> None:
        self._parameter = parameter

    def selection(self, value: Any) -> ColumnSelection:
        if value == "all":
            return {"begin": "all", "rules": []}
        if value == "none":
            return {"begin": "none", "rules": []}
        if isinstance(value, Mapping):
            return self._with_rules(value)
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            names = self._names(value, "the list")
            return {"begin": "none", "rules": [{"include": True, "names": names}]}
        raise self._error(value, _FORMS, known=_BEGINNINGS)

    def _with_rules(self, value: Mapping[Any, Any]) -> ColumnSelection:
        for key in value:
            if key not in ("begin", "rules"):
                raise self._unknown(key, ("begin", "rules"), "a key")
        begin = value.get("begin")
        if begin not in _BEGINNINGS:
            raise self._error(begin, '"all" or "none"', place='"begin"', known=_BEGINNINGS)
        rules = value.get("rules", [])
        if not isinstance(rules, list | tuple):
            raise self._error(rules, "a list, each rule after a dash", place='"rules"')
        return {
            "begin": "all" if begin == "all" else "none",
            "rules": [self._rule(rule, f"rule {n}") for n, rule in enumerate(rules, 1)],
        }

    def _rule(self, value: Any, place: str) -> Rule:
        if not isinstance(value, Mapping) or len(value) != 1:
            raise self._error(value, "either include or exclude", place=place)
        ((verb, criterion),) = value.items()
        if verb not in ("include", "exclude"):
            raise self._unknown(verb, ("include", "exclude"), place)
        if not isinstance(criterion, Mapping) or len(criterion) != 1:
            form = 'one of names, indices, types and roles, such as {names: ["id"]}'
            raise self._error(criterion, form, place=f"{verb} in {place}")
        ((kind, wanted),) = criterion.items()
        rule: Rule = {"include": verb == "include"}
        match kind:
            case "names":
                rule["names"] = self._names(_as_list(wanted), place)
            case "indices":
                rule["indices"] = self._indices(wanted, place)
            case "types":
                rule["types"] = self._words(wanted, COLUMN_TYPES, f"a type in {place}")
            case "roles":
                rule["roles"] = self._words(wanted, COLUMN_ROLES, f"a role in {place}")
            case _:
                raise self._unknown(kind, _CRITERIA, place)
        return rule

    def _names(self, values: Sequence[Any], place: str) -> list[str]:
        names: list[str] = []
        for value in values:
            if not isinstance(value, str):
                form = "text (a number or a date needs quotes)"
                raise self._error(value, form, place=f"a name in {place}")
            if value in names:
                raise self._error(value, "given only once", place=f"a name in {place}")
            names.append(str(value))
        return names

    def _indices(self, value: Any, place: str) -> list[list[int]]:
        parts = value.split(",") if isinstance(value, str) else _as_list(value)
        return [self._index_range(part, f"a column number in {place}") for part in parts]

    def _index_range(self, part: Any, place: str) -> list[int]:
        matched = None
        if isinstance(part, str):
            matched = _RANGE.fullmatch(part.strip())
        elif isinstance(part, int) and not isinstance(part, bool):
            matched = _RANGE.fullmatch(_digits(part))
        if matched is None:
            form = 'a number or a range such as "2-5"; several are written "1-3, 5"'
            raise ColumnRangeError(parameter=self._parameter, value=part, allowed=form, place=place)
        first = int(matched["first"])
        last = int(matched["last"] or first)
        if not 1 <= first <= last:
            form = "1 or greater" if first < 1 else "a range whose end is not before its beginning"
            raise ColumnRangeOrderError(
                parameter=self._parameter, value=part, allowed=form, place=place
            )
        return [first, last]

    def _words(self, value: Any, known: Sequence[str], place: str) -> list[str]:
        words = _as_list(value)
        for word in words:
            if word not in known:
                raise self._unknown(word, known, place)
        return [str(word) for word in words]

    def _unknown(self, value: Any, known: Sequence[str], place: str) -> ColumnSelectionError:
        choice = ", ".join(f'"{word}"' for word in known)
        return self._error(value, f"one of {choice}", place=place, known=known)

    def _error(
        self, value: Any, allowed: str, *, place: str = "", known: Sequence[str] = ()
    ) -> ColumnSelectionError:
        return ColumnSelectionError(
            parameter=self._parameter, value=value, allowed=allowed, place=place, known=known
        )


def _digits(number: int) -> str:
    # Python does not write out numbers that are too long; no dataset has so many columns.
    return str(number) if number.bit_length() <= 64 else ""


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
