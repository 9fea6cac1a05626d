"""The host's end of a console: sends what a person types, and hears when it is done.

What comes from the other end is the word of a process that runs whatever was typed. Nothing of it
but the kind of prompt, and names to show, is used.
"""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from enum import StrEnum

from studiolo.sandbox.exchange.attachment import Attachment, Mode

#: Bytes of a statement, and of an answer.
MOST_BYTES = 1 << 18
_PIECE = 1 << 16
_NAMES, _NAME = 40, 100
#: Seconds for a process to take in what was typed.
_SENDING = 5.0


class Prompt(StrEnum):
    """The input that a console waits for."""

    #: For nothing: a statement runs.
    BUSY = "busy"
    #: For the next statement.
    READY = "ready"
    #: For the rest of a statement.
    MORE = "more"
    #: For nothing any more.
    ENDED = "ended"


class ConsoleLine(Attachment):
    """A line to a console. One thread types; the one that watches the run attends to it."""

    def __init__(self, *, statement_seconds: float, idle_seconds: float) -> None:
        """A statement may take the one, and the wait for the next one the other."""
        super().__init__(Mode.CONSOLE)
        self._statement = statement_seconds
        self._idle = idle_seconds
        self._changed = threading.Condition()
        self._prompt = Prompt.BUSY
        self._since = time.perf_counter()
        self._waiting = b""
        #: Names at hand, as the process tells them.
        self.names: Sequence[str] = ()

    @property
    def is_attended(self) -> bool:
        """It is."""
        return True

    def deadline(self, usual: float) -> float:  # noqa: ARG002  # each statement has its own
        """That of the statement that runs, or of the wait for the next one."""
        seconds = self._statement if self._prompt is Prompt.BUSY else self._idle
        return self._since + seconds

    def handed_over(self, interrupt: Callable[[], None]) -> None:
        """The process begins; what it does before its first prompt counts as a statement."""
        super().handed_over(interrupt)
        self._since = time.perf_counter()

    def attend(self) -> bool:
        """Take in an answer."""
        try:
            piece = self.host.recv(_PIECE)
        except OSError:
            piece = b""
        *lines, self._waiting = (self._waiting + piece).split(b"\n")
        for line in lines:
            self._take_in(line)
        if not piece or len(self._waiting) > MOST_BYTES:
            self.end()
            return False
        return True

    def enter(self, source: str) -> None:
        """Have a statement executed; `wait` for its end.

        Raises:
            ValueError: It is too long, or the console is not waiting for one.
        """
        content = json.dumps({"source": source}).encode() + b"\n"
        if len(content) > MOST_BYTES:
            raise ValueError(f"a statement may have {MOST_BYTES:,} bytes at most")
        with self._changed:
            if self._prompt not in {Prompt.READY, Prompt.MORE}:
                raise ValueError("the console is not waiting for a statement")
            self._set(Prompt.BUSY)
        try:
            self.host.settimeout(_SENDING)
            self.host.sendall(content)
        except OSError:
            self.end()

    def wait(self, timeout: float | None = None) -> Prompt:
        """The prompt, once no statement runs; or as it is after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._prompt is not Prompt.BUSY, timeout)
            return self._prompt

    def end(self) -> None:
        """Nothing more comes."""
        with self._changed:
            self._set(Prompt.ENDED)

    def leave(self) -> None:
        """Have the process end, as the person has left."""
        with contextlib.suppress(OSError):
            self.host.shutdown(1)

    def _take_in(self, line: bytes) -> None:
        try:
            said = json.loads(line)
            prompt = Prompt(said["prompt"])
            names = [str(name)[:_NAME] for name in said.get("names", ())[:_NAMES]]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return
        with self._changed:
            if self._prompt is not Prompt.ENDED and prompt in {Prompt.READY, Prompt.MORE}:
                self.names = names or self.names
                self._set(prompt)

    def _set(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._since = time.perf_counter()
        self._changed.notify_all()
