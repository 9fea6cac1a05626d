"""The server's log: lines of JSON on standard error, written by a thread of its own."""

import json
import logging
import queue
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener
from typing import TextIO

#: Of the server: what was asked, line by line.
ACCESS = logging.getLogger("studiolo.access")
_OURS = logging.getLogger("studiolo")
#: Uvicorn's, which has a line for each client that does not speak HTTP.
_UVICORN = logging.getLogger("uvicorn")


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        if record.name == ACCESS.name:
            return record.getMessage()
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), "message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


@contextmanager
def logged(stream: TextIO | None = None) -> Iterator[None]:
    """Writes what is logged meanwhile; the thread that logs does not wait until it is written."""
    writer = logging.StreamHandler(stream or sys.stderr)
    writer.setFormatter(_Line())
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = QueueListener(lines, writer)
    handler = _Queue(lines)
    root = logging.getLogger()
    root.addHandler(handler)
    _OURS.setLevel(logging.INFO)
    _UVICORN.setLevel(logging.ERROR)
    listener.start()
    try:
        yield
    finally:
        root.removeHandler(handler)
        listener.stop()


class _Queue(QueueHandler):
    """Hands records on as they are: nothing leaves the process."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record
