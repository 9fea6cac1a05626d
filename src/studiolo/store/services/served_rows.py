"""Endpoints with all that is needed to answer calls, in as many statements for all as for one."""

from collections.abc import Sequence

from sqlalchemy import Connection

from studiolo.store.identity import EndpointId
from studiolo.store.services import endpoint_rows, service_rows
from studiolo.store.services.service_record import ServedEndpoint


def served(connection: Connection, only: EndpointId | None = None) -> Sequence[ServedEndpoint]:
    """All endpoints, or the one of that id if it is there."""
    found = service_rows.endpoints(connection) if only is None else []
    if only is not None and (one := service_rows.endpoint(connection, only)) is not None:
        found = [one]
    services = {service.id: service for service in service_rows.services(connection)}
    keys = endpoint_rows.keys(connection, only)
    traffic = endpoint_rows.current_traffic(connection, only)
    # A service may have many versions, and their schemas are large: those without calls stay away.
    wanted = {
        (endpoint.service, number) for endpoint in found for number in traffic[endpoint.id].weights
    }
    versions = service_rows.versions_numbered(connection, wanted)
    return [
        ServedEndpoint(
            service=services[endpoint.service],
            endpoint=endpoint,
            keys=keys[endpoint.id],
            traffic=traffic[endpoint.id],
            versions={
                number: versions[endpoint.service, number]
                for number in traffic[endpoint.id].weights
            },
        )
        for endpoint in found
    ]
