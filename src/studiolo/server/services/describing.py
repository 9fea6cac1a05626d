"""The documents that describe an endpoint to programs, for those who have a key to it."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from studiolo.server.classic.swagger import swagger_document
from studiolo.server.http.authorization import TAKES_KEY, authorized
from studiolo.server.http.refused import ERRORS, RefusedError, plain_error
from studiolo.server.services.service_document import service_document
from studiolo.services.schema import ServiceSchema
from studiolo.services.serving.errors import EndpointBrokenError, EndpointLoadingError
from studiolo.services.serving.live_endpoint import LiveEndpoint
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.services.service_record import DEFAULT_ENDPOINT

#: Beside `execute`, at the addresses of classic services and of the newer kind; and beside the help
#: page, where R's client looks before its first call.
_SWAGGER = (
    "/workspaces/{workspace}/services/{endpoint}/swagger.json",
    "/subscriptions/{workspace}/services/{endpoint}/swagger.json",
    "/workspaces/{workspace}/webservices/{service}/endpoints/{endpoint}/apidocument",
)
_OPENAPI = (
    "/services/{service}/openapi.json",
    "/services/{service}/endpoints/{endpoint}/openapi.json",
)


def describing_routes(endpoints: ServedEndpoints) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["describing"], dependencies=[TAKES_KEY], responses=ERRORS)

    async def swagger(request: Request) -> JSONResponse:
        """The swagger document of an endpoint, as the classic services had it."""
        endpoint = authorized(endpoints.by_id(request.path_params["endpoint"]), request)
        schema, _ = described(endpoint)
        _, kind, workspace, *_ = request.url.path.split("/")
        return JSONResponse(
            swagger_document(
                schema,
                title=endpoint.record.service.name,
                host=request.url.netloc,
                base_path=f"/{kind}/{workspace}/services/{endpoint.record.endpoint.id}",
                scheme=request.url.scheme,
            )
        )

    async def openapi(request: Request) -> JSONResponse:
        """The OpenAPI document of an endpoint, with the columns that it takes and gives."""
        names = request.path_params
        found = endpoints.by_name(names["service"], names.get("endpoint", DEFAULT_ENDPOINT))
        endpoint = authorized(found, request)
        schema, version = described(endpoint)
        record = endpoint.record.endpoint
        return JSONResponse(
            service_document(
                schema,
                title=endpoint.record.service.name,
                version=str(version),
                server=f"{request.url.scheme}://{request.url.netloc}",
                score=request.url.path.removesuffix("openapi.json") + "score",
                execute=f"/workspaces/{record.id}/services/{record.id}/execute",
            )
        )

    for addresses, answer in ((_SWAGGER, swagger), (_OPENAPI, openapi)):
        for number, address in enumerate(addresses):
            routes.add_api_route(
                address,
                answer,
                methods=["GET"],
                operation_id=f"{answer.__name__}{number or ''}",
                openapi_extra=_document(address),
            )
    return routes


def _document(address: str) -> dict[str, Any]:
    named = [part[1:-1] for part in address.split("/") if part.startswith("{")]
    return {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in named
        ]
    }


def described(endpoint: LiveEndpoint) -> tuple[ServiceSchema, int]:
    """The schema of a version that answers, and its number.

    Raises:
        RefusedError: None does.
    """
    try:
        with endpoint.version() as version:
            return version.validator.schema, version.number
    except (EndpointLoadingError, EndpointBrokenError) as error:
        broken = plain_error(503, "ServiceUnavailable", "VersionNotLoaded", str(error))
        raise RefusedError(broken, {"Retry-After": "2"}) from error
