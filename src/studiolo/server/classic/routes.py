"""Request-response calls at the addresses of the classic services."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from studiolo.server.classic.query import classic_query
from studiolo.server.codecs.negotiation import classic_json
from studiolo.server.http.authorization import TAKES_KEY, authorized
from studiolo.server.http.refused import ERRORS
from studiolo.server.scoring.exchange import exchange_of
from studiolo.server.scoring.scoring import Scoring
from studiolo.services.serving.served_endpoints import ServedEndpoints

#: Those of classic services, and those of the newer kind. In both, the last id is the endpoint's.
_ADDRESSES = (
    "/workspaces/{workspace}/services/{endpoint}/execute",
    "/subscriptions/{workspace}/services/{endpoint}/execute",
)


def classic_routes(endpoints: ServedEndpoints, scoring: Scoring) -> APIRouter:
    """The routes; a workspace's id is taken as it is, for an endpoint's says all."""
    routes = APIRouter(tags=["classic"], dependencies=[TAKES_KEY], responses=ERRORS)

    async def execute(request: Request) -> Response:
        """Score the rows of a request."""
        endpoint = authorized(endpoints.by_id(request.path_params["endpoint"]), request)
        query = classic_query(request.query_params)
        json = classic_json(swagger=query.swagger, details=query.details)
        exchange = exchange_of(request, json=json)
        return await scoring.answer(request, endpoint, exchange)

    for number, address in enumerate(_ADDRESSES):
        routes.add_api_route(
            address,
            execute,
            methods=["POST"],
            operation_id=f"execute{number or ''}",
            response_class=Response,
            openapi_extra=_DOCUMENT,
        )
    return routes


_TABLE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "ColumnNames": {"type": "array", "items": {"type": "string"}},
        "Values": {"type": "array", "items": {"type": "array"}},
    },
    "required": ["ColumnNames", "Values"],
}
_DOCUMENT: dict[str, Any] = {
    "parameters": [
        {"name": "workspace", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "endpoint", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "api-version", "in": "query", "schema": {"type": "string", "enum": ["2.0"]}},
        {"name": "details", "in": "query", "schema": {"type": "boolean"}},
        {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["swagger"]}},
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "Inputs": {
                            "type": "object",
                            "additionalProperties": {
                                "anyOf": [
                                    _TABLE,
                                    {"type": "array", "items": {"type": "object"}},
                                ]
                            },
                        },
                        "GlobalParameters": {"type": "object"},
                    },
                }
            }
        },
    },
}
