"""A server on a free port, with handlers that answer without a sandbox."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from tests.unit.services.serving.served import NOW, SCHEMA, EchoHandler, served

from studiolo.sandbox.exchange.job import Failure, PythonDevice
from studiolo.server.app import Application, ServerSettings
from studiolo.server.http_server import HttpServer
from studiolo.services.keys import Key
from studiolo.services.schema import ServiceSchema
from studiolo.services.scoring import ScoringFailed, ScoringReply, ScoringRequest, StepTrace
from studiolo.services.serving.errors import ServiceRestartingError
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.services.service_record import (
    EndpointKey,
    EndpointLimits,
    KeySlot,
    ServedEndpoint,
    ServiceVersion,
)

PRIMARY, SECONDARY = Key.new(), Key.new()
BODY = {"Inputs": {"input1": {"ColumnNames": ["x"], "Values": [["2"]]}}, "GlobalParameters": {}}
SECRET = "/home/owner/secret.py"


class Handler(EchoHandler):
    """Answers with its input; the value of the first cell may ask for something else."""

    def __init__(self, version: int = 1, *, schema: ServiceSchema = SCHEMA) -> None:
        super().__init__(version, schema=schema)
        self.running = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.cancelled = threading.Event()

    def score(
        self, request: ScoringRequest, *, cancelled: threading.Event | None = None
    ) -> ScoringReply | ScoringFailed:
        assert cancelled is not None
        asked = request.inputs["input1"].column("x").to_pylist()[:1]
        if asked == [-1]:  # wait until the test says so
            self.running.release()
            while not self.go_on.wait(0.005):
                if cancelled.is_set():
                    self.cancelled.set()
                    failure = Failure(code="cancelled", classic_number=None, message="Cancelled.")
                    return ScoringFailed(failure=failure, node="score")
        if asked == [-2]:
            failure = Failure(
                code="script-exception",
                classic_number=85,
                message="division by zero",
                exception_type="ZeroDivisionError",
                traceback=f'File "{SECRET}", line 3',
            )
            device = PythonDevice(console="printed by the script\n", console_dropped=0, images=[])
            steps = [StepTrace(node="score", device=device)]
            return ScoringFailed(failure=failure, node="score", steps=steps)
        if asked == [-3]:
            raise RuntimeError(SECRET)
        if asked == [-4]:
            raise ServiceRestartingError(why="it ended while it was starting")
        return super().score(request, cancelled=cancelled)


@dataclass
class Served:
    """A server that runs, and what a test looks at."""

    url: str
    records: list[ServedEndpoint]
    handlers: list[Handler]
    endpoints: ServedEndpoints
    server: HttpServer
    folder: Path

    @property
    def handler(self) -> Handler:
        """The handler of the first version, once it is being loaded."""
        while not self.handlers:
            time.sleep(0.005)
        return self.handlers[0]

    @property
    def execute(self) -> str:
        """The classic address of the first endpoint."""
        endpoint = self.records[0].endpoint.id
        return f"{self.url}/workspaces/{'0' * 32}/services/{endpoint}/execute?api-version=2.0"

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def call(self, cell: object = "2", **keywords: Any) -> httpx.Response:
        """One call with the primary key."""
        body = {"Inputs": {"input1": {"ColumnNames": ["x"], "Values": [[cell]]}}}
        keywords.setdefault("headers", {"Authorization": f"Bearer {PRIMARY.reveal()}"})
        keywords.setdefault("timeout", 30)
        return httpx.post(self.execute, json=body, **keywords)

    def connection(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def head(self, length: int, *, key: str | None = None, path: str | None = None) -> bytes:
        """The head of a call."""
        target = path or self.execute.removeprefix(self.url)
        return (
            f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {key or PRIMARY.reveal()}\r\nContent-Length: {length}\r\n\r\n"
        ).encode()


def record(limits: EndpointLimits | None = None, name: str = "iris") -> ServedEndpoint:
    """An endpoint with two keys."""
    keys = [
        EndpointKey(slot=slot, hash=key.hashed(), created_at=NOW)
        for slot, key in [(KeySlot.PRIMARY, PRIMARY), (KeySlot.SECONDARY, SECONDARY)]
    ]
    return replace(served({1: 100}, name=name, limits=limits), keys=keys)


@contextmanager
def serving(
    folder: Path,
    *,
    limits: EndpointLimits | None = None,
    hosts: Sequence[str] = (),
    gate: threading.Event | None = None,
    unloadable: bool = False,
    schema: ServiceSchema = SCHEMA,
    sample_rows: bool = True,
    **tls: Any,
) -> Iterator[Served]:
    """Serves one endpoint, whose versions load when the gate is open."""
    records = [record(limits)]
    handlers: list[Handler] = []

    def make(_: ServedEndpoint, version: ServiceVersion) -> Handler:
        handler = Handler(version.number, schema=schema)
        handler.may_load = gate or handler.may_load
        handler.unloadable = unloadable
        handlers.append(handler)
        return handler

    with ServedEndpoints(lambda: records, make, pause=3600) as endpoints:
        settings = ServerSettings(
            hosts=hosts, folder=folder / "server", memory=1 << 30, sample_rows=sample_rows
        )
        application = Application(endpoints, settings)
        server = HttpServer(application.asgi, host="127.0.0.1", port=0, **tls)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield Served(server.address, records, handlers, endpoints, server, folder / "server")
        finally:
            for handler in handlers:
                handler.go_on.set()
            server.end()
            thread.join(30)
            assert not thread.is_alive()
            application.close()


def error_of(response: httpx.Response) -> tuple[str, str]:
    """The class and the first detail of a classic error; every error has both."""
    error = json.loads(response.content)["error"]
    assert error["message"]
    assert error["details"][0]["message"]
    return error["code"], error["details"][0]["code"]
