"""A chain of tasks in Prefect: `python prefect_chain.py NODES`; prints ms a task."""

import os
import sys
import tempfile
import time

os.environ["PREFECT_HOME"] = tempfile.mkdtemp()
os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["DO_NOT_TRACK"] = "1"

import pandas as pd
from prefect import flow, task


@task
def add_one(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy()
    frame["a"] = frame["a"] + 1
    return frame


@flow
def chain(count: int) -> float:
    frame = pd.DataFrame({"a": range(10), "b": [f"value {n}" for n in range(10)]})
    start = time.perf_counter()
    for _ in range(count):
        frame = add_one(frame)
    seconds = time.perf_counter() - start
    assert frame["a"].tolist() == [value + count for value in range(10)]
    return seconds


if __name__ == "__main__":
    nodes = int(sys.argv[1])
    print(chain(nodes) / nodes * 1000)
