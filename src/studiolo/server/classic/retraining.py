"""Retraining at the addresses of the classic service management: an endpoint, and its models."""

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from studiolo.errors import StudioloError
from studiolo.server.classic.job_body import Places
from studiolo.server.http.authorization import TAKES_KEY, authorized
from studiolo.server.http.body import read_body
from studiolo.server.http.own_address import own_address
from studiolo.server.http.refused import ERRORS, RefusedError, plain_error, refuse
from studiolo.services.schema import MODEL_EXTENSION
from studiolo.services.serving.live_endpoint import LiveEndpoint
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.services.service_record import ServedEndpoint
from studiolo.workspace.jobs.batch_jobs import BatchJobs
from studiolo.workspace.jobs.errors import AzureMissingError, BlobError, JobFileError
from studiolo.workspace.jobs.job_request import Place
from studiolo.workspace.jobs.trained_models import TrainedModels
from studiolo.workspace.services.errors import RetrainingError
from studiolo.workspace.services.workspace_services import WorkspaceServices

_ADDRESS: Final = "/workspaces/{workspace}/webservices/{service}/endpoints/{endpoint}"
#: Bytes of a body: names and addresses.
_LARGEST: Final = 1 << 20
#: What the classic studio wrote behind the name of a model.
_KIND: Final = " [trained model]"
_PLACE: Final = ("BaseLocation", "RelativeLocation", "SasBlobToken")


def retraining_routes(
    endpoints: ServedEndpoints, services: WorkspaceServices, jobs: BatchJobs
) -> APIRouter:
    """The routes: an endpoint is shown, and its trained models are replaced."""
    routes = APIRouter(tags=["retraining"], dependencies=[TAKES_KEY], responses=ERRORS)
    trained = TrainedModels(services, jobs)

    def called(request: Request) -> ServedEndpoint:
        path = request.path_params
        found = _endpoint(endpoints, path["service"], path["endpoint"])
        return authorized(found, request).record

    async def show(request: Request) -> Response:
        """An endpoint with the trained models that can be replaced."""
        record = called(request)
        models = await run_in_threadpool(services.models, record)
        workspace = request.path_params["workspace"]
        return JSONResponse(_document(record, models, own_address(request), workspace))

    async def patch(request: Request) -> Response:
        """Replace trained models of an endpoint, which then answers with a new version."""
        record = called(request)
        body = await read_body(request, most=_LARGEST)
        models = _models(body, Places(jobs.files, host=request.base_url.netloc))
        published = await run_in_threadpool(_replaced, trained, record, models)
        return JSONResponse({"Version": f"v{published}"})

    for method, function in (("GET", show), ("PATCH", patch)):
        routes.add_api_route(
            _ADDRESS,
            function,
            methods=[method],
            operation_id=f"{function.__name__}_endpoint",
            response_class=Response,
            openapi_extra=_description(body=function is patch),
        )
    return routes


def _endpoint(endpoints: ServedEndpoints, service: str, endpoint: str) -> LiveEndpoint | None:
    """The endpoint of that id, or of that name of a service with that id or name."""
    if (found := endpoints.by_id(endpoint)) is not None:
        return found
    if (found := endpoints.by_name(service, endpoint)) is not None:
        return found
    return next(
        (
            live
            for live in endpoints.all()
            if (live.record.service.id, live.record.endpoint.name) == (service, endpoint)
        ),
        None,
    )


def _models(body: bytes, places: Places) -> Mapping[str, Place]:
    """Where the new models are, by the names of the old ones."""
    try:
        resources = json.loads(body)["Resources"]
        given = {str(one["Name"]): one["Location"] for one in resources}
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        sentence = 'The body is not {"Resources": [{"Name": …, "Location": {…}}]}.'
        raise refuse("RequestBodyInvalid", sentence=sentence) from error
    if not given or len(given) < len(resources):
        sentence = "It names no model, or one of them twice."
        raise refuse("RequestBodyInvalid", sentence=sentence)
    return {
        name.removesuffix(_KIND): places.place(name[:80], location, [MODEL_EXTENSION])
        for name, location in given.items()
    }


def _replaced(trained: TrainedModels, record: ServedEndpoint, models: Mapping[str, Place]) -> int:
    """The number of the new version."""
    try:
        return trained.replace(record, models).version.number
    except RetrainingError as error:
        if not error.fits:
            raise refuse("ModelOutputMetadataMismatch", sentence=str(error)) from error
        raise RefusedError(
            plain_error(400, "BadArgument", "ModelNotReplaced", str(error))
        ) from error
    except (BlobError, AzureMissingError, JobFileError) as error:
        raise refuse("InvalidBlob", "", sentence=str(error)) from error
    except StudioloError as error:
        raise RefusedError(
            plain_error(500, "InternalError", "ModelNotReplaced", str(error))
        ) from error


def _document(record: ServedEndpoint, models: Any, base: str, workspace: str) -> Mapping[str, Any]:
    endpoint, service = record.endpoint, record.service
    address = base.rstrip("/")
    return {
        "Name": endpoint.name,
        "Description": endpoint.description,
        "CreationTime": endpoint.created_at.isoformat(),
        "WorkspaceId": workspace,
        "WebServiceId": service.id,
        "ApiLocation": f"{address}/workspaces/{workspace}/services/{endpoint.id}",
        "HelpLocation": f"{address}/workspaces/{workspace}/webservices/{service.id}/endpoints/"
        f"{endpoint.id}",
        # Keys are kept as hashes alone.
        "PrimaryKey": "",
        "SecondaryKey": "",
        "MaxConcurrentCalls": endpoint.limits.concurrent_calls,
        "ThrottleLevel": "High",
        "DiagnosticsTraceLevel": "None",
        "PreventUpdate": False,
        "Version": f"v{max(record.versions)}",
        "Resources": [
            {
                "Name": f"{name}{_KIND}",
                "Kind": "TrainedModel",
                "Location": dict.fromkeys(_PLACE, ""),
            }
            for name in models
        ],
    }


def _description(*, body: bool) -> dict[str, Any]:
    text = {"type": "string"}
    names = [part.strip("{}") for part in _ADDRESS.split("/") if part.startswith("{")]
    document: dict[str, Any] = {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": text} for name in names
        ]
    }
    if body:
        location = {"type": "object", "properties": dict.fromkeys(_PLACE, text)}
        resource = {"type": "object", "properties": {"Name": text, "Location": location}}
        schema = {
            "type": "object",
            "properties": {"Resources": {"type": "array", "items": resource}},
        }
        content = {"application/json": {"schema": schema}}
        document["requestBody"] = {"required": True, "content": content}
    return document
