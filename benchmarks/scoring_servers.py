"""Servers that answer the same prediction: ours and the peers', each in processes of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.peers_environment import peers_python

_FEATURES = 4
_ROWS = 200
#: Most of them import for seconds, on a busy machine for many.
_STARTING_SECONDS = 180
EXPERIMENT = """studiolo: 1
name: Score
nodes:
  rows: {dataset: rows.csv}
  learner: {module: two-class-logistic-regression}
  train:
    module: train-model
    inputs: {untrained_model: learner, dataset: rows}
    parameters: {label_column: label}
  unlabelled:
    module: select-columns-in-dataset
    inputs: {dataset: rows}
    parameters: {select_columns: [f0, f1, f2, f3]}
  input1: {module: web-service-input, inputs: {dataset: unlabelled}}
  score: {module: score-model, inputs: {trained_model: train, dataset: input1}}
  output1: {module: web-service-output, inputs: {dataset: score}}
"""
#: The peers' model, made of the same data by the scikit-learn that opens it.
_SAVE = """import sys
import joblib, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rows = pd.read_csv(sys.argv[1])
model = make_pipeline(StandardScaler(), LogisticRegression())
joblib.dump(model.fit(rows.drop(columns="label"), rows.label), sys.argv[2])
"""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that answers."""

    port: int
    path: str
    #: What it takes in place of the rows, and what it wants around them.
    key: str
    around: str
    headers: Mapping[str, str]

    def score(self, rows: Sequence[Mapping[str, float]]) -> None:
        """Have rows scored, over a connection that is kept, as clients with many requests do.

        Raises:
            RuntimeError: The answer is not what was asked for.
        """
        body: dict[str, Any] = {self.key: rows}
        if self.around:
            body = {self.around: body}
        kept = _connections.__dict__.setdefault("kept", {})
        if self.port not in kept:
            kept[self.port] = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection = kept[self.port]
        headers = {"Content-Type": "application/json", **self.headers}
        connection.request("POST", self.path, json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(content.decode())

    def of(self, path: str, key: str) -> "Server":
        """The same server at a path of ours, with the key to it."""
        return replace(self, path=path, headers={"Authorization": f"Bearer {key}"})


_connections = threading.local()
#: The path of each peer, and the key of the rows in its requests.
PEERS = {
    "mlflow": ("/invocations", "dataframe_records"),
    "bentoml": ("/score", "rows"),
    "litserve": ("/score", "rows"),
    "fastapi": ("/score", "rows"),
}


def rows(count: int) -> list[dict[str, float]]:
    """So many rows to score."""
    row = {f"f{number}": number + 0.5 for number in range(_FEATURES)}
    return [row] * count


def write_rows(file: Path) -> None:
    """Write the rows from which all learn."""
    names = ",".join(f"f{number}" for number in range(_FEATURES))
    values = [
        [(row * 7 + 13 * number) % 101 / 10 for number in range(_FEATURES)] for row in range(_ROWS)
    ]
    lines = "\n".join(",".join(map(str, [*row, int(row[0] > row[1])])) for row in values)
    file.write_text(f"{names},label\n{lines}\n")


@contextmanager
def ours(root: Path, key: str, path: str) -> Iterator[Server]:
    """Serve the workspace in ``root``."""
    port = free_port()
    command = [sys.executable, "-m", "studiolo", "serve", "--port", str(port), "--workspace", root]
    with process(command, port):
        headers = {"Authorization": f"Bearer {key}"}
        yield Server(port=port, path=path, key="input1", around="inputs", headers=headers)


@contextmanager
def peers(folder: Path) -> Iterator[Mapping[str, Server]]:
    """Have all peers serve, as their users start them."""
    data = folder / "rows.csv"
    write_rows(data)
    with ExitStack() as stack:
        servers = {}
        for name, (path, key) in PEERS.items():
            python = peers_python(f"serving/{name}")
            own = folder / name
            own.mkdir()
            subprocess.run([python, "-c", _SAVE, data, own / "model.joblib"], check=True)
            port = free_port()
            program = Path(__file__).parent / "peers" / "serving" / f"serve_{name}.py"
            stack.enter_context(process([python, program, own, str(port)], port))
            servers[name] = Server(port=port, path=path, key=key, around="", headers={})
        yield servers


@contextmanager
def process(
    command: list[Any], port: int, *, log: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that listens at a port, and all that it starts; ``log`` gets what they say."""
    # None of them reports that it is used.
    environment = {
        **os.environ,
        "BENTOML_DO_NOT_TRACK": "True",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }
    with subprocess.Popen(
        command, stdout=log, stderr=log, env=environment, start_new_session=True
    ) as started:
        try:
            _wait_for(port, started)
            yield started
        finally:
            started.terminate()
            try:
                started.wait(30)
            finally:
                # What it has started and left.
                with suppress(ProcessLookupError):
                    os.killpg(started.pid, signal.SIGKILL)


def _wait_for(port: int, started: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTING_SECONDS
    while started.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"{started.args!r} does not listen")


def free_port() -> int:
    """A port that no program listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
