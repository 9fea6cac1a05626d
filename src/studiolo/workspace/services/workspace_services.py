"""The web services of a workspace: published, listed, changed and loaded to be served."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from studiolo.experiments.experiment import Experiment
from studiolo.experiments.web_service.interface import ServiceInterface
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.services.serving.handler import Handler, ProgramSandboxFactory
from studiolo.services.versions.frozen_version import thaw
from studiolo.store.services.service_record import (
    DEFAULT_ENDPOINT,
    EndpointSettings,
    ServedEndpoint,
    ServiceVersion,
)
from studiolo.store.services.service_records import ServiceRecords
from studiolo.workspace.services.publishing import Publication, Publisher, PublisherParts

#: Processes of a served version that wait for the next requests.
_WARM = 3


class WorkspaceServices:
    """The web services of one workspace. For any number of threads."""

    def __init__(
        self, parts: PublisherParts, factory: Callable[[RunSettings], ProgramSandboxFactory]
    ) -> None:
        """``factory`` gives what makes environments and sandboxes with these settings."""
        self._parts = parts
        self._factory = factory

    @property
    def records(self) -> ServiceRecords:
        """What is recorded of services: their versions, endpoints, keys and traffic."""
        return self._parts.records().services

    def publish(
        self,
        experiment: Experiment,
        interface: ServiceInterface,
        *,
        service: str,
        endpoint: str = DEFAULT_ENDPOINT,
        settings: EndpointSettings | None = None,
        note: str = "",
    ) -> Publication:
        """Publish an experiment; see `Publisher.publish`."""
        return Publisher(self._parts).publish(
            experiment,
            interface,
            service=service,
            endpoint=endpoint,
            settings=settings,
            note=note,
        )

    def served(self, service: str | None = None) -> Sequence[ServedEndpoint]:
        """The endpoints to serve, of one service or of all, as they are recorded now."""
        found = self.records.all_served()
        return [one for one in found if service in (None, one.service.name)]

    def handler(self, served: ServedEndpoint, version: ServiceVersion) -> Handler:
        """What answers the requests to a version, within the limits of the endpoint.

        Raises:
            StudioloError: The version is damaged, or its environment can't be had.
        """
        usual = RunSettings()
        seconds = max(1, round(served.endpoint.limits.seconds))
        factory = self._factory(replace(usual, timeout=seconds))
        warm = min(_WARM, served.endpoint.limits.concurrent_calls)
        return Handler(thaw(version.digest, self._parts.blobs), factory, warm=warm)
