"""The profile as JSON: what the command line prints and the browser reads.

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
from dataclasses import fields
from decimal import Decimal
from typing import Any

from studiolo.datasets.profile.column_profile import (
    ColumnProfile,
    DatasetProfile,
    Histogram,
    Statistics,
    Value,
)

_LARGEST_EXACT = 2**53 - 1


def profile_to_json(profile: DatasetProfile) -> dict[str, Any]:
    """Turn a profile into plain dicts and lists that ``json.dumps`` takes, as said above."""
    return {
        "row_count": profile.row_count,
        "column_count": len(profile.columns),
        "columns": [_column_to_json(column) for column in profile.columns],
    }


def _column_to_json(column: ColumnProfile) -> dict[str, Any]:
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
        "statistics": column.statistics and _statistics_to_json(column.statistics),
        "histogram": column.histogram and _histogram_to_json(column.histogram),
        "top_values": None
        if column.top_values is None
        else [{"value": _value(top.value), "count": top.count} for top in column.top_values],
    }


def _statistics_to_json(statistics: Statistics) -> dict[str, Any]:
    return {field.name: _value(getattr(statistics, field.name)) for field in fields(statistics)}


def _histogram_to_json(histogram: Histogram) -> dict[str, Any]:
    return {
        "edges": [_value(edge) for edge in histogram.edges],
        "counts": list(histogram.counts),
    }


def _value(value: Value | None) -> Value | None:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        return str(value)
    if isinstance(value, float) and math.isinf(value):
        return str(value)
    return value
