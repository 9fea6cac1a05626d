"""The thread of a server that carries out batch jobs, one after another."""

import json
import logging
import os
import shutil
import socket
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from studiolo.errors import StudioloError
from studiolo.services.batches.outcome import BatchFailed, BatchProgress
from studiolo.services.lost_jobs import LostJobs
from studiolo.services.schema_document import read_schema
from studiolo.services.scoring import RequestRefused
from studiolo.store.identity import EndpointId
from studiolo.store.services.errors import JobUnknownError
from studiolo.store.services.job_record import (
    UNENDED,
    Job,
    JobProgress,
    JobState,
    JobWorker,
)
from studiolo.store.services.service_record import ServiceVersion
from studiolo.workspace.jobs.batch_jobs import BatchJobs, place_document
from studiolo.workspace.jobs.errors import JobFileError
from studiolo.workspace.jobs.job_files import StoredFile
from studiolo.workspace.jobs.job_request import JobRequest, Place
from studiolo.workspace.jobs.trained_models import MODEL_DIGEST, digest_of
from studiolo.workspace.services.scoring_files import (
    BatchDone,
    BatchFiles,
    processors,
    score_files,
)
from studiolo.workspace.services.workspace_services import WorkspaceServices

_LOG = logging.getLogger(__name__)
#: Seconds between two looks for a job, and between two signs of life of one that is carried out.
_PAUSE: Final = 1.0
#: A worker of another machine that has given no sign of life for so long is lost.
_LOST_AFTER: Final = 60.0
#: The characters of a job's details; a record is no place for a console of megabytes.
_LONGEST: Final = 20_000


