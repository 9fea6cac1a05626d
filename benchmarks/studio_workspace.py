"""A workspace that is heavy for the pages: experiments of thousands of nodes, a million rows."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tests.server_process import server_process

from studiolo.workspace.folder.sample import new_workspace

_ROWS = 1_000_000
_CHAIN = 50
#: From one node to the next, in pixels of the canvas.
_ACROSS, _DOWN = 272, 112
_PAUSES = """studiolo: 1
name: Pauses
nodes:
  pause: {module: execute-python-script, script: pause.py}
"""
_PAUSE = """import time
import pandas as pd
def azureml_main(dataframe1 = None, dataframe2 = None):
    time.sleep(0.3)
    return pd.DataFrame({"n": [1]}),
"""
_PEOPLE = """studiolo: 1
name: People
nodes:
  people: {dataset: people.csv}
  mine: {module: execute-python-script, script: mine.py, inputs: {dataset1: people}}
"""
_SCRIPT = """def azureml_main(dataframe1 = None, dataframe2 = None):
    people = dataframe1
    return people,
"""


@dataclass(frozen=True, kw_only=True)
class StudioServer:
    """`studiolo serve` with that workspace."""

    url: str
    #: Signs a browser in.
    link: str
    pid: int


@contextmanager
def studio_server(sizes: tuple[int, ...]) -> Iterator[StudioServer]:
    """Serve a workspace that has an experiment for each number of nodes: `nodes-2000`."""
    with TemporaryDirectory() as folder:
        root = new_workspace(Path(folder) / "workspace", samples=False)
        (root / "datasets" / "people.csv").write_text("name,age,home town\nAda,36,London\n")
        _write_table(root / "datasets" / "million.parquet")
        for nodes in sizes:
            write_large_experiment(root / "experiments" / f"nodes-{nodes}", nodes)
        _write_experiment(root / "experiments" / "pauses", _PAUSES, {"pause.py": _PAUSE})
        _write_experiment(root / "experiments" / "people", _PEOPLE, {"mine.py": _SCRIPT})
        with server_process(root) as server:
            line = server.next_line
            while "/signin" not in line:
                line = server.next_line
            yield StudioServer(url=server.url, link=line.split()[-1], pid=server.process.pid)


def write_large_experiment(folder: Path, nodes: int) -> None:
    """Write an experiment of that many nodes: chains that begin at a dataset, `people.csv`."""
    folder.mkdir(parents=True)
    lines, places = ["studiolo: 1", f"name: {nodes} nodes", "nodes:"], {}
    for number in range(nodes):
        column, row = divmod(number, _CHAIN)
        name = f"n{number}"
        places[name] = {"x": column * _ACROSS, "y": row * _DOWN}
        if row == 0:
            lines.append(f"  {name}: {{dataset: people.csv}}")
            continue
        lines.append(
            f"  {name}: {{module: select-columns-in-dataset, inputs: {{dataset: n{number - 1}}}, "
            "parameters: {select_columns: [name, age]}}"
        )
    (folder / "experiment.yaml").write_text("\n".join(lines) + "\n")
    (folder / "layout.json").write_text(json.dumps({"studiolo": 1, "nodes": places}))


def _write_experiment(folder: Path, text: str, scripts: Mapping[str, str]) -> None:
    folder.mkdir()
    (folder / "experiment.yaml").write_text(text)
    for name, script in scripts.items():
        (folder / name).write_text(script)


def _write_table(file: Path) -> None:
    numbers = np.random.default_rng(0)
    columns: dict[str, Any] = {"row": pa.array(np.arange(_ROWS))}
    for name in ("a", "b", "c", "d"):
        columns[name] = pa.array(numbers.random(_ROWS))
    columns["word"] = pa.array([f"word {number % 1000}" for number in range(_ROWS)])
    pq.write_table(pa.table(columns), file)
