"""Batch jobs that ended long ago are forgotten, with their files; others stay."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from studiolo.services.batches.input_file import Piece
from studiolo.services.batches.parts import Parts
from studiolo.services.keys import hashes, new_keys
from studiolo.store.identity import BlobDigest, VersionDigest
from studiolo.store.records import Records
from studiolo.store.services.errors import JobUnknownError
from studiolo.store.services.job_record import Job, JobState, JobWorker
from studiolo.store.services.service_record import EndpointSettings, NewVersion
from studiolo.workspace.jobs.batch_jobs import BatchJobs
from studiolo.workspace.jobs.forgetting import forget_jobs
from studiolo.workspace.jobs.job_files import StoredFile
from studiolo.workspace.jobs.job_request import AzureBlob, JobRequest
from studiolo.workspace.workspace import Workspace

from ..workspaces import WorkspaceFolder

NOW, LATER = timedelta(seconds=-1), timedelta(days=7)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    folder = WorkspaceFolder(tmp_path / "workspace")
    settings = folder.root / "studiolo.toml"
    settings.write_text(settings.read_text() + '\n[server]\nblob_hosts = ["127.0.0.1"]\n')
    with Workspace(folder.root) as opened:
        yield opened


def stored(jobs: BatchJobs) -> StoredFile:
    upload = jobs.files.begin("new.csv", 4).id
    jobs.files.incoming.add(upload, 0, b"n\n1\n")
    return jobs.files.finish(upload, "new.csv", 4)


def submitted(workspace: Workspace, file: StoredFile) -> Job:
    version = NewVersion(
        digest=VersionDigest("a" * 64),
        experiment="experiment",
        schema={"inputs": {}, "outputs": {}, "parameters": []},
        row_wise=True,
        blobs=[BlobDigest("a" * 64)],
    )
    with Records.open(workspace.root / ".studiolo") as records:
        published = records.services.publish(
            version,
            service="times",
            keys=hashes(new_keys()),
            endpoint="default",
            settings=EndpointSettings(),
        )
    blob = AzureBlob(address="http://127.0.0.1:1/a/b.csv", signature="sig=secret")
    request = JobRequest(inputs={"input1": file}, outputs={"output1": blob})
    return workspace.batch_jobs.submit(
        published.endpoint.id, request, version=published.version.number
    )


def test_an_ended_job_goes_with_its_files_and_secrets(workspace: Workspace) -> None:
    jobs = workspace.batch_jobs
    file = stored(jobs)
    job = submitted(workspace, file)
    secret = workspace.server_folder / "job-secrets" / f"{job.id}.json"
    assert b"secret" in secret.read_bytes()
    assert secret.stat().st_mode & 0o777 == 0o600
    jobs.start(job.id)
    claimed = jobs.records.claim(JobWorker(pid=os.getpid(), host="here"))
    assert claimed is not None
    assert forget_jobs(jobs, workspace.services.batch_folder, kept=NOW) == 0
    assert jobs.files.path(file).exists()

    jobs.records.end(claimed.claim, JobState.FINISHED)
    assert forget_jobs(jobs, workspace.services.batch_folder, kept=LATER) == 0
    assert jobs.records.job(job.id).state is JobState.FINISHED
    assert forget_jobs(jobs, workspace.services.batch_folder, kept=NOW) == 1
    with pytest.raises(JobUnknownError):
        jobs.records.job(job.id)
    assert not jobs.files.path(file).exists()
    assert not secret.exists()


def test_files_that_no_job_names_go_when_they_are_old(workspace: Workspace) -> None:
    jobs = workspace.batch_jobs
    file = stored(jobs)
    forget_jobs(jobs, workspace.services.batch_folder, kept=LATER)
    assert jobs.files.path(file).exists()
    forget_jobs(jobs, workspace.services.batch_folder, kept=NOW)
    assert not jobs.files.path(file).exists()


def test_a_batch_that_nobody_went_on_with_goes(workspace: Workspace) -> None:
    folder = workspace.services.batch_folder / "one"
    with Parts.open(folder, {}, lambda: [Piece(first=0, end=-1)]):
        forget_jobs(workspace.batch_jobs, folder.parent, kept=NOW)
        assert folder.exists()
    forget_jobs(workspace.batch_jobs, folder.parent, kept=LATER)
    assert folder.exists()
    forget_jobs(workspace.batch_jobs, folder.parent, kept=NOW)
    assert not folder.exists()
