"""Rules for `.ix`: which of today's accessors each key is for."""

import re

import libcst as cst

from studiolo.upgrade.called import code_of
from studiolo.upgrade.facts import Facts

_NUMBER = re.compile(r"-?\d+$")


def without_ix(node: cst.Subscript, facts: Facts) -> str | None:
    """The text that takes the place of `frame.ix[…]`; None where it can't be known."""
    assert isinstance(node.value, cst.Attribute)
    on = code_of(node.value.value)
    keys = [code_of(part.slice).strip() for part in node.slice]
    kinds = [_kind(key) for key in keys]
    by_place = on in facts.labelled
    if len(keys) == 1:
        if kinds[0] == "position" and by_place:
            return f"{on}.iloc[{keys[0]}]"
        return None if keys[0].startswith("-") else f"{on}.loc[{keys[0]}]"
    if len(keys) != 2:
        return None
    (rows, columns), (of_rows, of_columns) = keys, kinds
    if of_rows == "position" and by_place:
        if of_columns in ("position", "all"):
            return f"{on}.iloc[{rows}, {columns}]"
        rows = f"{on}.index[{rows}]"
    if rows.startswith("-"):
        return None
    if of_columns != "position":
        return f"{on}.loc[{rows}, {columns}]"
    if of_rows == "all":
        return f"{on}.iloc[{rows}, {columns}]"
    return f"{on}.loc[{rows}, {on}.columns[{columns}]]"


def _kind(key: str) -> str:
    """Whether a key takes everything, positions, or labels and masks."""
    if key == ":":
        return "all"
    parts = key.strip("[]").split(",") if key.startswith("[") else key.split(":")
    given = [part.strip() for part in parts if part.strip()]
    return "position" if given and all(map(_NUMBER.match, given)) else "label"
