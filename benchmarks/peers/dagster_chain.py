"""A chain of ops in Dagster: `python dagster_chain.py NODES in-process|multiprocess`; ms an op."""

import os
import sys
import tempfile
import time

os.environ["DAGSTER_HOME"] = tempfile.mkdtemp()

import dagster
import pandas as pd

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else int(os.environ.get("CHAIN_NODES", "20"))
os.environ["CHAIN_NODES"] = str(COUNT)


@dagster.op
def begin() -> pd.DataFrame:
    return pd.DataFrame({"a": range(10), "b": [f"value {n}" for n in range(10)]})


@dagster.op
def add_one(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy()
    frame["a"] = frame["a"] + 1
    return frame


@dagster.job
def chain() -> None:
    frame = begin()
    for number in range(COUNT):
        frame = add_one.alias(f"n{number}")(frame)


def main() -> None:
    """Run the chain once and print what an op took."""
    how = sys.argv[2]
    if how == "in-process":
        start = time.perf_counter()
        result = chain.execute_in_process()
    else:
        with dagster.DagsterInstance.get() as instance:
            start = time.perf_counter()
            result = dagster.execute_job(
                dagster.reconstructable(chain),
                instance=instance,
                run_config={"execution": {"config": {"multiprocess": {"max_concurrent": 2}}}},
            )
    seconds = time.perf_counter() - start
    assert result.success
    print(seconds / COUNT * 1000)


if __name__ == "__main__":
    main()
