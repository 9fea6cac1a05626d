"""Forgetting batch jobs, their files, and batches that were given up."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from studiolo.services.batches.parts import remove_abandoned
from studiolo.store.services.job_record import UNENDED, Job, JobState
from studiolo.workspace.jobs.batch_jobs import BatchJobs

#: How long a job is remembered after its end, and a file or an interrupted batch is kept.
KEPT: Final = timedelta(days=7)


def forget_jobs(jobs: BatchJobs, batch_folder: Path, *, kept: timedelta = KEPT) -> int:
    """Forget the jobs that ended long ago, with their files; how many.

    Files that no job names any more go, and what is left of batches that were given up.
    Jobs that are carried out, and batches that a process is at work on, stay as they are.
    """
    before = datetime.now(UTC) - kept
    ended = [state for state in JobState if state not in UNENDED]
    old = [
        job
        for job in jobs.records.jobs(states=ended)
        if job.ended_at is not None and job.ended_at < before
    ]
    # Files first: one that is left without its job would be found by its age only.
    jobs.files.remove({each for job in old for each in _files_of(job)})
    forgotten = jobs.records.forget(ended_before=before)
    for identity in forgotten:
        jobs.forget_secrets(identity)
    named = {each for job in jobs.records.jobs() for each in _files_of(job)}
    seconds = kept.total_seconds()
    jobs.files.remove(set(jobs.files.older_than(seconds)) - named)
    jobs.files.incoming.remove_abandoned(seconds=seconds)
    if batch_folder.is_dir():
        for folder in batch_folder.iterdir():
            remove_abandoned(folder, seconds=seconds)
    return len(forgotten)


def _files_of(job: Job) -> Iterator[str]:
    """The folders of the files of this server that a job names."""
    for places in (job.request["inputs"], job.request["outputs"]):
        for place in places.values():
            if "id" in place:
                yield place["id"]
