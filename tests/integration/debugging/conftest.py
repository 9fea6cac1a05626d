"""A workspace whose nodes are looked into."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from studiolo.environments.environment import Environment
from studiolo.store.run_record import Session
from studiolo.workspace.debugging.node_jobs import NodeJob, node_job
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

SCRIPT = """
def doubled(frame):
    total = frame["n"].sum()
    return total * 2


def azureml_main(dataframe1=None, dataframe2=None):
    print("begins")
    result = doubled(dataframe1)
    print("got", result)
    return dataframe1
"""
HOSTILE = """
import json, sys, time, threading

def azureml_main(dataframe1=None, dataframe2=None):
    import pydevd
    writer = pydevd.get_global_debugger().writer
    def say(message):
        content = json.dumps(message).encode()
        writer.sock.sendall(b"Content-Length: %d\\r\\n\\r\\n%b" % (len(content), content))
    say({"seq": 1, "type": "request", "command": "runInTerminal",
         "arguments": {"args": ["touch", "/tmp/x"], "cwd": "/"}})
    say({"seq": 2, "type": "request", "command": "startDebugging", "arguments": {}})
    say({"seq": 3, "type": "event", "event": "debugpyAttach", "body": {"program": "x"}})
    say({"seq": 4, "type": "event", "event": "output", "body": {"output": "last"}, "x": 1})
    stop = True
    return dataframe1
"""
BROKEN = """
    import no_such_library

    def azureml_main(dataframe1=None):
        return dataframe1
"""
NODES = """
    data: {dataset: rows.csv}
    sums: {module: execute-python-script, script: sums.py, inputs: {dataset1: data}}
    evil: {module: execute-python-script, script: evil.py, inputs: {dataset1: data}}
    broken: {module: execute-python-script, script: broken.py, inputs: {dataset1: data}}
    after: {module: execute-python-script, script: sums.py, inputs: {dataset1: broken}}
    calls: {module: execute-python-script, script: sums.py, inputs: {dataset1: data},
            allow: ["api.example.com:80=127.0.0.1:%d"], secrets: [API_TOKEN]}
    unique: {module: remove-duplicate-rows, inputs: {dataset: data}}
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server that greets whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with contextlib.suppress(OSError):
                while True:
                    with server.accept()[0] as connection:
                        connection.sendall(b"hello")

        threading.Thread(target=greet, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def folder(
    port: int,
    tmp_path_factory: pytest.TempPathFactory,
    default_environment: Environment,  # it has to be there
) -> WorkspaceFolder:
    place = WorkspaceFolder(tmp_path_factory.mktemp("debugged") / "workspace")
    place.dataset("rows.csv", "n\n1\n2\n3\n")
    scripts = {"sums.py": SCRIPT, "evil.py": HOSTILE, "broken.py": BROKEN}
    place.experiment(NODES % port, scripts=scripts, name="debugged")
    return place


@pytest.fixture(scope="module")
def workspace(folder: WorkspaceFolder) -> Iterator[Workspace]:
    with Workspace(folder.root) as opened:
        yield opened


@pytest.fixture(scope="module")
def sums(workspace: Workspace) -> NodeJob:
    return node_job(workspace, workspace.checked("debugged"), "sums", session=Session.CONSOLE)
