"""The routes of help pages, which are open to everybody, and of the files that they load."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from studiolo.datasets.profile.kinds import type_text
from studiolo.rendering.templates import rendered
from studiolo.server.help.literals import json_text
from studiolo.server.help.programs import sample_programs
from studiolo.server.help.sample_reply import sample_reply
from studiolo.server.http.refused import RefusedError, refuse
from studiolo.server.services.describing import described
from studiolo.services.sample_request import sample_request, sample_table_request
from studiolo.services.serving.live_endpoint import LiveEndpoint
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.services.service_record import DEFAULT_ENDPOINT

_STATIC = Path(__file__).with_name("static")
_FILES = {"help.js": "text/javascript", "help.css": "text/css"}
#: The page loads a script and a style of this server, and calls this server; nothing else works.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_BY_NAME = ("/services/{service}", "/services/{service}/endpoints/{endpoint}")
#: Where the classic services had it; clients make this address themselves.
_BY_ID = "/workspaces/{workspace}/webservices/{service}/endpoints/{endpoint}/score"


def help_routes(endpoints: ServedEndpoints, *, sample_rows: bool) -> APIRouter:
    """The routes; without ``sample_rows``, the pages show no values of the published data."""
    routes = APIRouter(tags=["help"], include_in_schema=False)

    async def by_name(request: Request) -> Response:
        """The help page of an endpoint, by names."""
        names = request.path_params
        found = endpoints.by_name(names["service"], names.get("endpoint", DEFAULT_ENDPOINT))
        return _answer(found, request, sample_rows)

    async def by_id(request: Request) -> Response:
        """The help page of an endpoint, by its id."""
        found = endpoints.by_id(request.path_params["endpoint"])
        return _answer(found, request, sample_rows)

    async def static(request: Request) -> Response:
        """A file that the pages load."""
        name = request.path_params["name"]
        if name not in _FILES:
            raise refuse("WebServiceNotFound")
        return FileResponse(_STATIC / name, media_type=_FILES[name])

    for address in _BY_NAME:
        routes.add_api_route(address, by_name, methods=["GET"])
    routes.add_api_route(_BY_ID, by_id, methods=["GET"])
    routes.add_api_route("/static/{name}", static, methods=["GET"])
    return routes


def front_route() -> APIRouter:
    """The page at the address of a server without a studio; it names no service."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def front() -> Response:
        return _html("server_front.html", studio=False)

    return routes


def _answer(endpoint: LiveEndpoint | None, request: Request, sample_rows: bool) -> Response:
    """The page. A browser gets a refusal as a page, too, and looks again while a service loads."""
    try:
        return _page(endpoint, request, sample_rows)
    except RefusedError as refused:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        error = refused.error
        page = _html("service_refused.html", sentence=error.details[0].message)
        page.status_code = error.status
        page.headers.update(refused.headers)
        if "Retry-After" in refused.headers:
            page.headers["Refresh"] = refused.headers["Retry-After"]
        return page


def _page(endpoint: LiveEndpoint | None, request: Request, sample_rows: bool) -> Response:
    if endpoint is None:
        raise refuse("WebServiceNotFound")
    schema, version = described(endpoint)
    if not sample_rows:
        schema = schema.without_values()
    record = endpoint.record
    address = record.endpoint.id
    execute = f"/workspaces/{address}/services/{address}/execute?api-version=2.0"
    url = f"{_scheme(request)}://{request.url.netloc}{execute}"
    table = sample_table_request(schema)
    return _html(
        "service_help.html",
        service=record.service.name,
        endpoint=record.endpoint.name,
        description=record.service.description,
        version=version,
        updated=record.traffic.changed_at.strftime("%Y-%m-%d %H:%M UTC"),
        execute=execute,
        url=url,
        short=f"{_short(endpoint)}/score",
        request_table=_json(table),
        request_rows=_json(sample_request(schema)),
        reply_table=_json(sample_reply(schema, swagger=False)),
        reply_rows=_json(sample_reply(schema, swagger=True)),
        type_text=type_text,
        inputs=schema.inputs,
        outputs=schema.outputs,
        parameters=schema.parameters,
        programs=sample_programs(f"{url}&details=true", table),
    )


def _html(template: str, **values: Any) -> Response:
    page = rendered(template, **values)
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


def _short(endpoint: LiveEndpoint) -> str:
    """The page's own address by names."""
    names = {"service": endpoint.record.service.name, "endpoint": endpoint.record.endpoint.name}
    return _BY_NAME[names["endpoint"] != DEFAULT_ENDPOINT].format(**names)


def _scheme(request: Request) -> str:
    """That of the addresses on the page, which a proxy that ends TLS may know better."""
    forwarded = request.headers.get("x-forwarded-proto", "")
    return forwarded if forwarded in ("http", "https") else request.url.scheme


def _json(document: Any) -> str:
    return json_text(document) if document is not None else ""
