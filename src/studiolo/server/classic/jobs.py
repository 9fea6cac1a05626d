"""Batch jobs at the addresses of the classic services, and at a service's own."""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from studiolo.server.classic.job_body import JobBody
from studiolo.server.classic.query import classic_query
from studiolo.server.http.authorization import TAKES_KEY, authorized
from studiolo.server.http.body import read_body
from studiolo.server.http.classic_errors import error_of_refused
from studiolo.server.http.own_address import own_address
from studiolo.server.http.refused import ERRORS, RefusedError, plain_error, refuse
from studiolo.services.schema_document import read_schema
from studiolo.services.serving.live_endpoint import LiveEndpoint
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.services.validation import Validator
from studiolo.store.services.errors import JobSecretError, JobStartedError, JobUnknownError
from studiolo.store.services.job_record import Job, JobState
from studiolo.store.services.service_record import ServedEndpoint, ServiceVersion
from studiolo.workspace.jobs.batch_jobs import BatchJobs
from studiolo.workspace.jobs.errors import AzureMissingError, BlobError
from studiolo.workspace.jobs.job_files import StoredFile
from studiolo.workspace.jobs.job_request import JobRequest, Place

#: Bytes of a body: names, addresses and keys.
_LARGEST = 1 << 20
_ADDRESSES = {
    "": "/workspaces/{workspace}/services/{endpoint}/jobs",
    "_new": "/subscriptions/{workspace}/services/{endpoint}/jobs",
    "_own": "/services/{service}/jobs",
    "_own_endpoint": "/services/{service}/endpoints/{name}/jobs",
}
#: Its program waits for this spelling, and for ever if it finds the other.
_POWERSHELL = "powershell"


def job_routes(endpoints: ServedEndpoints, jobs: BatchJobs) -> APIRouter:
    """The routes: a job is submitted, started, looked at and cancelled."""
    routes = APIRouter(tags=["batch"], dependencies=[TAKES_KEY], responses=ERRORS)

    def called(request: Request) -> LiveEndpoint:
        classic_query(request.query_params)
        path = request.path_params
        if "endpoint" in path:
            return authorized(endpoints.by_id(path["endpoint"]), request)
        names = [path["service"], *([path["name"]] if "name" in path else [])]
        return authorized(endpoints.by_name(*names), request)

    async def submit(request: Request) -> Response:
        """Submit a job; its id is the answer. It waits until it is started."""
        endpoint = called(request)
        body = await read_body(request, most=_LARGEST)
        host = request.base_url.netloc
        job = await run_in_threadpool(_submitted, endpoint, jobs, body, host)
        return JSONResponse(job.id)

    async def start(request: Request) -> Response:
        """Let a job begin as soon as there is room."""
        job = await found(request)
        try:
            await run_in_threadpool(jobs.start, job.id)
        except JobStartedError as error:
            raise refuse("CannotStartJob", error.state) from error
        return Response(status_code=204)

    async def show(request: Request) -> Response:
        """How far a job is, and where its results are."""
        job = await found(request)
        sdk = request.headers.get("x-aml-sdk", "")
        base = own_address(request)
        return JSONResponse(
            await run_in_threadpool(_status, job, jobs, base, american=sdk.startswith(_POWERSHELL))
        )

    async def cancel(request: Request) -> Response:
        """Cancel a job; one that has ended stays as it is."""
        job = await found(request)
        await run_in_threadpool(jobs.cancel, job.id)
        return Response(status_code=204)

    async def found(request: Request) -> Job:
        endpoint = called(request).record.endpoint.id
        try:
            return await run_in_threadpool(jobs.find, endpoint, request.path_params["job"])
        except JobUnknownError as error:
            sentence = f"{error} Verify that the job id is correct."
            raise RefusedError(plain_error(404, "NotFound", "JobNotFound", sentence)) from error

    for suffix, address in _ADDRESSES.items():
        one = f"{address}/{{job}}"
        for method, path, function, name in [
            ("POST", address, submit, "submit_job"),
            ("POST", f"{one}/start", start, "start_job"),
            ("GET", one, show, "job"),
            ("DELETE", one, cancel, "cancel_job"),
        ]:
            routes.add_api_route(
                path,
                function,
                methods=[method],
                operation_id=f"{name}{suffix}",
                response_class=Response,
                status_code=204 if function in (start, cancel) else 200,
                openapi_extra=_document(path, body=function is submit),
            )
    return routes


