"""A server that is told to end answers what it has accepted."""

import http.client
import json
import signal
import ssl
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.unit.server.servers import BODY, PRIMARY, serving

from studiolo.server.errors import AddressError, CertificateError
from studiolo.server.http_server import HttpServer

KEY = {"Authorization": f"Bearer {PRIMARY.reveal()}", "Content-Type": "application/json"}


def test_what_runs_and_what_waits_is_answered(tmp_path: Path) -> None:
    with serving(tmp_path) as server, ThreadPoolExecutor(30) as threads:
        assert server.call().status_code == 200
        calls = [threads.submit(server.call, "-1") for _ in range(25)]
        slots = server.endpoints.all()[0].slots
        while slots.taken + slots.waiting < 25:
            time.sleep(0.005)
        server.server.end()
        time.sleep(0.3)
        with pytest.raises(httpx.TransportError):
            server.call()
        server.handlers[0].go_on.set()
        assert [call.result().status_code for call in calls] == [200] * 25


def test_a_request_on_its_way_over_a_connection_that_is_there_is_answered(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        path = server.execute.removeprefix(server.url)
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("POST", path, json.dumps(BODY), KEY)
        assert connection.getresponse().read()
        server.server.end()
        time.sleep(0.3)
        connection.request("POST", path, json.dumps(BODY), KEY)
        assert connection.getresponse().status == 200
        connection.close()


def test_under_load_no_request_over_a_connection_that_was_accepted_is_lost(tmp_path: Path) -> None:
    outcomes: Counter[str] = Counter()

    def call_until_the_end(url: str) -> None:
        while True:
            try:
                status = httpx.post(url, json=BODY, headers=KEY, timeout=30).status_code
            except (httpx.ConnectError, httpx.ConnectTimeout):
                return
            except httpx.TransportError as error:
                outcomes[repr(error)] += 1
                return
            outcomes[str(status)] += 1

    with serving(tmp_path) as server:
        callers = [
            threading.Thread(target=call_until_the_end, args=(server.execute,)) for _ in range(4)
        ]
        for caller in callers:
            caller.start()
        while sum(outcomes.values()) < 20:
            time.sleep(0.01)
        server.server.end()
        for caller in callers:
            caller.join(30)
    assert set(outcomes) == {"200"}


def test_a_second_interrupt_ends_it_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as server, ThreadPoolExecutor(1) as threads:
        call = threads.submit(server.call, "-1")
        handler = server.handler
        assert handler.running.acquire(timeout=30)
        for _ in range(2):
            server.server._server.handle_exit(signal.SIGINT, None)
        with pytest.raises(httpx.TransportError):
            call.result()
        assert handler.cancelled.wait(30)


def test_an_address_that_is_taken_is_told(tmp_path: Path) -> None:
    with serving(tmp_path) as server, pytest.raises(AddressError) as told:
        HttpServer(_nothing, host="127.0.0.1", port=server.port)
    assert str(server.port) in str(told.value)
    with pytest.raises(AddressError):
        HttpServer(_nothing, host="no-such-host.invalid", port=0)


def test_tls(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    with serving(tmp_path, certificate=certificate, key=key) as server:
        assert server.url.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(certificate))
        url = server.url.replace("127.0.0.1", "localhost")
        assert httpx.get(f"{url}/health", verify=trusting).status_code == 200


def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    for certificate in (tmp_path / "missing.pem", Path(__file__)):
        with pytest.raises(CertificateError) as told:
            HttpServer(_nothing, host="127.0.0.1", port=0, certificate=certificate)
        assert str(certificate) in str(told.value)


async def _nothing(*_: object) -> None:
    """No application."""


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key
