"""Files for batch jobs: sent to the server with a key, and read through a link."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from studiolo.server.http.authorization import TAKES_KEY, authorized
from studiolo.server.http.body import announced_size
from studiolo.server.http.classic_errors import ClassicError
from studiolo.server.http.own_address import own_address
from studiolo.server.http.refused import ERRORS, RefusedError, plain_error, refuse
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.services.service_record import DEFAULT_ENDPOINT
from studiolo.workspace.jobs.errors import JobFileError, JobFileNameError
from studiolo.workspace.jobs.job_files import LARGEST, JobFiles, Receiving, StoredFile

#: Seconds in which a client has to send the next bytes.
_PATIENCE = 30.0
_PIECE = 1 << 20


def file_routes(endpoints: ServedEndpoints, files: JobFiles) -> APIRouter:
    """The routes; a link says by its signature who may read the file."""
    routes = APIRouter(tags=["batch"], responses=ERRORS)

    async def put(request: Request) -> Response:
        """Send a file, to be the input of a batch job; the answer is a place for the job."""
        path = request.path_params
        name = path.get("endpoint", DEFAULT_ENDPOINT)
        authorized(endpoints.by_name(path["service"], name), request)
        announced_size(request, most=LARGEST)
        try:
            receiving = await run_in_threadpool(files.receive, path["file"])
        except JobFileNameError as error:
            raise RefusedError(plain_error(400, "BadArgument", "FileName", str(error))) from error
        except JobFileError as error:
            raise RefusedError(_full(error)) from error
        try:
            stored = await _received(request, receiving)
        except JobFileError as error:
            raise RefusedError(_full(error)) from error
        finally:
            await run_in_threadpool(receiving.end)
        place = {
            "ConnectionString": None,
            "BaseLocation": own_address(request),
            "RelativeLocation": stored.location,
            "SasBlobToken": await run_in_threadpool(files.token, stored),
        }
        return JSONResponse(place, 201)

    async def get(request: Request) -> Response:
        """Read a file through its link."""
        file = StoredFile(id=request.path_params["id"], name=request.path_params["file"])
        found = await run_in_threadpool(_opened, files, file, request.url.query)
        if found is None:
            sentence = "There is no such file, or the link has expired. Look at the job again."
            raise RefusedError(plain_error(404, "NotFound", "FileNotFound", sentence))
        sink, size = found
        return StreamingResponse(
            _pieces(sink),
            media_type="application/octet-stream",
            headers={
                "Content-Length": str(size),
                "Content-Disposition": "attachment",
                "X-Content-Type-Options": "nosniff",
            },
        )

    for suffix, address in [
        ("", "/services/{service}/files/{file}"),
        ("_endpoint", "/services/{service}/endpoints/{endpoint}/files/{file}"),
    ]:
        names = [part.strip("{}") for part in address.split("/") if part.startswith("{")]
        routes.add_api_route(
            address,
            put,
            methods=["PUT"],
            operation_id=f"send_file{suffix}",
            status_code=201,
            response_class=Response,
            dependencies=[TAKES_KEY],
            openapi_extra={
                "parameters": _named(names),
                "requestBody": {"content": {"application/octet-stream": {}}},
            },
        )
    routes.add_api_route(
        "/files/{id}/{file}",
        get,
        methods=["GET"],
        operation_id="read_file",
        response_class=Response,
        openapi_extra={"parameters": _named(["id", "file"])},
    )
    return routes


async def _received(request: Request, receiving: Receiving) -> StoredFile:
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(_PATIENCE):
                piece = await anext(stream, None)
        except TimeoutError as error:
            sentence = "The rest of the file did not arrive in time."
            raise refuse("ScoreRequestTimeout", sentence=sentence) from error
        if piece is None:
            return await run_in_threadpool(receiving.finish)
        await run_in_threadpool(receiving.add, piece)


def _opened(files: JobFiles, file: StoredFile, query: str) -> tuple[BinaryIO, int] | None:
    try:
        path: Path = files.path(file)
        if not files.is_good(file, query):
            return None
        sink = path.open("rb")
    except (OSError, JobFileNameError):
        return None
    return sink, path.stat().st_size


async def _pieces(sink: BinaryIO) -> AsyncIterator[bytes]:
    with sink:
        while piece := await run_in_threadpool(sink.read, _PIECE):
            yield piece


def _full(error: JobFileError) -> ClassicError:
    return plain_error(507, "InternalError", "FileNotKept", str(error))


def _named(names: list[str]) -> list[dict[str, object]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
