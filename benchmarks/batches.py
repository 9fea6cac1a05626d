"""A file of many rows scored by `studiolo batch`, against the same function on one frame.

Both read a Parquet file and write one, each in a process of its own: `python -m benchmarks.batches
ROWS`, ten million if not given. The aim is 1.3 / processors of the plain program's time.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from benchmarks.turns import print_noise
from studiolo.workspace.folder.sample import new_workspace

_ROWS = 10_000_000
_TURNS = 3
EXPERIMENT = """studiolo: 1
name: Score
nodes:
  rows: {dataset: rows.csv}
  input1: {module: web-service-input, inputs: {dataset: rows}}
  score: {module: execute-python-script, script: score.py, inputs: {dataset1: input1}}
  output1: {module: web-service-output, inputs: {dataset: score}}
"""
#: Some arithmetic, and a column of text: what a scoring script does before and after its model.
SCRIPT = """# /// script
# [tool.studiolo]
# row-wise = true
# ///
import numpy as np


def azureml_main(frame):
    score = 0.3 * frame.a - 0.7 * np.log1p(frame.b) + 0.1 * frame.a * frame.b
    frame["probability"] = 1 / (1 + np.exp(-score))
    frame["label"] = np.where(frame.probability > 0.5, "yes", "no")
    return frame
"""
PLAIN = """
import sys
import pandas as pd
from score import azureml_main

azureml_main(pd.read_parquet(sys.argv[1])).to_parquet(sys.argv[2], compression="zstd")
"""


def main() -> None:
    """Run the comparison and print it."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else _ROWS
    print_noise()
    with TemporaryDirectory() as name:
        folder = Path(name)
        root = folder / "workspace"
        new_workspace(root, samples=False)
        experiment = root / "experiments" / "score"
        experiment.mkdir(parents=True)
        (experiment / "experiment.yaml").write_text(EXPERIMENT)
        (experiment / "score.py").write_text(SCRIPT)
        (root / "datasets" / "rows.csv").write_text("a,b\n0.5,1.5\n2.5,0.25\n")
        (folder / "score.py").write_text(SCRIPT)
        (folder / "plain.py").write_text(PLAIN)
        numbers = np.random.default_rng(0)
        frame = pd.DataFrame({"a": numbers.random(rows), "b": numbers.random(rows)})
        frame.to_parquet(folder / "rows.parquet")
        del frame
        studiolo = [sys.executable, "-m", "studiolo"]
        _run([*studiolo, "publish", str(experiment)], folder)
        batch = [*studiolo, "batch", "score", "--workspace", str(root)]
        batch += ["--input", "rows.parquet", "--output", "ours.parquet"]
        plain = [sys.executable, "plain.py", "rows.parquet", "plain.parquet"]
        times = [(_run(batch, folder), _run(plain, folder)) for _ in range(_TURNS)]
        ours, theirs = (min(each) for each in zip(*times, strict=True))
        one, other = (pd.read_parquet(folder / f"{name}.parquet") for name in ("ours", "plain"))
        assert np.allclose(one.probability, other.probability)
        assert (one.label == other.label).all()
    processors = len(os.sched_getaffinity(0))
    print(f"{rows:,} rows, Parquet to Parquet, least of {_TURNS} turns, {processors} processors")
    print(f"  plain Python, one frame  {theirs:7.2f} s")
    print(f"  studiolo batch           {ours:7.2f} s   {ours / theirs:.2f} of it")
    print(f"  the aim                          {1.3 / processors:.2f} of it")


def _run(command: Sequence[str], folder: Path) -> float:
    """Seconds that a command takes."""
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