def _submitted(endpoint: LiveEndpoint, jobs: BatchJobs, content: bytes, host: str) -> Job:
    version = _version(endpoint.record)
    schema = read_schema(json.dumps(version.schema))
    body = JobBody(content, schema, jobs.files, host=host)
    request = JobRequest(inputs=body.inputs(), outputs=body.outputs(), parameters=body.parameters())
    refused = Validator(schema).check_outside(list(request.inputs), request.parameters)
    if refused is not None:
        raise RefusedError(error_of_refused(refused))
    whole = jobs.with_outputs(request, schema)
    try:
        return jobs.submit(endpoint.record.endpoint.id, whole, version=version.number)
    except (BlobError, AzureMissingError, JobSecretError) as error:
        raise refuse("InvalidBlob", "", sentence=str(error)) from error


def _version(record: ServedEndpoint) -> ServiceVersion:
    """The version for a job, drawn by the endpoint's traffic."""
    shares = record.traffic.weights.items()
    # Percent, so that there are a hundred at most.
    drawn = [number for number, weight in shares for _ in range(weight)]
    drawn = [number for number in drawn if number in record.versions]
    if not drawn:
        raise refuse("WebServiceNotFound")
    return record.versions[secrets.choice(drawn)]


def _status(job: Job, jobs: BatchJobs, base: str, *, american: bool) -> Mapping[str, Any]:
    code: str = job.state
    if american and job.state is JobState.CANCELLED:
        code = "Canceled"
    results = {name: _blob(place, jobs, base) for name, place in jobs.results(job).items()}
    return {
        "StatusCode": code,
        "Results": results if job.state is JobState.FINISHED else None,
        "Details": job.details or None,
        "JobId": job.id,
        "CreatedAt": job.created_at.isoformat(),
        "StartTime": job.started_at and job.started_at.isoformat(),
        "EndTime": job.ended_at and job.ended_at.isoformat(),
        "Progress": {
            "RowsDone": job.progress.rows_done,
            "RowsTotal": job.progress.rows_total,
        },
    }


def _blob(place: Place, jobs: BatchJobs, base: str) -> Mapping[str, str | None]:
    """Where a result is; a file of this server with a link that is good for a day."""
    if isinstance(place, StoredFile):
        token, location = jobs.files.token(place), place.location
        return {
            "ConnectionString": None,
            "BaseLocation": base,
            "RelativeLocation": location,
            "SasBlobToken": token,
        }
    parts = urlsplit(place.address)
    return {
        "ConnectionString": None,
        "BaseLocation": f"{parts.scheme}://{parts.netloc}/",
        "RelativeLocation": parts.path.lstrip("/"),
        "SasBlobToken": place.signature,
    }


def _document(path: str, *, body: bool) -> dict[str, Any]:
    names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    text = {"type": "string"}
    document: dict[str, Any] = {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": text} for name in names
        ]
    }
    if body:
        blob = {
            "type": "object",
            "properties": dict.fromkeys(
                ("ConnectionString", "BaseLocation", "RelativeLocation", "SasBlobToken"), text
            ),
        }
        blobs = {"type": "object", "additionalProperties": blob}
        schema = {
            "type": "object",
            "properties": {
                "Input": blob,
                "Inputs": blobs,
                "Output": blob,
                "Outputs": blobs,
                "GlobalParameters": {"type": "object"},
            },
        }
        content = {"application/json": {"schema": schema}}
        document["requestBody"] = {"required": True, "content": content}
    return document
