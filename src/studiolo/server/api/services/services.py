"""Web services: looked at, tested and removed; their keys, traffic, figures and programs."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StrictInt
from starlette.requests import Request
from typing_extensions import TypedDict

from studiolo.datasets.dataset import Dataset
from studiolo.documents.failure import FailureDocument, failure_document
from studiolo.documents.rows import RowsDocument, rows_document
from studiolo.documents.services import (
    ServiceDocument,
    ServicesDocument,
    service_document,
    services_document,
)
from studiolo.experiments.json_value import Json
from studiolo.server.codecs.refusal import RefusalError
from studiolo.server.codecs.rows import cells_of_rows
from studiolo.server.help.programs import sample_programs
from studiolo.server.http.own_address import own_address
from studiolo.services.sample_request import sample_table_request
from studiolo.services.scoring import RequestRefused, ScoringFailed, ScoringReply
from studiolo.services.serving.figures import BOUNDS, FiguresNow
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.services.service_record import DEFAULT_ENDPOINT, KeySlot, Traffic
from studiolo.workspace.studio.studio import Studio


class KeyDocument(TypedDict):
    """A new key, which is shown this once."""

    key: str


class Weights(BaseModel):
    """The share of calls that each version answers, in percent."""

    model_config = ConfigDict(extra="forbid")

    weights: dict[int, int]


class TrafficDocument(TypedDict):
    """Which versions answer the calls to an endpoint."""

    #: Percent by version.
    weights: Mapping[int, int]
    changed_at: str


class ChangedLimits(BaseModel):
    """Limits of an endpoint that are to change; the others stay."""

    model_config = ConfigDict(extra="forbid")

    concurrent_calls: StrictInt | None = None
    queued_calls: StrictInt | None = None
    seconds: StrictInt | None = None
    request_bytes: StrictInt | None = None
    rows: StrictInt | None = None


class LimitsDocument(TypedDict):
    """The limits of an endpoint after a change."""

    concurrent_calls: int
    queued_calls: int
    seconds: float
    request_bytes: int
    rows: int


class TriedRows(BaseModel):
    """Rows to try a service with."""

    model_config = ConfigDict(extra="forbid")

    inputs: dict[str, list[dict[str, Json]]]
    parameters: dict[str, Json] = {}
    endpoint: str = DEFAULT_ENDPOINT


class ProblemDocument(TypedDict):
    """One thing that is wrong with the rows."""

    #: As a reply of the service has it.
    code: str
    message: str
    #: The input or the parameter.
    target: str
    #: From 1.
    row: int | None
    column: str | None
    #: What would have been right, and what was there instead; empty where the message has all.
    expected: str
    found: str


class TriedDocument(TypedDict):
    """The outcome of a try: outputs, problems with the rows, or a failure."""

    outputs: Mapping[str, RowsDocument]
    problems: Sequence[ProblemDocument]
    failure: FailureDocument | None
    #: The node that failed.
    node: str | None
    log: str


class FiguresDocument(TypedDict):
    """The figures of a version since the server began."""

    endpoint: str
    version: int
    requests: int
    #: By outcome; `succeeded`, or the code of an error.
    outcomes: Mapping[str, int]
    #: Of all requests together.
    seconds: float
    #: Requests by duration, one more than bounds.
    durations: Sequence[int]


class ProgramsDocument(TypedDict):
    """Programs that call an endpoint."""

    #: What they call.
    address: str
    #: By language.
    programs: Mapping[str, str]


class AllFiguresDocument(TypedDict):
    """The figures of a service."""

    #: Upper bounds of the durations, in seconds.
    bounds: Sequence[float]
    figures: Sequence[FiguresDocument]


def service_routes(studio: Studio, endpoints: ServedEndpoints | None) -> APIRouter:
    """The routes; ``endpoints`` are those that are served, for their figures."""
    routes = APIRouter(tags=["services"])
    services = studio.workspace.services

    @routes.get("/services")
    def list_services() -> ServicesDocument:
        """The web services of the workspace."""
        return services_document(services.all())

    @routes.get("/services/{service}")
    def get_service(service: str) -> ServiceDocument:
        """A web service."""
        return service_document(services.find(service))

    @routes.delete("/services/{service}", status_code=204)
    def remove_service(service: str) -> None:
        """Remove a service, with its versions and endpoints."""
        services.remove(service)

    @routes.post("/services/{service}/endpoints/{endpoint}/keys/{slot}")
    def rotate_key(service: str, endpoint: str, slot: KeySlot) -> KeyDocument:
        """Replace one of the two keys of an endpoint; the old one stops working."""
        return {"key": services.rotate(service, slot, endpoint).reveal()}

    @routes.put("/services/{service}/endpoints/{endpoint}/traffic")
    def set_traffic(service: str, endpoint: str, traffic: Weights) -> TrafficDocument:
        """Share the calls to an endpoint out between versions."""
        return _traffic(services.set_traffic(service, traffic.weights, endpoint))

    @routes.post("/services/{service}/endpoints/{endpoint}/rollback")
    def roll_back(service: str, endpoint: str) -> TrafficDocument:
        """Restore the traffic that an endpoint had before the last change."""
        return _traffic(services.rollback(service, endpoint))

    @routes.patch("/services/{service}/endpoints/{endpoint}/limits")
    def change_limits(service: str, endpoint: str, limits: ChangedLimits) -> LimitsDocument:
        """Change limits of an endpoint; the next requests are held to them."""
        changed = services.set_limits(service, endpoint, **limits.model_dump(exclude_none=True))
        return {
            "concurrent_calls": changed.concurrent_calls,
            "queued_calls": changed.queued_calls,
            "seconds": changed.seconds,
            "request_bytes": changed.request_bytes,
            "rows": changed.rows,
        }

    @routes.post("/services/{service}/test")
    def try_service(service: str, rows: TriedRows) -> TriedDocument:
        """Have a service score rows, as a request of a caller does, without a key."""
        seen = services.find(service)
        inputs = {} if seen.schema is None else seen.schema.inputs
        try:
            cells = {
                name: cells_of_rows(
                    given, target=name, names=inputs[name].names() if name in inputs else ()
                )
                for name, given in rows.inputs.items()
            }
        except RefusalError as error:
            return _tried(error.refused())
        answer = services.call(service, cells, parameters=rows.parameters, endpoint=rows.endpoint)
        return _tried(answer)

    @routes.get("/services/{service}/figures")
    def get_figures(service: str) -> AllFiguresDocument:
        """How many requests each version has answered since the server began, and how fast."""
        found = () if endpoints is None else endpoints.all()
        return {
            "bounds": list(BOUNDS),
            "figures": [
                _figures(endpoint.record.endpoint.name, number, figures.now())
                for endpoint in found
                if endpoint.record.service.name == service
                for number, figures in endpoint.figures.items()
            ],
        }

    @routes.get("/services/{service}/endpoints/{endpoint}/programs")
    def get_programs(service: str, endpoint: str, request: Request) -> ProgramsDocument:
        """Programs that call an endpoint; `YOUR-KEY` stands for its key."""
        seen = services.find(service)
        served = services.endpoint(service, endpoint)
        own = f"{own_address(request)}workspaces/{served.endpoint.id}/services/{served.endpoint.id}"
        address = f"{own}/execute?api-version=2.0&details=true"
        body = {} if seen.schema is None else sample_table_request(seen.schema)
        return {"address": address, "programs": sample_programs(address, body)}

    return routes


def _traffic(traffic: Traffic) -> TrafficDocument:
    return {"weights": dict(traffic.weights), "changed_at": traffic.changed_at.isoformat()}


def _tried(answer: ScoringReply | ScoringFailed | RequestRefused) -> TriedDocument:
    tried: TriedDocument = {
        "outputs": {},
        "problems": [],
        "failure": None,
        "node": None,
        "log": "",
    }
    if isinstance(answer, RequestRefused):
        tried["problems"] = [
            {
                "code": problem.code.value,
                "message": problem.message,
                "target": problem.target,
                "row": problem.row,
                "column": problem.column,
                "expected": problem.expected,
                "found": problem.found,
            }
            for problem in answer.problems
        ]
    elif isinstance(answer, ScoringReply):
        tried["outputs"] = {
            name: rows_document(table, Dataset(table=table), offset=0, total=table.num_rows)
            for name, table in answer.outputs.items()
        }
        tried["log"] = answer.log
    else:
        tried |= {
            "failure": failure_document(answer.failure),
            "node": answer.node,
            "log": answer.log,
        }
    return tried


def _figures(endpoint: str, version: int, now: FiguresNow) -> FiguresDocument:
    return {
        "endpoint": endpoint,
        "version": version,
        "requests": now.requests,
        "outcomes": dict(now.outcomes),
        "seconds": now.seconds,
        "durations": list(now.durations),
    }
