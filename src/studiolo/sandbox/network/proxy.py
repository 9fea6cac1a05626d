"""The host's end of a run's network: accepts its connections, and connects to what is allowed.

One thread for each run, whatever the run does: it never waits for a socket, holds at most a piece
of each direction of each connection, and accepts no more than so many connections at once.
"""

import collections
import contextlib
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

from studiolo.experiments.allowance import NetworkPlace
from studiolo.sandbox.network.flow import PIECE, any_readable
from studiolo.sandbox.network.guest_network import GuestNetwork
from studiolo.sandbox.network.question import Question
from studiolo.sandbox.network.relay import Relay, next_deadline
from studiolo.sandbox.network.resolver import Resolver
from studiolo.sandbox.network.traffic import Traffic

#: Connections that a run may have at once; more wait in the queues of its sockets.
MOST_AT_ONCE: Final = 64
#: Questions that are answered at once.
_MOST_QUESTIONS: Final = 16
_LONGEST_WAIT: Final = 60.0
#: For what a script sent just before it ended.
_LAST_BYTES_SECONDS: Final = 1.0
_CAME_TOO_LATE: Final = "The run ended before this connection was made."


class Proxy:
    """The proxy of one run: works from the beginning to the end of a `with` block."""

    def __init__(self, network: GuestNetwork, listeners: Sequence[socket.socket]) -> None:
        """``listeners`` are as `GuestNetwork.listeners` says; they stay the caller's."""
        self.traffic = Traffic()
        self._door, *self._targets = listeners
        self._network = network
        self._selector = selectors.DefaultSelector()
        self._resolver = Resolver(network, self._call_soon)
        self._buffer = bytearray(PIECE)
        self._relays: list[Relay] = []
        self._questions: list[Question] = []
        self._soon: collections.deque[Callable[[], None]] = collections.deque()
        self._lock = threading.Lock()
        self._wake: int | None = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        #: When the run ended, by the monotonic clock.
        self._ended_at: float | None = None
        self._thread = threading.Thread(target=self._serve, name="studiolo-proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        def end() -> None:
            self._ended_at = time.monotonic()

        self._call_soon(end)
        self._thread.join()

    def _call_soon(self, act: Callable[[], None]) -> None:
        """Have the proxy's thread call a function; nothing once it has ended."""
        with self._lock:
            if self._wake is not None:
                self._soon.append(act)
                os.eventfd_write(self._wake, 1)

    def _serve(self) -> None:
        assert self._wake is not None
        self._selector.register(self._wake, selectors.EVENT_READ, self._take_calls)
        try:
            while not self._is_over():
                self._listen()
                for key, _ in self._selector.select(self._wait()):
                    # What an earlier event of this round has closed is not there any more.
                    if self._selector.get_map().get(key.fd) is key:
                        key.data()
                now = time.monotonic()
                for relay in [r for r in self._relays if r.deadline is not None]:
                    if relay.deadline is not None and relay.deadline <= now:
                        relay.expire()
        finally:
            self._close()

    def _is_over(self) -> bool:
        """Whether the run has ended, and what it had sent by then is on its way to the target."""
        if self._ended_at is None:
            return False
        given_up = time.monotonic() > self._ended_at + _LAST_BYTES_SECONDS
        return given_up or not (
            any_readable(self._targets) or any(relay.has_unsent for relay in self._relays)
        )

    def _wait(self) -> float:
        wait = next_deadline(self._relays)
        if self._ended_at is not None:
            return _LAST_BYTES_SECONDS / 10
        return _LONGEST_WAIT if wait is None else wait

    def _close(self) -> None:
        self._note_the_rest()
        for relay in list(self._relays):
            relay.close()
        for question in list(self._questions):
            question.close()
        with self._lock:
            if self._wake is not None:
                os.close(self._wake)
                self._wake = None
        self._selector.close()

    def _note_the_rest(self) -> None:
        """Have the log name the connections, too, that no one had come to when the run ended."""
        for listener in self._targets:
            while (accepted := _accepted(listener)) is not None:
                target = self._network.meant_by(*accepted.getsockname()[:2])
                self.traffic.begin(target.host, target.port, problem=_CAME_TOO_LATE)
                accepted.close()

    def _take_calls(self) -> None:
        assert self._wake is not None
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._wake)
        while self._soon:
            self._soon.popleft()()

    def _listen(self) -> None:
        """Accept as long as there is room."""
        self._watch([self._door], len(self._questions) < _MOST_QUESTIONS, self._accept_question)
        self._watch(self._targets, len(self._relays) < MOST_AT_ONCE, self._accept_connection)

    def _watch(
        self,
        listeners: Sequence[socket.socket],
        room: bool,  # a condition and what follows from it
        accept: Callable[[socket.socket], None],
    ) -> None:
        for listener in listeners:
            known = listener in self._selector.get_map()
            if room and not known:
                self._selector.register(
                    listener, selectors.EVENT_READ, lambda listener=listener: accept(listener)
                )
            elif known and not room:
                self._selector.unregister(listener)

    def _accept_connection(self, listener: socket.socket) -> None:
        accepted = _accepted(listener)
        if accepted is None:
            return
        address, port = accepted.getsockname()[:2]
        target = self._network.meant_by(address, port)
        relay = Relay(
            accepted,
            target,
            selector=self._selector,
            traffic=self.traffic,
            buffer=self._buffer,
            when_over=self._relays.remove,
        )
        self._relays.append(relay)
        self._resolver.find(target, relay.connect)

    def _accept_question(self, listener: socket.socket) -> None:
        accepted = _accepted(listener)
        if accepted is not None:
            self._questions.append(
                Question(
                    accepted,
                    selector=self._selector,
                    find=self._resolver.find,
                    note=self._note_refusal,
                    when_over=self._questions.remove,
                )
            )

    def _note_refusal(self, target: NetworkPlace, reason: str, allowed: bool) -> None:  # a callback
        self.traffic.begin(target.host, target.port, allowed=allowed, problem=reason)


def _accepted(listener: socket.socket) -> socket.socket | None:
    try:
        accepted, _ = listener.accept()
    except OSError:
        # It is gone again, or this process has no descriptor left: the next one may fare better.
        return None
    accepted.setblocking(False)
    return accepted
