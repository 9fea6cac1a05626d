"""The records of services: what was published, and where and with which keys it is called."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from studiolo.store.database.database import Database
from studiolo.store.identity import (
    BlobDigest,
    EndpointId,
    KeyHash,
    ServiceId,
    random_id,
)
from studiolo.store.services import endpoint_rows, job_rows, served_rows, service_rows
from studiolo.store.services.errors import (
    EndpointExistsError,
    EndpointUnknownError,
    ServiceUnknownError,
    TrafficFirstError,
    TrafficInvalidError,
    VersionInUseError,
    VersionUnknownError,
)
from studiolo.store.services.service_record import (
    DEFAULT_ENDPOINT,
    Endpoint,
    EndpointKey,
    EndpointLimits,
    EndpointSettings,
    KeySlot,
    NewVersion,
    Published,
    ServedEndpoint,
    Service,
    ServiceIsolation,
    ServiceVersion,
    Traffic,
)

_NO_SETTINGS = EndpointSettings()


class ServiceRecords:
    """The services of a workspace, for any number of threads and processes.

    Each verb is one transaction, as those of `Records`. Names are taken as they are; a caller that
    takes them from a person has checked them. No key comes here, only what recognises it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Publishing

    def publish(
        self,
        version: NewVersion,
        *,
        service: str,
        keys: Mapping[KeySlot, KeyHash],
        endpoint: str = DEFAULT_ENDPOINT,
        settings: EndpointSettings = _NO_SETTINGS,
        description: str | None = None,
    ) -> Published:
        """Make the next version of a service, and give it all traffic of one of its endpoints.

        The service and the endpoint are made if they are not there. Other endpoints keep the
        versions that they have, as in the classic studio.

        Args:
            version: What is published. Its folder and its blobs are on the disk by now.
            service: The service's name.
            keys: The hashes of the keys that the endpoint gets if it is made now.
            endpoint: The endpoint's name.
            settings: What is to change about the endpoint.
            description: What is said about the service; None leaves what was said.
        """
        now = datetime.now(UTC)
        with self._database.writing() as connection:
            owner = _service_for(connection, service, description, now)
            added = service_rows.add_version(connection, owner.id, version, now=now)
            found = _named(service_rows.endpoints(connection, owner.id), endpoint)
            if found is None:
                there = _add_endpoint(connection, owner.id, endpoint, settings, keys, now)
            else:
                there = _with(found, settings)
                service_rows.change_endpoint(connection, there)
            _change_traffic(connection, there.id, {added.number: 100}, now=now)
        return Published(
            service=owner, version=added, endpoint=there, endpoint_is_new=found is None
        )

    def add_endpoint(
        self,
        service: ServiceId,
        name: str,
        *,
        keys: Mapping[KeySlot, KeyHash],
        version: int | None = None,
        settings: EndpointSettings = _NO_SETTINGS,
    ) -> Endpoint:
        """Make another endpoint, whose traffic goes to one version; to the newest if none is given.

        Raises:
            EndpointExistsError: The service has an endpoint of that name.
            VersionUnknownError: It does not have the version.
            ServiceUnknownError: The service has been removed.
        """
        now = datetime.now(UTC)
        with self._database.writing() as connection:
            owner = _service(connection, service)
            if _named(service_rows.endpoints(connection, service), name) is not None:
                raise EndpointExistsError(endpoint=name, service=owner.name)
            known = service_rows.versions(connection, service)
            number = max(service_rows.numbers_there(known), default=0)
            chosen = number if version is None else version
            _require_versions(known, [chosen])
            added = _add_endpoint(connection, service, name, settings, keys, now)
            _change_traffic(connection, added.id, {chosen: 100}, now=now)
        return added

    # Looking

    def services(self) -> Sequence[Service]:
        """All services, by name."""
        with self._database.reading() as connection:
            return service_rows.services(connection)

    def service(self, name: str) -> Service:
        """The service of that name.

        Raises:
            ServiceUnknownError: There is none.
        """
        with self._database.reading() as connection:
            found = service_rows.service_called(connection, name)
            if found is None:
                raise _unknown_service(connection, name)
        return found

    def versions(self, service: ServiceId) -> Sequence[ServiceVersion]:
        """The versions of a service, oldest first, with those that were removed."""
        with self._database.reading() as connection:
            return service_rows.versions(connection, service)

    def endpoints(self, service: ServiceId | None = None) -> Sequence[Endpoint]:
        """The endpoints of a service, or of all, in the order in which they were made."""
        with self._database.reading() as connection:
            return service_rows.endpoints(connection, service)

    def endpoint(self, service: ServiceId, name: str = DEFAULT_ENDPOINT) -> Endpoint:
        """The endpoint of a service that has that name.

        Raises:
            EndpointUnknownError: There is none.
        """
        with self._database.reading() as connection:
            there = service_rows.endpoints(connection, service)
        found = _named(there, name)
        if found is None:
            raise EndpointUnknownError(endpoint=name, known=[known.name for known in there])
        return found

    def endpoint_by_id(self, endpoint: EndpointId) -> Endpoint | None:
        """The endpoint of that id, which may be any text; None if there is none."""
        with self._database.reading() as connection:
            return service_rows.endpoint(connection, endpoint)

    def served(self, endpoint: EndpointId) -> ServedEndpoint | None:
        """All that is needed to answer calls to an endpoint; None if there is none of that id."""
        with self._database.reading() as connection:
            return next(iter(served_rows.served(connection, endpoint)), None)

    def all_served(self) -> Sequence[ServedEndpoint]:
        """The same for all endpoints, as they are at one moment."""
        with self._database.reading() as connection:
            return served_rows.served(connection)

    # Endpoints

    def change_endpoint(self, endpoint: EndpointId, settings: EndpointSettings) -> Endpoint:
        """Set an endpoint to something else.

        Raises:
            EndpointUnknownError: There is none of that id.
        """
        with self._database.writing() as connection:
            changed = _with(_endpoint(connection, endpoint), settings)
            service_rows.change_endpoint(connection, changed)
        return changed

    def change_limits(self, endpoint: EndpointId, changes: Mapping[str, float]) -> Endpoint:
        """Set some limits of an endpoint, by their names in `EndpointLimits`; others stay.

        Raises:
            EndpointUnknownError: There is none of that id.
        """
        with self._database.writing() as connection:
            found = _endpoint(connection, endpoint)
            limits: Any = changes
            changed = replace(found, limits=replace(found.limits, **limits))
            service_rows.change_endpoint(connection, changed)
        return changed

    def key_hashes(self, endpoint: EndpointId) -> Sequence[EndpointKey]:
        """The hashes of an endpoint's keys, the primary one first; nothing if there is none."""
        with self._database.reading() as connection:
            return endpoint_rows.keys(connection, endpoint).get(endpoint, [])

    def rotate(self, endpoint: EndpointId, slot: KeySlot, hashed: KeyHash) -> None:
        """Replace one of an endpoint's keys; the other goes on to open it.

        Raises:
            EndpointUnknownError: There is none of that id.
        """
        with self._database.writing() as connection:
            _endpoint(connection, endpoint)
            endpoint_rows.rotate(connection, endpoint, slot, hashed, now=datetime.now(UTC))

    # Traffic

    def traffic(self, endpoint: EndpointId) -> Traffic:
        """Which versions answer the calls to an endpoint.

        Raises:
            EndpointUnknownError: There is none of that id.
        """
        with self._database.reading() as connection:
            return _traffic(connection, _endpoint(connection, endpoint))

    def traffic_history(self, endpoint: EndpointId) -> Sequence[Traffic]:
        """The traffic that an endpoint has and had, oldest first."""
        with self._database.reading() as connection:
            return endpoint_rows.traffic_history(connection, endpoint)

    def set_traffic(self, endpoint: EndpointId, weights: Mapping[int, int]) -> Traffic:
        """Divide the calls to an endpoint among versions, from the next call on.

        Args:
            endpoint: The endpoint.
            weights: Whole percents by version, which sum to 100.

        Raises:
            TrafficInvalidError: They do not.
            VersionUnknownError: A version is not there.
            EndpointUnknownError: There is none of that id.
        """
        if sum(weights.values()) != 100 or not all(0 <= it <= 100 for it in weights.values()):
            raise TrafficInvalidError(weights=weights)
        given = {version: weight for version, weight in weights.items() if weight}
        with self._database.writing() as connection:
            found = _endpoint(connection, endpoint)
            _require_versions(service_rows.versions(connection, found.service), given)
            return _change_traffic(connection, endpoint, given, now=datetime.now(UTC))

    def rollback(self, endpoint: EndpointId) -> Traffic:
        """Restore the traffic before the last change; once more, that before the one restored.

        Raises:
            TrafficFirstError: There was none before.
            VersionUnknownError: A version that it went to has been removed.
            EndpointUnknownError: There is no endpoint of that id.
        """
        with self._database.writing() as connection:
            found = _endpoint(connection, endpoint)
            current = _traffic(connection, found)
            if current.former is None:
                raise TrafficFirstError(endpoint=found.name)
            former = endpoint_rows.traffic_after(connection, endpoint, current.former)
            _require_versions(service_rows.versions(connection, found.service), former.weights)
            restored = Traffic(
                change=current.change + 1,
                weights=former.weights,
                former=former.former,
                changed_at=datetime.now(UTC),
            )
            endpoint_rows.add_traffic(connection, endpoint, restored)
        return restored

    # Removing

    def remove_service(self, service: ServiceId) -> None:
        """Forget a service with all that belongs to it, if it is there.

        The workers of its jobs find that out with their next beat.
        """
        with self._database.writing() as connection:
            service_rows.remove_service(connection, service)

    def remove_endpoint(self, endpoint: EndpointId) -> None:
        """Forget an endpoint with its keys, traffic and jobs, if it is there."""
        with self._database.writing() as connection:
            service_rows.remove_endpoint(connection, endpoint)

    def remove_version(self, service: ServiceId, number: int) -> None:
        """Remember that a version is not to be used any more.

        Raises:
            VersionInUseError: It has traffic, or jobs that have not ended.
            VersionUnknownError: There is no such version.
        """
        with self._database.writing() as connection:
            _require_versions(service_rows.versions(connection, service), [number])
            using = [
                endpoint.name
                for endpoint in service_rows.endpoints(connection, service)
                if number in _traffic(connection, endpoint).weights
            ]
            jobs = job_rows.count_unended(connection, service, number)
            if using or jobs:
                raise VersionInUseError(version=number, endpoints=using, jobs=jobs)
            service_rows.remove_version(connection, service, number, now=datetime.now(UTC))

    # What a sweep leaves alone

    def referenced_blobs(self) -> Set[BlobDigest]:
        """The blobs that versions need; `Records.referenced_blobs` names them, too."""
        with self._database.reading() as connection:
            return service_rows.referenced_blobs(connection)


