"""The web services of a workspace: published, listed, changed, called and loaded to be served."""

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studiolo.datasets.dataset import Dataset
from studiolo.experiments.experiment import Experiment
from studiolo.experiments.web_service.interface import ServiceInterface, service_interface
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.runs.experiments.progress import Observer
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.services.keys import Key
from studiolo.services.schema import ServiceSchema
from studiolo.services.schema_document import read_schema
from studiolo.services.scoring import RequestRefused, ScoringFailed, ScoringReply
from studiolo.services.serving.handler import Handler, ProgramSandboxFactory
from studiolo.services.validation import Cells, Validator
from studiolo.services.version_needs import VersionNeeds
from studiolo.services.versions.frozen_version import models_of, needs_of, thaw
from studiolo.store.errors import StoreError
from studiolo.store.identity import ServiceId, VersionDigest
from studiolo.store.services.errors import EndpointUnknownError
from studiolo.store.services.service_record import (
    DEFAULT_ENDPOINT,
    Endpoint,
    EndpointLimits,
    EndpointSettings,
    KeySlot,
    Published,
    ServedEndpoint,
    Service,
    ServiceVersion,
    Traffic,
)
from studiolo.store.services.service_records import ServiceRecords
from studiolo.workspace.services.errors import ServiceNameError, ServiceOutputMissingError
from studiolo.workspace.services.limits import check_limits
from studiolo.workspace.services.publishing import (
    Publication,
    Publisher,
    PublisherParts,
    RunExperiment,
)
from studiolo.workspace.services.retraining import replace_models

#: As in the classic studio, for endpoints; the names of services may be longer.
_ENDPOINT = re.compile(r"[a-z0-9]{1,24}")
_SERVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
#: Processes of a served version that wait for the next requests.
_WARM = 3


@dataclass(frozen=True, kw_only=True)
class SeenEndpoint:
    """An endpoint, and which versions answer its calls."""

    endpoint: Endpoint
    traffic: Traffic


@dataclass(frozen=True, kw_only=True)
class SeenService:
    """A service as it is now."""

    service: Service
    versions: Sequence[ServiceVersion]
    endpoints: Sequence[SeenEndpoint]
    #: The newest version that has not been removed, and what it takes and gives; None if all are.
    newest: int | None
    schema: ServiceSchema | None
    #: The targets and secrets of each version that can be read, by number.
    needs: Mapping[int, VersionNeeds]

    @property
    def inputs(self) -> Sequence[str]:
        """The names of the inputs of its newest version."""
        return list(self.schema.inputs) if self.schema else []


