"""The console of a script on the terminal, while the script runs."""

import queue
import threading
from collections.abc import Callable
from typing import TextIO

from studiolo.cli.terminal import silence
from studiolo.rendering.plain_text import printable


class LiveConsole:
    """Passes text on, without what would let a script steer the terminal.

    It is shown by a thread of its own: a terminal that is held up (Ctrl-S, a pager) must not hold
    up the code that watches the script's time. What waits to be shown is bounded by what is kept.
    """

    def __init__(self, stream: TextIO, *, make_room: Callable[[], None]) -> None:
        """``make_room`` is called before anything is shown, to clear what moves."""
        self._stream = stream
        self._make_room = make_room
        self._ends_line = True
        self._has_shown = False
        self._read = True
        self._waiting: queue.SimpleQueue[str | threading.Event | None] = queue.SimpleQueue()
        self._shower = threading.Thread(target=self._show_all, name="console", daemon=True)
        self._shower.start()

    def write(self, text: str) -> None:
        """Show one piece; nothing once the reader is gone (`| head`): the run goes on."""
        self._waiting.put(text)

    def catch_up(self) -> None:
        """Wait until everything is shown that was written, and begin a new line."""
        shown = threading.Event()
        self._waiting.put(shown)
        shown.wait()
        if not self._ends_line:
            self._show("\n")
            self._ends_line = True

    def finish(self) -> None:
        """Show what is left, and leave the cursor at the start of a line."""
        self._waiting.put(None)
        self._shower.join()
        if not self._ends_line:
            self._show("\n")

    @property
    def is_silent(self) -> bool:
        """Whether nothing was shown."""
        return not self._has_shown

    def _show_all(self) -> None:
        while (text := self._waiting.get()) is not None:
            if isinstance(text, threading.Event):
                text.set()
                continue
            self._make_room()
            # A bare carriage return is how progress bars redraw their line.
            cleaned = "".join(c if c == "\r" else printable(c) for c in text)
            self._has_shown = self._has_shown or bool(cleaned)
            self._ends_line = not cleaned or cleaned.endswith("\n")
            self._show(cleaned)

    def _show(self, text: str) -> None:
        if not self._read:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            self._read = False
            silence(self._stream)
