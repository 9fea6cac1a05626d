"""Nodes that may reach targets in the network: what they reach, what is recorded, what is kept."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from studiolo.experiments.allowance import parse_allowance
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.sandbox.errors import NetworkUnavailableError
from studiolo.store.run_record import NodeState
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

_FETCH = """
    import urllib.request
    import pandas as pd
    def azureml_main():
        text = urllib.request.urlopen("http://numbers.example.com/").read()
        return pd.DataFrame({"number": [int(text)]})
"""
_NODES = """
    fetch: {module: execute-python-script, script: fetch.py, allow: ["numbers.example.com:80=AT"]}
    twice: {module: add-rows, inputs: {dataset1: fetch, dataset2: fetch}}
"""
FETCH = "fetch"


class _Counting(http.server.BaseHTTPRequestHandler):
    count = 0

    def do_GET(self) -> None:
        type(self).count += 1
        content = str(self.count).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def numbers() -> Iterator[str]:
    """A server that gives another number each time: its address and port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Counting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, numbers: str) -> Iterator[Workspace]:
    folder = WorkspaceFolder(tmp_path_factory.mktemp("networks") / "workspace")
    folder.experiment(_NODES.replace("AT", numbers), scripts={"fetch.py": _FETCH})
    with Workspace(folder.root) as workspace:
        yield workspace


def run(workspace: Workspace, settings: RunSettings | None = None) -> ExperimentResult:
    result = workspace.run(workspace.experiment("experiment"), settings=settings)
    failure = result[FETCH].failure
    if failure is not None and failure.code == NetworkUnavailableError.code:
        pytest.skip("this machine has no user namespaces")
    return result


def states(result: ExperimentResult) -> list[NodeState]:
    return [node.record.state for node in result.nodes.values()]


def test_a_node_that_had_a_network_runs_each_time_and_says_what_it_talked_to(
    opened: Workspace,
) -> None:
    for result in (run(opened), run(opened)):
        assert states(result) == [NodeState.FINISHED] * 2, result[FETCH].failure
        (connection,) = result[FETCH].network
        assert (connection.host, connection.port) == ("numbers.example.com", 80)
        assert connection.allowed
        assert connection.received > 0
        assert not result["twice"].network
    path = opened.root / "experiments" / "experiment" / "experiment.yaml"
    text = path.read_text()
    path.write_text(text.replace("allow:", "cache: true, allow:"))
    assert states(run(opened)) == [NodeState.FINISHED] * 2
    kept = run(opened)
    assert states(kept) == [NodeState.KEPT] * 2
    assert not kept[FETCH].network
    path.write_text(text)


def test_what_a_run_and_the_workspace_allow_counts_for_scripts(
    opened: Workspace, numbers: str
) -> None:
    path = opened.root / "experiments" / "experiment" / "experiment.yaml"
    text = path.read_text()
    path.write_text(text.replace(text[text.index(", allow:") : text.index("]") + 1], ""))
    refused = run(opened)[FETCH].failure
    assert refused is not None
    assert refused.code == "network-refused"
    allow = parse_allowance(f"numbers.example.com:80={numbers}")
    assert states(run(opened, RunSettings(allow=(allow,)))) == [NodeState.FINISHED] * 2
    settings = opened.root / "studiolo.toml"
    settings.write_text(settings.read_text() + f'\n[network]\nallow = ["{allow}"]\n')
    with Workspace(opened.root) as again:
        assert states(run(again)) == [NodeState.FINISHED] * 2
    path.write_text(text)
