"""Profiling a dataset beside what pandas (and Polars, where installed) need for the same answers.

Ours and the peers take turns in one process, so that a busy machine slows all of them alike;
what counts is the ratio. The floor is one pass over the memory of the table.
"""

import argparse
import importlib
import importlib.util
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.turns import print_noise, print_turns, take_turns
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.profile import profile_dataset

_SEED = 20


def mixed_table(rows: int) -> pa.Table:
    """Make 20 columns: 8 floats, 4 integers, 5 texts, a boolean, a timestamp and a date."""
    random = np.random.default_rng(_SEED)
    columns: dict[str, Any] = {}
    for place in range(8):
        missing = random.random(rows) < 0.05 if place % 2 else None
        columns[f"float_{place}"] = pa.array(random.normal(50, 12, rows), mask=missing)
    for largest in (2, 100, 50_000, 2**40):
        columns[f"integer_{largest}"] = pa.array(random.integers(0, largest, rows))
    for different in (5, 50, 1_000, 100_000, 1_000_000):
        words = pa.array([f"value-{number}" for number in range(different)])
        columns[f"text_{different}"] = words.take(random.integers(0, different, rows))
    columns["flag"] = pa.array(random.random(rows) < 0.3)
    moments = random.integers(1_500_000_000_000_000, 1_700_000_000_000_000, rows)
    columns["moment"] = pa.array(moments).cast(pa.timestamp("us"))
    days = random.integers(10_000, 20_000, rows).astype(np.int32)
    columns["day"] = pa.array(days).cast(pa.date32())
    return pa.table(columns)


def pandas_profile(frame: pd.DataFrame, *, unique: bool) -> None:
    """Ask pandas for statistics, and for a histogram or the top values of each column.

    Without ``unique``, numbers and dates are not told how many different values they have,
    which ``describe`` leaves out and ours does not.
    """
    frame.describe(include="all")
    for name in frame.columns:
        series = frame[name]
        if pd.api.types.is_datetime64_any_dtype(series.dtype):
            np.histogram(series.to_numpy().view(np.int64), 10)
        elif pd.api.types.is_numeric_dtype(series.dtype) and series.dtype != bool:
            np.histogram(series.dropna().to_numpy(), 10)
        else:
            series.value_counts().head(10)
            continue
        if unique:
            series.nunique()


def polars_profile(frame: Any) -> None:
    """Ask Polars for the same, unique values included."""
    frame.describe()
    for series in frame.iter_columns():
        if series.dtype.is_numeric():
            series.drop_nulls().hist(bin_count=10)
            series.n_unique()
        elif series.dtype.is_temporal():
            series.to_physical().hist(bin_count=10)
            series.n_unique()
        else:
            series.value_counts(sort=True).head(10)


def memory_pass(table: pa.Table) -> None:
    """Read every byte of the table once."""
    for column in table.columns:
        for chunk in column.chunks:
            for buffer in chunk.buffers():
                if buffer is not None:
                    np.frombuffer(memoryview(buffer), np.int64, buffer.size // 8).max(initial=0)


def report_columns(table: pa.Table) -> None:
    """Print where the time goes: each column by itself, on one core."""
    print("\nmilliseconds a column, alone")
    for name in table.column_names:
        dataset = Dataset(table=table.select([name]))
        times = take_turns({name: partial(profile_dataset, dataset)}, 3)[name]
        print(f"  {name:24}{min(times) * 1000:8.1f}")


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description="Profile of a mixed table beside its peers.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    table = mixed_table(options.rows)
    dataset, frame = Dataset(table=table), table.to_pandas(date_as_object=False)
    candidates: dict[str, Callable[[], Any]] = {
        "studiolo": partial(profile_dataset, dataset),
        "pandas": partial(pandas_profile, frame, unique=False),
        "pandas, unique": partial(pandas_profile, frame, unique=True),
        "one memory pass": partial(memory_pass, table),
    }
    if importlib.util.find_spec("polars"):
        polars = importlib.import_module("polars")
        candidates["polars"] = partial(polars_profile, polars.from_arrow(table))
    print(f"{table.num_rows:,} rows, {table.num_columns} columns, {os.cpu_count()} cores")
    print_noise()
    print_turns(take_turns(candidates, options.rounds))
    report_columns(table)


if __name__ == "__main__":
    main()
