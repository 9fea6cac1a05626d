"""Finds the columns of a frame that a selection means.

A selection is plain JSON: where to begin, and rules that are followed in turn.

    {"begin": "all", "rules": [{"include": False, "types": ["string"]}]}

Each rule has one criterion: ``names``; ``indices``, pairs of a first and a last column number, from
1; ``types``, such as "numeric"; ``roles``, such as "label".
"""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd


class ColumnMissingError(ValueError):
    """A column was selected that the dataset does not have."""

    #: The number that the classic studio showed for it.
    classic_number: ClassVar[int] = 1

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        self.name = name
        self.columns = tuple(columns)
        self.close = tuple(_alike(name, columns))
        hint = f' Did you mean "{self.close[0]}"?' if self.close else ""
        super().__init__(f'There is no column "{name}" in the dataset.{hint} {_there_are(columns)}')


class ColumnNumberError(ValueError):
    """A column was selected by a number that is greater than the number of columns."""

    classic_number: ClassVar[int] = 60

    def __init__(self, number: int, columns: Sequence[str]) -> None:
        self.number = number
        self.columns = tuple(columns)
        super().__init__(f"There is no column {number} in the dataset. {_there_are(columns)}")


class ColumnCountError(ValueError):
    """One column is needed, and another number of them was selected."""

    classic_number: ClassVar[int] = 22

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        found = f"these {len(names)}: {_listed(names)}" if names else "none"
        super().__init__(f"The selection must match exactly one column, but it matches {found}.")


def select(frame: pd.DataFrame, selection: Mapping[str, Any]) -> list[str]:
    """The names of the columns that the selection means.

    Names that are simply listed, by one rule that includes them, keep the order they are listed
    in; every other selection gives the order of the frame.

    Raises:
        ColumnMissingError: A rule names a column that the frame does not have.
        ColumnNumberError: A rule counts further than the frame has columns.
    """
    columns = list(frame.columns)
    rules = selection["rules"]
    if selection["begin"] == "none" and len(rules) == 1 and rules[0]["include"]:
        names = rules[0].get("names")
        if names is not None:
            return _existing(names, columns)
    chosen = set(columns if selection["begin"] == "all" else ())
    for rule in rules:
        if rule["include"]:
            chosen |= _meant(frame, rule)
        else:
            chosen -= _meant(frame, rule)
    return [name for name in columns if name in chosen]


def select_one(frame: pd.DataFrame, wanted: str | Mapping[str, Any]) -> str:
    """The name of the one column that a name or a selection means.

    Raises:
        ColumnCountError: The selection means none, or more than one.
        ColumnMissingError: The frame does not have the column.
        ColumnNumberError: As for `select`.
    """
    if isinstance(wanted, str):
        return _existing([wanted], list(frame.columns))[0]
    names = select(frame, wanted)
    if len(names) != 1:
        raise ColumnCountError(names)
    return names[0]


def _meant(frame: pd.DataFrame, rule: Mapping[str, Any]) -> set[str]:
    columns = list(frame.columns)
    if "names" in rule:
        return set(_existing(rule["names"], columns))
    if "indices" in rule:
        return set(_numbered(rule["indices"], columns))
    if "types" in rule:
        wanted = set(rule["types"])
        of_dtype = {name: _types(dtype) for name, dtype in frame.dtypes.items()}
        return {name for name in columns if wanted & (of_dtype[name] or _held(frame[name]))}
    roles = frame.attrs.get("roles", {})
    return {name for name in columns if roles.get(name, "feature") in rule["roles"]}


def _existing(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    known = set(columns)
    for name in names:
        if name not in known:
            raise ColumnMissingError(name, columns)
    return list(names)


def _numbered(ranges: Sequence[Sequence[int]], columns: Sequence[str]) -> list[str]:
    names: list[str] = []
    for first, last in ranges:
        if last > len(columns):
            raise ColumnNumberError(last, columns)
        names += columns[first - 1 : last]
    return names


def _types(dtype: Any) -> set[str]:
    """The types by which a rule may select a column; none for a column of objects."""
    # First, for to pandas a category of numbers is numbers, too.
    if isinstance(dtype, pd.CategoricalDtype):
        return {"categorical"}
    if pd.api.types.is_bool_dtype(dtype):
        return {"boolean"}
    if pd.api.types.is_integer_dtype(dtype):
        return {"integer", "numeric"}
    if pd.api.types.is_float_dtype(dtype):
        return {"floating point", "numeric"}
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return {"datetime"}
    if pd.api.types.is_timedelta64_dtype(dtype):
        return {"timespan"}
    return {"string"} if isinstance(dtype, pd.StringDtype) else set()


def _held(column: "pd.Series[Any]") -> set[str]:
    """The types by which a rule may select a column of objects, which only its values tell."""
    held = pd.api.types.infer_dtype(column, skipna=True)
    words = {"string": "string", "bytes": "binary", "decimal": "numeric", "boolean": "boolean"}
    return {words[held]} if held in words else set()


def _alike(name: str, columns: Sequence[str]) -> list[str]:
    """Columns whose names are like it, whatever their case; most like it first."""
    by_lower_case = {str(column).lower(): column for column in columns}
    close = difflib.get_close_matches(str(name).strip().lower(), by_lower_case, n=3)
    return [by_lower_case[match] for match in close]


def _there_are(columns: Sequence[str]) -> str:
    return f"Its columns are {_listed(columns)}." if columns else "It has no columns at all."


def _listed(columns: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(f'"{column}"' for column in columns[:most])
    return shown + (f" and {len(columns) - most} more" if len(columns) > most else "")