class WorkspaceServices:
    """The web services of one workspace. For any number of threads."""

    def __init__(
        self,
        parts: PublisherParts,
        factory: Callable[[RunSettings], ProgramSandboxFactory],
        *,
        batch_folder: Path,
    ) -> None:
        """Know a workspace's services.

        Args:
            parts: What publishing needs.
            factory: Gives what makes environments and sandboxes with these settings.
            batch_folder: Where batches keep what they have scored so far.
        """
        self._parts = parts
        self._factory = factory
        #: Where batches keep what they have scored so far.
        self.batch_folder = batch_folder
        self._known_needs: dict[VersionDigest, VersionNeeds] = {}

    @property
    def names(self) -> Sequence[str]:
        """The names of its services."""
        return [service.name for service in self._records.services()]

    def publish(
        self,
        experiment: Experiment,
        interface: ServiceInterface | None = None,
        *,
        service: str,
        endpoint: str = DEFAULT_ENDPOINT,
        settings: EndpointSettings | None = None,
        note: str = "",
        in_pieces: bool | None = None,
        observer: Observer | None = None,
        run: RunExperiment | None = None,
    ) -> Publication:
        """Publish an experiment; see `Publisher.publish`.

        ``interface`` says where requests enter and replies leave; the experiment's Web Service
        Input and Output modules do if it is not given.

        Raises:
            ServiceNameError: The service or the endpoint can't be called so.
            ServiceOutputMissingError: Nothing says what the service returns.
        """
        check_service_name(service)
        check_endpoint_name(endpoint)
        found = interface or service_interface(experiment)
        if not found.outputs:
            raise ServiceOutputMissingError(experiment=experiment.folder.name)
        return Publisher(self._parts).publish(
            experiment,
            found,
            service=service,
            endpoint=endpoint,
            settings=settings,
            note=note,
            in_pieces=in_pieces,
            observer=observer,
            run=run,
        )

    def all(self) -> Sequence[SeenService]:
        """The services, by name."""
        return [self._seen(service) for service in self._records.services()]

    def find(self, name: str) -> SeenService:
        """The service of that name.

        Raises:
            ServiceUnknownError: There is none.
        """
        return self._seen(self._records.service(name))

    def rotate(self, service: str, slot: KeySlot, endpoint: str = DEFAULT_ENDPOINT) -> Key:
        """Replace one of the two keys of an endpoint; the new one, to be shown once.

        Raises:
            ServiceUnknownError, EndpointUnknownError: There is no such endpoint.
        """
        key = Key.new()
        self._records.rotate(self._endpoint(service, endpoint).id, slot, key.hashed())
        return key

    def set_traffic(
        self, service: str, weights: Mapping[int, int], endpoint: str = DEFAULT_ENDPOINT
    ) -> Traffic:
        """Share an endpoint's calls out between versions, in percent.

        Raises:
            ServiceUnknownError, EndpointUnknownError: There is no such endpoint.
            VersionUnknownError, TrafficInvalidError: Not with these weights.
        """
        return self._records.set_traffic(self._endpoint(service, endpoint).id, weights)

    def rollback(self, service: str, endpoint: str = DEFAULT_ENDPOINT) -> Traffic:
        """Restore the traffic that an endpoint had before the last change.

        Raises:
            ServiceUnknownError, EndpointUnknownError: There is no such endpoint.
            TrafficFirstError: There was nothing before.
        """
        return self._records.rollback(self._endpoint(service, endpoint).id)

    def set_limits(
        self, service: str, endpoint: str = DEFAULT_ENDPOINT, **limits: int
    ) -> EndpointLimits:
        """Set some limits of an endpoint; the others stay.

        Args:
            service: The service's name.
            endpoint: The endpoint's name.
            **limits: By their names in `EndpointLimits`, such as `concurrent_calls=40`. Times are
                in seconds, sizes in bytes.

        Raises:
            ServiceUnknownError, EndpointUnknownError: There is no such endpoint.
            EndpointLimitError: A limit does not exist, or can't have that value.
        """
        found = self._endpoint(service, endpoint)
        return self._records.change_limits(found.id, check_limits(limits)).limits

    def remove(self, service: str) -> None:
        """Remove a service, its endpoints and its versions.

        Raises:
            ServiceUnknownError: There is none of that name.
        """
        self._records.remove_service(self._records.service(service).id)

    def call(
        self,
        service: str,
        data: Mapping[str, Dataset | Cells],
        *,
        parameters: Mapping[str, object] | None = None,
        endpoint: str = DEFAULT_ENDPOINT,
    ) -> ScoringReply | ScoringFailed | RequestRefused:
        """Call a service from here, without a server and a key.

        It runs as a request of a caller does: held against the schema of the version, in a process
        of its own, within the endpoint's limits.

        Args:
            service: The service's name.
            data: The datasets to score, or their cells, by the names of its inputs.
            parameters: Values of web-service parameters.
            endpoint: The endpoint whose newest version with traffic is asked.

        Raises:
            ServiceUnknownError, EndpointUnknownError: There is no such endpoint.
            StudioloError: The version is damaged, or its environment can't be had.
        """
        served = self.endpoint(service, endpoint)
        version = served.versions[max(served.versions)]
        with self.handler(served, version) as handler:
            checked = Validator(handler.schema).check(
                {
                    name: given.table if isinstance(given, Dataset) else given
                    for name, given in data.items()
                },
                parameters or {},
            )
            return checked if isinstance(checked, RequestRefused) else handler.score(checked)

    def retrain(self, served: ServedEndpoint, models: Mapping[str, MemoryFile]) -> Published:
        """Give an endpoint a version with other trained models; see `replace_models`."""
        return replace_models(self._parts, served, models)

    def models(self, served: ServedEndpoint) -> Sequence[str]:
        """The names of the trained models of an endpoint's newest version."""
        return models_of(served.versions[max(served.versions)].digest, self._parts.blobs)

    def served(self, service: str | None = None) -> Sequence[ServedEndpoint]:
        """The endpoints to serve, of one service or of all, as they are recorded now."""
        found = self._records.all_served()
        return [one for one in found if service in (None, one.service.name)]

    def handler(self, served: ServedEndpoint, version: ServiceVersion) -> Handler:
        """A handler for the requests to a version, within the limits of the endpoint.

        Raises:
            StudioloError: The version is damaged, or its environment can't be had.
        """
        usual = RunSettings()
        seconds = max(1, round(served.endpoint.limits.seconds))
        factory = self._factory(replace(usual, timeout=seconds))
        warm = min(_WARM, served.endpoint.limits.concurrent_calls)
        return Handler(
            thaw(version.digest, self._parts.blobs),
            factory,
            warm=warm,
            isolation=served.endpoint.isolation,
        )

    def batch_handler(self, version: ServiceVersion, *, parallel: int) -> Handler:
        """A handler for the pieces of batches, each within the limits of a run of this workspace.

        Raises:
            StudioloError: The version is damaged, or its environment can't be had.
        """
        factory = self._factory(RunSettings())
        return Handler(thaw(version.digest, self._parts.blobs), factory, warm=parallel)

    def endpoint(self, service: str, endpoint: str) -> ServedEndpoint:
        """An endpoint as it is served.

        Raises:
            ServiceUnknownError, EndpointUnknownError: There is no such endpoint.
        """
        served = self._records.served(self._endpoint(service, endpoint).id)
        if served is None:
            raise EndpointUnknownError(endpoint=endpoint)
        return served

    def version(self, service: ServiceId, number: int) -> ServiceVersion:
        """A version of a service, also one that has been removed."""
        return next(one for one in self._records.versions(service) if one.number == number)

    @property
    def _records(self) -> ServiceRecords:
        return self._parts.records().services

    def _endpoint(self, service: str, endpoint: str) -> Endpoint:
        return self._records.endpoint(self._records.service(service).id, endpoint)

    def _seen(self, service: Service) -> SeenService:
        records = self._records
        versions = records.versions(service.id)
        there = [version for version in versions if version.removed_at is None]
        newest = max(there, key=lambda version: version.number, default=None)
        return SeenService(
            service=service,
            versions=versions,
            newest=None if newest is None else newest.number,
            schema=None if newest is None else read_schema(json.dumps(newest.schema)),
            needs=dict(self._needs(there)),
            endpoints=[
                SeenEndpoint(endpoint=endpoint, traffic=records.traffic(endpoint.id))
                for endpoint in records.endpoints(service.id)
            ],
        )

    def _needs(self, versions: Sequence[ServiceVersion]) -> Iterator[tuple[int, VersionNeeds]]:
        for version in versions:
            # One that is damaged is shown without; what serves it says so.
            with contextlib.suppress(StoreError):
                if version.digest not in self._known_needs:
                    self._known_needs[version.digest] = needs_of(version.digest, self._parts.blobs)
                yield version.number, self._known_needs[version.digest]


def check_service_name(name: str) -> None:
    """See whether a service can be called so.

    Raises:
        ServiceNameError: It can't.
    """
    if _SERVICE.fullmatch(name) is None:
        allowed = (
            "letters, digits, points, hyphens and underscores, and begins with a letter or digit"
        )
        raise ServiceNameError(what="service", name=name, allowed=f"has up to 100 {allowed}")


def check_endpoint_name(name: str) -> None:
    """See whether an endpoint can be called so; the rule is the classic studio's.

    Raises:
        ServiceNameError: It can't.
    """
    if _ENDPOINT.fullmatch(name) is None:
        allowed = "has up to 24 lower-case letters and digits"
        raise ServiceNameError(what="endpoint", name=name, allowed=allowed)
