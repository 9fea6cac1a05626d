"""Column names of a returned frame as a dataset has them: text, not empty, each one once."""

from collections.abc import Callable, Iterable

import pandas as pd


def dataset_names(columns: pd.Index, *, log: Callable[[str], None]) -> tuple[str, ...]:
    """Names through ``str()``, made unique the classic way: ``a``, ``a (1)``, ``a (2)``.

    The levels of a MultiIndex are joined with ``_``; empty levels, which `reset_index()` leaves
    behind, are left out.
    """
    texts = [_text_of(label, log=log) for label in columns]
    return _unique(_filled(texts, log=log), log=log)


def _text_of(label: object, *, log: Callable[[str], None]) -> str:
    if isinstance(label, tuple):
        text = "_".join(part for part in map(str, label) if part)
    else:
        text = str(label)
    try:
        text.encode()
    except UnicodeEncodeError:
        readable = text.encode(errors="backslashreplace").decode()
        log(f"A column name is not valid Unicode; it is written as {readable!r}.")
        return readable
    # `str()` of a subclass of str may be that subclass.
    return "".join(text)


def _filled(texts: list[str], *, log: Callable[[str], None]) -> list[str]:
    """Names for the columns that have none: ``Col`` and the position counted from 1."""
    taken = set(texts)
    filled = []
    for position, text in enumerate(texts, start=1):
        name = text
        if not text:
            name = _free(f"Col{position}", taken)
            taken.add(name)
            log(f"Column {position} has an empty name; it is named {name!r}.")
        filled.append(name)
    return filled


def _unique(names: Iterable[str], *, log: Callable[[str], None]) -> tuple[str, ...]:
    names = tuple(names)
    taken = set(names)
    if len(taken) == len(names):
        return names
    # Where to go on counting, so that ten thousand equal names do not take a hundred million looks.
    next_number: dict[str, int] = {}
    seen: set[str] = set()
    unique = []
    for name in names:
        if name not in seen:
            seen.add(name)
            unique.append(name)
            continue
        number = next_number.get(name, 1)
        while f"{name} ({number})" in taken:
            number += 1
        next_number[name] = number + 1
        renamed = f"{name} ({number})"
        taken.add(renamed)
        seen.add(renamed)
        unique.append(renamed)
    for name in next_number:
        log(f"More than one column is named {name!r}: a number is added to all but the first.")
    return tuple(unique)


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 1
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
