"""Writing of ARFF files."""

from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Column, Values, ends_of, joined, text, text_of
from studiolo.datasets.formats import Target
from studiolo.datasets.formats.errors import FormatCannotHoldError
from studiolo.datasets.formats.plain_words import words_of
from studiolo.datasets.written_size import pieces

_ROWS = 1 << 16
#: And bytes of their values.
_SIZE = 16 << 20
_PLAIN = r"^[A-Za-z0-9_.-]+$"
#: Columns whose values may need quotes.
_QUOTED_KINDS = (pa.types.is_large_string, pa.types.is_dictionary, pa.types.is_duration)
#: ARFF's dates are Java's, which count milliseconds.
_PER_MILLISECOND = {"s": 1, "ms": 1, "us": 1_000, "ns": 1_000_000}


def write_arff(table: pa.Table, target: Target) -> None:
    """Write a table with its types declared; missing values are ``?``.

    Raises:
        FormatCannotHoldError: A column's type or values have no form in ARFF.
    """
    if not table.num_columns:
        raise _cannot_hold(target, None, "a dataset without columns", "Write it as Parquet")
    head = ["@relation dataset", ""]
    for name, column in zip(table.column_names, table.columns, strict=True):
        word = _quoted(pa.array([name], pa.large_string()))[0].as_py()
        head.append(f"@attribute {word} {_declared(column, name, target)}")
    target.sink.write("\n".join([*head, "", "@data", ""]).encode())
    for part in pieces(table, rows=_ROWS, size=_SIZE):
        fields = [
            _field(column, name, target)
            for name, column in zip(part.column_names, part.columns, strict=True)
        ]
        lines = joined(joined(*fields, separator=","), text("\n"))
        target.sink.write(text_of(lines).tobytes())


def _cannot_hold(
    target: Target, column: str | None, what: str, advice: str
) -> FormatCannotHoldError:
    return FormatCannotHoldError(
        file=target.name, format_name="ARFF", column=column, what=what, advice=advice
    )


def _declared(column: Column, name: str, target: Target) -> str:
    """The type that the header declares for a column."""
    kinds, kind = pa.types, column.type
    declared = "numeric"
    if kinds.is_boolean(kind):
        declared = "{false,true}"
    elif kinds.is_integer(kind):
        ends = ends_of(column)
        declared = "integer" if ends is None or ends[1] < 2**63 else "numeric"
    elif kinds.is_date32(kind):
        declared = 'date "yyyy-MM-dd"'
    elif kinds.is_timestamp(kind):
        declared = _declared_timestamp(column, name, target)
    elif isinstance(kind, pa.DictionaryType):
        declared = _declared_words(column, name, target)
    elif kinds.is_large_string(kind) or kinds.is_duration(kind):
        declared = "string"
    return declared


def _declared_timestamp(column: Column, name: str, target: Target) -> str:
    unit = column.type.unit
    divisor = pa.scalar(_PER_MILLISECOND[unit], pa.int64())
    units = column.combine_chunks().cast(pa.int64())
    rounded = pc.multiply(pc.divide(units, divisor), divisor)
    if pc.any(pc.not_equal(units, rounded)).as_py():
        what = "times finer than a millisecond"
        raise _cannot_hold(target, name, what, "Round them, or write Parquet or Arrow")
    zone = "XXX" if column.type.tz is not None else ""
    return f"date \"yyyy-MM-dd'T'HH:mm:ss.SSS{zone}\""


def _declared_words(column: Column, name: str, target: Target) -> str:
    encoded: Any = column.combine_chunks()
    words: Values = encoded.dictionary
    if not pa.types.is_large_string(words.type):
        what = f"categories of the type {words.type}"
        raise _cannot_hold(target, name, what, "Turn the categories into text")
    return "{" + ",".join(str(word) for word in _quoted(words).to_pylist()) + "}"


def _field(column: Column, name: str, target: Target) -> Values:
    words = words_of(column, name=name, file=target.name, format_name="ARFF")
    kind = column.type
    if pa.types.is_timestamp(kind):
        words = words_of(
            column.cast(pa.timestamp("ms", kind.tz)),
            name=name,
            file=target.name,
            format_name="ARFF",
        )
        # Always with milliseconds, as the header says.
        words = pc.replace_substring_regex(words, r"(:\d\d)(Z?)$", r"\1.000\2")
    elif pa.types.is_floating(kind):
        words = pc.replace_substring_regex(words, "^(-?)inf$", r"\1Infinity")
    elif any(is_kind(kind) for is_kind in _QUOTED_KINDS):
        words = _quoted(words)
    return cast("Values", pc.fill_null(words, text("?")))


def _quoted(words: Values) -> Values:
    """Quote the words that are not plain, with backslashes as Weka reads them."""
    inside = words
    for pattern, replacement in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r")):
        inside = pc.replace_substring(inside, pattern, replacement)
    quoted = joined(text("'"), inside, text("'"))
    return cast("Values", pc.if_else(pc.match_substring_regex(words, _PLAIN), words, quoted))
