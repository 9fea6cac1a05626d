"""Batch jobs whose worker is lost: found without trusting the clock of the day, which jumps."""

import os
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from studiolo.store.identity import JobId
from studiolo.store.services.job_record import Job, JobClaim, JobState, JobWorker


@dataclass(frozen=True, kw_only=True)
class _Sight:
    """A job's worker, as it was first seen with this count of beats."""

    claim: JobClaim
    beats: int
    #: By a clock that only goes forward.
    since: float


class LostJobs:
    """Tells which jobs to queue again, from one look at the records to the next.

    A worker is lost when its process has ended, which is seen on its own machine at once, or when
    its count of beats has not changed for too long. A worker that is only slow and is taken for
    lost does no harm: what it says after that is not recorded.
    """

    def __init__(
        self,
        *,
        wait_seconds: float,
        host: str | None = None,
        is_alive: Callable[[int], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to look.

        Args:
            wait_seconds: How long a worker may go without a beat before it counts as lost: several
                times the interval at which workers beat.
            host: This machine's name, as its workers give it.
            is_alive: Whether a process of this machine is running.
            clock: Seconds, by a clock that only goes forward.
        """
        self._wait_seconds = wait_seconds
        self._host = host or socket.gethostname()
        self._is_alive = is_alive or _is_alive
        self._clock = clock
        self._sights: dict[JobId, _Sight] = {}

    def among(self, jobs: Iterable[Job]) -> Sequence[Job]:
        """Those of the jobs whose worker is lost, to be handed to `JobRecords.requeue`."""
        now = self._clock()
        running = [job for job in jobs if job.state is JobState.RUNNING]
        self._sights = {job.id: self._sight(job, now) for job in running}
        return [job for job in running if self._is_lost(job, now)]

    def _sight(self, job: Job, now: float) -> _Sight:
        before = self._sights.get(job.id)
        if before is not None and (before.claim, before.beats) == (job.claim, job.beats):
            return before
        return _Sight(claim=job.claim, beats=job.beats, since=now)

    def _is_lost(self, job: Job, now: float) -> bool:
        return now - self._sights[job.id].since > self._wait_seconds or self._has_ended(job.worker)

    def _has_ended(self, worker: JobWorker | None) -> bool:
        return worker is not None and worker.host == self._host and not self._is_alive(worker.pid)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # It is another user's.
        return True
    return True
