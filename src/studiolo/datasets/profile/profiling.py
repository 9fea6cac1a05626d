"""Computes the profile of a dataset, column beside column on the machine's cores."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

import pyarrow as pa
from pyarrow import types

from studiolo.datasets.dataset import ColumnRole, Dataset
from studiolo.datasets.profile.column_profile import ColumnProfile, DatasetProfile, ValueSummary
from studiolo.datasets.profile.errors import BinsOutOfRangeError, ColumnTypeError
from studiolo.datasets.profile.float_summary import summarise_floats
from studiolo.datasets.profile.frequencies import summarise_bytes, summarise_frequencies
from studiolo.datasets.profile.kinds import ColumnKind, feature_type, kind_of, type_text
from studiolo.datasets.profile.unit_columns import (
    summarise_decimals,
    summarise_integers,
    summarise_temporals,
)

#: More bins than a screen has points show nothing.
LARGEST_BINS = 10_000
#: Each column that is worked on needs a copy of itself in memory, so that more cores than this
#: would cost more than they bring.
_MOST_THREADS = 8

_Measure = Callable[["pa.ChunkedArray[Any]", int], ValueSummary]

_TEMPORAL = (ColumnKind.DATE, ColumnKind.TIME, ColumnKind.DATE_TIME, ColumnKind.TIME_SPAN)
_HASHED = (ColumnKind.STRING, ColumnKind.CATEGORICAL, ColumnKind.BINARY)


def profile_dataset(dataset: Dataset, *, bins: int = 10) -> DatasetProfile:
    """Compute what Visualize shows of a dataset, exactly and over all of its rows.

    Args:
        dataset: The dataset; it is read and never changed.
        bins: Bins of each histogram.

    Raises:
        BinsOutOfRangeError: ``bins`` is less than 1 or more than 10,000.
        ColumnTypeError: A column holds nested values.
    """
    if not 1 <= bins <= LARGEST_BINS:
        raise BinsOutOfRangeError(bins=bins, largest=LARGEST_BINS)
    table = dataset.table
    # Arrow makes these lists anew each time it is asked: once is enough for a wide table.
    names, columns = table.column_names, table.columns
    kinds = [_checked_kind(field) for field in table.schema]

    def profile_at(place: int) -> ColumnProfile:
        role = dataset.roles.get(names[place], ColumnRole.FEATURE)
        return _profile_column(names[place], columns[place], kinds[place], role, bins)

    # The longest work first, so that no core is left alone with it at the end: hashing takes
    # several times as long as sorting.
    order = sorted(
        range(len(columns)),
        key=lambda place: (kinds[place] in _HASHED, columns[place].nbytes),
        reverse=True,
    )
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS)) as pool:
        profiles = dict(zip(order, pool.map(profile_at, order), strict=True))
    return DatasetProfile(
        row_count=table.num_rows,
        columns=tuple(profiles[place] for place in range(len(columns))),
    )


def _checked_kind(field: "pa.Field[Any]") -> ColumnKind:
    kind = kind_of(field.type)
    if kind is None:
        raise ColumnTypeError(column=field.name, type_text=str(field.type))
    return kind


def _profile_column(
    name: str, column: "pa.ChunkedArray[Any]", kind: ColumnKind, role: ColumnRole, bins: int
) -> ColumnProfile:
    summary = _summarise(column, kind, bins)
    return ColumnProfile(
        name=name,
        type=type_text(column.type),
        kind=kind,
        role=role,
        feature_type=feature_type(kind, role),
        missing=len(column) - summary.count,
        **{field.name: getattr(summary, field.name) for field in fields(ValueSummary)},
    )


def _summarise(column: "pa.ChunkedArray[Any]", kind: ColumnKind, bins: int) -> ValueSummary:
    """Look at a column in the way of its kind."""
    if kind is ColumnKind.EMPTY:
        return ValueSummary(count=0, unique=0)
    if kind is ColumnKind.BINARY:
        return summarise_bytes(column)
    measure = _measure_of(column.type, kind)
    return measure(column, bins) if measure else summarise_frequencies(column)


def _measure_of(data_type: pa.DataType, kind: ColumnKind) -> _Measure | None:
    """Find what computes a column's statistics; None for values that are only counted."""
    if kind in _TEMPORAL:
        return summarise_temporals
    if kind is not ColumnKind.NUMERIC:
        return None
    if types.is_floating(data_type):
        return summarise_floats
    return summarise_decimals if types.is_decimal(data_type) else summarise_integers
