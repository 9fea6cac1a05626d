"""A server with the studio of a workspace, on a free port."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from studiolo.server.access.sessions import Sessions
from studiolo.server.app import Application, ServerSettings
from studiolo.server.http_server import HttpServer
from studiolo.services.serving.served_endpoints import ServedEndpoints
from studiolo.workspace.folder.sample import new_workspace
from studiolo.workspace.studio.studio import Studio
from studiolo.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class ServedStudio:
    """A server that runs, and what a test looks at."""

    url: str
    workspace: Workspace
    sessions: Sessions
    #: A program with the token.
    program: httpx.Client
    #: A browser that has followed the link.
    browser: httpx.Client

    def signed_out(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60)


@contextmanager
def served_studio(root: Path) -> Iterator[ServedStudio]:
    """A new workspace with the samples, and a server for it."""
    with Workspace(new_workspace(root)) as workspace:
        services = workspace.services
        with ServedEndpoints(services.served, services.handler, pause=3600) as endpoints:
            settings = ServerSettings(folder=workspace.server_folder, memory=1 << 30)
            application = Application(endpoints, settings, Studio(workspace))
            assert application.sessions is not None
            server = HttpServer(
                application.asgi, host="127.0.0.1", port=0, on_end=application.end_streams
            )
            thread = threading.Thread(target=server.run)
            thread.start()
            try:
                served = _looked_at(server.address, workspace, application.sessions)
                with closing(served.program), closing(served.browser):
                    yield served
            finally:
                server.end()
                thread.join()
                application.close()


def _looked_at(url: str, workspace: Workspace, sessions: Sessions) -> ServedStudio:
    token = sessions.token
    program = httpx.Client(
        base_url=f"{url}/api", headers={"Authorization": f"Bearer {token}"}, timeout=60
    )
    browser = httpx.Client(
        base_url=url, headers={"Origin": url, "X-Studiolo-Session": "1"}, timeout=60
    )
    browser.get(f"/signin?token={token}")
    return ServedStudio(
        url=url, workspace=workspace, sessions=sessions, program=program, browser=browser
    )
