"""The application: routes, put together behind the edge."""

import importlib.metadata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from studiolo.server.access.sessions import Sessions
from studiolo.server.api.access import SignedIn
from studiolo.server.api.application import api_application
from studiolo.server.classic.jobs import job_routes
from studiolo.server.classic.retraining import retraining_routes
from studiolo.server.classic.routes import classic_routes
from studiolo.server.help.routes import front_route, help_routes
from studiolo.server.http.access_log import AccessLog
from studiolo.server.http.edge import CLIENT_GONE, Edge, unknown_error
from studiolo.server.http.event_streams import EventStreams
from studiolo.server.http.hot_routes import HotRoutes
from studiolo.server.http.refused import RefusedError, error_response, plain_error
from studiolo.server.http.sites import Sites
from studiolo.server.page.files import lost_page, page_routes
from studiolo.server.page.signing_in import signing_in_routes
from studiolo.server.scoring.failed_requests import FailedRequests
from studiolo.server.scoring.scoring import Scoring
from studiolo.server.services.describing import describing_routes
from studiolo.server.services.file_routes import file_routes
from studiolo.server.services.own_routes import own_routes
from studiolo.server.watching.logs import ACCESS
from studiolo.server.watching.metrics import metrics_token
from studiolo.server.watching.routes import watching_routes
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.workspace.jobs.batch_jobs import BatchJobs
from studiolo.workspace.services.workspace_services import WorkspaceServices
from studiolo.workspace.studio.studio import Studio


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """The settings of the application beside the endpoints."""

    #: Names that the server is called by, beside localhost and addresses.
    hosts: Collection[str] = ()
    #: Its own folder in the workspace's store: the metrics' token, and failed requests.
    folder: Path
    #: The bytes of memory that a request may use.
    memory: int
    #: Whether help pages, which need no key, show values of the data that a service was published
    #: with: a sample row, categories and defaults.
    sample_rows: bool = False


class Application:
    """The application for one server; close it when no request is left."""

    def __init__(
        self,
        endpoints: ServedEndpoints,
        settings: ServerSettings,
        studio: Studio | None = None,
        jobs: BatchJobs | None = None,
        services: WorkspaceServices | None = None,
    ) -> None:
        """Put it together; with a studio, its pages and its API are among the routes.

        With batch jobs, so are their routes and those of their files; with the services of the
        workspace as well, those of retraining.
        """
        self._streams = EventStreams()
        self._studio = studio
        #: Who may use the studio; None without one.
        self.sessions = None if studio is None else Sessions(settings.folder)
        self._failures = FailedRequests(settings.folder)
        self._scoring = Scoring(endpoints, self._failures, memory=settings.memory)
        hot = [classic_routes(endpoints, self._scoring), own_routes(endpoints, self._scoring)]
        routes = _routes(endpoints, hot, metrics_token(settings.folder))
        routes.include_router(help_routes(endpoints, sample_rows=settings.sample_rows))
        if jobs is not None:
            routes.include_router(job_routes(endpoints, jobs))
            if services is not None:
                routes.include_router(retraining_routes(endpoints, services, jobs))
            routes.include_router(file_routes(endpoints, jobs.files))
        if studio is not None and self.sessions is not None:
            api = api_application(studio, self._streams, endpoints)
            _add_studio(routes, api, self.sessions)
        else:
            routes.include_router(front_route())
        #: What a server calls.
        self.asgi: ASGIApp = Edge(HotRoutes(hot, routes), Sites(settings.hosts), AccessLog(ACCESS))
        routes.state.edge = self.asgi

    def end_streams(self) -> None:
        """End the streams of events, which have no end of their own; called in the event loop."""
        self._streams.end()

    def close(self) -> None:
        """Let go of threads and files."""
        self._scoring.close()
        self._failures.close()
        if self._studio is not None:
            self._studio.language_servers.close()


def _routes(endpoints: ServedEndpoints, hot: Sequence[APIRouter], token: str) -> FastAPI:
    application = FastAPI(
        title="Studiolo",
        version=importlib.metadata.version("studiolo"),
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    application.include_router(watching_routes(endpoints, token))
    for router in hot:
        application.include_router(router)
    application.include_router(describing_routes(endpoints))
    application.add_exception_handler(HTTPException, _as_classic)
    application.add_exception_handler(RefusedError, _as_refused)
    application.add_exception_handler(ClientDisconnect, _to_nobody)
    # Behind it the edge notes what happened.
    application.add_exception_handler(Exception, _as_unknown)
    return application


def _add_studio(application: FastAPI, api: ASGIApp, sessions: Sessions) -> None:
    application.include_router(signing_in_routes(sessions))
    application.mount("/api", SignedIn(api, sessions))
    # Last: it answers every other short address.
    application.include_router(page_routes(sessions))
    application.add_exception_handler(HTTPException, _as_page)


async def _as_classic(_: Request, error: Exception) -> Response:
    """A refusal of the routing, as every other error."""
    assert isinstance(error, HTTPException)
    outer = "NotFound" if error.status_code == 404 else "BadArgument"
    code = "MethodNotAllowed" if error.status_code == 405 else outer
    sentence = "There is nothing at this address, or not for this method."
    refused = plain_error(error.status_code, outer, code, sentence)
    return error_response(refused, error.headers)


async def _as_page(request: Request, error: Exception) -> Response:
    """The same, but a page for those who typed the address into a browser."""
    assert isinstance(error, HTTPException)
    page = lost_page(request) if error.status_code == 404 else None
    return page or await _as_classic(request, error)


async def _as_unknown(request: Request, _: Exception) -> Response:
    return unknown_error(request.scope)


async def _to_nobody(*_: object) -> Response:
    return Response(status_code=CLIENT_GONE)


async def _as_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    request.state.notes["error"] = error.error.details[0].code
    return error_response(error.error, error.headers)
