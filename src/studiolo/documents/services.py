"""Web services as documents."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypedDict

from studiolo.experiments.json_value import Json
from studiolo.services.version_needs import VersionNeeds
from studiolo.store.services.service_record import ServiceVersion
from studiolo.workspace.services.workspace_services import SeenEndpoint, SeenService


class VersionDocument(TypedDict):
    """A version of a service."""

    version: int
    experiment: str
    note: str
    created_at: str
    removed: bool
    #: Whether batches are scored in pieces.
    row_wise: bool
    #: Inputs, outputs and parameters.
    schema: Mapping[str, Json]
    #: Targets in the network that its requests may reach.
    allow: Sequence[str]
    #: The names of the secrets that they are given.
    secrets: Sequence[str]
    #: The data of NLTK that it keeps, such as `corpora/stopwords`.
    data: Sequence[str]


class EndpointDocument(TypedDict):
    """An endpoint of a service."""

    id: str
    name: str
    #: Percent by version.
    traffic: Mapping[str, int]
    #: `request` or `worker`.
    isolation: str
    concurrent_calls: int
    queued_calls: int
    seconds: float
    request_bytes: int
    rows: int


class ServiceDocument(TypedDict):
    """A service."""

    id: str
    name: str
    description: str
    created_at: str
    versions: Sequence[VersionDocument]
    endpoints: Sequence[EndpointDocument]


class ServicesDocument(TypedDict):
    """The services of a workspace."""

    services: Sequence[ServiceDocument]


def services_document(services: Sequence[SeenService]) -> ServicesDocument:
    """The services of a workspace as a document."""
    return {"services": [service_document(seen) for seen in services]}


def service_document(seen: SeenService) -> ServiceDocument:
    """A service as a document."""
    service = seen.service
    return {
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "created_at": service.created_at.isoformat(),
        "versions": [_version(one, seen.needs.get(one.number)) for one in seen.versions],
        "endpoints": [_endpoint(one) for one in seen.endpoints],
    }


def _version(version: ServiceVersion, needs: VersionNeeds | None) -> VersionDocument:
    return {
        "version": version.number,
        "experiment": version.experiment,
        "note": version.note,
        "created_at": version.created_at.isoformat(),
        "removed": version.removed_at is not None,
        "row_wise": version.row_wise,
        "schema": version.schema,
        "allow": [] if needs is None else needs.allow,
        "secrets": [] if needs is None else needs.secrets,
        "data": [] if needs is None else needs.data,
    }


def _endpoint(seen: SeenEndpoint) -> EndpointDocument:
    endpoint = seen.endpoint
    limits = endpoint.limits
    return {
        "id": endpoint.id,
        "name": endpoint.name,
        "traffic": {f"v{number}": share for number, share in seen.traffic.weights.items()},
        "isolation": endpoint.isolation,
        "concurrent_calls": limits.concurrent_calls,
        "queued_calls": limits.queued_calls,
        "seconds": limits.seconds,
        "request_bytes": limits.request_bytes,
        "rows": limits.rows,
    }
