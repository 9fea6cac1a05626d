"""The places of values among the categories of a column."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

#: Text that means a number. "007" is a text, as it is for the reader of CSV.
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


def meaning(value: Any, *, read: bool) -> Any:
    """The key that equal values of different types share: 1, 1.0, true, and "1" read as text."""
    if read and isinstance(value, str):
        truth = {"true": "1", "false": "0"}.get(value.lower(), value)
        return Decimal(truth) if NUMBER.fullmatch(truth) else value
    if isinstance(value, int | float | Decimal):
        return Decimal(str(+value))
    return value


def places_of(column: Any, known: Sequence[Any]) -> Any:
    """The position of each value among the known ones; -1 if it is missing or unknown.

    Values are compared by what they mean, whatever their types.
    """
    codes, different = pd.factorize(column)
    values = different.tolist()
    numbers = (bool, int, float, Decimal)
    sides = [side[0] for side in (known, values) if side]
    kinds = {"number" if isinstance(value, numbers) else type(value) for value in sides}
    read = kinds == {"number", str}
    if len(kinds) > 1 and not read:
        raise ValueError(
            f'The column "{column.name}" holds {column.dtype} values, such as {values[0]}, where '
            f"values such as {known[0]} are known. Convert it with Edit Metadata."
        )
    places: dict[Any, list[int]] = {}
    for place, value in enumerate(known):
        places.setdefault(meaning(value, read=read), []).append(place)
    found = [places.get(meaning(value, read=read), [-1]) for value in values]
    for value, candidates in zip(values, found, strict=True):
        if len(candidates) > 1:
            texts = " or ".join(f'"{known[place]}"' for place in candidates)
            raise ValueError(
                f'The column "{column.name}" holds {value}, which may mean {texts}: these are '
                "different texts. Make the column String with Edit Metadata, spelled as they are."
            )
    return np.array([*(candidates[0] for candidates in found), -1])[codes]
