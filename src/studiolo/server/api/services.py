"""Web services: set up, published, looked at, tested; their keys, traffic and figures."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
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
from studiolo.services.scoring import RequestRefused, ScoringFailed, ScoringReply
from studiolo.services.serving.figures import BOUNDS, FiguresNow
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.services.service_record import DEFAULT_ENDPOINT, KeySlot, Traffic
from studiolo.workspace.set_up.service_experiment import write_service_experiment
from studiolo.workspace.studio.studio import Studio


class SetUp(BaseModel):
    """Decisions that the experiment leaves open; see the errors of a set-up."""

    model_config = ConfigDict(extra="forbid")

    #: The node that trains the model to score with.
    learner: str | None = None
    #: Where rows of callers enter, and what the service returns: `node` or `node.port`.
    inputs: list[str] = []
    outputs: list[str] = []
    #: Whether to overwrite an experiment for the service that was changed since.
    replace: bool = False


class SetUpDocument(TypedDict):
    """The experiment that was written for a web service."""

    experiment: str
    #: What happened to the nodes, a sentence each.
    changes: Sequence[str]


class Publish(BaseModel):
    """An experiment to be published."""

    model_config = ConfigDict(extra="forbid")

    experiment: str
    service: str
    endpoint: str = DEFAULT_ENDPOINT
    note: Annotated[str, Field(max_length=10_000)] = ""


class PublishedDocument(TypedDict):
    """The outcome of publishing."""

    service: str
    version: int
    endpoint: str
    run: str
    #: The keys of a new endpoint, which are shown this once; none if it was there before.
    keys: Mapping[str, str]


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


class TriedRows(BaseModel):
    """Rows to try a service with."""

    model_config = ConfigDict(extra="forbid")

    inputs: dict[str, list[dict[str, Json]]]
    parameters: dict[str, Json] = {}
    endpoint: str = DEFAULT_ENDPOINT


class ProblemDocument(TypedDict):
    """One thing that is wrong with the rows."""

    message: str
    #: The input or the parameter.
    target: str
    #: From 1.
    row: int | None
    column: str | None


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


class AllFiguresDocument(TypedDict):
    """The figures of a service."""

    #: Upper bounds of the durations, in seconds.
    bounds: Sequence[float]
    figures: Sequence[FiguresDocument]


def service_routes(studio: Studio, endpoints: ServedEndpoints | None) -> APIRouter:
    """The routes; ``endpoints`` are those that are served, for their figures."""
    routes = APIRouter(tags=["services"])
    _add_publishing_routes(routes, studio)
    _add_routes_of_one(routes, studio, endpoints)
    return routes


def _add_publishing_routes(routes: APIRouter, studio: Studio) -> None:
    services = studio.workspace.services

    @routes.post("/experiments/{name}/web-service", status_code=201)
    def set_up_service(name: str, chosen: SetUp) -> SetUpDocument:
        """Write the experiment for a web service beside one that has trained a model."""
        experiment = studio.experiments.read(studio.workspace.experiment_folder(name))
        made = write_service_experiment(
            studio.workspace,
            experiment,
            learner=chosen.learner,
            inputs=chosen.inputs,
            outputs=chosen.outputs,
            replace=chosen.replace,
        )
        return {"experiment": made.folder.name, "changes": list(made.changes)}

    @routes.get("/services")
    def list_services() -> ServicesDocument:
        """The web services of the workspace."""
        return services_document(services.all())

    @routes.post("/services", status_code=201)
    def publish_service(publish: Publish) -> PublishedDocument:
        """Run an experiment and publish it: a new service, or a new version of one."""
        folder = studio.workspace.experiment_folder(publish.experiment)
        publication = services.publish(
            studio.experiments.read(folder),
            service=publish.service,
            endpoint=publish.endpoint,
            note=publish.note,
        )
        published = publication.published
        return {
            "service": published.service.name,
            "version": published.version.number,
            "endpoint": published.endpoint.name,
            "run": publication.result.id,
            "keys": {slot.value: key.reveal() for slot, key in publication.keys.items()},
        }


def _add_routes_of_one(
    routes: APIRouter, studio: Studio, endpoints: ServedEndpoints | None
) -> None:
    services = studio.workspace.services

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
                "message": problem.message,
                "target": problem.target,
                "row": problem.row,
                "column": problem.column,
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
