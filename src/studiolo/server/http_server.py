"""A server that runs until it is told to end, and then answers what it has accepted."""

import asyncio
import ctypes
import signal
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from starlette.types import ASGIApp
from uvicorn import Config, Server

from studiolo.server.errors import AddressError, CertificateError
from studiolo.server.http.connection import Connection

#: Bytes of a message of a WebSocket, after it has been unpacked.
_MESSAGE = 4 << 20
#: Seconds that a connection stays open for a next request; longer than those of common proxies.
_KEEP_ALIVE = 75
#: Seconds in which connections that were made before the end began are accepted.
_LAST_ACCEPTED = 0.2
_SO_ATTACH_FILTER = 26
_WHOLE = 0x7FFFFFFF
#: A filter for packets in the BPF of Linux: load the TCP flags; if SYN is among them, drop.
_NO_SYN = b"".join(
    struct.pack("HBBI", *instruction)
    for instruction in [
        (0x30, 0, 0, 13),
        (0x45, 0, 1, 2),
        (0x06, 0, 0, 0),
        (0x06, 0, 0, 0xFFFFFFFF),
    ]
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class HttpServer:
    """Serves an application at one address."""

    def __init__(
        self,
        application: ASGIApp,
        *,
        host: str,
        port: int,
        certificate: Path | None = None,
        key: Path | None = None,
        on_end: Callable[[], None] | None = None,
    ) -> None:
        """Take the address; clients that connect now wait.

        Args:
            application: What answers.
            host: The address or name to listen at.
            port: The port; 0 for any that is free.
            certificate: The file of the certificate for TLS, with those that lead to its root.
            key: The file of its private key, where that is not in the same file.
            on_end: Called when it begins to end: answers that have no end of their own end now.

        Raises:
            AddressError: It can't listen there.
            CertificateError: The certificate or the key can't be used.
        """
        self._context = None if certificate is None else _tls(certificate, key)
        self._socket = _listening(host, port)
        config = Config(
            application,
            http=Connection,
            # It needs no thread of its own, and compresses messages.
            ws="websockets-sansio",
            ws_max_size=_MESSAGE,
            lifespan="off",
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            # A caller's address is the proxy's: nothing here is decided by it.
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE,
            ssl_context_factory=None if self._context is None else self._tls_context,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        self._server = _Server(config, on_end)

    @property
    def address(self) -> str:
        """Where it listens, as the beginning of a URL."""
        host, port = self._socket.getsockname()[:2]
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def run(self, *, on_ready: Callable[[], None] | None = None) -> None:
        """Serve until SIGINT or SIGTERM, or until `end`; what was accepted by then is answered.

        A second SIGINT ends it at once.
        """
        # The process that hears that it is ready may tell it to end.
        with self._server.capture_signals():
            if on_ready is not None:
                on_ready()
            self._server.run(sockets=[self._socket])

    def end(self) -> None:
        """Let it end, from any thread."""
        self._server.should_exit = True

    def close(self) -> None:
        """Let go of the address, if it has not been run."""
        self._socket.close()

    def _tls_context(self, *_: object) -> ssl.SSLContext:
        assert self._context is not None
        return self._context


class _Server(Server):
    """Uvicorn's, which looks after its connections and ends as a command should."""

    def __init__(self, config: Config, on_end: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._on_end = on_end

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        if counter % 10 == 0:
            for connection in list(self.server_state.connections):
                if not isinstance(connection, Connection):
                    # A WebSocket, which has a time limit for each message of its own.
                    continue
                # After a second SIGINT no request is answered any more.
                if self.force_exit or connection.is_overdue():
                    connection.abort()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening and answer what is left; slow clients are cut off meanwhile, too."""
        watch = asyncio.ensure_future(self._watch())
        try:
            for listening in sockets or []:
                _let_nobody_in(listening)
            # Those that the system has let in by now are accepted meanwhile.
            await asyncio.sleep(_LAST_ACCEPTED)
            if self._on_end is not None:
                self._on_end()
            await super().shutdown(sockets)
        finally:
            watch.cancel()

    async def _watch(self) -> None:
        while True:
            await self.on_tick(0)
            await asyncio.sleep(1)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As Uvicorn does, but a signal that has been followed is not raised again."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _let_nobody_in(listening: socket.socket) -> None:
    """Have the system ignore new connections.

    Who has connected and was not taken on when a listening socket is closed is cut off, perhaps
    after having sent a request. This filter lets no new ones come to that; it drops packets that
    begin a connection. Where there are no such filters, a few may be cut off.
    """
    with suppress(OSError):
        program = ctypes.create_string_buffer(_NO_SYN)
        pointer = struct.pack("HP", len(_NO_SYN) // 8, ctypes.addressof(program))
        listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, pointer)


def _listening(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressError(host=host, port=port, reason=error.strerror or str(error)) from error
    try:
        # A server that ended a moment ago does not keep the address.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise AddressError(host=host, port=port, reason=error.strerror or str(error)) from error
    listening.setblocking(False)
    return listening


def _tls(certificate: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without this, OpenSSL asks for the password of a protected key on the terminal.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except OSError as error:
        reason = getattr(error, "reason", None) or error.strerror or str(error)
        raise CertificateError(certificate=certificate, key=key, reason=str(reason)) from error
    return context
