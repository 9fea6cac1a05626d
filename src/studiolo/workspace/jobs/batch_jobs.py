"""The batch jobs of a workspace: submitted, started, looked at and cancelled."""

import json
import os
import secrets
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from studiolo.services.schema import MODEL_EXTENSION, ServiceSchema
from studiolo.store.identity import EndpointId, JobId
from studiolo.store.services.errors import JobUnknownError
from studiolo.store.services.job_record import Job
from studiolo.store.services.job_records import JobRecords
from studiolo.workspace.jobs.azure_blobs import AzureBlobs
from studiolo.workspace.jobs.errors import JobFileError
from studiolo.workspace.jobs.job_files import JobFiles, StoredFile
from studiolo.workspace.jobs.job_request import AzureBlob, JobRequest, Place


class BatchJobs:
    """The batch jobs of a workspace. For any number of threads."""

    def __init__(
        self, records: JobRecords, folder: Path, *, blob_hosts: Collection[str] = ()
    ) -> None:
        """Know the jobs.

        Args:
            records: Their records.
            folder: The server's own; secrets of jobs are in it until the jobs end.
            blob_hosts: Hosts of storage that are asked though they are not public.
        """
        self.records = records
        self.blobs = AzureBlobs(blob_hosts)
        self.files = JobFiles(folder)
        self._secrets = folder / "job-secrets"

    def submit(self, endpoint: EndpointId, request: JobRequest, *, version: int) -> Job:
        """Remember a job, which waits to be started.

        Keys and signatures are not in its record: they are in a file that only this user can read
        and that goes when the job ends.

        Raises:
            EndpointUnknownError, VersionUnknownError: There is no such endpoint or version.
            BlobError, AzureMissingError: A blob can't be asked for.
            StoreError: It can't be kept.
        """
        for place in (*request.inputs.values(), *request.outputs.values()):
            if isinstance(place, AzureBlob):
                self.blobs.check(place)
        document = {
            "inputs": {name: _document(place) for name, place in request.inputs.items()},
            "outputs": {name: _document(place) for name, place in request.outputs.items()},
            "parameters": dict(request.parameters),
        }
        job = self.records.submit(endpoint, document, version=version)
        secret = {
            side: {n: p.secrets for n, p in places.items() if isinstance(p, AzureBlob)}
            for side, places in (("inputs", request.inputs), ("outputs", request.outputs))
        }
        if any(secret.values()):
            try:
                self._keep(job.id, secret)
            except OSError:
                # Without them it could only fail.
                self.records.cancel(job.id)
                raise
        return job

    def with_outputs(
        self, request: JobRequest, schema: ServiceSchema, *, extension: str = "csv"
    ) -> JobRequest:
        """The request with files of the server for outputs that it says nothing of.

        The format of datasets is that of the extension.
        """
        identity = secrets.token_hex(16)
        ends = dict.fromkeys(schema.outputs, f".{extension}")
        ends |= dict.fromkeys(schema.models, MODEL_EXTENSION)
        own = {name: StoredFile(id=identity, name=f"{name}{end}") for name, end in ends.items()}
        return replace(request, outputs={**own, **request.outputs})

    def start(self, job: JobId) -> Job:
        """Let a worker take a job; see `JobRecords.start`."""
        return self.records.start(job)

    def cancel(self, job: JobId) -> Job:
        """End a job; see `JobRecords.cancel`."""
        cancelled = self.records.cancel(job)
        self.forget_secrets(job)
        return cancelled

    def keep_links(self, job: JobId, links: Mapping[str, str]) -> None:
        """Keep signatures that only read the outputs of a job, in the place of its secrets."""
        self.forget_secrets(job)
        if any(links.values()):
            self._keep(
                job, {"inputs": {}, "outputs": {n: {"signature": s} for n, s in links.items()}}
            )

    def find(self, endpoint: EndpointId, job: str) -> Job:
        """A job of an endpoint.

        Raises:
            JobUnknownError: The endpoint has none of that id.
        """
        found = self.records.job(JobId(job))
        if found.endpoint != endpoint:
            raise JobUnknownError(job=JobId(job))
        return found

    def request(self, job: Job) -> JobRequest:
        """The task of a job, with its secrets."""
        secret = self._secrets_of(job.id)
        return JobRequest(
            inputs={
                n: _place(d, secret["inputs"].get(n)) for n, d in job.request["inputs"].items()
            },
            outputs={
                n: _place(d, secret["outputs"].get(n)) for n, d in job.request["outputs"].items()
            },
            parameters=job.request["parameters"],
        )

    def fetch(self, place: Place, folder: Path) -> Path:
        """The file at a place; a blob is copied into the folder.

        Raises:
            BlobError, AzureMissingError, JobFileError: It can't be read.
        """
        if isinstance(place, AzureBlob):
            copy = folder / secrets.token_hex(8)
            self.blobs.fetch(place, copy, threading.Event())
            return copy
        path = self.files.path(place)
        if not path.is_file():
            raise JobFileError(name=place.name, problem="is not there any more.")
        return path

    def results(self, job: Job) -> Mapping[str, Place]:
        """Where the outputs of a finished job are, with signatures that read them."""
        links = self._secrets_of(job.id)["outputs"]
        return {name: _place(d, links.get(name)) for name, d in (job.results or {}).items()}

    def forget_secrets(self, job: JobId) -> None:
        """Remove the secrets of a job that has ended."""
        with suppress(OSError):
            self._secret_file(job).unlink()

    def _secrets_of(self, job: JobId) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = json.loads(self._secret_file(job).read_bytes())
        except FileNotFoundError:
            return {"inputs": {}, "outputs": {}}
        return found

    def _keep(self, job: JobId, secret: Mapping[str, Any]) -> None:
        self._secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._secret_file(job), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(json.dumps(secret).encode())

    def _secret_file(self, job: JobId) -> Path:
        return self._secrets / f"{job}.json"


def place_document(place: Place) -> Mapping[str, str]:
    """Where a file is, without what opens it."""
    return _document(place)


def _document(place: Place) -> Mapping[str, str]:
    if isinstance(place, StoredFile):
        return {"id": place.id, "name": place.name}
    return {"blob": place.address}


def _place(document: Mapping[str, str], secret: Mapping[str, str] | None) -> Place:
    if "id" in document:
        return StoredFile(id=document["id"], name=document["name"])
    return AzureBlob(address=document["blob"], **(secret or {}))
