"""The Python client against a real server and a real service."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from tests.server_process import server_process

import studiolo
from studiolo.calling.errors import ServiceRefusedError, ServiceUnreachableError
from studiolo.store.services.service_record import KeySlot
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

NODES = """
people: {dataset: people.csv}
input1: {module: web-service-input, inputs: {dataset: people}}
older:
  module: execute-python-script
  script: older.py
  inputs: {dataset1: input1}
output1: {module: web-service-output, inputs: {dataset: older}}
"""
OLDER = """
    def azureml_main(frame, *, by: int = 1):
        if (frame.age > 150).any():
            raise ValueError("nobody is that old")
        return frame.assign(age=frame.age + by)
"""


@dataclass(frozen=True, kw_only=True)
class Served:
    address: str
    key: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = WorkspaceFolder(tmp_path_factory.mktemp("client") / "workspace")
    folder.dataset("people.csv", "age,name\n36,Ada\n41,Alan\n")
    path: Path = folder.experiment(NODES, scripts={"older.py": OLDER})
    text = (path / "experiment.yaml").read_text()
    text = text.replace("nodes:", "web_service_parameters: {Years: older.by}\nnodes:")
    (path / "experiment.yaml").write_text(text)
    with Workspace(folder.root) as workspace:
        publication = workspace.services.publish(workspace.experiment("experiment"), service="old")
    with server_process(folder.root) as server:
        key = publication.keys[KeySlot.PRIMARY].reveal()
        yield Served(address=f"{server.url}/services/old", key=key)


def test_frames_go_in_and_come_out(served: Served) -> None:
    client = studiolo.client(served.address, key=served.key)
    frame = pd.DataFrame({"name": ["Grace", "Edsger"], "age": [45, 36]})
    scored = client.call(frame)
    pd.testing.assert_frame_equal(
        scored, pd.DataFrame({"age": [46, 37], "name": ["Grace", "Edsger"]})
    )
    assert client.call(frame, Years=10).age.tolist() == [55, 46]
    assert asyncio.run(client.call_async(frame)).age.tolist() == [46, 37]


def test_what_the_server_says_is_an_error(served: Served) -> None:
    client = studiolo.client(served.address, key=served.key)
    with pytest.raises(ServiceRefusedError, match=r"BadUserArgument.*age") as caught:
        client.call(pd.DataFrame({"name": ["Ada"]}))
    assert caught.value.status == 400
    with pytest.raises(ServiceRefusedError, match="nobody is that old"):
        client.call(pd.DataFrame({"age": [151], "name": ["Methuselah"]}))
    with pytest.raises(ServiceRefusedError, match="Unauthorized") as caught:
        studiolo.client(served.address, key="wrong").call(pd.DataFrame({"age": [1]}))
    assert caught.value.status == 401
    assert served.key not in repr(client)


def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/services/none"
    with pytest.raises(ServiceUnreachableError, match=r"Is the server running"):
        studiolo.client(address, key="any").call(pd.DataFrame({"age": [1]}))
    with pytest.raises(ValueError, match="is not an address"):
        studiolo.client("127.0.0.1:8765", key="any")
