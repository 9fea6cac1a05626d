"""Services, their versions and endpoints, to and from their tables."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, tuple_, update

from studiolo.store.database.schema import (
    ENDPOINTS,
    SERVICE_VERSION_BLOBS,
    SERVICE_VERSIONS,
    SERVICES,
)
from studiolo.store.identity import BlobDigest, EndpointId, ServiceId
from studiolo.store.services.service_record import (
    Endpoint,
    EndpointLimits,
    NewVersion,
    Service,
    ServiceIsolation,
    ServiceVersion,
)

_VERSIONS = SERVICE_VERSIONS.c
#: How many are asked for in one statement; databases limit the number of its parameters.
_CHUNK = 400


def services(connection: Connection) -> Sequence[Service]:
    """All services, by name."""
    rows = connection.execute(select(SERVICES).order_by(SERVICES.c.name))
    return [Service(**row._mapping) for row in rows]


def service_called(connection: Connection, name: str) -> Service | None:
    """The service of that name."""
    row = connection.execute(select(SERVICES).where(SERVICES.c.name == name)).first()
    return None if row is None else Service(**row._mapping)


def add_service(connection: Connection, service: Service) -> None:
    """Write down a service."""
    connection.execute(
        insert(SERVICES).values(
            id=service.id,
            name=service.name,
            description=service.description,
            created_at=service.created_at,
        )
    )


def describe_service(connection: Connection, service: ServiceId, description: str) -> None:
    """Write down what is said about a service."""
    connection.execute(
        update(SERVICES).where(SERVICES.c.id == service).values(description=description)
    )


def remove_service(connection: Connection, service: ServiceId) -> None:
    """Delete a service with everything that belongs to it."""
    connection.execute(delete(SERVICES).where(SERVICES.c.id == service))


def versions(connection: Connection, service: ServiceId) -> Sequence[ServiceVersion]:
    """The versions of a service, oldest first, with those that were removed."""
    rows = connection.execute(
        select(SERVICE_VERSIONS).where(_VERSIONS.service == service).order_by(_VERSIONS.number)
    )
    return [_read_version(row) for row in rows]


def versions_numbered(
    connection: Connection, wanted: Collection[tuple[ServiceId, int]]
) -> Mapping[tuple[ServiceId, int], ServiceVersion]:
    """Versions by service and number, of those that are there."""
    order = sorted(wanted)
    found = {}
    for start in range(0, len(order), _CHUNK):
        chunk = order[start : start + _CHUNK]
        statement = select(SERVICE_VERSIONS).where(
            tuple_(_VERSIONS.service, _VERSIONS.number).in_(chunk)
        )
        for row in connection.execute(statement):
            found[row.service, row.number] = _read_version(row)
    return found


def add_version(
    connection: Connection, service: ServiceId, new: NewVersion, *, now: datetime
) -> ServiceVersion:
    """Write down the next version of a service."""
    newest = connection.scalar(
        select(func.max(_VERSIONS.number)).where(_VERSIONS.service == service)
    )
    added = ServiceVersion(
        service=service,
        number=(newest or 0) + 1,
        digest=new.digest,
        experiment=new.experiment,
        schema=new.schema,
        row_wise=new.row_wise,
        note=new.note,
        created_at=now,
    )
    connection.execute(
        insert(SERVICE_VERSIONS).values(
            service=added.service,
            number=added.number,
            digest=added.digest,
            experiment=added.experiment,
            schema=added.schema,
            row_wise=added.row_wise,
            note=added.note,
            created_at=added.created_at,
        )
    )
    blobs = [{"service": service, "number": added.number, "blob": blob} for blob in set(new.blobs)]
    if blobs:
        connection.execute(insert(SERVICE_VERSION_BLOBS), blobs)
    return added


def remove_version(
    connection: Connection, service: ServiceId, number: int, *, now: datetime
) -> None:
    """Write down that a version is gone; its blobs belong to nothing any more."""
    of_blob = SERVICE_VERSION_BLOBS.c
    connection.execute(
        update(SERVICE_VERSIONS)
        .where(_VERSIONS.service == service, _VERSIONS.number == number)
        .values(removed_at=now)
    )
    connection.execute(
        delete(SERVICE_VERSION_BLOBS).where(of_blob.service == service, of_blob.number == number)
    )


def referenced_blobs(connection: Connection) -> Set[BlobDigest]:
    """The blobs that versions need."""
    return set(connection.scalars(select(SERVICE_VERSION_BLOBS.c.blob)))


def endpoints(connection: Connection, service: ServiceId | None = None) -> Sequence[Endpoint]:
    """The endpoints of a service, or of all, in the order in which they were made."""
    statement = select(ENDPOINTS).order_by(ENDPOINTS.c.created_at, ENDPOINTS.c.name)
    if service is not None:
        statement = statement.where(ENDPOINTS.c.service == service)
    return [_read_endpoint(row) for row in connection.execute(statement)]


def endpoint(connection: Connection, endpoint: EndpointId) -> Endpoint | None:
    """The endpoint of that id."""
    row = connection.execute(select(ENDPOINTS).where(ENDPOINTS.c.id == endpoint)).first()
    return None if row is None else _read_endpoint(row)


def add_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    """Write down an endpoint."""
    connection.execute(
        insert(ENDPOINTS).values(
            id=endpoint.id,
            service=endpoint.service,
            name=endpoint.name,
            created_at=endpoint.created_at,
            **_settings(endpoint),
        )
    )


def change_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    """Write down what an endpoint is set to now."""
    connection.execute(
        update(ENDPOINTS).where(ENDPOINTS.c.id == endpoint.id).values(**_settings(endpoint))
    )


def remove_endpoint(connection: Connection, endpoint: EndpointId) -> None:
    """Delete an endpoint with its keys, traffic and jobs."""
    connection.execute(delete(ENDPOINTS).where(ENDPOINTS.c.id == endpoint))


def numbers_there(known: Iterable[ServiceVersion]) -> Sequence[int]:
    """The numbers of those versions that are not removed."""
    return [version.number for version in known if version.removed_at is None]


def _settings(endpoint: Endpoint) -> Mapping[str, Any]:
    limits = endpoint.limits
    return {
        "description": endpoint.description,
        "isolation": endpoint.isolation,
        "concurrent_calls": limits.concurrent_calls,
        "queued_calls": limits.queued_calls,
        "seconds": limits.seconds,
        "request_bytes": limits.request_bytes,
        "rows": limits.rows,
    }


def _read_version(row: Row[Any]) -> ServiceVersion:
    return ServiceVersion(**row._mapping)


def _read_endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(
        id=row.id,
        service=row.service,
        name=row.name,
        description=row.description,
        isolation=ServiceIsolation(row.isolation),
        limits=EndpointLimits(
            concurrent_calls=row.concurrent_calls,
            queued_calls=row.queued_calls,
            seconds=row.seconds,
            request_bytes=row.request_bytes,
            rows=row.rows,
        ),
        created_at=row.created_at,
    )
