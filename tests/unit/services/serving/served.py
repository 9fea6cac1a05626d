"""Endpoints as the records have them, and handlers that answer without a sandbox."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa

from studiolo.errors import StudioloError
from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema
from studiolo.services.scoring import ScoringFailed, ScoringReply, ScoringRequest
from studiolo.store.identity import EndpointId, ServiceId, VersionDigest
from studiolo.store.services.service_record import (
    Endpoint,
    EndpointLimits,
    ServedEndpoint,
    Service,
    ServiceIsolation,
    ServiceVersion,
    Traffic,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PORT = PortSchema(
    columns=(ColumnSchema(name="x", type=pa.float64(), missing=True),), sample={"x": 1.5}
)
SCHEMA = ServiceSchema(inputs={"input1": PORT}, outputs={"output1": PORT})


def served(
    weights: Mapping[int, int],
    *,
    name: str = "iris",
    endpoint: str = "default",
    limits: EndpointLimits | None = None,
) -> ServedEndpoint:
    """An endpoint whose traffic goes to these versions."""
    service = ServiceId(f"{name:0<32}")
    return ServedEndpoint(
        service=Service(id=service, name=name, description="", created_at=NOW),
        endpoint=Endpoint(
            id=EndpointId((name + endpoint).encode().hex()),
            service=service,
            name=endpoint,
            description="",
            isolation=ServiceIsolation.REQUEST,
            limits=limits or EndpointLimits(),
            created_at=NOW,
        ),
        keys=(),
        traffic=Traffic(change=1, weights=weights, former=None, changed_at=NOW),
        versions={
            number: ServiceVersion(
                service=service,
                number=number,
                digest=VersionDigest(f"{number:064}"),
                experiment="iris",
                schema={},
                row_wise=True,
                note="",
                created_at=NOW,
            )
            for number in weights
        },
    )


def with_weights(record: ServedEndpoint, weights: Mapping[int, int]) -> ServedEndpoint:
    """The same endpoint with other traffic."""
    other = served(weights, name=record.service.name, endpoint=record.endpoint.name)
    return replace(record, traffic=other.traffic, versions=other.versions)


class UnloadableError(StudioloError):
    """A version can't be loaded."""

    code = "unloadable"


class EchoHandler:
    """Answers with its input; each of its steps can be held up."""

    def __init__(self, version: int = 1, *, schema: ServiceSchema = SCHEMA) -> None:
        self.schema = schema
        self.version = version
        self.may_load = threading.Event()
        self.may_load.set()
        self.unloadable = False
        self.closed = threading.Event()
        self.answered = 0

    def wait_until_ready(self) -> None:
        self.may_load.wait(30)
        if self.unloadable:
            raise UnloadableError("the model can't be opened")

    def score(
        self, request: ScoringRequest, *, cancelled: threading.Event | None = None
    ) -> ScoringReply | ScoringFailed:
        assert not self.closed.is_set()
        assert cancelled is None or not cancelled.is_set()
        self.answered += 1
        return ScoringReply(outputs={"output1": request.inputs["input1"]})

    def close(self) -> None:
        self.closed.set()
