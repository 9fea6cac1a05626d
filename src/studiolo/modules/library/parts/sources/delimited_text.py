"""Delimited text, CSV and TSV, read as a table."""

import csv
import io
import itertools
from typing import Any

import numpy as np
import pandas as pd

_MISSING = ["NA", "N/A", "null", "NULL", "NaN", "nan"]
_INTEGER = r"-?(?:0|[1-9][0-9]{0,18})"
_INFINITY = r"-?(?:inf|Inf|Infinity)"
# Not an integer that a float would round.
_FLOAT = (
    r"-?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+|0|[1-9][0-9]{0,14})(?:[eE][+-]?[0-9]+)?|" + _INFINITY
)
_BOOLEAN = r"true|false|True|False|TRUE|FALSE"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = _DATE + r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
_INSTANT = _TIME + r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def delimited_table(text: str, delimiter: str, *, header: bool) -> pd.DataFrame:
    """The table of a text; each column has the type that all of its values have.

    Raises:
        ValueError: The text is empty, or a row has too many fields.
    """
    # Text mode doubles the returns of Windows; old programs of DOS end a file with Ctrl-Z.
    text = text.replace("\r\r\n", "\n").rstrip("\r\n\x1a")
    if not text.strip():
        raise ValueError("it is empty")
    other = _other_delimiter(text, delimiter, header=header)
    if other:
        print(
            f"Its fields are separated by {_DELIMITERS[other]} instead of "
            f"{_DELIMITERS[delimiter]}, and were read that way."
        )
        delimiter = other
    first_line = text[: text.find("\n")] if "\n" in text else text
    frame = pd.read_csv(
        io.StringIO(text),
        sep=delimiter,
        header=None,
        dtype="str",
        keep_default_na=False,
        na_values=[""],
        skipinitialspace=delimiter != "\t",
        # In a file of one column a blank line is a missing value.
        skip_blank_lines=delimiter in first_line,
    )
    names = [f"Col{place}" for place in range(1, frame.shape[1] + 1)]
    if header:
        first = frame.iloc[0]
        names = [
            str(first[place]) if pd.notna(first[place]) else name
            for place, name in enumerate(names)
        ]
        frame = frame.iloc[1:].reset_index(drop=True)
    typed: pd.DataFrame = pd.concat([_typed(frame[place]) for place in frame.columns], axis=1)
    typed.columns = pd.Index(names)
    return typed


def _other_delimiter(text: str, own: str, *, header: bool) -> str | None:
    """The delimiter of a file whose first row does not have the usual one."""

    def fields(delimiter: str) -> list[int]:
        rows = list(itertools.islice(csv.reader(beginning.split("\n"), delimiter=delimiter), 50))
        whole = rows if len(text) <= 1 << 16 else rows[:-1]
        return [len(row) for row in whole if row]

    beginning = text[: 1 << 16].replace("\r\n", "\n").replace("\r", "\n")
    if fields(own)[:1] != [1]:
        return None
    found: dict[str, int] = {}
    for delimiter in _DELIMITERS:
        counts = fields(delimiter)
        # Text has single commas.
        fewest = 3 if delimiter == "," else 2
        if len(set(counts)) == 1 and counts[0] >= fewest and len(counts) > (not header):
            found[delimiter] = counts[0]
    return max(found, key=lambda delimiter: found[delimiter]) if found else None


def _typed(column: Any) -> Any:
    """The column in the type that all of its values have."""
    trimmed = column.str.strip(" \t")
    present = trimmed[trimmed.notna() & ~trimmed.isin(_MISSING)]
    if present.empty:
        return column
    for pattern, read in (
        (_INTEGER, lambda texts: texts.astype("int64")),
        (_FLOAT, lambda texts: texts.astype("float64")),
        (_BOOLEAN, lambda texts: texts.str.lower() == "true"),
        (_DATE + "|" + _TIME, lambda texts: pd.to_datetime(texts, format="ISO8601")),
        (_INSTANT, lambda texts: pd.to_datetime(texts, format="ISO8601", utc=True)),
    ):
        if not present.str.fullmatch(pattern).all():
            continue
        try:
            values: Any = read(present)
        except (ValueError, OverflowError):  # such as the 31st of February, or 2**63
            return column
        if (
            values.dtype.kind == "f"
            and (np.isinf(values) & ~present.str.fullmatch(_INFINITY)).any()
        ):  # beyond what a float holds
            return column
        if len(present) < len(column) and values.dtype.kind in "ib":
            values = values.convert_dtypes()
        return values.reindex(column.index)
    return column
