"""Services whose nodes may reach the network and have secrets: in one place each, and in words."""

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pytest

from studiolo.experiments.allowance import parse_allowance
from studiolo.sandbox.errors import NetworkUnavailableError
from studiolo.services.scoring import ScoringFailed, ScoringReply, ScoringRequest
from studiolo.services.serving.handler import Handler
from studiolo.store.services.service_record import ServiceIsolation
from studiolo.workspace.errors import SecretMissingError
from studiolo.workspace.sandboxes.secret_store import SecretStore
from studiolo.workspace.services.errors import PublishedRunFailedError
from studiolo.workspace.services.publishing import Publication
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

VALUE = "s3cret-of-the-service"
_NODES = """
rows: {dataset: rows.csv}
input1: {module: web-service-input, inputs: {dataset: rows}}
ask:
  module: execute-python-script
  script: ask.py
  inputs: {dataset1: input1}
  allow: ["numbers.example.com:80=AT"]
  secrets: [API_TOKEN]
after: {module: execute-python-script, script: look.py, inputs: {dataset1: ask}}
output1: {module: web-service-output, inputs: {dataset: after}}
"""
#: Says whether it can see what only the other script may.
_LOOK = """
import os, socket
def azureml_main(frame):
    try:
        socket.create_connection(("numbers.example.com", 80), 2)
        reached = True
    except OSError:
        reached = False
    frame["seen"] = reached or "API_TOKEN" in os.environ
    return frame
"""
_ASK = """
import os, urllib.request
def azureml_main(frame):
    token = os.environ["API_TOKEN"]
    print("the token is", token)
    if frame.number.max() > 100:
        urllib.request.urlopen("http://elsewhere.example.com/").read()
    request = urllib.request.Request(
        "http://numbers.example.com/", headers={"Authorization": token}
    )
    frame["answer"] = urllib.request.urlopen(request).read().decode()
    return frame
"""


class _Asked(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = b"yes" if self.headers["Authorization"] == VALUE else b"no"
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecretStore]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studiolo.workspace.sandboxes.secret_store.studiolo_home", lambda: home)
        yield SecretStore()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, store: SecretStore) -> Iterator[Workspace]:
    del store
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Asked)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = WorkspaceFolder(tmp_path_factory.mktemp("asking") / "workspace")
    folder.dataset("rows.csv", "number\n1\n2\n")
    nodes = _NODES.replace("AT", f"127.0.0.1:{server.server_address[1]}")
    folder.experiment(nodes, scripts={"look.py": _LOOK, "ask.py": _ASK})
    with Workspace(folder.root) as opened:
        yield opened
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def published(workspace: Workspace, store: SecretStore) -> Publication:
    experiment = workspace.experiment("experiment")
    with pytest.raises(PublishedRunFailedError, match="secret set API_TOKEN"):
        workspace.services.publish(experiment, service="asking")
    store.set("API_TOKEN", VALUE)
    try:
        return workspace.services.publish(experiment, service="asking")
    except PublishedRunFailedError as error:
        if NetworkUnavailableError.code in str(error):
            pytest.skip("this machine has no user namespaces")
        raise


def _handler(workspace: Workspace, isolation: ServiceIsolation) -> Handler:
    (served,) = workspace.services.served("asking")
    endpoint = replace(served.endpoint, isolation=isolation)
    return workspace.services.handler(replace(served, endpoint=endpoint), served.versions[1])


def _asked(*numbers: int) -> ScoringRequest:
    return ScoringRequest(inputs={"input1": pa.table({"number": pa.array(numbers, pa.int64())})})


@pytest.mark.parametrize("isolation", list(ServiceIsolation))
def test_a_request_reaches_what_its_node_may_and_no_other_node_does(
    workspace: Workspace, published: Publication, isolation: ServiceIsolation
) -> None:
    del published
    with _handler(workspace, isolation) as handler:
        for number in (3, 4):
            reply = handler.score(_asked(number))
            assert isinstance(reply, ScoringReply), reply
            (row,) = reply.outputs["output1"].to_pylist()
            assert row == {"number": number, "answer": "yes", "seen": False}
            (connection,) = reply.network
            assert (connection.host, connection.port) == ("numbers.example.com", 80)
            assert connection.received > 0
            assert reply.log == "[ask]\nthe token is ••••\n"
        failed = handler.score(_asked(101))
    assert isinstance(failed, ScoringFailed)
    assert (failed.node, failed.failure.code) == ("ask", "target-unreachable")
    assert [(one.host, one.allowed) for one in failed.network] == [("elsewhere.example.com", False)]
    assert VALUE not in repr(failed)


def test_a_version_keeps_the_names_of_secrets_and_not_the_secrets(
    workspace: Workspace, published: Publication
) -> None:
    needs = workspace.services.find("asking").needs[1]
    assert needs == published.needs
    assert needs.secrets == ["API_TOKEN"]
    (allowance,) = needs.allow
    assert str(parse_allowance(allowance).target) == "numbers.example.com:80"
    for path in (workspace.root / ".studiolo").rglob("*"):
        assert not path.is_file() or VALUE.encode() not in path.read_bytes(), path


def test_a_secret_that_is_gone_is_said_when_the_version_is_loaded(
    workspace: Workspace, published: Publication, store: SecretStore
) -> None:
    del published
    store.remove("API_TOKEN")
    try:
        with pytest.raises(SecretMissingError, match='no secret "API_TOKEN"'):
            _handler(workspace, ServiceIsolation.REQUEST)
        (served,) = workspace.services.served("asking")
        with pytest.raises(SecretMissingError, match="secret set API_TOKEN"):
            workspace.services.batch_handler(served.versions[1], parallel=1)
    finally:
        store.set("API_TOKEN", VALUE)
