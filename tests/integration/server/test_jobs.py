"""Batch jobs for real, called as the classic sample programs call them."""

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from azure.storage.blob import BlobServiceClient
from tests.server_process import server_process

import studiolo
from studiolo.calling.errors import ServiceBatchFailedError, ServiceRefusedError
from studiolo.calling.service_batch import BatchState
from studiolo.sandbox.errors import NetworkUnavailableError
from studiolo.services.keys import Key
from studiolo.store.services.service_record import KeySlot
from studiolo.workspace.services.errors import PublishedRunFailedError
from studiolo.workspace.workspace import Workspace

from ..azurite import ACCOUNT, ACCOUNT_KEY, azurite_in
from ..workspaces import WorkspaceFolder
from .cutting_proxy import cutting_proxy

NODES = """
numbers: {dataset: numbers.csv}
input1: {module: web-service-input, inputs: {dataset: numbers}}
times: {module: execute-python-script, script: times.py, inputs: {dataset1: input1}}
output1: {module: web-service-output, inputs: {dataset: times}}
"""
TIMES = """
# /// script
# [tool.studiolo]
# row-wise = true
# ///
import time

def azureml_main(frame, *, factor: int = 10):
    time.sleep(0.3)
    if (frame.n == -1).any():
        raise ValueError("no such number")
    frame["n"] = frame.n * factor
    return frame
"""
ROWS = "n,text\n" + "".join(f"{n},{'x' * 1000}\n" for n in range(60_000))


