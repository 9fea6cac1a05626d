"""The bytes of a connection in one direction."""

import select
import socket
from collections.abc import Sequence
from typing import Final

#: Bytes that are read at once, and that wait for a slow receiver at most.
PIECE: Final = 256 * 1024
#: Pieces that one direction may move before the others have their turn.
_TURN: Final = 8


def any_readable(sockets: Sequence[socket.socket]) -> bool:
    """Whether something waits to be read, or accepted, on one of them."""
    poll = select.poll()
    for each in sockets:
        poll.register(each, select.POLLIN)
    return bool(poll.poll(0))


class Flow:
    """The bytes from one socket to another. Neither blocks."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self.source = source
        self.sink = sink
        #: Bytes that have left.
        self.moved = 0
        self._pending = memoryview(b"")
        self._source_ended = False
        #: Whether the sink has been told that no more comes.
        self.ended = False

    @property
    def reads(self) -> bool:
        """Whether it waits for the source."""
        return not self._pending and not self._source_ended

    @property
    def writes(self) -> bool:
        """Whether it waits for the sink."""
        return bool(self._pending)

    def move(self, buffer: bytearray) -> None:
        """Move what can be moved now; ``buffer`` has room for a piece, and is free afterwards.

        Raises:
            OSError: One of the two is broken.
        """
        try:
            for _ in range(_TURN):
                if self._pending:
                    sent = self.sink.send(self._pending)
                    self.moved += sent
                    self._pending = self._pending[sent:]
                elif self._source_ended:
                    break
                else:
                    self._read(buffer)
        except BlockingIOError:
            pass
        if self._source_ended and not self._pending and not self.ended:
            self.ended = True
            self.sink.shutdown(socket.SHUT_WR)

    def _read(self, buffer: bytearray) -> None:
        size = self.source.recv_into(buffer)
        self._source_ended = size == 0
        view = memoryview(buffer)[:size]
        sent = 0
        try:
            if size:
                sent = self.sink.send(view)
        finally:
            # The buffer is used for others next: keep what could not be sent.
            self.moved += sent
            self._pending = memoryview(bytes(view[sent:]))
