"""The records of batch jobs: submitted, claimed by a worker, ended, or found without one."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from studiolo.store.database.database import Database
from studiolo.store.identity import EndpointId, JobId, random_id
from studiolo.store.services import job_rows, service_rows
from studiolo.store.services.errors import (
    EndpointUnknownError,
    JobSecretError,
    JobStartedError,
    JobUnknownError,
    VersionUnknownError,
)
from studiolo.store.services.job_record import (
    Job,
    JobClaim,
    JobProgress,
    JobState,
    JobWorker,
)

#: What gives away a connection string with its key, or a signed URL of Azure's blob storage.
_SECRET = re.compile(r"(AccountKey|SharedAccessSignature|SharedAccessKey|[?&\"]sig)=", re.I)


class JobRecords:
    """The batch jobs of a workspace, for any number of threads and processes.

    Each verb is one transaction, as those of `Records`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # For those who submit them

    def submit(self, endpoint: EndpointId, request: Mapping[str, Any], *, version: int) -> Job:
        """Remember a job, which waits to be started.

        Args:
            endpoint: The endpoint that is called.
            request: Inputs and outputs by name and parameters, as plain JSON. Account keys and
                signatures are not in it: they belong in a file of the job's own, which only the
                workspace's owner can read and which goes with the job. Records are backed up, and
                may be in a database that others read.
            version: The version that carries it out, chosen by the endpoint's traffic.

        Raises:
            EndpointUnknownError: There is none of that id.
            VersionUnknownError: The version does not exist, or no longer.
            JobSecretError: There is a secret in the request.
        """
        if _SECRET.search(json.dumps(request, ensure_ascii=False)):
            raise JobSecretError
        with self._database.writing() as connection:
            found = service_rows.endpoint(connection, endpoint)
            if found is None:
                raise EndpointUnknownError(endpoint=endpoint)
            known = service_rows.versions(connection, found.service)
            there = service_rows.numbers_there(known)
            if version not in there:
                removed = any(it.number == version for it in known)
                raise VersionUnknownError(version=version, known=there, removed=removed)
            job = Job(
                id=JobId(random_id()),
                endpoint=endpoint,
                service=found.service,
                version=version,
                state=JobState.NOT_STARTED,
                request=request,
                results=None,
                progress=JobProgress(rows_done=0),
                details="",
                created_at=datetime.now(UTC),
                queued_at=None,
                started_at=None,
                ended_at=None,
                attempt=0,
                worker=None,
                beats=0,
                beat_at=None,
            )
            job_rows.add(connection, job)
        return job

    def start(self, job: JobId) -> Job:
        """Let workers claim a job.

        Raises:
            JobStartedError: It was started before, or has ended.
            JobUnknownError: There is no such job.
        """
        with self._database.writing() as connection:
            queued = job_rows.queue(connection, job, now=datetime.now(UTC))
            found = _job(connection, job)
        if not queued:
            raise JobStartedError(job=job, state=found.state)
        return found

    def cancel(self, job: JobId) -> Job:
        """End a job; its worker finds that out with its next beat. One that has ended stays so.

        Raises:
            JobUnknownError: There is no such job.
        """
        with self._database.writing() as connection:
            job_rows.cancel(connection, job, now=datetime.now(UTC))
            return _job(connection, job)

    def job(self, job: JobId) -> Job:
        """The job of that id.

        Raises:
            JobUnknownError: There is none.
        """
        with self._database.reading() as connection:
            return _job(connection, job)

    def jobs(
        self,
        endpoint: EndpointId | None = None,
        *,
        states: Collection[JobState] = tuple(JobState),
        limit: int | None = None,
    ) -> Sequence[Job]:
        """The jobs of an endpoint or of all, newest first."""
        with self._database.reading() as connection:
            return job_rows.jobs(connection, endpoint=endpoint, states=states, limit=limit)

    # For workers

    def claim(
        self, worker: JobWorker, *, endpoints: Collection[EndpointId] | None = None
    ) -> Job | None:
        """Take the job that has been waiting longest; None if none waits.

        Of several workers who ask at the same time, each gets another one.

        Args:
            worker: Who takes it.
            endpoints: Those whose jobs it takes; all if not given.
        """
        with self._database.writing() as connection:
            chosen = job_rows.next_queued(connection, endpoints)
            if chosen is None:
                return None
            job_rows.claim(connection, chosen, worker, now=datetime.now(UTC))
            return _job(connection, chosen)

    def beat(self, claim: JobClaim, progress: JobProgress | None = None) -> bool:
        """Say that the worker is alive, and how far it is.

        Returns:
            Whether the job is still its own. If not it was cancelled, removed or given to another
            worker, and nothing was recorded: whatever is left to do is not to be done.
        """
        with self._database.writing() as connection:
            return job_rows.beat(connection, claim, progress, now=datetime.now(UTC))

    def end(
        self,
        claim: JobClaim,
        state: JobState,
        *,
        details: str = "",
        results: Mapping[str, Any] | None = None,
        progress: JobProgress | None = None,
    ) -> bool:
        """Remember how a job ended.

        Returns:
            Whether the job was still the worker's own; if not, nothing was recorded.
        """
        with self._database.writing() as connection:
            return job_rows.end(
                connection,
                claim,
                state,
                details=details,
                results=results,
                progress=progress,
                now=datetime.now(UTC),
            )

    # For those who look after them

    def requeue(self, lost: Job) -> bool:
        """Let another worker claim a job whose worker is lost.

        Args:
            lost: The job as it was read. Its worker is lost if its ``beats`` have not changed for
                long enough, by a clock that does not jump, or if its process has ended.

        Returns:
            Whether it waits again. If not, its worker has said something since it was read.
        """
        with self._database.writing() as connection:
            return job_rows.requeue(connection, lost.claim, lost.beats)

    def forget(self, *, ended_before: datetime) -> Sequence[JobId]:
        """Forget the jobs that ended before a moment.

        Returns:
            Their ids, so that what belongs to them can be removed.
        """
        with self._database.writing() as connection:
            return job_rows.forget(connection, ended_before=ended_before)


def _job(connection: Connection, job: JobId) -> Job:
    found = job_rows.job(connection, job)
    if found is None:
        raise JobUnknownError(job=job)
    return found
