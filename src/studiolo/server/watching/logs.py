"""The server's log: lines of JSON on standard error, written by a thread of its own."""

import json
import logging
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TextIO

#: Of the server: what was asked, line by line.
ACCESS = logging.getLogger("studiolo.access")
_OURS = logging.getLogger("studiolo")
#: Uvicorn's, which has a line for each client that does not speak HTTP.
_UVICORN = logging.getLogger("uvicorn")
#: Seconds in which lines gather before they are written.
_PAUSE = 0.05


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        if record.name == ACCESS.name:
            return record.getMessage()
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), "message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


class _Writer(logging.Handler):
    """Has a thread write what is logged: soon, and many lines at once where many come.

    A thread that is woken for each line takes the interpreter from those that answer.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self.setFormatter(_Line())
        self._stream = stream
        self._records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        self._there_are_some = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        self._records.put(record)
        if not self._there_are_some.is_set():
            self._there_are_some.set()

    def end(self) -> None:
        """Write what is left."""
        self._ending.set()
        self._there_are_some.set()
        self._thread.join()

    def _write(self) -> None:
        ending = False
        while not ending:
            self._there_are_some.wait()
            ending = self._ending.wait(_PAUSE)
            self._there_are_some.clear()
            lines = []
            while not self._records.empty():
                lines.append(self.format(self._records.get()) + "\n")
            if not lines:
                continue
            # A reader of the log that has gone must not end this thread.
            with suppress(OSError, ValueError):
                self._stream.write("".join(lines))
                self._stream.flush()


@contextmanager
def logged(stream: TextIO | None = None) -> Iterator[None]:
    """Writes what is logged meanwhile; the thread that logs does not wait until it is written."""
    writer = _Writer(stream or sys.stderr)
    root = logging.getLogger()
    root.addHandler(writer)
    _OURS.setLevel(logging.INFO)
    _UVICORN.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.removeHandler(writer)
        writer.end()
