"""WebSockets: each opens for pages of this server with a session, and for nobody else."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIWebSocketRoute
from tests.unit.server.api.sockets import connected
from tests.unit.server.api.studios import ServedStudio
from websockets.exceptions import InvalidStatus

import studiolo.server
from studiolo.server.api.debugging import debugging_routes
from studiolo.server.api.language import language_routes
from studiolo.workspace.folder.sample import samples_folder
from studiolo.workspace.studio.studio import Studio
from studiolo.workspace.workspace import Workspace

SERVER = Path(studiolo.server.__file__).parent
NAMES = {"name": "rank-features", "node": "rank"}
STUDIO = Studio(Workspace(samples_folder()))
ADDRESSES = [
    "/api" + re.sub(r"\{(\w+)\}", lambda found: NAMES[found[1]], route.path)
    for routes in (debugging_routes(STUDIO), language_routes(STUDIO))
    for route in routes.routes
    if isinstance(route, APIWebSocketRoute)
]


def refused(studio: ServedStudio, address: str, **differently: str | None) -> bool:
    """Whether the server refuses a WebSocket before it opens."""
    try:
        with connected(studio, address, **differently):
            return False
    except InvalidStatus as error:
        return error.response.status_code == 403


def test_every_websocket_of_the_server_is_tested_here() -> None:
    texts = [file.read_text(encoding="utf-8") for file in SERVER.rglob("*.py")]
    declared = sum(len(re.findall(r"@\w+\.websocket\(|add_(?:api_)?websocket", t)) for t in texts)
    assert len(ADDRESSES) == declared == 3


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_of_another_site_gets_none(studio: ServedStudio, address: str) -> None:
    """A browser sends the cookie for it, if its own rules are not enough."""
    port = studio.url.rpartition(":")[2]
    for origin in ("http://evil.example", f"http://127.0.0.1:{int(port) + 1}", "null", None):
        assert refused(studio, address, origin=origin), origin


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_name_that_leads_here_gets_none(studio: ServedStudio, address: str) -> None:
    """By DNS rebinding, the page's own name leads to this machine."""
    rebound = f"evil.example:{studio.url.rpartition(':')[2]}"
    assert refused(studio, address, origin=f"http://{rebound}", host=rebound)


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_a_session_there_is_none(studio: ServedStudio, address: str) -> None:
    name = studio.sessions.cookie
    for cookie in (None, "studiolo_0=made-up", f"{name}=", f"{name}={studio.sessions.token}"):
        assert refused(studio, address, cookie=cookie), cookie


@pytest.mark.parametrize("address", ["/api/nothing", "/nothing"])
def test_there_is_none_where_there_is_nothing(studio: ServedStudio, address: str) -> None:
    assert refused(studio, address)