def _service_for(
    connection: Connection, name: str, description: str | None, now: datetime
) -> Service:
    found = service_rows.service_called(connection, name)
    if found is None:
        made = Service(
            id=ServiceId(random_id()), name=name, description=description or "", created_at=now
        )
        service_rows.add_service(connection, made)
        return made
    if description is None:
        return found
    service_rows.describe_service(connection, found.id, description)
    return replace(found, description=description)


def _add_endpoint(
    connection: Connection,
    service: ServiceId,
    name: str,
    settings: EndpointSettings,
    keys: Mapping[KeySlot, KeyHash],
    now: datetime,
) -> Endpoint:
    usual = Endpoint(
        id=EndpointId(random_id()),
        service=service,
        name=name,
        description="",
        isolation=ServiceIsolation.REQUEST,
        limits=EndpointLimits(),
        created_at=now,
    )
    added = _with(usual, settings)
    service_rows.add_endpoint(connection, added)
    endpoint_rows.add_keys(connection, added.id, keys, now=now)
    return added


def _change_traffic(
    connection: Connection, endpoint: EndpointId, weights: Mapping[int, int], *, now: datetime
) -> Traffic:
    before = endpoint_rows.current_traffic(connection, endpoint).get(endpoint)
    number = 0 if before is None else before.change
    changed = Traffic(
        change=number + 1, weights=dict(weights), former=number or None, changed_at=now
    )
    endpoint_rows.add_traffic(connection, endpoint, changed)
    return changed


