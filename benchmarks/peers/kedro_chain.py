"""A chain of nodes in Kedro: `kedro_chain.py NODES sequential|parallel`; prints ms a node."""

import logging
import sys
import time

import pandas as pd
from kedro.io import DataCatalog, MemoryDataset, SharedMemoryDataCatalog
from kedro.pipeline import node, pipeline
from kedro.runner import ParallelRunner, SequentialRunner


def add_one(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy()
    frame["a"] = frame["a"] + 1
    return frame


def main() -> None:
    """Run the chain once and print what a node took."""
    count, how = int(sys.argv[1]), sys.argv[2]
    logging.disable(logging.CRITICAL)
    chain = pipeline([node(add_one, f"d{n}", f"d{n + 1}", name=f"n{n}") for n in range(count)])
    frame = pd.DataFrame({"a": range(10), "b": [f"value {n}" for n in range(10)]})
    sequential = how == "sequential"
    kind = DataCatalog if sequential else SharedMemoryDataCatalog
    catalog = kind({"d0": MemoryDataset(frame)})
    runner = SequentialRunner() if sequential else ParallelRunner(max_workers=2)
    start = time.perf_counter()
    result = runner.run(chain, catalog)
    seconds = time.perf_counter() - start
    last = result[f"d{count}"]
    last = last.load() if hasattr(last, "load") else last
    assert last["a"].tolist() == [value + count for value in range(10)]
    print(seconds / count * 1000)


if __name__ == "__main__":
    main()
