"""`studiolo serve` for real: versions in their sandboxes, and changes from other processes."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.server_process import ServerProcess, server_process

from studiolo.experiments.experiment import NodeName
from studiolo.experiments.web_service.interface import ServiceInterface
from studiolo.sandbox.process.process_memory import family_of
from studiolo.services.keys import Key
from studiolo.store.services.service_record import EndpointLimits, EndpointSettings, KeySlot
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

NODES = """
numbers: {dataset: numbers.csv}
given: {module: execute-python-script, script: same.py, inputs: {dataset1: numbers}}
times: {module: execute-python-script, script: times.py, inputs: {dataset1: given}}
reply: {module: execute-python-script, script: same.py, inputs: {dataset1: times}}
"""
TIMES = """
import os

def azureml_main(frame):
    if (frame.n == -1).any():
        while True:
            pass
    if (frame.n == -2).any():
        os.abort()
    if (frame.n == -3).any():
        raise ValueError("no such number")
    frame["n"] = frame.n * FACTOR
    return frame
"""
INTERFACE = ServiceInterface(
    inputs={"input1": NodeName("given")}, outputs={"output1": NodeName("reply")}
)
#: Time for one request, with the seconds that a busy machine may take to fork.
SETTINGS = EndpointSettings(limits=EndpointLimits(seconds=3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceFolder:
    made = WorkspaceFolder(tmp_path_factory.mktemp("serve") / "workspace")
    made.dataset("numbers.csv", "n\n1\n2\n")
    return made


@pytest.fixture(scope="module")
def workspace(folder: WorkspaceFolder) -> Iterator[Workspace]:
    with Workspace(folder.root) as opened:
        yield opened


@pytest.fixture(scope="module")
def key(folder: WorkspaceFolder, workspace: Workspace) -> Key:
    return publish(folder, workspace, factor=10)[KeySlot.PRIMARY]


def publish(folder: WorkspaceFolder, workspace: Workspace, *, factor: int) -> dict[KeySlot, Key]:
    same = "def azureml_main(frame):\n    return frame\n"
    times = TIMES.replace("FACTOR", str(factor))
    folder.experiment(NODES, scripts={"same.py": same, "times.py": times})
    experiment = workspace.experiment("experiment")
    published = workspace.services.publish(
        experiment, INTERFACE, service="times", settings=SETTINGS
    )
    return dict(published.keys)


def call(server: ServerProcess, number: float, key: Key) -> httpx.Response:
    return httpx.post(
        f"{server.url}/services/times/score",
        json={"inputs": {"input1": [{"n": number}]}},
        headers={"Authorization": f"Bearer {key.reveal()}"},
        timeout=60,
    )


def result(answer: httpx.Response) -> float:
    assert answer.status_code == 200, answer.text
    value = answer.json()["outputs"]["output1"][0]["n"]
    assert isinstance(value, int | float)
    return value


def test_a_published_version_is_served(
    folder: WorkspaceFolder, workspace: Workspace, key: Key
) -> None:
    with server_process(folder.root) as server:
        assert "times" in server.next_line
        assert result(call(server, 2, key)) == 20
        endpoint = workspace.services.served()[0].endpoint.id
        classic = httpx.post(
            f"{server.url}/workspaces/{'a' * 32}/services/{endpoint}/execute"
            "?api-version=2.0&details=true",
            json={"Inputs": {"input1": {"ColumnNames": ["n"], "Values": [["3"]]}}},
            headers={"Authorization": f"bearer  {key.reveal()}"},
            timeout=60,
        )
        assert classic.json()["Results"]["output1"] == {
            "type": "table",
            "value": {"ColumnNames": ["n"], "ColumnTypes": ["Int64"], "Values": [["30"]]},
        }

        # What hangs, kills its process or fails is answered, and the next caller sees none of it.
        hanging = call(server, -1, key)
        assert hanging.status_code == 408
        killed = call(server, -2, key)
        assert killed.status_code == 400
        failed = call(server, -3, key)
        assert failed.json()["error"]["details"][0] == {
            "code": "85",
            "target": "times",
            "message": "Error 0085: ValueError: no such number",
        }
        assert result(call(server, 2, key)) == 20
        kept = folder.root / ".studiolo" / "server" / "failed-requests.jsonl"
        last = json.loads(kept.read_text().splitlines()[-1])
        assert last["request_id"] == failed.headers["x-ms-request-id"]
        assert "times.py" in last["traceback"]

        # A key that another process replaces opens nothing a moment later.
        fresh = workspace.services.rotate("times", KeySlot.SECONDARY)
        until = time.monotonic() + 30
        while call(server, 2, fresh).status_code == 401:
            assert time.monotonic() < until
    log = server.log.read_text()
    assert key.reveal() not in log
    assert fresh.reveal() not in log


def test_a_new_version_takes_over_without_a_failed_request(
    folder: WorkspaceFolder, workspace: Workspace, key: Key
) -> None:
    seen: Counter[float] = Counter()
    ended = threading.Event()

    def call_again_and_again(server: ServerProcess) -> None:
        while not ended.is_set():
            seen[result(call(server, 1, key))] += 1

    with server_process(folder.root) as server:
        caller = threading.Thread(target=call_again_and_again, args=(server,))
        caller.start()
        publish(folder, workspace, factor=11)
        until = time.monotonic() + 60
        while not seen[11] and caller.is_alive():
            assert time.monotonic() < until
            time.sleep(0.05)
        ended.set()
        caller.join()
        workspace.services.rollback("times")
        while result(call(server, 1, key)) != 10:
            assert time.monotonic() < until
    assert set(seen) == {10, 11}


def test_a_server_that_was_killed_leaves_no_process_and_starts_again(
    folder: WorkspaceFolder, key: Key
) -> None:
    with server_process(folder.root, ends_well=False) as server:
        call(server, 1, key)
        family = family_of(server.process.pid)
        assert len(family) > 1
        server.process.kill()
        until = time.monotonic() + 30
        while alive := [pid for pid in family if _runs(pid)]:
            assert time.monotonic() < until, alive
            time.sleep(0.1)
    with server_process(folder.root) as server:
        assert call(server, 1, key).status_code == 200


def _runs(pid: int) -> bool:
    """Whether a process is there that has not ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
