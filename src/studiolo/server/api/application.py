"""The application of the API: its routes, and how errors are answered."""

import importlib.metadata

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from studiolo.errors import StudioloError
from studiolo.server.api.datasets import dataset_routes
from studiolo.server.api.debugging import debugging_routes
from studiolo.server.api.errors import (
    ERRORS,
    as_http_error,
    as_invalid,
    as_studiolo_error,
    as_unknown,
)
from studiolo.server.api.events import event_routes
from studiolo.server.api.experiments import experiment_routes
from studiolo.server.api.language import language_routes
from studiolo.server.api.modules import module_routes
from studiolo.server.api.outputs import output_routes
from studiolo.server.api.plots import plot_routes
from studiolo.server.api.runs import run_routes
from studiolo.server.api.services.jobs import job_routes
from studiolo.server.api.services.publishing import publishing_routes
from studiolo.server.api.services.services import service_routes
from studiolo.server.api.uploads import upload_routes
from studiolo.server.api.workspace import workspace_routes
from studiolo.server.http.event_streams import EventStreams
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.workspace.studio.studio import Studio


def api_application(
    studio: Studio, streams: EventStreams, endpoints: ServedEndpoints | None = None
) -> FastAPI:
    """The API of a workspace's studio; `SignedIn` is to be put before it."""
    application = FastAPI(
        title="Studiolo",
        summary="The API of the studio.",
        version=importlib.metadata.version("studiolo"),
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=ERRORS,
        servers=[{"url": "/api"}],
        root_path_in_servers=False,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
    )
    for routes in (
        workspace_routes,
        module_routes,
        experiment_routes,
        language_routes,
        debugging_routes,
        run_routes,
        output_routes,
        plot_routes,
        upload_routes,
        dataset_routes,
        publishing_routes,
        job_routes,
    ):
        application.include_router(routes(studio))
    application.include_router(event_routes(studio, streams))
    application.include_router(service_routes(studio, endpoints))
    application.add_exception_handler(StudioloError, as_studiolo_error)
    application.add_exception_handler(RequestValidationError, as_invalid)
    application.add_exception_handler(HTTPException, as_http_error)
    application.add_exception_handler(ClientDisconnect, _to_nobody)
    application.add_exception_handler(Exception, as_unknown)
    return application


async def _to_nobody(*_: object) -> Response:
    return Response(status_code=499)
