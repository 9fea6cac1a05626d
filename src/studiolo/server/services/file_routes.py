"""Files for batch jobs: sent to the server with a key, and read through a link."""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from studiolo.server.http.authorization import TAKES_KEY, authorized
from studiolo.server.http.own_address import own_address
from studiolo.server.http.refused import ERRORS, RefusedError, plain_error
from studiolo.server.services.arriving_files import ArrivingFiles, NewFile
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.services.service_record import DEFAULT_ENDPOINT
from studiolo.workspace.jobs.errors import JobFileNameError
from studiolo.workspace.jobs.job_files import JobFiles, StoredFile

_PIECE: Final = 1 << 20
_NUMBER: Final = {"type": "integer", "minimum": 0}
_TEXT: Final = {"type": "string"}
_UPLOAD: Final = {"type": "object", "properties": {"id": _TEXT, "offset": _NUMBER}}
_BYTES: Final[Mapping[str, object]] = {"content": {"application/octet-stream": {}}}
_NEW: Final = {
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"name": _TEXT, "size": _NUMBER},
                "required": ["name", "size"],
            }
        }
    },
    "required": True,
}


def file_routes(endpoints: ServedEndpoints, files: JobFiles) -> APIRouter:
    """The routes; a link says by its signature who may read the file."""
    routes = APIRouter(tags=["batch"], responses=ERRORS)
    arriving = ArrivingFiles(files)

    def check(request: Request) -> None:
        name = request.path_params.get("endpoint", DEFAULT_ENDPOINT)
        authorized(endpoints.by_name(request.path_params["service"], name), request)

    async def put(request: Request) -> Response:
        """Send a file, to be the input of a batch job; the answer is a place for the job."""
        check(request)
        return await placed(request, await arriving.whole(request, request.path_params["file"]))

    async def begin(request: Request) -> Response:
        """Begin to send a file that goes on after a lost connection; its id is in the answer."""
        check(request)
        new = await NewFile.read(request)
        return JSONResponse(await arriving.begin(new), 201)

    async def find(request: Request) -> Response:
        """How many bytes of a file have arrived; the next ones begin there."""
        check(request)
        return JSONResponse(await arriving.find(request.path_params["upload"]))

    async def append(request: Request) -> Response:
        """Send the bytes of a file from this offset on; what arrives of them is kept."""
        check(request)
        return JSONResponse(await arriving.append(request, request.path_params["upload"]))

    async def finish(request: Request) -> Response:
        """Say that all of a file was sent; the answer is a place for a batch job."""
        check(request)
        new = await NewFile.read(request)
        return await placed(request, await arriving.finish(request.path_params["upload"], new))

    async def placed(request: Request, stored: StoredFile) -> Response:
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

    offset = {"name": "offset", "in": "query", "required": True, "schema": _NUMBER}
    for suffix, service in [
        ("", "/services/{service}"),
        ("_endpoint", "/services/{service}/endpoints/{endpoint}"),
    ]:
        uploads = f"{service}/uploads"
        _add(routes, "PUT", f"{service}/files/{{file}}", put, f"send_file{suffix}", body=_BYTES)
        _add(routes, "POST", uploads, begin, f"begin_file{suffix}", body=_NEW, answer=_UPLOAD)
        one = f"{uploads}/{{upload}}"
        _add(routes, "GET", one, find, f"find_file{suffix}", answer=_UPLOAD)
        name = f"append_to_file{suffix}"
        _add(routes, "PATCH", one, append, name, body=_BYTES, answer=_UPLOAD, query=offset)
        _add(routes, "POST", f"{one}/finish", finish, f"finish_file{suffix}", body=_NEW)
    routes.add_api_route(
        "/files/{id}/{file}",
        get,
        methods=["GET"],
        operation_id="read_file",
        response_class=Response,
        openapi_extra={"parameters": _named(["id", "file"])},
    )
    return routes


def _add(
    routes: APIRouter,
    method: str,
    address: str,
    answer_with: Callable[[Request], object],
    name: str,
    *,
    body: Mapping[str, object] | None = None,
    answer: Mapping[str, object] | None = None,
    query: Mapping[str, object] | None = None,
) -> None:
    """Add a route that takes a key; the rest is for the OpenAPI document."""
    names = [part.strip("{}") for part in address.split("/") if part.startswith("{")]
    status = 200 if method in ("GET", "PATCH") else 201
    content = {"application/json": {"schema": answer or {"type": "object"}}}
    extra: dict[str, object] = {
        "parameters": [*_named(names), *([query] if query else [])],
        "responses": {str(status): {"description": "Successful Response", "content": content}},
    }
    if body is not None:
        extra["requestBody"] = body
    routes.add_api_route(
        address,
        answer_with,
        methods=[method],
        operation_id=name,
        status_code=status,
        response_class=Response,
        dependencies=[TAKES_KEY],
        openapi_extra=extra,
    )


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


def _named(names: list[str]) -> list[dict[str, object]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
