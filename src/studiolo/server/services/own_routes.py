"""Calls by the names of a service and an endpoint, in JSON with its own types and as tables."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from studiolo.server.codecs.negotiation import PLAIN_JSON
from studiolo.server.http.authorization import TAKES_KEY, authorized
from studiolo.server.http.refused import ERRORS
from studiolo.server.scoring.exchange import exchange_of
from studiolo.server.scoring.scoring import Scoring
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.store.services.service_record import DEFAULT_ENDPOINT


def own_routes(endpoints: ServedEndpoints, scoring: Scoring) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["services"], dependencies=[TAKES_KEY], responses=ERRORS)

    async def score(request: Request) -> Response:
        """Score the rows of a request."""
        names = request.path_params
        found = endpoints.by_name(names["service"], names.get("endpoint", DEFAULT_ENDPOINT))
        endpoint = authorized(found, request)
        exchange = exchange_of(request, json=PLAIN_JSON)
        return await scoring.answer(request, endpoint, exchange)

    for address in ("/services/{service}/score", "/services/{service}/endpoints/{endpoint}/score"):
        names = [name for name in ("service", "endpoint") if f"{{{name}}}" in address]
        routes.add_api_route(
            address,
            score,
            methods=["POST"],
            operation_id="score" if len(names) == 1 else "score_endpoint",
            response_class=Response,
            openapi_extra=_document(names),
        )
    return routes


def _document(names: list[str]) -> dict[str, object]:
    rows = {"type": "array", "items": {"type": "object"}}
    body = {
        "type": "object",
        "properties": {
            "inputs": {"type": "object", "additionalProperties": rows},
            "parameters": {"type": "object"},
        },
        "additionalProperties": False,
    }
    return {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
    }
