"""Batch jobs, as they are submitted, claimed and ended."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from studiolo.services.lost_jobs import LostJobs
from studiolo.store.identity import EndpointId, JobId
from studiolo.store.records import Records
from studiolo.store.services.errors import (
    EndpointUnknownError,
    JobSecretError,
    JobStartedError,
    JobUnknownError,
    VersionUnknownError,
)
from studiolo.store.services.job_record import Job, JobProgress, JobState, JobWorker

from .test_services import publish

WORKER = JobWorker(pid=4711, host="studio")
OTHER = JobWorker(pid=4712, host="studio")
REQUEST = {
    "inputs": {"input1": {"location": "input/big.csv"}},
    "outputs": {"output1": {"location": "output/scored.csv"}},
    "parameters": {"Random seed": "7"},
}
NOWHERE = JobId("0" * 32)


@pytest.fixture
def endpoint(records: Records) -> EndpointId:
    return publish(records).endpoint.id


def started(records: Records, endpoint: EndpointId) -> Job:
    return records.jobs.start(records.jobs.submit(endpoint, REQUEST, version=1).id)


def claimed(records: Records, endpoint: EndpointId) -> Job:
    started(records, endpoint)
    job = records.jobs.claim(WORKER)
    assert job is not None
    return job


class TestSubmitting:
    def test_a_job_waits_to_be_started(self, records: Records, endpoint: EndpointId) -> None:
        job = records.jobs.submit(endpoint, REQUEST, version=1)
        assert len(job.id) == 32
        assert records.jobs.job(job.id) == job
        assert (job.state, job.request, job.version) == (JobState.NOT_STARTED, REQUEST, 1)
        assert (job.progress, job.results, job.worker) == (JobProgress(rows_done=0), None, None)
        assert records.jobs.claim(WORKER) is None
        records.jobs.start(job.id)
        with pytest.raises(JobStartedError, match="started before, and its state is NotStarted"):
            records.jobs.start(job.id)
        taken = records.jobs.claim(WORKER)
        assert taken is not None
        assert taken.id == job.id
        with pytest.raises(JobStartedError, match="Running"):
            records.jobs.start(job.id)

    def test_it_has_a_version_that_is_there(self, records: Records, endpoint: EndpointId) -> None:
        with pytest.raises(VersionUnknownError):
            records.jobs.submit(endpoint, REQUEST, version=2)
        with pytest.raises(EndpointUnknownError):
            records.jobs.submit(EndpointId("0" * 32), REQUEST, version=1)
        assert records.jobs.jobs() == []

    @pytest.mark.parametrize(
        "secret",
        [
            "DefaultEndpointsProtocol=https;AccountName=me;AccountKey=S3CRET==",
            "https://me.blob.core.windows.net/in/big.csv?sv=2015-04-05&sig=S3CRET",
            "?SIG=S3CRET",
            "sig=S3CRET&sv=2015-04-05",
            "BlobEndpoint=https://me.blob.core.windows.net;SharedAccessSignature=S3CRET",
        ],
    )
    @pytest.mark.parametrize("place", ["inputs", "outputs", "parameters"])
    def test_no_secret_is_recorded_or_told(
        self, records: Records, endpoint: EndpointId, secret: str, place: str
    ) -> None:
        request: dict[str, Any] = {**REQUEST, place: {"one": ["x", {"y": secret}]}}
        with pytest.raises(JobSecretError, match="holds an account key") as refused:
            records.jobs.submit(endpoint, request, version=1)
        assert "S3CRET" not in str(refused.value)
        assert records.jobs.jobs() == []

    def test_a_job_that_is_not_there(self, records: Records) -> None:
        for ask in (records.jobs.job, records.jobs.start, records.jobs.cancel):
            for job in (NOWHERE, "%", "a\x00b"):
                with pytest.raises(JobUnknownError):
                    ask(JobId(job))


class TestWorking:
    def test_a_worker_says_how_far_it_is(self, records: Records, endpoint: EndpointId) -> None:
        job = claimed(records, endpoint)
        assert (job.state, job.attempt, job.beats) == (JobState.RUNNING, 1, 0)
        assert (job.worker, job.queued_at is None) == (WORKER, False)
        assert job.started_at == job.beat_at
        progress = JobProgress(rows_done=5 << 32, rows_total=6 << 32)
        assert records.jobs.beat(job.claim, progress)
        assert records.jobs.beat(job.claim)
        running = records.jobs.job(job.id)
        assert (running.beats, running.progress) == (2, progress)
        done = JobProgress(rows_done=6 << 32, rows_total=6 << 32)
        results = {"output1": {"location": "output/scored.csv"}}
        assert records.jobs.end(job.claim, JobState.FINISHED, results=results, progress=done)
        finished = records.jobs.job(job.id)
        assert (finished.state, finished.results) == (JobState.FINISHED, results)
        assert finished.progress == done
        assert finished.ended_at is not None
        assert not records.jobs.beat(job.claim)

    def test_it_says_why_it_failed(self, records: Records, endpoint: EndpointId) -> None:
        job = claimed(records, endpoint)
        assert records.jobs.end(job.claim, JobState.FAILED, details="Row 7: \x00 is no age.")
        failed = records.jobs.job(job.id)
        assert (failed.state, failed.results) == (JobState.FAILED, None)
        assert failed.details == "Row 7: \x00 is no age."

    def test_the_longest_waiting_comes_first(self, records: Records, endpoint: EndpointId) -> None:
        first = records.jobs.submit(endpoint, REQUEST, version=1)
        second = started(records, endpoint)
        records.jobs.start(first.id)
        taken = [records.jobs.claim(WORKER), records.jobs.claim(WORKER)]
        assert [job and job.id for job in taken] == [second.id, first.id]
        assert records.jobs.claim(WORKER) is None

    def test_a_worker_may_serve_some_endpoints(
        self, records: Records, endpoint: EndpointId
    ) -> None:
        other = publish(records, "age").endpoint.id
        started(records, endpoint)
        wanted = started(records, other)
        taken = records.jobs.claim(WORKER, endpoints=[other])
        assert taken is not None
        assert taken.id == wanted.id
        assert records.jobs.claim(WORKER, endpoints=[other]) is None
        assert records.jobs.claim(WORKER, endpoints=[]) is None

    def test_of_many_workers_one_gets_a_job(self, records: Records, endpoint: EndpointId) -> None:
        waiting = {started(records, endpoint).id for _ in range(10)}
        workers = [JobWorker(pid=number, host="studio") for number in range(16)]
        with ThreadPoolExecutor(8) as threads:
            taken = [job for job in threads.map(records.jobs.claim, workers) if job is not None]
        assert sorted(job.id for job in taken) == sorted(waiting)

    def test_a_cancelled_job_is_found_out_with_the_next_beat(
        self, records: Records, endpoint: EndpointId
    ) -> None:
        job = claimed(records, endpoint)
        assert records.jobs.cancel(job.id).state is JobState.CANCELLED
        assert not records.jobs.beat(job.claim, JobProgress(rows_done=9))
        assert not records.jobs.end(job.claim, JobState.FINISHED, results={})
        cancelled = records.jobs.job(job.id)
        assert (cancelled.state, cancelled.results) == (JobState.CANCELLED, None)
        assert cancelled.progress.rows_done == 0
        assert records.jobs.cancel(job.id) == cancelled
        waiting = started(records, endpoint)
        records.jobs.cancel(waiting.id)
        assert records.jobs.claim(WORKER) is None


class TestLostWorkers:
    def test_another_worker_goes_on(self, records: Records, endpoint: EndpointId) -> None:
        job = claimed(records, endpoint)
        records.jobs.beat(job.claim, JobProgress(rows_done=500, rows_total=900))
        (lost,) = records.jobs.jobs(states=[JobState.RUNNING])
        assert records.jobs.requeue(lost)
        assert not records.jobs.requeue(lost)
        again = records.jobs.claim(OTHER)
        assert again is not None
        assert (again.id, again.attempt, again.worker) == (job.id, 2, OTHER)
        assert again.progress == JobProgress(rows_done=500, rows_total=900)
        assert again.started_at == job.started_at
        # The first one was only slow, and is not believed any more.
        assert not records.jobs.beat(job.claim)
        assert not records.jobs.end(job.claim, JobState.FAILED, details="too late")
        assert records.jobs.end(again.claim, JobState.FINISHED)
        assert records.jobs.job(job.id).details == ""

    def test_one_that_has_said_something_is_not_lost(
        self, records: Records, endpoint: EndpointId
    ) -> None:
        job = claimed(records, endpoint)
        records.jobs.beat(job.claim)
        assert not records.jobs.requeue(job)
        assert records.jobs.beat(job.claim)

    def test_a_new_worker_is_not_taken_for_the_lost_one(
        self, records: Records, endpoint: EndpointId
    ) -> None:
        lost = claimed(records, endpoint)
        assert records.jobs.requeue(lost)
        assert records.jobs.claim(OTHER) is not None
        assert not records.jobs.requeue(lost)


class TestLooking:
    def test_jobs_are_listed_newest_first(self, records: Records, endpoint: EndpointId) -> None:
        other = publish(records, "age").endpoint.id
        first = claimed(records, endpoint).id
        second = started(records, other).id
        third = started(records, endpoint).id
        assert [job.id for job in records.jobs.jobs()] == [third, second, first]
        assert [job.id for job in records.jobs.jobs(endpoint)] == [third, first]
        assert [job.id for job in records.jobs.jobs(limit=1)] == [third]
        waiting = records.jobs.jobs(states=[JobState.NOT_STARTED])
        assert [job.id for job in waiting] == [third, second]

    def test_those_that_ended_long_ago_are_forgotten(
        self, records: Records, endpoint: EndpointId
    ) -> None:
        ended = claimed(records, endpoint)
        records.jobs.end(ended.claim, JobState.FINISHED)
        left = started(records, endpoint)
        now = datetime.now(UTC)
        assert records.jobs.forget(ended_before=now - timedelta(days=1)) == []
        assert records.jobs.forget(ended_before=now + timedelta(seconds=1)) == [ended.id]
        assert records.jobs.jobs() == [left]


def test_a_restarted_server_finds_the_jobs_of_the_one_that_was_killed(
    records: Records, endpoint: EndpointId
) -> None:
    host = socket.gethostname()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as worker:
        started(records, endpoint)
        job = records.jobs.claim(JobWorker(pid=worker.pid, host=host))
        mine = started(records, endpoint)
        records.jobs.claim(JobWorker(pid=os.getpid(), host=host))
        worker.kill()
    assert job is not None
    running = records.jobs.jobs(states=[JobState.RUNNING])
    lost = LostJobs(wait_seconds=30).among(running)
    assert [found.id for found in lost] == [job.id]
    assert [records.jobs.requeue(found) for found in lost] == [True]
    taken = records.jobs.claim(WORKER)
    assert taken is not None
    assert (taken.id, records.jobs.job(mine.id).state) == (job.id, JobState.RUNNING)
