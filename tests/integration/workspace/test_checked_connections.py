"""Connections to blobs: a name that means a different host by then leads nowhere."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from studiolo.workspace.jobs.azure_blobs import AzureBlobs
from studiolo.workspace.jobs.errors import BlobError
from studiolo.workspace.jobs.job_request import AzureBlob

PUBLIC = "20.60.1.1"
HOST = "account.blob.example"


class Storage(BaseHTTPRequestHandler):
    """Answers with a blob, and notes which host was asked."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.headers["Host"])
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.send_header("Content-Range", "bytes 0-3/4")
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Fri, 27 Nov 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(b"n\n1\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Storage.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Storage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def resolve(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> list[str]:
    """Have the host's name mean these numbers, one after another; the last from then on."""
    real = socket.getaddrinfo
    rest = list(numbers)
    asked: list[str] = []

    def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if host != HOST:
            return real(host, port, *args, **options)
        number = rest.pop(0) if len(rest) > 1 else rest[0]
        asked.append(number)
        return real(number, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_that_means_this_machine_after_the_check_is_refused(
    monkeypatch: pytest.MonkeyPatch, port: int, tmp_path: Path
) -> None:
    asked = resolve(monkeypatch, PUBLIC, PUBLIC, "127.0.0.1")
    blobs = AzureBlobs([])
    blob = AzureBlob(address=f"http://{HOST}:{port}/container/rows.csv", signature="?sig=x")
    blobs.check(blob)
    with pytest.raises(BlobError, match="is on a host that is not public"):
        blobs.fetch(blob, tmp_path / "rows.csv", threading.Event())
    assert asked == [PUBLIC, PUBLIC, "127.0.0.1"]
    assert Storage.asked == []
    assert list(tmp_path.iterdir()) == []


def test_the_request_still_goes_by_the_name(
    monkeypatch: pytest.MonkeyPatch, port: int, tmp_path: Path
) -> None:
    resolve(monkeypatch, "127.0.0.1")
    blob = AzureBlob(address=f"http://{HOST}:{port}/container/rows.csv", signature="?sig=x")
    AzureBlobs([HOST]).fetch(blob, tmp_path / "rows.csv", threading.Event())
    assert (tmp_path / "rows.csv").read_bytes() == b"n\n1\n"
    assert set(Storage.asked) == {f"{HOST}:{port}"}


@pytest.mark.parametrize("proxy", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_no_proxy_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, port: int, tmp_path: Path, proxy: str
) -> None:
    monkeypatch.setenv(proxy, "http://127.0.0.1:1")
    resolve(monkeypatch, "127.0.0.1")
    blob = AzureBlob(address=f"http://{HOST}:{port}/container/rows.csv", signature="?sig=x")
    AzureBlobs([f"{HOST}:{port}"]).fetch(blob, tmp_path / "rows.csv", threading.Event())
    assert (tmp_path / "rows.csv").exists()
