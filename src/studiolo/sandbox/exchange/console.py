"""The console of a script: kept up to a limit, passed on live, and never a flood for the host.

Of what is longer than the limit the beginning and the end are kept: the one says what was done, the
other how it went.
"""

import codecs
import math
import os
import time
from collections.abc import Callable, Sequence

_PIECE = 1 << 16
#: A pipe holds 16 pages, and the policy lets no script enlarge it; each can be a piece of its own.
_PIPE_PIECES = 16
#: Bytes of a character, and those that never begin one.
_LONGEST = 4
_CONTINUATIONS = bytes(range(0x80, 0xC0))
#: Seconds: time for single bytes to become a piece.
_SHORTEST_REST = 0.002


class KeptText:
    """The text of one part of a console: its beginning and its end, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._half = limit // 2
        self._beginning = bytearray()
        self._end = bytearray()
        self._seen = 0

    def add(self, piece: bytes) -> None:
        """Take in what comes next."""
        self._seen += len(piece)
        begins = piece[: self._half - len(self._beginning)]
        self._beginning += begins
        self._end += piece[len(begins) :]
        # Not for each piece, which would move the end each time.
        if len(self._end) > 2 * self._limit + _PIECE:
            self._shorten()

    @property
    def dropped(self) -> int:
        """Bytes that were read and not kept."""
        return max(0, self._seen - self._limit)

    @property
    def text(self) -> str:
        """The kept text, with a line between the beginning and the end if there was more."""
        self._shorten()
        if not self.dropped:
            return (self._beginning + self._end).decode("utf-8", "replace")
        beginning = codecs.getincrementaldecoder("utf-8")("replace").decode(self._beginning)
        return beginning + self.left_out + _whole(bytes(self._end))

    @property
    def note(self) -> str:
        """The sentence that says what was dropped; empty if nothing was."""
        if not self.dropped:
            return ""
        return (
            f"The console is too long: its first and last {self._half:,} bytes are kept, and "
            f"{self.dropped:,} bytes in between are left out."
        )

    @property
    def left_out(self) -> str:
        """The line in the place of what was dropped."""
        return f"\n… left out here: {self.dropped:,} bytes …\n"

    def last(self, size: int) -> str:
        """The text of at most that many of its last bytes."""
        self._shorten()
        return _whole(bytes(self._end[-min(size, len(self._end)) :]))

    def _shorten(self) -> None:
        room = self._limit - self._half
        del self._end[: max(0, len(self._end) - room)]


class ConsolePipe:
    """The pipe of a run's stdout and stderr."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.reader, False)

    def close_writer(self) -> None:
        """The run has its own copy."""
        if self.writer >= 0:
            os.close(self.writer)
            self.writer = -1

    def close(self) -> None:
        """Let go of both ends."""
        self.close_writer()
        if self.reader >= 0:
            os.close(self.reader)
            self.reader = -1

    def __del__(self) -> None:
        self.close()


class Console:
    """The host's end of a run's stdout and stderr, which are one pipe, so that order is kept.

    Several scripts that run one after another write to it in turn. A marker that only this run
    knows says where the next one begins, so that each has a part of its own.
    """

    def __init__(
        self,
        *,
        kept: int,
        rate: int,
        on_text: Callable[[str], None] | None = None,
        parts: int = 1,
        marker: bytes = b"",
        pipe: ConsolePipe | None = None,
    ) -> None:
        """Keep ``kept`` bytes; beyond those read at most ``rate`` bytes a second.

        ``on_text`` is told what comes until that is as much as is kept, and then the rest of what
        is kept at the end. Of ``parts``, between which the ``marker`` is, each is kept up to its
        share. The ``pipe`` is a new one if none is given.
        """
        self.pipe = pipe or ConsolePipe()
        self.reader = self.pipe.reader
        self._limit = kept
        self._seen = 0
        self._rate = rate
        self._on_text = on_text
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        #: The parts that have begun, and how many there may be.
        self._parts = [KeptText(kept // parts)]
        self._most_parts = parts
        self._marker = marker
        #: What may be the beginning of a marker.
        self._held = b""
        #: When to read again, by `time.perf_counter`; infinity once nothing more can come.
        self.rest_until = 0.0

    def read(self) -> bool:
        """Take in one piece; False if there is none now or never will be."""
        try:
            piece = os.read(self.reader, _PIECE)
        except BlockingIOError:
            return False
        if not piece:
            self.rest_until = math.inf
            return False
        passed = piece[: max(0, self._limit - self._seen)]
        self._seen += len(piece)
        self._add(piece)
        if self._on_text is not None and passed:
            self._on_text(self._decoder.decode(passed))
        # The writer waits while we do not read. Without this pause a flood keeps one of the host's
        # processors busy for as long as the run lasts.
        rest = len(piece) / self._rate if self.dropped else 0
        self.rest_until = time.perf_counter() + max(rest, _SHORTEST_REST)
        return True

    def catch_up(self) -> None:
        """Read what is in the pipe now, which is at most what a pipe can hold."""
        for _ in range(_PIPE_PIECES):
            if not self.read():
                break

    def drain(self) -> None:
        """Read what is left in the pipe at the end."""
        self.catch_up()
        self._parts[-1].add(self._held)
        self._held = b""
        if self._on_text is None:
            return
        rest = self._decoder.decode(b"", final=not self.dropped)
        if self.dropped:
            last = self._parts[-1]
            rest = last.left_out + last.last(self._seen - self._limit)
        if rest:
            self._on_text(rest)

    @property
    def dropped(self) -> int:
        """Bytes that were read and not kept."""
        return sum(part.dropped for part in self._parts)

    @property
    def parts(self) -> Sequence[KeptText]:
        """The text of each part that has begun."""
        return self._parts

    @property
    def text(self) -> str:
        """The kept text of all parts."""
        return "".join(part.text for part in self._parts)

    def _add(self, piece: bytes) -> None:
        piece = self._held + piece
        while len(self._parts) < self._most_parts and self._marker in piece:
            before, _, piece = piece.partition(self._marker)
            self._parts[-1].add(before)
            self._parts.append(KeptText(self._limit // self._most_parts))
        expected = len(self._parts) < self._most_parts
        held = _begun(piece, self._marker) if expected else 0
        self._parts[-1].add(piece[: len(piece) - held])
        self._held = piece[len(piece) - held :]


def _begun(piece: bytes, marker: bytes) -> int:
    """How many bytes at the end of a piece may be the beginning of the marker."""
    longest = min(len(piece), len(marker) - 1)
    return next((n for n in range(longest, 0, -1) if marker.startswith(piece[-n:])), 0)


def _whole(content: bytes) -> str:
    """The text of bytes that may begin within a character."""
    continued = len(content) - len(content.lstrip(_CONTINUATIONS))
    return content[continued if continued < _LONGEST else 0 :].decode("utf-8", "replace")
