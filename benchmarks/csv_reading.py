"""Reading a CSV file of a million rows, types decided over all of it, beside its peers."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow.csv

from benchmarks.profile import mixed_table
from benchmarks.turns import print_noise, print_turns, take_turns
from studiolo.datasets.dataset import Dataset
from studiolo.datasets.reading.files import read_dataset, write_dataset


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description="Reading CSV beside its peers.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print_noise()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mixed.csv"
        write_dataset(Dataset(table=mixed_table(options.rows)), path)
        print(f"{options.rows:,} x 20, {path.stat().st_size / 1e6:.0f} MB")
        candidates: dict[str, Callable[[], Any]] = {
            "studiolo": partial(read_dataset, path),
            "pandas.read_csv": partial(pd.read_csv, path),
            "pandas.read_csv, types from the whole file": partial(
                pd.read_csv, path, low_memory=False
            ),
            "pyarrow.csv, types from the first block": partial(pyarrow.csv.read_csv, path),
        }
        print_turns(take_turns(candidates, options.rounds))


if __name__ == "__main__":
    main()
