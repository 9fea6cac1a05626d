"""Routes for most of a server's requests, which are answered without the steps of FastAPI.

These steps are a third of what a request costs before it is scored, and none of them is of use
here: the code of these routes reads a request itself.
"""

from collections.abc import Iterable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send


class HotRoutes:
    """Answers the requests to some routes of an application, which answers all others.

    The application has them, too: it documents them, and knows which methods they have.
    """

    def __init__(self, routers: Iterable[APIRouter], application: ASGIApp) -> None:
        """Each route of ``routers`` takes a request and gives a response, without dependencies."""
        self._routes = [
            Route(route.path, route.endpoint, methods=route.methods)
            for router in routers
            for route in router.routes
            if isinstance(route, Route)
        ]
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        for route in self._routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                response = await route.endpoint(Request(scope, receive, send))
                await response(scope, receive, send)
                return
        await self._application(scope, receive, send)
