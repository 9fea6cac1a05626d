"""A batch job of a server, from the file that is sent to the file that is fetched."""

import http.client
import json
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from studiolo.calling.errors import ServiceBatchFailedError, ServiceRefusedError
from studiolo.calling.sent_file import SentFile
from studiolo.calling.service_address import ServiceAddress, refused
from studiolo.files.whole_file import replacing

#: Seconds between two looks at a job, at first and at most.
_SHORTEST, _LONGEST = 0.2, 5.0
_VERSION: Final = "?api-version=2.0"
_GONE: Final = http.client.NOT_FOUND


@dataclass(frozen=True, kw_only=True)
class BatchState:
    """How far a job is."""

    rows_done: int
    #: None while it is not known.
    rows_total: int | None


class ServiceBatch:
    """One batch; run it once."""

    def __init__(
        self,
        service: ServiceAddress,
        source: Path,
        target: Path,
        *,
        parameters: Mapping[str, str],
        on_progress: Callable[[BatchState], None],
    ) -> None:
        self._service = service
        self._source = source
        self._target = target
        self._parameters = parameters
        self._on_progress = on_progress
        #: Notes the file while it is sent, and the job while it is carried out.
        self._memory = target.with_name(f".{target.name}.studiolo-batch")

    def run(self) -> None:
        """Submit the job, or find the one that was submitted, and wait for its result."""
        job = self._remembered() or self._submitted()
        result = self._waited_for(job)
        place = next(iter(result.values()))
        path = f"/{place['RelativeLocation']}{place['SasBlobToken']}"
        with self._service.root().ask("GET", path) as answer:
            if answer.status != http.client.OK:
                raise refused(answer.status, answer.headers, answer.read())
            with replacing(self._target) as sink:
                shutil.copyfileobj(answer, sink, 1 << 20)
        self._memory.unlink(missing_ok=True)

    def _work(self) -> Mapping[str, Any]:
        status = self._source.stat()
        return {
            "service": self._service.address,
            "source": [str(self._source.resolve()), status.st_size, status.st_mtime_ns],
            "parameters": dict(self._parameters),
        }

    def _remembered(self) -> str | None:
        """The job that the same batch submitted before, if the server still has it."""
        job = self._noted("job")
        if job is not None:
            with suppress(KeyError):
                self._job(job)
                return job
        return None

    def _submitted(self) -> str:
        place = SentFile(
            self._service,
            self._source,
            begun=self._noted("upload"),
            on_begun=lambda upload: self._note(upload=upload),
        ).send()
        body = {
            "Input": place,
            "Output": {"RelativeLocation": self._target.name},
            "GlobalParameters": dict(self._parameters),
        }
        asked = json.dumps(body).encode()
        job = str(self._service.document("POST", f"/jobs{_VERSION}", asked))
        self._service.document("POST", f"/jobs/{job}/start{_VERSION}", b"")
        self._note(job=job)
        return job

    def _noted(self, what: str) -> str | None:
        """A fact that the same batch has noted before."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads(self._memory.read_bytes())
            if found["work"] == self._work():
                return str(found[what])
        return None

    def _note(self, **noted: str) -> None:
        with replacing(self._memory) as sink:
            sink.write(json.dumps({"work": self._work(), **noted}).encode())

    def _job(self, job: str) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self._service.document("GET", f"/jobs/{job}{_VERSION}")
        except ServiceRefusedError as error:
            if error.status != _GONE:
                raise
            raise KeyError(job) from error  # forgotten by the server
        return found

    def _waited_for(self, job: str) -> Mapping[str, Any]:
        pause = _SHORTEST
        while True:
            found = self._service.document("GET", f"/jobs/{job}{_VERSION}")
            progress = found["Progress"]
            self._on_progress(
                BatchState(rows_done=progress["RowsDone"], rows_total=progress["RowsTotal"])
            )
            state = found["StatusCode"]
            if state == "Finished":
                results: Mapping[str, Any] = found["Results"]
                return results
            if state in ("Failed", "Cancelled"):
                self._memory.unlink(missing_ok=True)
                raise ServiceBatchFailedError(job=job, state=state, details=found["Details"] or "")
            time.sleep(pause)
            pause = min(pause * 1.3, _LONGEST)
