"""The access log: one line of JSON for each request, without what callers sent."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Scope

#: Characters of a path; a longer one is an attempt at something.
_LONGEST = 200


class AccessLog:
    """Writes to a logger. No query, body, header or key of a request is in it."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def request(self, scope: Scope, *, status: int, seconds: float, size: int) -> None:
        """Write down a request that has ended.

        Args:
            scope: What is known of it, with the notes of the routes.
            status: What was answered; 499 where the client went away before.
            seconds: How long it took.
            size: Bytes of the answer's body.
        """
        if not self._logger.isEnabledFor(logging.INFO):
            return
        client = scope.get("client")
        record: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "request_id": scope["state"]["request_id"],
            "client": client[0] if client else None,
            "method": scope["method"][:20],
            "path": scope["path"][:_LONGEST],
            "status": status,
            "seconds": round(seconds, 6),
            "bytes_in": _length(scope),
            "bytes_out": size,
            **scope["state"]["notes"],
        }
        self._logger.info("%s", json.dumps(record))


def _length(scope: Scope) -> int | None:
    announced = Headers(scope=scope).get("content-length", "")
    return int(announced) if announced.isdecimal() else None
