"""The routes for those who watch over the server: is it there, can it answer, what has it done."""

import hmac

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from studiolo.server.http.authorization import TAKES_KEY, bearer, unauthorized
from studiolo.server.http.edge import Edge
from studiolo.server.http.refused import ERRORS
from studiolo.server.watching.metrics import MEDIA_TYPE, metrics_text
from studiolo.services.serving.served_endpoints import ServedEndpoints


def watching_routes(endpoints: ServedEndpoints, token: str) -> APIRouter:
    """Health and readiness for everybody, and metrics for those who have the token."""
    routes = APIRouter(tags=["watching"])

    @routes.head("/health", include_in_schema=False)
    @routes.get("/health", operation_id="health")
    async def health() -> JSONResponse:
        """Whether the server is there."""
        return JSONResponse({"status": "ok"})

    @routes.head("/ready", include_in_schema=False)
    @routes.get("/ready", operation_id="ready", responses={503: {"description": "Not yet."}})
    async def ready() -> JSONResponse:
        """Whether each endpoint has a version that can answer."""
        waiting = [endpoint for endpoint in endpoints.all() if not endpoint.answering]
        loading = any(endpoint.loading for endpoint in waiting)
        status = "ready" if not waiting else "loading" if loading else "broken"
        return JSONResponse({"status": status}, 200 if status == "ready" else 503)

    @routes.get(
        "/metrics",
        operation_id="metrics",
        response_class=PlainTextResponse,
        dependencies=[TAKES_KEY],
        responses={401: ERRORS[401]},
    )
    async def metrics(request: Request) -> Response:
        """The figures of all services, for Prometheus."""
        if not hmac.compare_digest(bearer(request).encode(), token.encode()):
            raise unauthorized()
        edge: Edge = request.app.state.edge
        return Response(metrics_text(endpoints.all(), edge.statuses), media_type=MEDIA_TYPE)

    return routes
