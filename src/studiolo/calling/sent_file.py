"""A file on its way to a server, which goes on where a lost connection ended it."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from studiolo.calling.errors import ServiceRefusedError, ServiceUnreachableError
from studiolo.calling.service_address import ServiceAddress

#: How often in a row it is tried again, with nothing more at the server than before.
_TRIES: Final = 5
#: Seconds before the first of these, doubled for each other one.
_PAUSE: Final = 0.5


class SentFile:
    """One file; send it once."""

    def __init__(
        self,
        service: ServiceAddress,
        source: Path,
        *,
        begun: str | None,
        on_begun: Callable[[str], None],
    ) -> None:
        """Send nothing yet.

        Args:
            service: Where it goes.
            source: The file.
            begun: The id of the upload that an earlier program began, if one did.
            on_begun: Told the id of the upload that this one begins.
        """
        self._service = service
        self._source = source
        self._begun = begun
        self._on_begun = on_begun

    def send(self) -> Mapping[str, Any]:
        """Send what the server does not have; the place of the file, for a job.

        Raises:
            ServiceUnreachableError: No server answers, several times in a row.
            ServiceRefusedError: The key is wrong, or the server can't keep the file.
            OSError: The file can't be read.
        """
        size = self._source.stat().st_size
        new = json.dumps({"name": self._source.name, "size": size}).encode()
        path = self._path(new)
        failures, furthest = 0, -1
        while True:
            try:
                offset = int(self._service.document("GET", path)["offset"])
                if offset > furthest:
                    failures, furthest = 0, offset
                if offset == size:
                    break
                self._append(path, offset, size)
            except ServiceUnreachableError:
                failures += 1
                if failures > _TRIES:
                    raise
                time.sleep(_PAUSE * 2 ** (failures - 1))
            except ServiceRefusedError as error:
                # What the lost connection had sent was still being kept.
                if error.status != http.client.CONFLICT or failures > _TRIES:
                    raise
                failures += 1
        found: Mapping[str, Any] = self._service.document("POST", f"{path}/finish", new)
        return found

    def _path(self, new: bytes) -> str:
        """The address of the upload: the one that was begun, if the server still knows it."""
        if self._begun is not None:
            path = f"/uploads/{self._begun}"
            try:
                self._service.document("GET", path)
            except ServiceRefusedError as error:
                if error.status != http.client.NOT_FOUND:
                    raise
            else:
                return path
        upload = str(self._service.document("POST", "/uploads", new)["id"])
        self._on_begun(upload)
        return f"/uploads/{upload}"

    def _append(self, path: str, offset: int, size: int) -> None:
        with self._source.open("rb") as content:
            content.seek(offset)
            self._service.document(
                "PATCH",
                f"{path}?offset={offset}",
                content,
                **{
                    "Content-Length": str(size - offset),
                    "Content-Type": "application/octet-stream",
                },
            )
