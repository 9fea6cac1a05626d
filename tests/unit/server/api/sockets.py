"""WebSockets to a server, as pages open them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.unit.server.api.studios import ServedStudio
from websockets.sync.client import ClientConnection, connect


@contextmanager
def connected(
    studio: ServedStudio,
    address: str,
    *,
    origin: str | None = "own",
    cookie: str | None = "own",
    host: str | None = None,
) -> Iterator[ClientConnection]:
    """A WebSocket as a page of the studio opens it, or differently.

    A ``host`` is a name that leads to the server, with its port.
    """
    own = "; ".join(f"{name}={value}" for name, value in studio.browser.cookies.items())
    here, _, port = studio.url.removeprefix("http://").rpartition(":")
    with connect(
        f"ws://{host or f'{here}:{port}'}{address}",
        sock=socket.create_connection((here, int(port))),
        origin=None if origin is None else (studio.url if origin == "own" else origin),  # type: ignore[arg-type]  # a NewType of str
        additional_headers={} if cookie is None else {"Cookie": own if cookie == "own" else cookie},
    ) as connection:
        yield connection
