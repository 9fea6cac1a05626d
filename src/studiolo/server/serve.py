"""Serving a workspace: its studio and its services, until it is told to end."""

import gc
import resource
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from studiolo.datasets.reading.confined_reading import kept_reader
from studiolo.server.watching.logs import logged
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.identity import EndpointId
from studiolo.workspace.jobs.job_worker import BatchWorker
from studiolo.workspace.studio.studio import Studio
from studiolo.workspace.workspace import Workspace

#: Files that the process may have open, where the system allows that many.
_OPEN_FILES = 65_536
#: After how many of them Python looks for cycles among the young, the middle and the old.
_NEW_OBJECTS = (20_000, 20, 20)
#: Hosts that only the machine itself reaches.
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: A host that stands for every address of the machine.
_ALL = ("", "0.0.0.0", "::")  # noqa: S104  # it is looked for, not listened at


def serve(
    workspace: Workspace,
    *,
    host: str,
    port: int,
    service: str | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    on_ready: Callable[[str, ServedEndpoints, str | None], None],
) -> None:
    """Serve a workspace's studio and services until SIGINT or SIGTERM.

    Requests that were accepted by then are answered first; a second SIGINT ends it at once. What
    is published, changed or removed meanwhile is followed.

    Args:
        workspace: Whose services.
        host: The address or name to listen at.
        port: The port; 0 for any that is free.
        service: The name of the one to serve, without the studio; if not given, all services and
            the studio.
        certificate: The file of the certificate for TLS.
        key: The file of its private key, where that is not in the same file.
        on_ready: Told the address, what is served, and the address that signs a browser in to the
            studio, as soon as requests are accepted.

    Raises:
        ServiceUnknownError: There is no service of that name.
        AddressError: It can't listen there.
        CertificateError: The certificate or the key can't be used.
        StoreError: The records can't be read.
    """
    _open_as_many_files_as_allowed()
    if service is not None:
        workspace.services.find(service)
    hosts = [*workspace.settings.hosts, *([] if host in _ALL else [host])]
    with ExitStack() as ending:
        ending.enter_context(logged())
        endpoints = ending.enter_context(
            ServedEndpoints(lambda: workspace.services.served(service), workspace.services.handler)
        )
        # Here and not above: versions are being loaded by now, and need not wait for what speaks
        # HTTP, which takes half a second.
        from studiolo.server.app import Application, ServerSettings  # noqa: PLC0415
        from studiolo.server.http_server import HttpServer  # noqa: PLC0415
        from studiolo.server.page.signing_in import sign_in_address  # noqa: PLC0415

        settings = ServerSettings(
            hosts=hosts,
            folder=workspace.server_folder,
            memory=workspace.memory_limit,
            sample_rows=_shows_sample_rows(workspace, host),
        )
        studio = None if service is not None else Studio(workspace)
        jobs = workspace.batch_jobs
        ending.enter_context(BatchWorker(workspace.services, jobs, lambda: _ids(endpoints)))
        application = Application(endpoints, settings, studio, jobs, workspace.services)
        ending.callback(application.close)
        server = HttpServer(
            application.asgi,
            host=host,
            port=port,
            certificate=certificate,
            key=key,
            on_end=application.end_streams,
        )
        sessions = application.sessions
        link = None if sessions is None else sign_in_address(server.address, sessions)
        ending.enter_context(kept_reader())
        _look_for_garbage_less_often()
        server.run(on_ready=lambda: on_ready(server.address, endpoints, link))


def _shows_sample_rows(workspace: Workspace, host: str) -> bool:
    """Whether help pages show data; if not said, only where no other machine reaches them."""
    settings = workspace.settings
    if settings.sample_rows is not None:
        return settings.sample_rows
    # A server that is behind another one is told the name that it is called by.
    return host in _LOOPBACK and not settings.hosts


def _ids(endpoints: ServedEndpoints) -> list[EndpointId]:
    return [live.record.endpoint.id for live in endpoints.all()]


def _look_for_garbage_less_often() -> None:
    """Have Python look for cycles after 20,000 new objects instead of 700 to 2,000.

    To read an experiment of thousands of nodes, or to make its document, makes a million objects
    that stay: to look through them over and over took half of the time. What the server has
    imported by now stays in any case.
    """
    gc.freeze()
    gc.set_threshold(*_NEW_OBJECTS)


def _open_as_many_files_as_allowed() -> None:
    """Connections are open files, and so is most of what is handed to a sandbox."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(usual, min(most, _OPEN_FILES)), most))
