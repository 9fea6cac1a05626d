"""Which workers are taken for lost; no wall clock has a part in it."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from studiolo.services.lost_jobs import LostJobs
from studiolo.store.identity import EndpointId, JobId, ServiceId
from studiolo.store.services.job_record import Job, JobProgress, JobState, JobWorker

MOMENT = datetime(2025, 1, 31, 18, 45, 2, tzinfo=UTC)


def running(name: str = "a", *, beats: int = 0, pid: int = 4711, host: str = "there") -> Job:
    return Job(
        id=JobId(name),
        endpoint=EndpointId("e"),
        service=ServiceId("s"),
        version=1,
        state=JobState.RUNNING,
        request={},
        results=None,
        progress=JobProgress(rows_done=0),
        details="",
        created_at=MOMENT,
        queued_at=MOMENT,
        started_at=MOMENT,
        ended_at=None,
        attempt=1,
        worker=JobWorker(pid=pid, host=host),
        beats=beats,
        beat_at=MOMENT,
    )


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> LostJobs:
    return LostJobs(wait_seconds=30, host="here", is_alive=lambda pid: pid != 13, clock=clock)


def test_a_count_that_stands_still_for_too_long(watch: LostJobs, clock: Clock) -> None:
    silent = running("silent")
    for beats in range(4):
        assert watch.among([silent, running("busy", beats=beats)]) == []
        clock.now += 9
    assert watch.among([silent, running("busy", beats=3)]) == [silent]


def test_it_is_the_count_that_matters_and_not_the_time_of_day(
    watch: LostJobs, clock: Clock
) -> None:
    job = running()
    for hours in (-48, 48, 0):
        assert watch.among([replace(job, beat_at=MOMENT + timedelta(hours=hours))]) == []
        clock.now += 10
    assert watch.among([job]) == []
    clock.now += 1
    assert watch.among([job]) == [job]


def test_a_new_attempt_begins_anew(watch: LostJobs, clock: Clock) -> None:
    watch.among([running()])
    clock.now += 31
    again = replace(running(), attempt=2)
    assert watch.among([again]) == []
    clock.now += 31
    assert watch.among([again]) == [again]


def test_a_process_of_this_machine_that_has_ended_is_seen_at_once(watch: LostJobs) -> None:
    gone = running("gone", pid=13, host="here")
    assert watch.among([gone, running("alive", host="here"), running("far", pid=13)]) == [gone]


def test_jobs_that_do_not_run_have_no_worker_to_lose(watch: LostJobs, clock: Clock) -> None:
    waiting = replace(running(), state=JobState.NOT_STARTED, worker=None)
    ended = replace(running("b", pid=13, host="here"), state=JobState.FINISHED)
    watch.among([waiting, ended])
    clock.now += 99
    assert watch.among([waiting, ended]) == []


def test_processes_of_this_machine() -> None:
    name = os.uname().nodename
    watch = LostJobs(wait_seconds=30)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        job = running(pid=process.pid, host=name)
        assert watch.among([job, running("root's", pid=1, host=name)]) == []
    assert watch.among([job]) == [job]
