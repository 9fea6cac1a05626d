"""A batch job: a service called for whole files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from studiolo.store.identity import EndpointId, JobId, ServiceId


class JobState(StrEnum):
    """How far a job is, or how it ended; the words are the classic service's."""

    #: It was submitted; from its start on it waits for a worker.
    NOT_STARTED = "NotStarted"
    RUNNING = "Running"
    FAILED = "Failed"
    CANCELLED = "Cancelled"
    FINISHED = "Finished"


#: The states of a job that is still to do something.
UNENDED = frozenset({JobState.NOT_STARTED, JobState.RUNNING})


@dataclass(frozen=True, kw_only=True)
class JobProgress:
    """How much of a job is done."""

    rows_done: int
    #: None while it is not known.
    rows_total: int | None = None


@dataclass(frozen=True, kw_only=True)
class JobWorker:
    """A process that carries out jobs."""

    pid: int
    host: str


@dataclass(frozen=True, kw_only=True)
class JobClaim:
    """A worker's right to carry out a job; gone once the job is cancelled or given to another."""

    job: JobId
    attempt: int


@dataclass(frozen=True, kw_only=True)
class Job:
    """The record of a batch job."""

    id: JobId
    endpoint: EndpointId
    service: ServiceId
    #: The version that carries it out, however the endpoint's traffic changes.
    version: int
    state: JobState
    #: What was asked for, as plain JSON: inputs and outputs by name, parameters. Without account
    #: keys, passwords and signatures.
    request: Mapping[str, Any]
    #: Where the outputs are, as plain JSON; None until it has finished.
    results: Mapping[str, Any] | None
    progress: JobProgress
    #: Why it failed.
    details: str
    created_at: datetime
    #: When it was started, so that workers may claim it.
    queued_at: datetime | None
    #: When a worker claimed it first.
    started_at: datetime | None
    ended_at: datetime | None
    #: How often it was claimed.
    attempt: int
    #: Who claimed it last.
    worker: JobWorker | None
    #: How often that worker has said that it is alive. A count, for clocks jump: a worker is lost
    #: if its count does not change.
    beats: int
    #: When it said so last, for people.
    beat_at: datetime | None

    @property
    def claim(self) -> JobClaim:
        """The right of the worker that claimed it last."""
        return JobClaim(job=self.id, attempt=self.attempt)
