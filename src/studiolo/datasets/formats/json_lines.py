"""JSON lines: one object a line, whose keys are the columns.

A key that an object lacks is a missing value there. Strings that are all ISO 8601 dates or
timestamps become such, other strings stay text. Written floats that are NaN become null: both mean
missing, and JSON knows only null.
"""

import json
import math
from typing import Any

import pyarrow as pa

from studiolo.datasets.arrow import Column, Values
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.formats import Content, Target
from studiolo.datasets.formats.encoding import text_lines
from studiolo.datasets.formats.errors import (
    EmptyFileError,
    FormatCannotHoldError,
    MalformedLineError,
    ValueNotAllowedError,
)
from studiolo.datasets.formats.inference import temporal_column
from studiolo.datasets.formats.plain_words import words_of
from studiolo.datasets.formats.python_values import Value, column_of
from studiolo.datasets.invariants import check_dataset
from studiolo.datasets.reading_limits import check_cells
from studiolo.datasets.written_size import pieces

_ALLOWED = "a string, a number, true, false or null"
_ROWS = 1 << 14
#: And bytes of their values.
_SIZE = 16 << 20
#: Python refuses to read integers of more than 4300 digits; none beyond 20 fits a number's type.
_MOST_DIGITS = 1000


def read(content: Content) -> Dataset:
    """Read objects; columns are in the order in which their keys appear first."""
    rows, numbers = _objects(content)
    values = sum(map(len, rows))
    check_cells(rows=len(rows), columns=len(numbers), values=values, file=content.name)
    if not numbers:
        raise EmptyFileError(file=content.name, needs="it needs an object with keys on each line")
    columns = [_column([row.get(name) for row in rows]) for name in numbers]
    table = pa.Table.from_arrays(columns, names=list(numbers))
    return check_dataset(table, source=content.name)


def read_cells(content: Content) -> dict[str, list[Value]]:
    """The values of each key as they are written, for callers that know the types already.

    Raises:
        DatasetError: A line is not an object of plain values.
    """
    rows, names = _objects(content)
    check_cells(rows=len(rows), columns=len(names), values=sum(map(len, rows)), file=content.name)
    return {name: [row.get(name) for row in rows] for name in names}


def _objects(content: Content) -> tuple[list[dict[str, Value]], dict[str, int]]:
    """The objects, and the number of each key in the order in which they appear."""
    rows: list[dict[str, Value]] = []
    numbers: dict[str, int] = {}
    for number, line in enumerate(text_lines(content), start=1):
        if line.strip():
            rows.append(_row(line, number, numbers, content.name))
    return rows, numbers


def _row(line: str, number: int, numbers: dict[str, int], file: str) -> dict[str, Value]:
    def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise MalformedLineError(
                file=file,
                line=number,
                problem=f'the object has the key "{twice}" more than once',
                text=line,
                allowed="each key once",
            )
        return made

    too_large: list[str] = []

    def number_of(text: str) -> float:
        value = float(text)
        if math.isinf(value):
            too_large.append(text)
        return value

    try:
        row = json.loads(
            line, object_pairs_hook=unique_keys, parse_int=_integer, parse_float=number_of
        )
    except (json.JSONDecodeError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deeply nested"
        raise MalformedLineError(
            file=file,
            line=number,
            problem=f"this is not JSON ({reason})",
            text=line,
            allowed='one object per line, such as {"age": 7, "name": "Ada"}',
        ) from error
    if not isinstance(row, dict):
        raise MalformedLineError(
            file=file,
            line=number,
            problem="this is not a JSON object",
            text=line,
            allowed='one object per line, such as {"age": 7, "name": "Ada"}',
        )
    for name, value in row.items():
        if _is_cut(name):
            raise MalformedLineError(
                file=file,
                line=number,
                problem="a key has half of a surrogate pair",
                text=line,
                allowed="whole characters, such as \\ud83d\\ude00",
            )
        place = numbers.setdefault(name, len(numbers) + 1)
        if isinstance(value, list | dict):
            raise ValueNotAllowedError(
                file=file,
                line=number,
                column=place,
                name=name,
                value=json.dumps(value),
                allowed=_ALLOWED,
            )
        if too_large and isinstance(value, float) and math.isinf(value):
            raise ValueNotAllowedError(
                file=file,
                line=number,
                column=place,
                name=name,
                value=too_large[0],
                allowed="a number up to 1.8e308, the largest float; write a larger one as text",
            )
        if isinstance(value, str) and _is_cut(value):
            raise ValueNotAllowedError(
                file=file,
                line=number,
                column=place,
                name=name,
                value=value,
                allowed="whole characters; this text has half of a surrogate pair",
            )
    return row


def _is_cut(text: str) -> bool:
    """Whether a text was cut in the middle of a character, which JSON writes as two escapes."""
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def _integer(digits: str) -> int | str:
    """An integer; one that is too long for Python stays the text that it is in a column of text."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _column(values: list[Value]) -> Column | Values:
    column = column_of(values)
    if not pa.types.is_large_string(column.type):
        return column
    return temporal_column(pa.chunked_array([column])) or column


def write(dataset: Dataset, target: Target) -> None:
    """Write objects with every column; dates, timestamps and decimals as CSV spells them.

    A dataset without columns has no rows either, and is an empty file.
    """
    keys = [json.dumps(name, ensure_ascii=False) for name in dataset.table.column_names]
    for part in pieces(dataset.table, rows=_ROWS, size=_SIZE):
        columns = [
            _words(column, name, target)
            for name, column in zip(part.column_names, part.columns, strict=True)
        ]
        lines = (
            "{" + ", ".join(map("{}: {}".format, keys, row)) + "}\n"
            for row in zip(*columns, strict=True)
        )
        target.sink.write("".join(lines).encode())


def _words(column: Column, name: str, target: Target) -> list[str]:
    """The JSON of each value."""
    if isinstance(column.type, pa.DictionaryType):
        column = column.cast(column.type.value_type)
    kind = column.type
    words = words_of(column, name=name, file=target.name, format_name="JSON lines").to_pylist()
    if pa.types.is_floating(kind):
        if {"inf", "-inf"} & set(words):
            raise FormatCannotHoldError(
                file=target.name,
                format_name="JSON lines",
                column=name,
                what="infinite numbers",
                advice="Replace them, or write CSV, Parquet or Arrow",
            )
        return ["null" if word in (None, "NaN") else str(word) for word in words]
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        return ["null" if word is None else str(word) for word in words]
    return ["null" if word is None else json.dumps(word, ensure_ascii=False) for word in words]
