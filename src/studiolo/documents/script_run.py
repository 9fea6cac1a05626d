"""A run of a script alone as a document."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypedDict

from studiolo.datasets.dataset import Dataset
from studiolo.documents.column import ColumnDocument
from studiolo.documents.failure import FailureDocument, failure_document
from studiolo.documents.isolation import IsolationDocument, isolation_document
from studiolo.runs.scripts.script_result import ScriptResult
from studiolo.sandbox.exchange.job import PythonDevice, Timings
from studiolo.sandbox.network.traffic import NetworkConnection


class DatasetDocument(TypedDict):
    """A dataset that a script returned."""

    rows: int
    columns: Sequence[ColumnDocument]


class ImageDocument(TypedDict):
    """A picture that a script drew."""

    name: str
    media_type: str
    bytes: int


class DeviceDocument(TypedDict):
    """The console and the pictures of a script."""

    console: str
    console_dropped_bytes: int
    images: Sequence[ImageDocument]


class TimingsDocument(TypedDict):
    """Where the time went, in seconds; `Timings` explains each key."""

    start: float
    run: float
    collect: float
    phases: Mapping[str, float]
    total: float


class ConnectionDocument(TypedDict):
    """One connection of a run, or an attempt at one."""

    #: When it began.
    at: str
    host: str
    port: int
    #: Whether the run may reach the target.
    allowed: bool
    sent_bytes: int
    received_bytes: int
    #: Why there was no connection; empty if there was one.
    problem: str


class ScriptRunDocument(TypedDict):
    """A run of a script; docs/reference/run-report.md explains each key."""

    status: str
    error: FailureDocument | None
    ports: Mapping[str, DatasetDocument]
    device: DeviceDocument
    log: Sequence[str]
    network: Sequence[ConnectionDocument]
    environment: str
    timings: TimingsDocument
    peak_memory_bytes: int | None
    cpu_seconds: float | None
    isolation: IsolationDocument


def script_run_document(result: ScriptResult) -> ScriptRunDocument:
    """The document of a run."""
    return {
        "status": result.status,
        "error": failure_document(result.failure, variables=True),
        "ports": {port: _dataset(dataset) for port, dataset in result.datasets.items()},
        "device": _device(result.device),
        "log": list(result.log),
        "network": network_document(result.network),
        "environment": result.environment,
        "timings": _timings(result.timings),
        "peak_memory_bytes": result.peak_memory,
        "cpu_seconds": result.cpu_seconds,
        "isolation": isolation_document(result.isolation),
    }


def network_document(connections: Sequence[NetworkConnection]) -> Sequence[ConnectionDocument]:
    """The documents of a run's connections, in the order in which they began."""
    return [
        {
            "at": connection.at.isoformat(),
            "host": connection.host,
            "port": connection.port,
            "allowed": connection.allowed,
            "sent_bytes": connection.sent,
            "received_bytes": connection.received,
            "problem": connection.problem,
        }
        for connection in connections
    ]


def _dataset(dataset: Dataset) -> DatasetDocument:
    columns: list[ColumnDocument] = [
        {"name": field.name, "type": str(field.type)} for field in dataset.table.schema
    ]
    return {"rows": dataset.table.num_rows, "columns": columns}


def _device(device: PythonDevice) -> DeviceDocument:
    return {
        "console": device.console,
        "console_dropped_bytes": device.console_dropped,
        "images": [
            {"name": image.name, "media_type": image.media_type, "bytes": len(image.content)}
            for image in device.images
        ],
    }


def _timings(timings: Timings) -> TimingsDocument:
    return {
        "start": timings.start,
        "run": timings.run,
        "collect": timings.collect,
        "phases": dict(timings.phases),
        "total": timings.total,
    }
