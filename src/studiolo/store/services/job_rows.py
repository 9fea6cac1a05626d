"""Batch jobs, to and from their table."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, literal, select, update

from studiolo.store.database.schema import JOBS, UtcDateTime
from studiolo.store.identity import EndpointId, JobId, ServiceId
from studiolo.store.services.job_record import (
    UNENDED,
    Job,
    JobClaim,
    JobProgress,
    JobState,
    JobWorker,
)

_JOBS = JOBS.c


def add(connection: Connection, job: Job) -> None:
    """Write down a job that has just been submitted."""
    connection.execute(
        insert(JOBS).values(
            id=job.id,
            endpoint=job.endpoint,
            service=job.service,
            version=job.version,
            state=job.state,
            request=job.request,
            rows_done=job.progress.rows_done,
            rows_total=job.progress.rows_total,
            details=job.details,
            created_at=job.created_at,
            attempt=job.attempt,
            beats=job.beats,
        )
    )


def job(connection: Connection, job: JobId) -> Job | None:
    """The job of that id."""
    row = connection.execute(select(JOBS).where(_JOBS.id == job)).first()
    return None if row is None else _read(row)


def jobs(
    connection: Connection,
    *,
    endpoint: EndpointId | None,
    states: Collection[JobState],
    limit: int | None,
) -> Sequence[Job]:
    """Jobs, newest first."""
    statement = (
        select(JOBS)
        .where(_JOBS.state.in_(states))
        .order_by(_JOBS.created_at.desc(), _JOBS.id)
        .limit(limit)
    )
    if endpoint is not None:
        statement = statement.where(_JOBS.endpoint == endpoint)
    return [_read(row) for row in connection.execute(statement)]


def count_unended(connection: Connection, service: ServiceId, version: int) -> int:
    """How many jobs of a version have not ended."""
    statement = select(func.count()).where(
        _JOBS.service == service, _JOBS.version == version, _JOBS.state.in_(UNENDED)
    )
    return connection.scalar(statement) or 0


def next_queued(connection: Connection, endpoints: Collection[EndpointId] | None) -> JobId | None:
    """The job that has been waiting longest for a worker."""
    statement = (
        select(_JOBS.id)
        .where(_JOBS.state == JobState.NOT_STARTED, _JOBS.queued_at.is_not(None))
        .order_by(_JOBS.queued_at, _JOBS.id)
        .limit(1)
    )
    if endpoints is not None:
        statement = statement.where(_JOBS.endpoint.in_(endpoints))
    return connection.scalar(statement)


def queue(connection: Connection, job: JobId, *, now: datetime) -> bool:
    """Write down that workers may claim a job; False if they might before."""
    return _change(
        connection,
        (_JOBS.id == job, _JOBS.state == JobState.NOT_STARTED, _JOBS.queued_at.is_(None)),
        {"queued_at": now},
    )


def claim(connection: Connection, job: JobId, worker: JobWorker, *, now: datetime) -> None:
    """Write down that a worker carries out a job."""
    values = {
        "state": JobState.RUNNING,
        "attempt": _JOBS.attempt + 1,
        "started_at": func.coalesce(_JOBS.started_at, literal(now, UtcDateTime)),
        "pid": worker.pid,
        "host": worker.host,
        "beats": 0,
        "beat_at": now,
    }
    _change(connection, (_JOBS.id == job,), values)


def beat(
    connection: Connection, claim: JobClaim, progress: JobProgress | None, *, now: datetime
) -> bool:
    """Write down that a job's worker is alive; False if the job is not its own any more."""
    values = {"beats": _JOBS.beats + 1, "beat_at": now, **_progress(progress)}
    return _change(connection, _claimed(claim), values)


def end(
    connection: Connection,
    claim: JobClaim,
    state: JobState,
    *,
    details: str,
    results: Mapping[str, Any] | None,
    progress: JobProgress | None,
    now: datetime,
) -> bool:
    """Write down how a job ended; False if it is not that worker's any more."""
    values = {
        "state": state,
        "details": details,
        "results": results,
        "ended_at": now,
        **_progress(progress),
    }
    return _change(connection, _claimed(claim), values)


def cancel(connection: Connection, job: JobId, *, now: datetime) -> None:
    """Write down that a job is cancelled; nothing if it has ended."""
    values = {"state": JobState.CANCELLED, "ended_at": now}
    _change(connection, (_JOBS.id == job, _JOBS.state.in_(UNENDED)), values)


def requeue(connection: Connection, claim: JobClaim, beats: int) -> bool:
    """Write down that a job waits for a worker again; False if its worker has said something."""
    return _change(
        connection,
        (*_claimed(claim), _JOBS.beats == beats),
        {"state": JobState.NOT_STARTED},
    )


def forget(connection: Connection, *, ended_before: datetime) -> Sequence[JobId]:
    """Delete the jobs that ended before a moment; their ids."""
    old = list(connection.scalars(select(_JOBS.id).where(_JOBS.ended_at < ended_before)))
    connection.execute(delete(JOBS).where(_JOBS.ended_at < ended_before))
    return old


def _change(connection: Connection, which: tuple[Any, ...], values: Mapping[str, Any]) -> bool:
    return connection.execute(update(JOBS).where(*which).values(**values)).rowcount > 0


def _claimed(claim: JobClaim) -> tuple[Any, ...]:
    return (
        _JOBS.id == claim.job,
        _JOBS.attempt == claim.attempt,
        _JOBS.state == JobState.RUNNING,
    )


def _progress(progress: JobProgress | None) -> Mapping[str, Any]:
    if progress is None:
        return {}
    return {"rows_done": progress.rows_done, "rows_total": progress.rows_total}


def _read(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        endpoint=row.endpoint,
        service=row.service,
        version=row.version,
        state=JobState(row.state),
        request=row.request,
        results=row.results,
        progress=JobProgress(rows_done=row.rows_done, rows_total=row.rows_total),
        details=row.details,
        created_at=row.created_at,
        queued_at=row.queued_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        attempt=row.attempt,
        worker=None if row.host is None else JobWorker(pid=row.pid, host=row.host),
        beats=row.beats,
        beat_at=row.beat_at,
    )
