"""The same prediction as a web service: ours, each request in a process of its own, and a peer's.

The peer is FastAPI with pandas in one process, as its users write it, with nothing isolated. The
rows "without HTTP" are our floor: the sandbox and the checks of what goes in and comes out.
"""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.turns import percentiles, print_noise
from studiolo.services.validation import Cells, Validator
from studiolo.store.services.service_record import KeySlot
from studiolo.workspace.sample import new_workspace
from studiolo.workspace.workspace import Workspace

_FEATURES = 4
_ROWS = 200
_SUSTAINED_SECONDS = 6.0
_NODES = """studiolo: 1
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
#: The peer's model, made of the same data.
_SAVE = """import sys
import joblib, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rows = pd.read_csv("datasets/rows.csv")
model = make_pipeline(StandardScaler(), LogisticRegression())
joblib.dump(model.fit(rows.drop(columns="label"), rows.label), sys.argv[1])
"""


def main() -> None:
    """Run the comparison and print it."""
    print_noise()
    with TemporaryDirectory() as folder:
        root = _workspace(Path(folder) / "workspace")
        with Workspace(root) as workspace:
            publication = workspace.services.publish(workspace.experiment("score"), service="score")
            key = publication.keys[KeySlot.PRIMARY].reveal()
            (served,) = workspace.services.served()
            began = time.perf_counter()
            with (
                _serving(root) as ours,
                _peer(root) as peer,
                workspace.services.handler(served, served.versions[1]) as handler,
            ):
                _post(ours, "/services/score/score", _rows(1), key)
                print(f"serve: first answer after {time.perf_counter() - began:.1f} s")
                validator = Validator(handler.schema)
                for rows in (1, 100):
                    body = _rows(rows)
                    request = validator.check(_cells(body), {})
                    print(f"\n{rows} row{'s' * (rows > 1)}, 1 client")
                    candidates: dict[str, Callable[[], Any]] = {
                        "studiolo": partial(_post, ours, "/services/score/score", body, key),
                        "studiolo, without HTTP": partial(handler.score, request),
                        "fastapi with pandas": partial(_post, peer, "/score", body, ""),
                    }
                    _print_latencies(candidates)
                body = _rows(1)
                print("\n1 row, 8 clients, requests a second")
                for name, call in {
                    "studiolo": partial(_post, ours, "/services/score/score", body, key),
                    "fastapi with pandas": partial(_post, peer, "/score", body, ""),
                }.items():
                    print(f"{name:30}{_sustained(call, 8):8.1f}")
                request = validator.check(_cells(body), {})
                rate = _sustained(partial(handler.score, request), 8)
                print(f"{'studiolo, without HTTP':30}{rate:8.1f}")


def _workspace(root: Path) -> Path:
    new_workspace(root, samples=False)
    folder = root / "experiments" / "score"
    folder.mkdir(parents=True)
    (folder / "experiment.yaml").write_text(_NODES)
    names = ",".join(f"f{number}" for number in range(_FEATURES))
    values = [
        [(row * 7 + 13 * number) % 101 / 10 for number in range(_FEATURES)] for row in range(_ROWS)
    ]
    rows = "\n".join(",".join(map(str, [*row, int(row[0] > row[1])])) for row in values)
    (root / "datasets" / "rows.csv").write_text(f"{names},label\n{rows}\n")
    return root


def _rows(count: int) -> dict[str, Any]:
    row = {f"f{number}": number + 0.5 for number in range(_FEATURES)}
    return {"inputs": {"input1": [row] * count}}


def _cells(body: Mapping[str, Any]) -> Any:
    rows = body["inputs"]["input1"]
    names = list(rows[0])
    return {"input1": Cells(names=names, columns=[[row[name] for row in rows] for name in names])}


@contextmanager
def _serving(root: Path) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "studiolo", "serve", "--port", str(port), "--workspace", root]
    with _process(command, port):
        yield port


@contextmanager
def _peer(root: Path) -> Iterator[int]:
    port = _free_port()
    model = root / "model.joblib"
    subprocess.run([sys.executable, "-c", _SAVE, model], cwd=root, check=True)
    program = Path(__file__).parent / "peers" / "fastapi_pandas.py"
    with _process([sys.executable, program, model, str(port)], port):
        yield port


@contextmanager
def _process(command: list[Any], port: int) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"{process.args} ended")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


_connections = threading.local()


def _post(port: int, path: str, body: Mapping[str, Any], key: str) -> None:
    """One request over a connection that is kept, as clients with many do."""
    kept: dict[int, http.client.HTTPConnection] = _connections.__dict__.setdefault("kept", {})
    connection = kept.setdefault(port, http.client.HTTPConnection("127.0.0.1", port, timeout=60))
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(content.decode())


def _print_latencies(candidates: Mapping[str, Callable[[], Any]], rounds: int = 100) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds + 5):
        for name, call in candidates.items():
            # Time to replace the waiting forks, as between people's requests.
            time.sleep(0.06)
            start = time.perf_counter()
            call()
            if turn >= 5:
                seconds[name].append(time.perf_counter() - start)
    for name, times in seconds.items():
        print(f"{name:30}{percentiles(times)}")


def _sustained(call: Callable[[], Any], clients: int) -> float:
    """Calls a second, from so many threads."""
    done = [0] * clients
    end = time.perf_counter() + _SUSTAINED_SECONDS

    def work(number: int) -> None:
        while time.perf_counter() < end:
            call()
            done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / _SUSTAINED_SECONDS


if __name__ == "__main__":
    main()
