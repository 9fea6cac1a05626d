"""The profile of a dataset as a JSON document, which is also how it is kept.

Schema; every key is always there::

    row_count     integer
    column_count  integer
    columns       list, in the order of the dataset, of
      name, type, kind, role, feature_type      text
      count, missing, unique, infinite          integer
      statistics  null, or mean, standard_deviation (value or null), minimum, first_quartile,
                  median, third_quartile, maximum: values
      histogram   null, or edges: list of values, one more than counts: list of integers
      top_values  null, or list of {value, count}, the most frequent first

A value is a JSON number, boolean or text. Dates, times, timestamps and durations are ISO 8601
text. Decimals, and integers that a JavaScript number does not hold exactly (from 2**53 on), are
text too, so that no reader loses a digit; ``kind`` tells them from text columns. An infinity,
which only a category can be, is the text ``inf`` or ``-inf``.
"""

import math
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import cast

from typing_extensions import TypedDict

from studiolo.datasets.profile.column_profile import (
    ColumnProfile,
    DatasetProfile,
    Histogram,
    Statistics,
    Value,
)

#: A value as JSON has it.
JsonValue = bool | int | float | str

_LARGEST_EXACT = 2**53 - 1


class StatisticsDocument(TypedDict):
    """The statistics of a column; each key is a field of `Statistics`, which explains it."""

    mean: JsonValue | None
    standard_deviation: JsonValue | None
    minimum: JsonValue
    first_quartile: JsonValue
    median: JsonValue
    third_quartile: JsonValue
    maximum: JsonValue


class HistogramDocument(TypedDict):
    """The histogram of a column, with one more edge than counts."""

    edges: Sequence[JsonValue]
    counts: Sequence[int]


class TopValueDocument(TypedDict):
    """A frequent value."""

    value: JsonValue
    count: int


class ColumnProfileDocument(TypedDict):
    """The profile of a column."""

    name: str
    type: str
    kind: str
    role: str
    feature_type: str
    count: int
    missing: int
    unique: int
    infinite: int
    statistics: StatisticsDocument | None
    histogram: HistogramDocument | None
    #: The most frequent first.
    top_values: Sequence[TopValueDocument] | None


class ProfileDocument(TypedDict):
    """The profile of a dataset, with its columns in their order."""

    row_count: int
    column_count: int
    columns: Sequence[ColumnProfileDocument]


def profile_document(profile: DatasetProfile) -> ProfileDocument:
    """The document of a profile."""
    return {
        "row_count": profile.row_count,
        "column_count": len(profile.columns),
        "columns": [_column(column) for column in profile.columns],
    }


def _column(column: ColumnProfile) -> ColumnProfileDocument:
    return {
        "name": column.name,
        "type": column.type,
        "kind": column.kind.value,
        "role": column.role.value,
        "feature_type": column.feature_type,
        "count": column.count,
        "missing": column.missing,
        "unique": column.unique,
        "infinite": column.infinite,
        "statistics": None if column.statistics is None else _statistics(column.statistics),
        "histogram": None if column.histogram is None else _histogram(column.histogram),
        "top_values": None
        if column.top_values is None
        else [{"value": _value(top.value), "count": top.count} for top in column.top_values],
    }


def _statistics(statistics: Statistics) -> StatisticsDocument:
    values = {part.name: getattr(statistics, part.name) for part in fields(statistics)}
    written = {name: None if value is None else _value(value) for name, value in values.items()}
    return cast("StatisticsDocument", written)


def _histogram(histogram: Histogram) -> HistogramDocument:
    return {
        "edges": [_value(edge) for edge in histogram.edges],
        "counts": list(histogram.counts),
    }


def _value(value: Value) -> JsonValue:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        return str(value)
    if isinstance(value, float) and math.isinf(value):
        return str(value)
    return value
