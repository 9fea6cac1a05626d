"""A connection to a server that is cut, as networks do it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class CuttingProxy:
    """Passes on what clients send to a server; cuts a connection that has sent too much."""

    def __init__(self, server: str) -> None:
        self._server = (str(urlsplit(server).hostname), int(urlsplit(server).port or 0))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        #: Bytes that a connection may send, and how many connections may still be cut.
        self.most, self.cuts = 0, 0
        #: Bytes that clients have sent.
        self.passed = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            back = threading.Thread(target=self._pass_back, args=[server, client], daemon=True)
            back.start()
            sent = 0
            with suppress(OSError):
                while piece := client.recv(1 << 16):
                    server.sendall(piece)
                    sent += len(piece)
                    self.passed += len(piece)
                    if self.cuts and sent > self.most:
                        self.cuts -= 1
                        break
            for end in (server, client):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join()

    def _pass_back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(1 << 16):
                client.sendall(piece)
            client.shutdown(socket.SHUT_WR)


@contextmanager
def cutting_proxy(server: str) -> Iterator[CuttingProxy]:
    """A proxy before a server."""
    proxy = CuttingProxy(server)
    try:
        yield proxy
    finally:
        proxy.close()
