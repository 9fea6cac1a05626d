"""A million rows into a script that returns them, and out again.

The floor is memory bandwidth: one memcpy of the same bytes into memory that is there already.
The peers hand the same data to a process and back by a file in memory: Parquet, pickle 5 with its
buffers apart, CSV.
"""

import argparse
import io
import pickle
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.profile import mixed_table
from benchmarks.turns import print_noise, print_turns, spread, take_turns
from studiolo.datasets.invariants import check_dataset
from studiolo.environments.environment import default_spec
from studiolo.environments.request import EnvironmentRequest
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.sandbox.exchange.job import Job
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.sandbox import Sandbox
from studiolo.workspace.sandboxes.sandbox_factory import LocalSandboxFactory

_SCRIPTS = {
    "studiolo": "def azureml_main(frame):\n    return frame,\n",
    "studiolo, one column changed": (
        "def azureml_main(frame):\n    frame['float_0'] = frame['float_0'] * 2\n    return frame,\n"
    ),
    "studiolo, every column copied": (
        "def azureml_main(frame):\n    return frame.copy(deep=True),\n"
    ),
}


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description="Hand-over of a million rows beside its peers.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    table = check_dataset(mixed_table(options.rows)).table
    frame = table.to_pandas(date_as_object=False)
    print_noise()
    print(f"{table.num_rows:,} x {table.num_columns}, {table.nbytes / 1e6:.0f} MB")
    source = np.ones(table.nbytes, np.uint8)
    target = np.zeros_like(source)
    factory = LocalSandboxFactory(RunSettings(warm=1))
    environment = factory.environment_for(EnvironmentRequest(base=default_spec()))
    with factory.sandbox_for(environment) as sandbox, MemoryFile.of_table(table) as file:
        candidates: dict[str, Callable[[], Any]] = {
            name: partial(_run, sandbox, script, file) for name, script in _SCRIPTS.items()
        }
        candidates |= {
            "memcpy (the floor)": partial(np.copyto, target, source),
            "table to a sealed memory file": partial(_to_memory_file, table),
            "pickle 5, buffers apart": partial(_pickle, frame),
            "Parquet, snappy": partial(_parquet, table),
        }
        seconds = take_turns(candidates, options.rounds)
        print_turns(seconds)
        floor = seconds["memcpy (the floor)"]
        for name in _SCRIPTS:
            ratios = [ours / copy for ours, copy in zip(seconds[name], floor, strict=True)]
            print(f"{name}: {spread(ratios)} times memcpy")
    small = table.slice(0, options.rows // 10)
    start = time.perf_counter()
    _csv(small.to_pandas(date_as_object=False))
    print(f"CSV by pandas, from a tenth of the rows: {(time.perf_counter() - start) * 10:.1f} s")


def _run(sandbox: Sandbox, script: str, file: MemoryFile) -> None:
    # This does not measure the fork that is waiting.
    outcome = sandbox.run(Job(source=script, inputs={"dataset1": file}))
    if outcome.failure is not None:
        raise RuntimeError(outcome.failure.message)


def _to_memory_file(table: pa.Table) -> None:
    MemoryFile.of_table(table).close()


def _pickle(frame: pd.DataFrame) -> None:
    for _ in range(2):
        parts: list[pickle.PickleBuffer] = []
        head = pickle.dumps(frame, protocol=5, buffer_callback=parts.append)
        pickle.loads(head, buffers=[bytearray(part.raw()) for part in parts])


def _parquet(table: pa.Table) -> None:
    for _ in range(2):
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        pq.read_table(pa.BufferReader(sink.getvalue())).to_pandas()


def _csv(frame: pd.DataFrame) -> None:
    for _ in range(2):
        sink = io.StringIO()
        frame.to_csv(sink, index=False)
        sink.seek(0)
        pd.read_csv(sink)


if __name__ == "__main__":
    main()