def _with(endpoint: Endpoint, settings: EndpointSettings) -> Endpoint:
    given = {name: value for name, value in vars(settings).items() if value is not None}
    return replace(endpoint, **given)


def _named(endpoints: Sequence[Endpoint], name: str) -> Endpoint | None:
    return next((endpoint for endpoint in endpoints if endpoint.name == name), None)


def _service(connection: Connection, service: ServiceId) -> Service:
    found = {known.id: known for known in service_rows.services(connection)}
    if service not in found:
        raise _unknown_service(connection, service)
    return found[service]


def _unknown_service(connection: Connection, called: str) -> ServiceUnknownError:
    known = [service.name for service in service_rows.services(connection)]
    return ServiceUnknownError(service=called, known=known)


def _endpoint(connection: Connection, endpoint: EndpointId) -> Endpoint:
    found = service_rows.endpoint(connection, endpoint)
    if found is None:
        raise EndpointUnknownError(endpoint=endpoint)
    return found


def _traffic(connection: Connection, endpoint: Endpoint) -> Traffic:
    # It is made together with the endpoint.
    return endpoint_rows.current_traffic(connection, endpoint.id)[endpoint.id]


def _require_versions(known: Sequence[ServiceVersion], wanted: Collection[int]) -> None:
    there = service_rows.numbers_there(known)
    for number in wanted:
        if number not in there:
            removed = any(version.number == number for version in known)
            raise VersionUnknownError(version=number, known=there, removed=removed)
