"""Batch jobs of web services: submitted with uploads, looked at, ended; their outputs."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import FileResponse
from typing_extensions import TypedDict

from studiolo.experiments.json_value import Json
from studiolo.store.services.job_record import Job, JobState
from studiolo.store.services.service_record import DEFAULT_ENDPOINT
from studiolo.workspace.studio.service_jobs import ServiceJob, UploadedInput
from studiolo.workspace.studio.studio import Studio

_STATES = {
    JobState.NOT_STARTED: "waiting",
    JobState.RUNNING: "running",
    JobState.FINISHED: "finished",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}


class JobInput(BaseModel):
    """An upload that has arrived, to be scored."""

    model_config = ConfigDict(extra="forbid")

    upload: str
    #: What its file is called.
    name: str


class NewJob(BaseModel):
    """A batch job."""

    model_config = ConfigDict(extra="forbid")

    endpoint: str = DEFAULT_ENDPOINT
    #: By the names of the service's inputs.
    inputs: dict[str, JobInput]
    parameters: dict[str, Json] = {}
    #: The format of the outputs.
    format: Literal["csv", "parquet"] = "csv"


class JobDocument(TypedDict):
    """A batch job."""

    id: str
    endpoint: str
    version: int
    #: `waiting`, `running`, `finished`, `failed` or `cancelled`.
    state: str
    #: What each input is called: a file, or the address of a blob.
    inputs: Mapping[str, str]
    #: The outputs that can be downloaded, by name: what their files are called.
    outputs: Mapping[str, str]
    rows_done: int
    #: Null while it is not known.
    rows_total: int | None
    #: Why it failed.
    details: str
    created_at: str
    started_at: str | None
    ended_at: str | None


class JobsDocument(TypedDict):
    """The newest jobs of a service."""

    jobs: Sequence[JobDocument]


def job_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["services"])

    @routes.get("/services/{service}/jobs")
    def list_jobs(service: str, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> JobsDocument:
        """The newest batch jobs of a service, of all of its endpoints."""
        return {"jobs": [_document(one) for one in studio.jobs.listed(service, limit=limit)]}

    @routes.post("/services/{service}/jobs", status_code=201)
    def submit_job(service: str, new: NewJob) -> JobDocument:
        """Begin a batch job; its inputs are uploads that have arrived."""
        inputs = {
            name: UploadedInput(upload=one.upload, name=one.name)
            for name, one in new.inputs.items()
        }
        submitted = studio.jobs.submit(
            service,
            inputs,
            endpoint=new.endpoint,
            parameters=new.parameters,
            output_format=new.format,
        )
        return _document(submitted)

    @routes.post("/services/{service}/jobs/{job}/cancel", status_code=202)
    def cancel_job(service: str, job: str) -> JobDocument:
        """End a batch job; one that has ended stays as it is."""
        studio.jobs.cancel(service, job)
        return _document(studio.jobs.find(service, job))

    @routes.get("/services/{service}/jobs/{job}/outputs/{output}", response_class=FileResponse)
    def read_job_output(service: str, job: str, output: str) -> FileResponse:
        """A file that a batch job has made."""
        path = studio.jobs.output(service, job, output)
        name = f"{service}-{output}{path.suffix}"
        return FileResponse(
            path,
            media_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
        )

    return routes


def _document(found: ServiceJob) -> JobDocument:
    job = found.job
    return {
        "id": job.id,
        "endpoint": found.endpoint,
        "version": job.version,
        "state": _STATES[job.state],
        "inputs": {name: _called(place) for name, place in job.request["inputs"].items()},
        "outputs": _outputs(job),
        "rows_done": job.progress.rows_done,
        "rows_total": job.progress.rows_total,
        "details": job.details,
        "created_at": job.created_at.isoformat(),
        "started_at": None if job.started_at is None else job.started_at.isoformat(),
        "ended_at": None if job.ended_at is None else job.ended_at.isoformat(),
    }


def _outputs(job: Job) -> Mapping[str, str]:
    if job.state is not JobState.FINISHED or job.results is None:
        return {}
    return {name: place["name"] for name, place in job.results.items() if "id" in place}


def _called(place: Mapping[str, str]) -> str:
    return place["name"] if "id" in place else place["blob"]