@dataclass(frozen=True, kw_only=True)
class Caller:
    """What a sample program has: an address and a key; it knows nothing but urllib."""

    url: str
    key: str

    def ask(
        self, method: str, address: str, body: object = None, *, key: bool = True, sdk: str = ""
    ) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", "x-aml-sdk": sdk}
        if key:
            sent["Authorization"] = "Bearer " + self.key
        request = urllib.request.Request(
            address, None if body is None else data, sent, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def submit(self, payload: object) -> str:
        """As the samples do: the answer is a text in quotes, which are cut off."""
        request = urllib.request.Request(
            self.url + "?api-version=2.0",
            json.dumps(payload).encode(),
            {"Content-Type": "application/json", "Authorization": "Bearer " + self.key},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return str(answer.read().decode()[1:-1])

    def start(self, job: str) -> int:
        return self.ask("POST", f"{self.url}/{job}/start?api-version=2.0", b"")[0]

    def status(self, job: str, *, sdk: str = "") -> dict[str, Any]:
        code, document = self.ask("GET", f"{self.url}/{job}?api-version=2.0", sdk=sdk)
        assert code == 200, document
        found: dict[str, Any] = document
        return found

    def wait(
        self, job: str, until: Callable[[dict[str, Any]], bool] | None = None
    ) -> dict[str, Any]:
        """Until the job has ended, or something else holds."""
        for _ in range(1200):
            document = self.status(job)
            if document["StatusCode"] in ("Failed", "Cancelled", "Finished"):
                return document
            if until is not None and until(document):
                return document
            time.sleep(0.05)
        raise AssertionError(document)

    def send(self, name: str, content: str, *, service: str = "times") -> dict[str, Any]:
        server, _, _ = self.url.replace("/services/", "/workspaces/").partition("/workspaces/")
        address = f"{server}/services/{service}/files/{name}"
        code, place = self.ask("PUT", address, content.encode())
        assert code == 201, place
        found: dict[str, Any] = place
        return found


def read(blob: dict[str, str]) -> str:
    """A result as the samples fetch it: without a key."""
    address = blob["BaseLocation"] + blob["RelativeLocation"] + blob["SasBlobToken"]
    with urllib.request.urlopen(address, timeout=60) as answer:
        return str(answer.read().decode())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceFolder:
    made = WorkspaceFolder(tmp_path_factory.mktemp("jobs") / "workspace")
    made.dataset("numbers.csv", "n,text\n1,x\n2,y\n")
    made.experiment(NODES, scripts={"times.py": TIMES})
    settings = made.root / "studiolo.toml"
    parameters = "web_service_parameters: {Factor: times.factor}\nnodes:"
    made.change("nodes:", parameters)
    settings.write_text(settings.read_text() + '\n[server]\nblob_hosts = ["127.0.0.1"]\n')
    return made


@pytest.fixture(scope="module")
def key(folder: WorkspaceFolder) -> Key:
    with Workspace(folder.root) as workspace:
        published = workspace.services.publish(workspace.experiment("experiment"), service="times")
        return published.keys[KeySlot.PRIMARY]


def caller_of(folder: WorkspaceFolder, url: str, key: Key) -> Caller:
    with Workspace(folder.root) as workspace:
        endpoint = workspace.services.served()[0].endpoint.id
    jobs = f"{url}/workspaces/{'a' * 32}/services/{endpoint}/jobs"
    return Caller(url=jobs, key=key.reveal())


# Before the server of the other tests is there, which would take the job over.
def test_a_job_goes_on_after_the_server_was_killed(folder: WorkspaceFolder, key: Key) -> None:
    with server_process(folder.root, ends_well=False) as server:
        caller = caller_of(folder, server.url, key)
        job = caller.submit({"Inputs": {"input1": caller.send("many.csv", ROWS)}})
        caller.start(job)
        caller.wait(job, lambda document: document["Progress"]["RowsDone"] > 0)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
    with server_process(folder.root) as server:
        # One that is told to end lets go of the job, too.
        caller = caller_of(folder, server.url, key)
        caller.wait(job, lambda document: document["StatusCode"] == "Running")
    parts = list((folder.root / ".studiolo" / "batches").glob("*/scored/parts/[0-9]*"))
    assert parts
    with server_process(folder.root) as server:
        document = caller_of(folder, server.url, key).wait(job)
        assert document["StatusCode"] == "Finished", document
        lines = read({**document["Results"]["output1"], "BaseLocation": f"{server.url}/"})
        assert lines.splitlines()[1:] == [f"{10 * n},{'x' * 1000}" for n in range(60_000)]


@pytest.fixture(scope="module")
def caller(folder: WorkspaceFolder, key: Key) -> Iterator[Caller]:
    with server_process(folder.root) as server:
        yield caller_of(folder, server.url, key)


def test_a_file_is_sent_scored_and_fetched(caller: Caller, folder: WorkspaceFolder) -> None:
    place = caller.send("new.csv", "text,n\na,1\nb,2\n")
    job = caller.submit({"Inputs": {"input1": place}, "GlobalParameters": {"Factor": "3"}})
    time.sleep(1.5)
    assert caller.status(job)["StatusCode"] == "NotStarted"
    assert caller.start(job) == 204
    document = caller.wait(job)
    assert document["StatusCode"] == "Finished", document
    assert document["Progress"] == {"RowsDone": 2, "RowsTotal": 2}
    assert read(document["Results"]["output1"]) == "n,text\n3,a\n6,b\n"
    code, error = caller.ask("POST", f"{caller.url}/{job}/start?api-version=2.0", b"")
    assert (code, error["error"]["details"][0]["code"]) == (400, "CannotStartJob")
    # A link is good for one file, and not without its signature.
    changed = {**document["Results"]["output1"], "SasBlobToken": place["SasBlobToken"]}
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(changed)
    assert not list((folder.root / ".studiolo" / "batches").iterdir())


def test_a_job_that_fails_says_why(caller: Caller) -> None:
    for content, said in [
        ("n,text\n-1,x\n", 'Error 0085: The node "times" failed: ValueError: no such number'),
        ("n,text\nmany,x\n", 'Row 1, column "n": expected'),
        ("m,text\n1,x\n", 'The column "n" is missing.'),
    ]:
        job = caller.submit({"Input": caller.send("new.csv", content), "Output": None})
        caller.start(job)
        document = caller.wait(job)
        assert document["StatusCode"] == "Failed"
        assert said in document["Details"]
        assert document["Results"] is None


def test_a_job_is_cancelled(caller: Caller) -> None:
    job = caller.submit({"Inputs": {"input1": caller.send("many.csv", ROWS)}})
    caller.start(job)
    caller.wait(job, lambda document: document["StatusCode"] == "Running")
    assert caller.ask("DELETE", f"{caller.url}/{job}?api-version=2.0")[0] == 204
    assert caller.wait(job)["StatusCode"] == "Cancelled"
    # The classic PowerShell module waits for this spelling.
    shown = caller.status(job, sdk="powershell_0.3.8")
    assert shown["StatusCode"] == "Canceled"


def test_a_program_has_a_file_scored(
    caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = caller.url.partition("/workspaces/")[0]
    service = studiolo.client(f"{server}/services/times", key=caller.key)
    source, target = tmp_path / "new.csv", tmp_path / "scored.parquet"
    source.write_text("n,text\n1,a\n2,b\n")
    told: list[BatchState] = []
    # It is interrupted once the job is submitted; the same call finds that job again.
    with monkeypatch.context() as patched:
        patched.setattr(time, "sleep", interrupted)
        with pytest.raises(KeyboardInterrupt):
            service.batch(source, target, Factor=4)
    assert not target.exists()
    service.batch(source, target, on_progress=told.append, Factor=4)
    assert pd.read_parquet(target).n.tolist() == [4, 8]
    assert told[-1] == BatchState(rows_done=2, rows_total=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.csv", "scored.parquet"]
    source.write_text("n,text\n-1,a\n")
    with pytest.raises(ServiceBatchFailedError, match="no such number"):
        service.batch(source, target)
    with pytest.raises(ServiceRefusedError, match="Did you mean"):
        service.batch(source, target, factor=3)
    assert pd.read_parquet(target).n.tolist() == [4, 8]


def test_a_file_goes_on_where_a_lost_connection_ended_it(
    caller: Caller, folder: WorkspaceFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "new.csv", tmp_path / "scored.parquet"
    rows = 6000
    source.write_text("".join(ROWS.splitlines(keepends=True)[: rows + 1]))
    size = source.stat().st_size
    with cutting_proxy(caller.url.partition("/workspaces/")[0]) as proxy:
        service = studiolo.client(f"{proxy.url}/services/times", key=caller.key)
        proxy.most = size // 3
        # The program is killed while it waits to try again.
        proxy.cuts = 1
        with monkeypatch.context() as patched:
            patched.setattr(time, "sleep", interrupted)
            with pytest.raises(KeyboardInterrupt):
                service.batch(source, target)
        assert size // 3 < proxy.passed < size // 2
        # The next one is cut off once, and goes on by itself.
        proxy.cuts = 1
        service.batch(source, target)
    assert proxy.cuts == 0
    assert pd.read_parquet(target).n.tolist() == [10 * n for n in range(rows)]
    # What was on its way when the connections were cut was sent twice; the rest was not.
    assert size < proxy.passed < 1.5 * size
    assert not list((folder.root / ".studiolo" / "server" / "incoming").iterdir())


def test_what_is_said_of_a_file_that_is_sent_in_pieces(caller: Caller) -> None:
    uploads = f"{caller.url.partition('/workspaces/')[0]}/services/times/uploads"
    new = {"name": "new.csv", "size": 4}
    status, begun = caller.ask("POST", uploads, new)
    assert (status, begun["offset"]) == (201, 0)
    one = f"{uploads}/{begun['id']}"
    assert caller.ask("PATCH", f"{one}?offset=0", b"n\n")[1]["offset"] == 2
    assert caller.ask("GET", one) == (200, {**begun, "offset": 2})
    for method, address, body, code, detail in [
        ("PATCH", f"{one}?offset=0", b"n\n", 409, "UploadOffset"),
        ("PATCH", one, b"n\n", 400, "InvalidQueryParameter"),
        ("PATCH", f"{one}?offset=-1", b"n\n", 400, "InvalidQueryParameter"),
        ("PATCH", f"{uploads}/unknown?offset=0", b"n\n", 404, "UploadNotFound"),
        ("POST", f"{one}/finish", new, 409, "UploadOffset"),
        ("POST", f"{one}/finish", {"name": "new.csv"}, 400, "RequestBodyInvalid"),
        ("POST", uploads, {"name": "new.exe", "size": 4}, 400, "FileName"),
        ("POST", uploads, {"name": "../new.csv", "size": 4}, 400, "FileName"),
        ("POST", uploads, {"name": "new.csv", "size": 1 << 40}, 413, "RequestTooLarge"),
    ]:
        status, error = caller.ask(method, address, body)
        assert (status, error["error"]["details"][0]["code"]) == (code, detail), (address, error)
    assert caller.ask("GET", one, key=False)[0] == 401
    assert caller.ask("PATCH", f"{one}?offset=2", b"1\n")[1]["offset"] == 4
    status, place = caller.ask("POST", f"{one}/finish", new)
    assert status == 201
    assert read(place) == "n\n1\n"
    assert caller.ask("GET", one)[0] == 404


def interrupted(_: float) -> None:
    raise KeyboardInterrupt


def test_a_file_is_scored_at_a_server_from_the_terminal(caller: Caller, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("n,text\n1,a\n")
    server = caller.url.partition("/workspaces/")[0]
    command = [
        *(sys.executable, "-m", "studiolo", "batch", "times", "--url", server),
        *("--input", "new.csv", "--output", "out.jsonl", "--param", "Factor=7"),
    ]
    environment = {**os.environ, "STUDIOLO_KEY": caller.key}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "out.jsonl: written.\n")
    assert (tmp_path / "out.jsonl").read_text() == '{"n": 7, "text": "a"}\n'
    environment["STUDIOLO_KEY"] = "wrong"
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Invalid credentials provided." in done.stderr


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"{", "RequestBodyInvalid"),
        ({}, "BatchJobInputsNotSpecified"),
        ({"Input": {"RelativeLocation": "a/b.csv"}, "Inputs": {"input1": {"a": 1}}},
         "DuplicateInputInBatchCall"),
        ({"Inputs": {"other": {"RelativeLocation": "a/b.csv"}}}, "InvalidInputNames"),
        ({"Inputs": {"input1": {}}}, "MissingInputBlobInformation"),
        ({"Inputs": {"input1": {"RelativeLocation": "a/b.exe", "ConnectionString": "x"}}},
         "InvalidBlobExtension"),
        ({"Inputs": {"input1": {"RelativeLocation": "a/b.csv", "ConnectionString": "x"}}},
         "InvalidBlob"),
        ({"Inputs": {"input1": {"BaseLocation": "file:///etc/passwd#.csv"}}}, "InvalidBlob"),
        ({"Inputs": {"input1": {"BaseLocation": "http://169.254.169.254/a/b.csv"}}}, "InvalidBlob"),
        ({"Inputs": {"input1": {"BaseLocation": "http://[::ffff:10.0.0.1]/b.csv"}}}, "InvalidBlob"),
        ({"Inputs": {"input1": {"BaseLocation": "http://168.63.129.16/a/b.csv"}}}, "InvalidBlob"),
    ],
)  # fmt: skip
def test_what_can_not_be_submitted(caller: Caller, payload: object, code: str) -> None:
    status, error = caller.ask("POST", f"{caller.url}?api-version=2.0", payload)
    assert (status, error["error"]["details"][0]["code"]) == (400, code)


def test_what_a_caller_may_not_do(caller: Caller) -> None:
    server = caller.url.partition("/workspaces/")[0]
    assert caller.ask("POST", caller.url, {}, key=False)[0] == 401
    assert caller.ask("PUT", f"{server}/services/times/files/a.csv", b"a", key=False)[0] == 401
    assert caller.ask("GET", f"{caller.url}/{'0' * 32}")[0] == 404
    for name in ("..%2Fa.csv", ".a.csv", "a.exe", "a%00.csv"):
        code = caller.ask("PUT", f"{server}/services/times/files/{name}", b"a")[0]
        assert code in (400, 404), name
    place = caller.send("a.csv", "n\n")
    place["SasBlobToken"] = place["SasBlobToken"].replace("sig=", "sig=0")
    code, error = caller.ask("POST", caller.url, {"Inputs": {"input1": place}})
    assert (code, error["error"]["details"][0]["code"]) == (400, "InvalidBlob")


#: The headers that clients send: azmlclient 2.6.0 over requests 2.31, and HttpClient of .NET
#: Framework, which asks whether the server wants the body and sends it in chunks.
AZMLCLIENT = (
    "User-Agent: python-requests/2.31.0",
    "Accept-Encoding: gzip, deflate",
    "Accept: */*",
    "Connection: keep-alive",
)
DOT_NET = ("Expect: 100-continue", "Transfer-Encoding: chunked", "Connection: Keep-Alive")
AS_JSON = "Content-Type: application/json; charset=utf-8"


def exchanged(
    caller: Caller, method: str, address: str, *head: str, body: str = ""
) -> tuple[int, dict[str, str], str]:
    """The answer to a request that is sent as the bytes that a client sent."""
    host, _, path = address.partition("://")[2].partition("/")
    chunked = "Transfer-Encoding: chunked" in head
    length = [] if chunked or (method == "GET" and not body) else [f"Content-Length: {len(body)}"]
    lines = [f"{method} /{path} HTTP/1.1", f"Host: {host}", *head, *length]
    lines.append(f"Authorization: Bearer {caller.key}")
    sent = f"{len(body):x}\r\n{body}\r\n0\r\n\r\n" if chunked else body
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = connection.makefile("rb")
        if chunked:
            assert answer.readline() == b"HTTP/1.1 100 Continue\r\n"
            assert answer.readline() == b"\r\n"
        connection.sendall(sent.encode())
        status = int(answer.readline().split()[1])
        headers = {}
        while line := answer.readline().decode().strip():
            key, _, value = line.partition(": ")
            headers[key.lower()] = value
        text = answer.read(int(headers.get("content-length", 0))).decode()
    return status, headers, text


@pytest.mark.parametrize("client", [AZMLCLIENT, DOT_NET])
def test_the_requests_of_classic_clients_are_answered_as_they_are_sent(
    caller: Caller, client: tuple[str, ...]
) -> None:
    execute = caller.url.replace("/jobs", "/execute?api-version=2.0&details=true")
    table = '{"ColumnNames": ["n", "text"], "Values": [[1, "a"], ["2", "b"]]}'
    parameters = '"GlobalParameters": {"Factor": 2}'
    body = f'{{"Inputs": {{"input1": {table}}}, {parameters}}}'
    status, headers, text = exchanged(caller, "POST", execute, *client, AS_JSON, body=body)
    assert status == 200, text
    # azmlclient reads the stream as it comes, which must not be compressed.
    assert "content-encoding" not in headers
    value = json.loads(text)["Results"]["output1"]["value"]
    assert (value["ColumnTypes"], value["Values"]) == (
        ["Int64", "String"],
        [["2", "a"], ["4", "b"]],
    )
    rows = '[{"n": 1, "text": "a"}, {"n": 2, "text": "b"}]'
    body = f'{{"Inputs": {{"input1": {rows}}}, {parameters}}}'
    status, _, text = exchanged(
        caller, "POST", f"{execute}&format=swagger", *client, AS_JSON, body=body
    )
    assert (status, json.loads(text)["Results"]["output1"][1]) == (200, {"n": "4", "text": "b"})
    # What they read of an error has to be there.
    status, _, text = exchanged(caller, "POST", execute, *client, AS_JSON, body="{}")
    assert (status, len(json.loads(text)["error"]["details"])) == (400, 1)


def test_azmlclient_s_batch_calls_are_answered(caller: Caller) -> None:
    """Submit with outputs that are null, start without a body, poll, and delete in the end."""
    place = json.dumps(caller.send("aml.csv", "n,text\n1,a\n"))
    body = f'{{"Inputs": {{"input1": {place}}}, "GlobalParameters": {{}}, "Outputs": null}}'
    submit = f"{caller.url}?api-version=2.0"
    status, _, text = exchanged(caller, "POST", submit, *AZMLCLIENT, AS_JSON, body=body)
    assert status == 200, text
    job = json.loads(text)
    # The samples cut off the quotes, and azuremlps makes the other addresses of this one.
    assert text == f'"{job}"'
    one = submit.replace("jobs?api-version=2.0", f"jobs/{job}?api-version=2.0")
    start = one.replace("?", "/start?")
    assert exchanged(caller, "POST", start, *AZMLCLIENT)[0] == 204
    assert read(caller.wait(job)["Results"]["output1"]) == "n,text\n10,a\n"
    status, _, text = exchanged(caller, "GET", one, *AZMLCLIENT)
    assert (status, json.loads(text)["Details"]) == (200, None)
    assert exchanged(caller, "DELETE", one, *AZMLCLIENT)[0] == 204
    assert caller.status(job)["StatusCode"] == "Finished"


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of a storage of Azure's, on this machine."""
    with azurite_in(tmp_path_factory.mktemp("azurite")) as port:
        yield (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
            f"BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT};"
        )


def test_blobs_are_scored_by_connection_string_and_by_signature(
    caller: Caller, folder: WorkspaceFolder, azurite: str
) -> None:
    with BlobServiceClient.from_connection_string(azurite) as storage:
        container = storage.create_container("mycontainer")
        container.upload_blob("input1datablob.csv", b"n,text\n1,a\n2,b\n")
    payload = {
        "Inputs": {
            "input1": {
                "ConnectionString": azurite,
                "RelativeLocation": "/mycontainer/input1datablob.csv",
            }
        },
        "Outputs": {
            "output1": {
                "ConnectionString": azurite,
                "RelativeLocation": "/mycontainer/output1results.csv",
            }
        },
        "GlobalParameters": {},
    }
    job = caller.submit(payload)
    kept = folder.root / ".studiolo"
    secret = [path for path in kept.rglob("*") if path.is_file() and holds_key(path)]
    assert [path.parent.name for path in secret] == ["job-secrets"]
    assert secret[0].stat().st_mode & 0o777 == 0o600
    caller.start(job)
    document = caller.wait(job)
    assert document["StatusCode"] == "Finished", document
    result = document["Results"]["output1"]
    assert read(result) == "n,text\n10,a\n20,b\n"
    assert not [path for path in kept.rglob("*") if path.is_file() and holds_key(path)]

    # The result of one job, with the link to it, is the input of the next.
    again = {key: result[key] for key in ("BaseLocation", "RelativeLocation", "SasBlobToken")}
    second = caller.submit({"Inputs": {"input1": again}})
    caller.start(second)
    document = caller.wait(second)
    assert read(document["Results"]["output1"]) == "n,text\n100,a\n200,b\n", document

    payload["Inputs"]["input1"]["RelativeLocation"] = "/mycontainer/nothing.csv"
    third = caller.submit(payload)
    caller.start(third)
    document = caller.wait(third)
    assert "404 (BlobNotFound)" in document["Details"]
    assert ACCOUNT_KEY not in json.dumps(document)


def holds_key(path: Path) -> bool:
    return ACCOUNT_KEY.encode() in path.read_bytes()


class Doubling(http.server.BaseHTTPRequestHandler):
    """Stands for a server in the network: doubles the number of the path."""

    def do_GET(self) -> None:
        content = str(2 * int(self.path.removeprefix("/"))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


ASKING = """
numbers: {dataset: numbers.csv}
input1: {module: web-service-input, inputs: {dataset: numbers}}
ask:
  module: execute-python-script
  script: ask.py
  inputs: {dataset1: input1}
  allow: ["numbers.example.com:80=127.0.0.1:PORT"]
output1: {module: web-service-output, inputs: {dataset: ask}}
"""
ASK = """
# /// script
# [tool.studiolo]
# row-wise = true
# ///
import urllib.request

def azureml_main(frame):
    host = "elsewhere" if (frame.n < 0).any() else "numbers"
    asked = [urllib.request.urlopen(f"http://{host}.example.com/{n}") for n in frame.n]
    return frame.assign(n=[int(answer.read()) for answer in asked])
"""


def test_a_job_reaches_what_a_node_of_its_service_may(
    caller: Caller, folder: WorkspaceFolder
) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Doubling) as target:
        threading.Thread(target=target.serve_forever, daemon=True).start()
        nodes = ASKING.replace("PORT", str(target.server_address[1]))
        folder.experiment(nodes, scripts={"ask.py": ASK}, name="asking")
        with Workspace(folder.root) as workspace:
            try:
                published = workspace.services.publish(
                    workspace.experiment("asking"), service="asking"
                )
            except PublishedRunFailedError as error:
                if NetworkUnavailableError.code in str(error):
                    pytest.skip("this machine has no user namespaces")
                raise
        server = caller.url.partition("/workspaces/")[0]
        asking = Caller(
            url=f"{server}/services/asking/jobs", key=published.keys[KeySlot.PRIMARY].reveal()
        )
        # The server sees within a second or so that there is one more service.
        address = f"{asking.url}/none?api-version=2.0"
        while "JobNotFound" not in json.dumps(asking.ask("GET", address)):
            time.sleep(0.1)
        ended = []
        for content in ("n,text\n21,a\n4,b\n", "n,text\n-1,a\n"):
            place = asking.send("new.csv", content, service="asking")
            job = asking.submit({"Inputs": {"input1": place}})
            asking.start(job)
            ended.append(asking.wait(job))
        target.shutdown()
    done, failed = ended
    assert done["StatusCode"] == "Finished", done
    assert read(done["Results"]["output1"]) == "n,text\n42,a\n8,b\n"
    assert failed["StatusCode"] == "Failed"
    assert "elsewhere.example.com" in failed["Details"]