class BatchWorker:
    """Carries out the jobs of some endpoints until it is closed; a context manager.

    A job that is interrupted by that, or by the death of the process, is queued again: what was
    scored of it is kept.
    """

    def __init__(
        self,
        services: WorkspaceServices,
        jobs: BatchJobs,
        endpoints: Callable[[], Collection[EndpointId]],
    ) -> None:
        self._blobs = jobs.blobs
        #: Signatures that read the outputs of the job that has been carried out.
        self._links: Mapping[str, str] = {}
        self._services = services
        self._jobs = jobs
        self._endpoints = endpoints
        self._me = JobWorker(pid=os.getpid(), host=socket.gethostname())
        self._lost = LostJobs(wait_seconds=_LOST_AFTER)
        self._closing = threading.Event()
        #: Ends the job that is carried out.
        self._ended = threading.Event()
        self._progress = JobProgress(rows_done=0)
        self._thread = threading.Thread(target=self._work, name="batch worker")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                job = self._next()
                if job is not None:
                    self._carry_out(job)
                    continue
            except StudioloError as error:
                # The records can't be reached: perhaps later.
                _LOG.warning("batch jobs wait: %s", error)
            self._closing.wait(_PAUSE)

    def _next(self) -> Job | None:
        records = self._jobs.records
        running = records.jobs(states=[JobState.RUNNING])
        # This process carries out none at this moment: those are of one that had its id before.
        mine = [job for job in running if job.worker == self._me]
        others = [job for job in running if job.worker != self._me]
        for job in [*mine, *self._lost.among(others)]:
            records.requeue(job)
        return records.claim(self._me, endpoints=self._endpoints())

    def _carry_out(self, job: Job) -> None:
        self._ended = threading.Event()
        if self._closing.is_set():
            self._ended.set()
        self._progress = JobProgress(rows_done=0)
        over = threading.Event()
        beating = threading.Thread(target=self._beat, args=(job, over), name="batch beat")
        beating.start()
        self._links = {}
        state, details, results = JobState.FAILED, "", None
        try:
            results = self._score(job)
            state = JobState.FINISHED
        except _FailedError as error:
            details = str(error)
        except StudioloError as error:
            details = f"{error.code}: {error}"
        except Exception:  # noqa: BLE001  # a worker goes on whatever one job does
            _LOG.exception("batch job %s", job.id)
            details = "The job ended with an error of Studiolo's own, which is in the server's log."
        finally:
            over.set()
            beating.join()
        if self._closing.is_set() and results is None and self._ended.is_set():
            self._jobs.records.requeue(self._jobs.records.job(job.id))
            return
        mine = self._jobs.records.end(
            job.claim, state, details=details[:_LONGEST], results=results, progress=self._progress
        )
        if not mine and self._is_unended(job):
            # Another worker has it by now, and needs what is kept of it.
            return
        self._jobs.keep_links(job.id, self._links if mine and results is not None else {})
        shutil.rmtree(self._folder(job), ignore_errors=True)

    def _is_unended(self, job: Job) -> bool:
        try:
            return self._jobs.records.job(job.id).state in UNENDED
        except JobUnknownError:
            # It went with its service.
            return False

    def _beat(self, job: Job, over: threading.Event) -> None:
        while not over.wait(_PAUSE):
            try:
                if not self._jobs.records.beat(job.claim, self._progress):
                    # It was cancelled, or given to another worker.
                    self._ended.set()
                    return
            except StudioloError as error:
                _LOG.warning("batch job %s: %s", job.id, error)

    def _score(self, job: Job) -> Mapping[str, Any] | None:
        request = self._jobs.request(job)
        folder = self._folder(job)
        version = self._services.version(job.service, job.version)
        outputs = {
            name: self._output(folder, name, place) for name, place in request.outputs.items()
        }
        answer = score_files(
            self._services,
            version,
            BatchFiles(
                inputs={n: self._fetched(folder, n, p) for n, p in request.inputs.items()},
                names={name: _name(place) for name, place in request.inputs.items()},
                outputs=outputs,
                parameters=request.parameters,
            ),
            folder=folder / "scored",
            parallel=processors(),
            on_progress=self._tell,
            cancelled=self._ended,
        )
        if answer is None:
            raise _FailedError("The job was ended.")
        if not isinstance(answer, BatchDone):
            raise _FailedError(failure_text(answer))
        return self._with_models(version, self._put(job, request, outputs), outputs)

    def _with_models(
        self, version: ServiceVersion, results: Mapping[str, Any], outputs: Mapping[str, Path]
    ) -> Mapping[str, Any]:
        """The results with the digests of trained models, by which these are known again."""
        models = read_schema(json.dumps(version.schema)).models
        return {
            name: {**place, MODEL_DIGEST: digest_of(outputs[name])} if name in models else place
            for name, place in results.items()
        }

    def _fetched(self, folder: Path, name: str, place: Place) -> Path:
        """The file of an input; a blob is copied once for a job."""
        if isinstance(place, StoredFile):
            return self._jobs.files.path(place)
        copy = folder / "inputs" / name / place.address.rpartition("/")[2]
        if not copy.exists():
            with _disk(copy):
                copy.parent.mkdir(parents=True, exist_ok=True)
                self._blobs.fetch(place, copy, self._ended)
        return copy

    def _output(self, folder: Path, name: str, place: Place) -> Path:
        if isinstance(place, StoredFile):
            return self._jobs.files.make_room(place)
        path = folder / "outputs" / name / place.address.rpartition("/")[2]
        with _disk(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _put(self, job: Job, request: JobRequest, outputs: Mapping[str, Path]) -> Mapping[str, Any]:
        """Write the outputs that are blobs; where all of them are."""
        results, links = {}, {}
        for name, place in request.outputs.items():
            if self._ended.is_set() or not self._jobs.records.beat(job.claim, self._progress):
                # Another worker may have written them by now.
                raise _FailedError("The job was ended.")
            if isinstance(place, StoredFile):
                results[name] = place_document(place)
            else:
                links[name] = self._blobs.put(outputs[name], place)
                results[name] = {"blob": self._blobs.address(place)}
        self._links = links
        return results

    def _tell(self, progress: BatchProgress) -> None:
        self._progress = JobProgress(rows_done=progress.rows_done, rows_total=progress.rows_total)

    def _folder(self, job: Job) -> Path:
        return self._services.batch_folder / f"job-{job.id}"


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = f"can't be kept: {error.strerror or error}."
        raise JobFileError(name=path.name, problem=problem) from error


class _FailedError(Exception):
    """The mistake in a job's files, or in a script."""


def failure_text(answer: BatchFailed | RequestRefused) -> str:
    """Why a batch failed, for the caller: without tracebacks, which are the owner's."""
    found = answer.answer if isinstance(answer, BatchFailed) else answer
    place = f"{answer.place}: " if isinstance(answer, BatchFailed) and answer.place else ""
    if isinstance(found, RequestRefused):
        return place + " ".join(problem.message for problem in found.problems)
    number = found.failure.classic_number
    shown = "" if number is None else f"Error {number:04d}: "
    return f'{place}{shown}The node "{found.node}" failed: {found.failure.sentence}'


def _name(place: Place) -> str:
    return place.name if isinstance(place, StoredFile) else place.address
