"""One connection of a run: from its acceptance to the target, and until both sides have ended."""

import contextlib
import errno
import os
import selectors
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Final

from studiolo.experiments.allowance import NetworkPlace
from studiolo.sandbox.network.flow import Flow, any_readable
from studiolo.sandbox.network.resolver import Whereabouts
from studiolo.sandbox.network.traffic import Traffic

#: Seconds that a target has to answer.
PATIENCE: Final = 10.0
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
#: Has the kernel end a connection with a reset, so that the client sees an error and no end.
_RESET: Final = struct.pack("ii", 1, 0)


class Relay:
    """One connection through the proxy. Belongs to the proxy's thread."""

    def __init__(
        self,
        client: socket.socket,
        target: NetworkPlace,
        *,
        selector: selectors.BaseSelector,
        traffic: Traffic,
        buffer: bytearray,
        when_over: Callable[["Relay"], None],
    ) -> None:
        self._client = client
        self._target = target
        self._selector = selector
        self._traffic = traffic
        self._buffer = buffer
        self._when_over = when_over
        self._place = traffic.begin(target.host, target.port)
        self._left: list[NetworkPlace] = []
        self._server: socket.socket | None = None
        self._flows: tuple[Flow, Flow] | None = None
        self._over = False
        #: By the monotonic clock: when the target must have answered; None once it has.
        self.deadline: float | None = None

    def connect(self, found: Whereabouts) -> None:
        """Begin to connect to the target, or say why not."""
        if self._over:
            return
        if found.reason:
            self._fail(found.reason, allowed=not found.refused)
            return
        self._left = list(found.places)
        self._try_next("has no address")

    def expire(self) -> None:
        """Give the present address up."""
        self._drop_server()
        self._try_next(f"did not answer within {PATIENCE:.0f} seconds")

    @property
    def has_unsent(self) -> bool:
        """Whether the client has sent something that is not on its way to the target yet."""
        if self._flows is None:
            return True
        out = self._flows[0]
        return out.writes or (out.reads and any_readable([self._client]))

    def close(self) -> None:
        """End it, whatever it is at."""
        self._finish(problem="", reset=True)

    def _try_next(self, problem: str) -> None:
        while self._left:
            place = self._left.pop(0)
            family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
            try:
                self._server = socket.socket(family, socket.SOCK_STREAM)
                self._server.setblocking(False)
                code = self._server.connect_ex((place.host, place.port))
            except OSError as error:
                code = error.errno or errno.EIO
            if code in (0, errno.EINPROGRESS) and self._server is not None:
                self.deadline = time.monotonic() + PATIENCE
                self._selector.register(self._server, _WRITE, self._connected)
                return
            problem = _said(code)
            self._drop_server()
        self._fail(f"{self._target} could not be reached: it {problem}.")

    def _connected(self) -> None:
        assert self._server is not None
        code = self._server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._selector.unregister(self._server)
        if code:
            self._server.close()
            self._server = None
            self._try_next(_said(code))
            return
        self.deadline = None
        for each in (self._client, self._server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._flows = (Flow(self._client, self._server), Flow(self._server, self._client))
        self._move()

    def _move(self) -> None:
        assert self._flows is not None
        try:
            for flow in self._flows:
                flow.move(self._buffer)
        except OSError:
            self._finish(problem="", reset=True)
            return
        if all(flow.ended for flow in self._flows):
            self._finish(problem="", reset=False)
            return
        out, back = self._flows
        self._watch(out.source, reads=out.reads, writes=back.writes)
        self._watch(back.source, reads=back.reads, writes=out.writes)

    def _watch(self, each: socket.socket, *, reads: bool, writes: bool) -> None:
        events = (_READ if reads else 0) | (_WRITE if writes else 0)
        known = self._selector.get_map().get(each)
        if known is None:
            if events:
                self._selector.register(each, events, self._move)
        elif not events:
            self._selector.unregister(each)
        elif known.events != events:
            self._selector.modify(each, events, self._move)

    def _fail(self, problem: str, *, allowed: bool = True) -> None:
        self._finish(problem=problem, reset=True, allowed=allowed)

    def _finish(self, *, problem: str, reset: bool, allowed: bool = True) -> None:
        if self._over:
            return
        self._over = True
        self.deadline = None
        sent, received = (0, 0) if self._flows is None else (f.moved for f in self._flows)
        self._traffic.end(
            self._place, sent=sent, received=received, allowed=allowed, problem=problem
        )
        self._drop_server()
        if reset:
            with contextlib.suppress(OSError):
                self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._forget(self._client)
        self._when_over(self)

    def _drop_server(self) -> None:
        if self._server is not None:
            self._forget(self._server)
            self._server = None

    def _forget(self, each: socket.socket) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(each)
        each.close()


def _said(code: int) -> str:
    texts = {
        errno.ECONNREFUSED: "refused the connection",
        errno.ETIMEDOUT: "did not answer",
        errno.ENETUNREACH: "is in a network without a route to it",
        errno.EHOSTUNREACH: "is on a host without a route to it",
    }
    return texts.get(code) or f"gave an error ({os.strerror(code)})"


def next_deadline(relays: Sequence[Relay]) -> float | None:
    """Seconds until the first of them has to be given up; None if none waits."""
    found = [relay.deadline for relay in relays if relay.deadline is not None]
    return max(0.0, min(found) - time.monotonic()) if found else None
