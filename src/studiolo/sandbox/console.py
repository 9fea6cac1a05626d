"""What a script prints: kept up to a limit, passed on as it comes, never let flood the host."""

import codecs
import math
import os
import time
from collections.abc import Callable

_PIECE = 1 << 16
#: A pipe holds 16 pages, and the policy lets no script enlarge it; each can be a piece of its own.
_PIPE_PIECES = 16
#: Seconds: time for single bytes to become a piece.
_SHORTEST_REST = 0.002


class Console:
    """The host's end of a run's stdout and stderr, which are one pipe, so that order is kept."""

    def __init__(
        self, *, kept: int, rate: int, on_text: Callable[[str], None] | None = None
    ) -> None:
        """Keep ``kept`` bytes; beyond those read at most ``rate`` bytes a second."""
        self.reader, self._writer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.reader, False)
        self._kept = bytearray()
        self._limit = kept
        self._rate = rate
        self._on_text = on_text
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        #: Bytes that were read and not kept.
        self.dropped = 0
        #: When to read again, by `time.perf_counter`; infinity once nothing more can come.
        self.rest_until = 0.0

    @property
    def writer(self) -> int:
        """The end to hand to the run."""
        return self._writer

    def close_writer(self) -> None:
        """The run has its own copy."""
        if self._writer >= 0:
            os.close(self._writer)
            self._writer = -1

    def read(self) -> bool:
        """Take in one piece; False if there is none now or never will be."""
        try:
            piece = os.read(self.reader, _PIECE)
        except BlockingIOError:
            return False
        if not piece:
            self.rest_until = math.inf
            return False
        kept = piece[: max(0, self._limit - len(self._kept))]
        self._kept += kept
        self.dropped += len(piece) - len(kept)
        if self._on_text is not None and kept:
            self._on_text(self._decoder.decode(kept))
        # The writer waits while we do not read. Without this pause a flood keeps one of the host's
        # processors busy for as long as the run lasts.
        rest = len(piece) / self._rate if self.dropped else 0
        self.rest_until = time.perf_counter() + max(rest, _SHORTEST_REST)
        return True

    def drain(self) -> None:
        """Take in what is left in the pipe, which is no more than a pipe can hold."""
        for _ in range(_PIPE_PIECES):
            if not self.read():
                break
        if self._on_text is not None and (rest := self._decoder.decode(b"", final=True)):
            self._on_text(rest)

    @property
    def text(self) -> str:
        """What was kept."""
        return self._kept.decode("utf-8", "replace")

    def close(self) -> None:
        """Let go of the pipe."""
        self.close_writer()
        os.close(self.reader)
