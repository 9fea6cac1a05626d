"""Requests that failed, kept for the owner of the service alone."""

import json
import logging
import os
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from studiolo.services.scoring import ScoringFailed

FILE_NAME = "failed-requests.jsonl"
_SIZE = 10 << 20
_OLDER = 4
#: Characters of a step's console that are kept, from its end, where the failure is.
_CONSOLE = 20_000


class FailedRequests:
    """A file with a line of JSON for each request whose scoring failed; old lines go."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is made if it isn't there, and its files can be read by their owner alone."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / FILE_NAME
        self._logger = logging.Logger("failed requests")
        self._logger.addHandler(_PrivateFile(self.path, maxBytes=_SIZE, backupCount=_OLDER))

    def keep(
        self, failed: ScoringFailed, *, request_id: str, service: str, endpoint: str, version: int
    ) -> None:
        """Write down why a request failed, and what its scripts wrote."""
        record = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "request_id": request_id,
            "service": service,
            "endpoint": endpoint,
            "version": version,
            "node": failed.node,
            "code": failed.failure.code,
            "message": failed.failure.sentence,
            "traceback": failed.failure.traceback,
            "steps": [
                {"node": step.node, "console": step.device.console[-_CONSOLE:]}
                for step in failed.steps
            ],
            "notes": list(failed.notes),
            "network": [connection.to_json() for connection in failed.network],
        }
        self._logger.error("%s", json.dumps(record))

    def close(self) -> None:
        """Close the file."""
        for handler in self._logger.handlers:
            handler.close()


class _PrivateFile(RotatingFileHandler):
    def _open(self):  # type: ignore[no-untyped-def]  # the base class's type is private
        opened = os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        return os.fdopen(opened, "a", encoding="utf-8")
